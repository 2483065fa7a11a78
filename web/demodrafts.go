package main

import (
	"context"
	"fmt"
	"net/url"

	"wherefore/domain"
	"wherefore/store"
)

// Where an admin finds work on parsers that is not finished.
const (
	demoDraftNetwork = domain.Facebook
	demoDraftID      = "DEMODRAFTDEMODRAFTDEMODRAF"
	demoPinNetwork   = domain.Pinterest
)

// addDemoParserWork leaves a draft of the admin's unfinished, and pins an error to a
// parser that still matches it, against what the pin asks.
func (v *service) addDemoParserWork(ctx context.Context) error {
	admin, err := v.store.User(ctx, adminName)
	if err != nil {
		return err
	}
	if err := v.addDemoDraft(ctx, admin); err != nil {
		return err
	}
	return v.addDemoPin(ctx, store.Actor{UserID: admin.ID, Name: admin.Name})
}

// addDemoDraft narrows the first parser of a network to one status.
func (v *service) addDemoDraft(ctx context.Context, admin store.User) error {
	live, err := v.store.LiveRuleset(ctx, demoDraftNetwork)
	if err != nil {
		return err
	}
	for _, p := range live.Parsers {
		if p.Condition == "" {
			continue
		}
		form := url.Values{
			"draft": {demoDraftID}, "network": {string(p.Network)}, "editing": {p.Name}, "name": {p.Name},
			"condition": {"(" + p.Condition + ") && status == 400"}, "reason": {string(p.Reason)},
			"why": {"Other statuses may mean something else. To do: look at them."},
		}
		return v.store.KeepDraft(ctx, admin.ID, store.Draft{
			ID: demoDraftID, Network: p.Network, Parser: p.Name, Name: p.Name, Form: form.Encode(),
		})
	}
	return fmt.Errorf("no parser of %s has a condition", demoDraftNetwork)
}

// addDemoPin pins the newest explained error of a network as one that its parser
// must not match.
func (v *service) addDemoPin(ctx context.Context, by store.Actor) error {
	newest, err := v.store.Events(ctx, store.EventFilter{Network: demoPinNetwork}, "", 100)
	if err != nil {
		return err
	}
	for _, e := range newest.Rows {
		if e.Parser != "" {
			return v.store.PinEvent(ctx, by, e.ID, e.Parser, domain.MustNotMatch, "Support says that the customer had another problem.")
		}
	}
	return fmt.Errorf("no error of %s is explained", demoPinNetwork)
}
