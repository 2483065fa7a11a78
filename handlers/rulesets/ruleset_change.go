package rulesets

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/handlers/trials"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// reorder is what is to be done to the parsers that a ruleset has, unchecked.
type reorder struct {
	network domain.Network
	do      string // retire, return, move or restore
	parser  string
	after   string // of a move
	version int    // of a restoration
	base    int    // the live version that it was shown on, 0 for none
	why     string
	placed  bool // of a move: the place was chosen
	consent ruleset.Consent
}

func readReorder(n domain.Network, in input.Values) reorder {
	return reorder{
		network: n, do: input.RulesetAction.In(in), parser: input.Parser.In(in), after: input.After.In(in), version: input.Version.In(in),
		base: input.Base.In(in), why: input.Why.In(in), consent: ReadConsent(in), placed: input.After.Sent(in),
	}
}

// actions name what can be done in the audit log.
var actions = map[string]string{
	"retire": "parser.retire", "return": "parser.return", "move": "parser.move", "restore": "ruleset.restore",
}

// following is a reorder laid beside the live ruleset.
type following struct {
	reorder
	live   ruleset.Ruleset
	next   ruleset.Ruleset // of the live one's version: the store gives it the next
	window store.Window    // that it was tried on
	result trial.Result
	pins   []ruleset.HeldPin
	change ruleset.Change
	err    error // Invalid: why it can't be
}

// given is what was said to it. A roll-back goes back to reasons that were
// accepted in their time. Neither it nor the end of a parser has to change stored
// errors: those may not be parsed again yet, and what explains nothing may go.
func (in reorder) given() ruleset.Consent {
	c := in.consent
	c.AnyReason = in.do == "restore"
	c.NoEffect = c.NoEffect || !in.asksNoEffect()
	return c
}

// asksNoEffect reports whether it has to be confirmed that nothing changes.
func (in reorder) asksNoEffect() bool { return in.do != "retire" && in.do != "restore" }

// glance is what a change is tried on to be shown: the newest errors.
func (in reorder) glance() store.Window {
	return store.Window{Network: in.network, Limit: trials.TypingLimit}
}

// window is what a change is tried on before it is made: as much as a new parser
// is. A roll-back is in a hurry, and no error keeps it from being made.
func (in reorder) window(now time.Time) store.Window {
	if in.do == "restore" {
		return in.glance()
	}
	return store.Window{Network: in.network, From: now.AddDate(0, 0, -reorderDays)}
}

// reorderDays are those of trials.DefaultPeriod.
const reorderDays = 30

// follow makes the ruleset that would follow, and tries it on a window.
func (ps *Pages) follow(ctx context.Context, in reorder, w store.Window) (following, error) {
	f := following{reorder: in, window: w}
	live, before, err := ps.Live(ctx, in.network)
	if err != nil {
		return f, err
	}
	f.live, f.change = live, ruleset.Change{Base: in.base, Live: live}
	if f.next, f.err = ps.reordered(ctx, live, in); f.err != nil {
		if domain.KindOf(f.err) != domain.Invalid {
			return f, f.err
		}
		return f, nil
	}
	after, _ := f.next.Compile() // what does not compile here is in the log
	trial, err := trial.New(before, after, "")
	if err != nil {
		return f, err
	}
	if f.result, err = ps.Trials.Run(ctx, trial, w); err != nil {
		return f, err
	}
	f.change.Next = after
	f.pins, err = ps.HeldPins(ctx, in.network)
	return f, err
}

func (ps *Pages) reordered(ctx context.Context, live ruleset.Ruleset, in reorder) (ruleset.Ruleset, error) {
	switch in.do {
	case "retire":
		return live.Without(in.parser)
	case "return":
		return live.WithRetired(in.parser)
	case "move":
		return live.Moved(in.parser, in.after)
	case "restore":
		old, err := ps.Store.RulesetVersion(ctx, in.network, in.version)
		if domain.KindOf(err) == domain.NotFound {
			return live, domain.InvalidField("version", "There is no version %d.", in.version)
		}
		if err != nil {
			return live, err
		}
		return live.Like(old)
	}
	return live, domain.InvalidField("do", "Choose retire, return, move or restore.")
}

