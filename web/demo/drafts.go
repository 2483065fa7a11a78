package demo

import (
	"context"
	"fmt"
	"net/url"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/web/service"
)

// Where an admin finds work on parsers that is not finished.
const (
	draftNetwork = domain.Facebook
	draftID      = "DEMODRAFTDEMODRAFTDEMODRAF"
	pinNetwork   = domain.Pinterest
)

// addParserWork leaves a draft of the admin's unfinished, and pins an error to a
// parser that still matches it, against what the pin asks.
func (v filler) addParserWork(ctx context.Context) error {
	admin, err := v.Store.User(ctx, service.AdminName)
	if err != nil {
		return err
	}
	if err := v.addDraft(ctx, admin); err != nil {
		return err
	}
	return v.addPin(ctx, store.Actor{UserID: admin.ID, Name: admin.Name})
}

// addDraft narrows the first parser of a network to one status.
func (v filler) addDraft(ctx context.Context, admin store.User) error {
	live, err := v.Store.LiveRuleset(ctx, draftNetwork)
	if err != nil {
		return err
	}
	for _, p := range live.Parsers {
		if p.Condition == "" {
			continue
		}
		form := url.Values{
			"draft": {draftID}, "network": {string(p.Network)}, "editing": {p.Name}, "name": {p.Name},
			"condition": {"(" + p.Condition + ") && status == 400"}, "reason": {string(p.Reason)},
			"why": {"Other statuses may mean something else. To do: look at them."},
		}
		return v.Store.KeepDraft(ctx, admin.ID, store.Draft{
			ID: draftID, Network: p.Network, Parser: p.Name, Name: p.Name, Form: form.Encode(),
		})
	}
	return fmt.Errorf("no parser of %s has a condition", draftNetwork)
}

// addPin pins the newest explained error of a network as one that its parser
// must not match.
func (v filler) addPin(ctx context.Context, by store.Actor) error {
	newest, err := v.Store.Events(ctx, store.EventFilter{Network: pinNetwork}, "", 100)
	if err != nil {
		return err
	}
	for _, e := range newest.Rows {
		if e.Parser != "" {
			return v.Store.PinEvent(ctx, by, e.ID, e.Parser, domain.MustNotMatch, "Support says that the customer had another problem.")
		}
	}
	return fmt.Errorf("no error of %s is explained", pinNetwork)
}
