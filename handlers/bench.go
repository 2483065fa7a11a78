package handlers

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
	"wherefore/views"
	"wherefore/views/ui"
)

// bench is a draft laid beside the live ruleset and checked against it.
type bench struct {
	draft
	now       time.Time
	live      ruleset.Ruleset
	before    *parse.Ruleset
	period    views.Period
	condition *parse.Condition // nil when it can't be compiled
	candidate *parse.Parser    // nil when the draft makes no parser
	after     *parse.Ruleset   // nil when the candidate can't be put in its place
	problems  []problem
	carets    []views.CaretProps
}

// problem is what is wrong with a field of the draft.
type problem = ui.ProblemProps

// lay compiles a draft and checks it against the ruleset that is live.
func (d *Dashboard) lay(ctx context.Context, in draft, now time.Time) (*bench, error) {
	b := &bench{draft: in, now: now}
	var err error
	if b.live, b.before, err = d.liveRuleset(ctx, in.network); err != nil {
		return nil, err
	}
	if b.period, err = in.window(now); err != nil {
		b.problem(err)
	}
	b.compile()
	for _, e := range in.editor.problems {
		b.wrong(fmt.Sprint("fact-", e.Row+1), fmt.Sprintf("Row %d: %s", e.Row+1, e.Words))
	}
	if _, known := d.Catalog.Entry(in.reason); !known || in.reason.Network() != in.network {
		b.wrong("reason", "Choose a reason of "+string(in.network)+".")
	} else if b.condition != nil {
		b.place()
	}
	return b, nil
}

// liveRuleset returns what is live in the database. A replica that has not
// loaded it yet compiles it: trials are made on what is live, not on what was.
func (d *Dashboard) liveRuleset(ctx context.Context, n domain.Network) (ruleset.Ruleset, *parse.Ruleset, error) {
	live, err := d.Store.LiveRuleset(ctx, n)
	if err != nil {
		return live, nil, err
	}
	if loaded := d.Engine.Ruleset(n); loaded != nil && loaded.Version() == live.Version {
		return live, loaded, nil
	}
	compiled, _ := live.Compile() // what does not compile here is in the log
	return live, compiled, nil
}

// compile reads the condition.
func (b *bench) compile() {
	switch source := b.draft.condition; {
	case source == "":
		b.wrong("condition", "Write a condition.")
	case !utf8.ValidString(source) || hasControl(source):
		b.wrong("condition", "The condition holds a character that can't be seen; write it as an escape, such as \\u0000.")
	default:
		c, err := parse.Compile(source)
		for _, e := range parse.ConditionErrors(err) {
			b.wrong("condition", fmt.Sprintf("Line %d, column %d: %s", e.Line, e.Column, e.Words))
			b.carets = append(b.carets, caret(source, e))
		}
		if b.condition = c; err != nil && len(b.problems) == 0 {
			b.wrong("condition", "The condition can't be used.")
		}
	}
}

// place makes the candidate and puts it into the ruleset. While it has no fit
// name, it is tried under one that is free.
func (b *bench) place() {
	spec := b.spec()
	if b.checkName() != nil || b.nameTaken() {
		spec.Name = b.freeName()
	}
	var err error
	if b.candidate, err = parse.NewParser(spec); err == nil {
		b.after, err = b.before.With(b.candidate, b.draft.after)
	}
	if err != nil {
		b.problem(err)
	}
}

// triable reports whether a trial of the draft can run.
func (b *bench) triable() bool { return b.after != nil && !b.period.From.IsZero() }

// checkName says what is wrong with the draft's name, as a parser would.
func (b *bench) checkName() error {
	_, err := parse.NewParser(domain.ParserSpec{
		Network: b.network, Name: b.name, Reason: anyReason(b.network), Condition: "true",
	})
	return err
}