// ShowNextRuleset shows what would follow the live ruleset if a parser were
// retired, brought back or moved, or all of it rolled back.
func (ps *Pages) ShowNextRuleset(w http.ResponseWriter, r *http.Request) error {
	n := domain.Network(r.PathValue("network"))
	if !n.Known() {
		return domain.Errorf(domain.NotFound, "There is no network “%s”.", n)
	}
	in := readReorder(n, input.Of(r))
	f, err := ps.follow(r.Context(), in, in.glance())
	if err != nil {
		return err
	}
	if in.do == "move" && !in.placed && f.live.Has(in.parser) {
		f.after, f.err = f.live.Behind(in.parser), nil // to choose the place
		f.next = f.live
		return ps.showNext(w, r, f, http.StatusOK, views.RefusalProps{})
	}
	if f.err != nil {
		return f.err
	}
	return ps.showNext(w, r, f, http.StatusOK, views.RefusalProps{})
}

// ChangeRuleset does it. It answers 422 without a reason for it or with a field that
// can't be used, and 409 when the ruleset moved on meanwhile, errors would change
// their reason and nobody said why that is right, a pinned sample fails and was not
// left out by its name, or no stored error changes and nobody confirmed that.
func (ps *Pages) ChangeRuleset(w http.ResponseWriter, r *http.Request) error {
	n := domain.Network(r.PathValue("network"))
	if !n.Known() {
		return domain.Errorf(domain.NotFound, "There is no network “%s”.", n)
	}
	in := readReorder(n, input.Of(r))
	f, err := ps.follow(r.Context(), in, in.window(time.Now()))
	if err != nil {
		return err
	}
	if wrong := input.Of(r).Err(); wrong != nil {
		f.err = wrong
		return ps.showNext(w, r, f, http.StatusUnprocessableEntity, views.RefusalProps{})
	}
	if f.err != nil || f.checkWhy() != nil || f.change.Outdated() {
		return ps.refuseNext(w, r, f, nil)
	}
	version, err := ps.Store.ChangeRuleset(r.Context(), f.next, ps.change(f, handlers.Actor(r.Context())))
	if domain.KindOf(err) == domain.Conflict {
		return ps.refuseNext(w, r, f, err)
	}
	if err != nil {
		return err
	}
	return ps.RedirectToChange(w, r, n, version, f.parser)
}

// checkWhy says what is wrong with the reason for it.
func (in reorder) checkWhy() error {
	switch {
	case in.why == "":
		return domain.InvalidField("why", "Say why, for those who come later.")
	case len(in.why) > handlers.MaxWhy:
		return domain.InvalidField("why", "Say it in at most 500 characters.")
	}
	return nil
}

// refuseNext shows a change again that was not made: refused is why the store did
// not make it, nil when it was not asked.
func (ps *Pages) refuseNext(w http.ResponseWriter, r *http.Request, f following, refused error) error {
	var err error
	if IsOutdated(refused) { // another version came between
		f, err = ps.follow(r.Context(), f.reorder, f.glance())
	} else if refused != nil { // a pin may have come between
		f.pins, err = ps.HeldPins(r.Context(), f.network)
	}
	if err != nil {
		return err
	}
	refusal, err := ps.nextRefusal(r.Context(), f, refused)
	if err != nil {
		return err
	}
	if refusal.Title != "" {
		return ps.showNext(w, r, f, http.StatusConflict, refusal)
	}
	if f.err == nil {
		f.err = f.checkWhy()
	}
	return ps.showNext(w, r, f, http.StatusUnprocessableEntity, refusal)
}

// nextRefusal says why a change can't be made as it was sent, if so.
func (ps *Pages) nextRefusal(ctx context.Context, f following, refused error) (views.RefusalProps, error) {
	switch {
	case f.change.Outdated():
		changes, err := ps.ChangesSince(ctx, f.base, f.live)
		return views.RefusalProps{
			Title: "The ruleset changed since you saw it", Words: "Nothing was done. Below is what would follow now.", Changes: changes,
		}, err
	case f.err != nil:
		return views.RefusalProps{}, nil //nolint:nilerr // the page shows it as a problem of the form
	case refused != nil:
		return ps.RefusalOf(refused), nil
	}
	return ps.refusalProps(ruleset.Check(f.change, f.result, f.pins, f.given())), nil
}

