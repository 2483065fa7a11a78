package workbench

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
	"wherefore/handlers"
	"wherefore/handlers/rulesets"
	"wherefore/views"
	"wherefore/views/ui"
)

// evaluation is a form laid beside the live ruleset and checked against it.
type evaluation struct {
	form
	now       time.Time
	live      ruleset.Ruleset
	before    *parse.Ruleset
	period    views.Period
	condition *parse.Condition // nil when it can't be compiled
	candidate *parse.Parser    // nil when the form makes no parser
	after     *parse.Ruleset   // nil when the candidate can't be put in its place
	problems  []problem
	carets    []views.CaretProps
}

// problem is what is wrong with a field of the form.
type problem = ui.ProblemProps

// evaluateForm evaluates the form that was sent.
func (ps *Pages) evaluateForm(r *http.Request) (*evaluation, error) {
	in, err := ps.takeForm(r)
	if err != nil {
		return nil, err
	}
	return ps.evaluate(r.Context(), in, time.Now())
}

// evaluate compiles a form and checks it against the ruleset that is live.
func (ps *Pages) evaluate(ctx context.Context, in form, now time.Time) (*evaluation, error) {
	ev := &evaluation{form: in, now: now}
	var err error
	if ev.live, ev.before, err = ps.Rulesets.Live(ctx, in.network); err != nil {
		return nil, err
	}
	if ev.period, err = in.window(now); err != nil {
		ev.problem(err)
	}
	ev.compile()
	for _, e := range in.editor.problems {
		ev.wrong(fmt.Sprint("fact-", e.Row+1), fmt.Sprintf("Row %d: %s", e.Row+1, e.Message))
	}
	if _, known := ps.Catalog.Entry(in.reason); !known || in.reason.Network() != in.network {
		ev.wrong("reason", "Choose a reason of "+in.network.Name()+".")
	} else if ev.condition != nil {
		ev.place()
	}
	return ev, nil
}

// compile reads the condition.
func (ev *evaluation) compile() {
	switch source := ev.form.condition; {
	case source == "":
		ev.wrong("condition", "Write a condition.")
	case !utf8.ValidString(source) || hasControl(source):
		ev.wrong("condition", "The condition holds a character that can't be seen; write it as an escape, such as \\u0000.")
	default:
		c, err := parse.Compile(source)
		for _, e := range parse.ConditionErrors(err) {
			ev.wrong("condition", fmt.Sprintf("Line %d, column %d: %s", e.Line, e.Column, e.Message))
			ev.carets = append(ev.carets, caret(source, e))
		}
		if ev.condition = c; err != nil && len(ev.problems) == 0 {
			ev.wrong("condition", "The condition can't be used.")
		}
	}
}

// place makes the candidate and puts it into the ruleset. While it has no fit
// name, it is tried under one that is free.
func (ev *evaluation) place() {
	spec := ev.spec()
	if ev.checkName() != nil || ev.nameTaken() {
		spec.Name = ev.freeName()
	}
	var err error
	if ev.candidate, err = parse.NewParser(spec); err == nil {
		ev.after, err = ev.before.With(ev.candidate, ev.form.after)
	}
	if err != nil {
		ev.problem(err)
	}
}

// triable reports whether a trial of the form can run.
func (ev *evaluation) triable() bool { return ev.after != nil && !ev.period.From.IsZero() }

// checkName says what is wrong with the form's name, as a parser would.
func (ev *evaluation) checkName() error {
	_, err := parse.NewParser(domain.ParserSpec{
		Network: ev.network, Name: ev.name, Reason: anyReason(ev.network), Condition: "true",
	})
	return err
}

// trialName is the name under which the candidate stands in its trial.
func (ev *evaluation) trialName() string {
	if ev.candidate == nil {
		return ev.name
	}
	return ev.candidate.Name()
}

// anyReason stands in where it does not matter which reason it is.
func anyReason(n domain.Network) domain.ReasonID { return domain.Reason(n, "token-expired") }

// hasControl reports whether text holds what a page would have to spell out.
func hasControl(text string) bool {
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return true
		}
	}
	return false
}

// freeName is a name that no live parser has.
func (ev *evaluation) freeName() string {
	name := "candidate"
	for slices.ContainsFunc(ev.live.Parsers, func(p ruleset.Parser) bool { return p.Name == name }) {
		name += "-x"
	}
	return name
}

// nameTaken reports whether a new parser would replace one that is live.
func (ev *evaluation) nameTaken() bool {
	return ev.editing == "" && slices.ContainsFunc(ev.live.Parsers, func(p ruleset.Parser) bool { return p.Name == ev.name })
}