// triedAs is the name under which the candidate stands in its trial.
func (b *bench) triedAs() string {
	if b.candidate == nil {
		return b.name
	}
	return b.candidate.Name()
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
func (b *bench) freeName() string {
	name := "candidate"
	for slices.ContainsFunc(b.live.Parsers, func(p ruleset.Parser) bool { return p.Name == name }) {
		name += "-x"
	}
	return name
}

// nameTaken reports whether a new parser would replace one that is live.
func (b *bench) nameTaken() bool {
	return b.editing == "" && slices.ContainsFunc(b.live.Parsers, func(p ruleset.Parser) bool { return p.Name == b.name })
}

func (b *bench) wrong(field, words string) {
	b.problems = append(b.problems, problem{Field: field, Words: words})
}

// problem notes an error at its field.
func (b *bench) problem(err error) {
	var known *domain.Error
	if errors.As(err, &known) {
		b.wrong(known.Field, sentence(known.Message))
	}
}

// sentence makes words of the domain a sentence.
func sentence(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if words == "" || words[len(words)-1] == '.' {
		return words
	}
	return string(unicode.ToUpper(first)) + words[size:] + "."
}

// checkPromotion adds what only matters at a promotion.
func (b *bench) checkPromotion() {
	if err := b.checkName(); err != nil {
		b.problem(err)
	} else if b.nameTaken() {
		b.wrong("name", "There is a live parser of this name; choose another one.")
	}
	if b.editing != "" && !slices.ContainsFunc(b.live.Parsers, func(p ruleset.Parser) bool { return p.Name == b.editing }) {
		b.wrong("", "The parser "+b.editing+" is not live any more.")
	}
	if b.why == "" {
		b.wrong("why", "Say why, for those who come later.")
	} else if len(b.why) > maxWhy {
		b.wrong("why", "Say it in at most 500 characters.")
	}
}

// maxWhy is in bytes, and so no less than 500 characters.
const maxWhy = 2000

// props are those of the page, without its trial.
func (d *Dashboard) benchProps(ctx context.Context, b *bench) (views.WorkbenchProps, error) {
	p := views.WorkbenchProps{
		Viewer: Viewer(ctx), Now: b.now, Network: b.network, Version: b.live.Version, Problems: b.problems,
		Editor: b.editorProps(),
		Draft: views.DraftProps{
			ID: cmp.Or(b.id, rand.Text()), Name: b.name, Condition: b.draft.condition, Reason: b.reason, After: b.draft.after, Why: b.why, Period: b.draft.period,
			Cluster: b.cluster, Sample: b.sample, NoEffect: b.consent.NoEffect,
		},
	}
	for _, parser := range b.live.Parsers {
		if b.editing == "" || parser.Name != b.editing {
			p.Parsers = append(p.Parsers, parser.Name)
		}
	}
	var err error
	if p.Reasons, err = d.reasonChoices(ctx, b.network); err != nil {
		return p, err
	}
	if err := d.addPlace(ctx, b, &p); err != nil {
		return p, err
	}
	if err := d.addMatches(ctx, b, &p); err != nil {
		return p, err
	}
	if err := d.addSamples(ctx, b, &p); err != nil {
		return p, err
	}
	return p, d.addPins(ctx, b, &p)
}

// reasonChoices are the known reasons of a network, and then those that its
// errors could still turn out to have.
func (d *Dashboard) reasonChoices(ctx context.Context, n domain.Network) ([]views.ReasonChoiceProps, error) {
	known, err := d.Store.Reasons(ctx)
	if err != nil {
		return nil, err
	}
	entries := d.Catalog.Entries(n, known)
	have := len(entries)
	for _, info := range domain.Causes() {
		id := domain.Reason(n, info.Cause)
		if entry, ok := d.Catalog.Entry(id); ok && !slices.ContainsFunc(entries, func(e catalog.ReasonEntry) bool { return e.ID == id }) {
			entries = append(entries, entry)
		}
	}
	var choices []views.ReasonChoiceProps
	for i, e := range entries {
		choices = append(choices, views.ReasonChoiceProps{
			ID: e.ID, Info: e.CauseInfo, New: i >= have, Words: reasonWords(d.Catalog.Words(e.ID, catalog.English)),
		})
	}
	return choices, nil
}

// addPlace tells of the parser that is edited.
func (d *Dashboard) addPlace(ctx context.Context, b *bench, p *views.WorkbenchProps) error {
	i := slices.IndexFunc(b.live.Parsers, func(q ruleset.Parser) bool { return q.Name == b.editing })
	if b.editing == "" || i < 0 {
		return nil
	}
	uses, err := d.Store.ParserUses(ctx, b.network, b.now.AddDate(0, 0, -useDays))
	use, q := uses[b.editing], b.live.Parsers[i]
	p.Parser = views.PlaceProps{
		Name: q.Name, Builtin: q.Builtin, Function: q.Func, Author: q.Author, WrittenAt: q.WrittenAt, Matches: use.Matches,
	}
	if use.LastMatch != nil {
		p.Parser.LastMatch = *use.LastMatch
	}
	return err
}

// useDays is how far back the uses of parsers are counted.
const useDays = 7