func (ps *Pages) change(f following, by store.Actor) store.Change {
	basis := &ruleset.Basis{Accepted: f.consent.Accepted.Of(f.result), Result: f.result}
	if f.window.Limit == 0 {
		basis.Period = trials.DefaultPeriod
	}
	c := store.Change{By: by, Action: actions[f.do], Subject: f.parser, Why: f.why, Basis: basis, Check: ps.Check(f.result, f.given())}
	if f.do == "restore" {
		c.Subject, c.AtOnce = strconv.Itoa(f.version), true
	}
	return c
}

func (ps *Pages) showNext(w http.ResponseWriter, r *http.Request, f following, status int, refusal views.RefusalProps) error {
	p := views.NextRulesetProps{
		Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Network: f.network, Live: f.live.Version, Why: f.why, Refusal: refusal,
		Name: f.parser, After: f.after,
	}
	p.Title, p.Button, p.Warning = f.words()
	if f.do == "move" && f.live.Has(f.parser) {
		for _, q := range f.live.Parsers {
			if q.Name != f.parser {
				p.Places = append(p.Places, q.Name)
			}
		}
	}
	var invalid *domain.Error
	if errors.As(f.err, &invalid) {
		p.Problems = []ui.ProblemProps{{Field: invalid.Field, Message: invalid.Message}}
	}
	if f.result.Events > 0 || (f.err == nil && f.do != "move") {
		p.Trial = ps.changeTrialProps(f.result, f.consent.Accepted)
		p.Trial.Samples = true
		p.Broken = ps.BrokenProps(ruleset.Broken(f.change, f.pins, f.given()))
		p.AsksNoEffect, p.NoEffect = f.result.NoEffect() && f.asksNoEffect(), f.consent.NoEffect
		p.Trial.Words, p.Trial.Partial = "of "+f.network.Name(), f.window.Limit > 0 && f.result.Events == f.window.Limit
		f.askAcceptance(p.Trial.Changes)
		after, _ := f.next.Compile() // what does not compile here is in the log
		p.Sampled = &views.TrialProps{Network: f.network, Now: p.Now, Buckets: slices.Clone(p.Trial.Buckets)}
		if err := ps.Trials.AddSampled(r.Context(), p.Sampled, f.result, after, nil); err != nil {
			return err
		}
	}
	next := f.next
	next.Version++
	p.Changes = changesProps(f.live, next)
	if same := !slices.ContainsFunc(p.Changes.Edits, func(e domain.Edit) bool { return !e.Same() }); same && len(p.Changes.Retired) == 0 {
		p.Button, p.Changes = "", views.ChangesProps{} // nothing would change
	}
	p.Hidden = f.hidden()
	return handlers.Render(w, r, status, views.NextRuleset(p))
}

// askAcceptance gives each change of reason the field in which it is accepted.
func (f following) askAcceptance(changes []views.ChangeProps) {
	for i, c := range changes {
		if f.do != "restore" {
			changes[i].Field = AcceptField(c.From.ID, c.To.ID)
		}
	}
}

func (f following) hidden() []ui.HiddenProps {
	return []ui.HiddenProps{
		{Name: "do", Value: f.do}, {Name: "parser", Value: f.parser}, {Name: "after", Value: f.after},
		{Name: "version", Value: strconv.Itoa(f.version)}, {Name: "base", Value: strconv.Itoa(f.live.Version)},
	}
}

// words are the page's title, its button, and what will happen.
func (f following) words() (title, button, warning string) {
	switch f.do {
	case "retire":
		return "Retire " + f.parser, "Retire", "It is kept and can be brought back. Until then it explains nothing."
	case "return":
		return "Bring " + f.parser + " back", "Bring back", "It is asked again, at the place that it had."
	case "move":
		return "Move " + f.parser, "Move", "The first parser that matches wins, so the order decides."
	case "restore":
		return fmt.Sprintf("Roll back to ruleset %d", f.version), "Roll back",
			fmt.Sprintf("A new version is made that is equal to ruleset %d. No version is lost.", f.version)
	}
	return "Change the ruleset", "", ""
}