func (ev *evaluation) wrong(field, message string) {
	ev.problems = append(ev.problems, problem{Field: field, Message: message})
}

// problem notes an error at its field.
func (ev *evaluation) problem(err error) {
	var known *domain.Error
	if errors.As(err, &known) {
		ev.wrong(known.Field, known.Message)
	}
}

// checkPromotion adds what only matters at a promotion.
func (ev *evaluation) checkPromotion() {
	if err := ev.checkName(); err != nil {
		ev.problem(err)
	} else if ev.nameTaken() {
		ev.wrong("name", "There is a live parser of this name; choose another one.")
	}
	if ev.editing != "" && !slices.ContainsFunc(ev.live.Parsers, func(p ruleset.Parser) bool { return p.Name == ev.editing }) {
		ev.wrong("", "The parser "+ev.editing+" is not live any more.")
	}
	if ev.why == "" {
		ev.wrong("why", "Say why, for those who come later.")
	} else if len(ev.why) > handlers.MaxWhy {
		ev.wrong("why", "Say it in at most 500 characters.")
	}
}

// pageProps are those of the page, without its trial.
func (ps *Pages) pageProps(ctx context.Context, ev *evaluation) (views.WorkbenchProps, error) {
	p := views.WorkbenchProps{
		Viewer: handlers.Viewer(ctx), Now: ev.now, Network: ev.network, Version: ev.live.Version, Problems: ev.problems,
		Editor: ev.editorProps(),
		Form: views.FormProps{
			ID: cmp.Or(ev.id, rand.Text()), Name: ev.name, Condition: ev.form.condition, Reason: ev.reason, After: ev.form.after, Why: ev.why, Period: ev.form.period,
			Cluster: ev.cluster, Sample: ev.sample, NoEffect: ev.consent.NoEffect,
		},
	}
	for _, parser := range ev.live.Parsers {
		if ev.editing == "" || parser.Name != ev.editing {
			p.Parsers = append(p.Parsers, parser.Name)
		}
	}
	var err error
	if p.Reasons, err = ps.reasonChoices(ctx, ev.network); err != nil {
		return p, err
	}
	if err := ps.addPlace(ctx, ev, &p); err != nil {
		return p, err
	}
	if err := ps.addMatches(ctx, ev, &p); err != nil {
		return p, err
	}
	if err := ps.addSamples(ctx, ev, &p); err != nil {
		return p, err
	}
	return p, ps.addPins(ctx, ev, &p)
}

// reasonChoices are the known reasons of a network, and then those that its
// errors could still turn out to have.
func (ps *Pages) reasonChoices(ctx context.Context, n domain.Network) ([]views.ReasonChoiceProps, error) {
	known, err := ps.Store.Reasons(ctx)
	if err != nil {
		return nil, err
	}
	entries := ps.Catalog.Entries(n, known)
	have := len(entries)
	for _, info := range domain.Causes() {
		id := domain.Reason(n, info.Cause)
		if entry, ok := ps.Catalog.Entry(id); ok && !slices.ContainsFunc(entries, func(e catalog.ReasonEntry) bool { return e.ID == id }) {
			entries = append(entries, entry)
		}
	}
	var choices []views.ReasonChoiceProps
	for i, e := range entries {
		choices = append(choices, views.ReasonChoiceProps{
			ID: e.ID, Info: e.CauseInfo, New: i >= have, Words: handlers.ReasonWords(ps.Catalog.Words(e.ID, catalog.English)),
		})
	}
	return choices, nil
}

// addPlace tells of the parser that is edited.
func (ps *Pages) addPlace(ctx context.Context, ev *evaluation, p *views.WorkbenchProps) error {
	i := slices.IndexFunc(ev.live.Parsers, func(q ruleset.Parser) bool { return q.Name == ev.editing })
	if ev.editing == "" || i < 0 {
		return nil
	}
	uses, err := ps.Store.ParserUses(ctx, ev.network, ev.now.AddDate(0, 0, -rulesets.UseDays))
	use, q := uses[ev.editing], ev.live.Parsers[i]
	p.Parser = views.PlaceProps{
		Name: q.Name, Builtin: q.Builtin, Function: q.Func, Author: q.Author, WrittenAt: q.WrittenAt, Matches: use.Matches,
	}
	if use.LastMatch != nil {
		p.Parser.LastMatch = *use.LastMatch
	}
	return err
}
