package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/store/storebench"
	"wherefore/web/service"
)

const (
	trialEvents = 1_000_000
	trialDays   = 30
	trialRounds = 3
)

// trialBench measures trials over stored errors of one network, in a database
// that is made when the first figure is asked for.
type trialBench struct {
	ctx    context.Context // of the command: a figure takes none
	base   *storebench.Base
	engine *explain.Engine
	live   *parse.Ruleset
	since  time.Time
}

func (b *trialBench) close() error {
	if b.base == nil {
		return nil
	}
	return b.base.Close()
}

// prepare fills the database with errors of facebook that its own parsers have
// decided on.
func (b *trialBench) prepare() error {
	if b.base != nil {
		return nil
	}
	words, engine, err := explain.Load()
	if err != nil {
		return err
	}
	if b.base, err = storebench.New(b.ctx, false); err != nil {
		return err
	}
	if _, err := service.SyncCatalog(b.ctx, b.base.Store, words); err != nil {
		return err
	}
	live, err := b.base.Store.LiveRuleset(b.ctx, domain.Facebook)
	if err != nil {
		return err
	}
	b.live, _ = live.Compile() // the built-in parsers have compiled already
	b.engine, b.since = engine, time.Now().UTC().AddDate(0, 0, 1-trialDays).Truncate(24*time.Hour)
	return b.base.Fill(b.ctx, storebench.History{
		Events: trialEvents, Days: trialDays, Profiles: 20_000, Networks: []domain.Network{domain.Facebook}, Kinds: b.kinds(),
	})
}

// kinds are what a history of facebook is made of, with their share of a hundred.
func (b *trialBench) kinds() []storebench.Kind {
	body := func(code, subcode, words string) string {
		return fmt.Sprintf(`{"error":{"message":%q,"type":"OAuthException","code":%s,"error_subcode":%s,"is_transient":false,`+
			`"error_user_title":null,"fbtrace_id":"AbCdEfGhIjKlMnOp_§"}}`, words, code, subcode)
	}
	shares := map[string]int{
		body("190", "463", "Error validating access token: Session has expired on Saturday, 14-Nov-26 06:00:00 PST."):          36,
		body("190", "460", "Error validating access token: The session has been invalidated because the user changed it."):     20,
		body("4", "2207051", "Application request limit reached; try again after § minutes"):                                   16,
		body("200", "0", "Permissions error: page § needs one that was not granted"):                                           12,
		body("2", "0", "An unexpected error has occurred. Please retry your request later."):                                   9,
		body("987001", "0", "The quasar of object § is misaligned"):                                                            5,
		`<html><head><title>502</title></head><body><h1>Bad gateway</h1> Server § had no answer in time.</body></html>`:        1,
		body("987002", "33", "Something that nobody has met before happened to object § while it was on its way to its owner"): 1,
	}
	var kinds []storebench.Kind
	for _, raw := range slices.Sorted(maps.Keys(shares)) {
		kinds = append(kinds, newKind(b.engine, domain.Facebook, 400, []byte(strings.ReplaceAll(raw, "§", storebench.Number)), shares[raw]))
	}
	return kinds
}

// try runs the trial of a new parser over all that is stored.
func (b *trialBench) try(condition string) (trial.Result, error) {
	p, err := parse.NewParser(domain.ParserSpec{
		Network: domain.Facebook, Name: "candidate", Reason: "facebook.app-misconfigured", Condition: condition,
	})
	if err != nil {
		return trial.Result{}, err
	}
	after, err := b.live.With(p, "")
	if err != nil {
		return trial.Result{}, err
	}
	t, err := trial.New(b.live, after, "candidate")
	if err != nil {
		return trial.Result{}, err
	}
	return b.base.Store.RunTrial(b.ctx, store.TrialRun{
		Trial: t, Window: store.Window{Network: domain.Facebook, From: b.since},
		Facts: func(e store.StoredEvent) facts.Facts { return b.engine.ReadFacts(e.Network, e.Status, e.Raw) },
	})
}

// equality compares the trial of a condition that asks for a code with the bare
// count of the errors on which it holds.
func (b *trialBench) equality() (comparison, error) {
	const code, text = "987001", "quasar"
	return b.compare(func() (int, error) {
		r, err := b.try(fmt.Sprintf("code == %q && message.contains(%q)", code, text))
		return r.Buckets[trial.NewlyExplained], err
	}, func() (int, error) { return b.base.Count(b.ctx, domain.Facebook, b.since, code, text) })
}

// stream compares the trial of a condition that all errors are read for with
// reading them.
func (b *trialBench) stream() (comparison, error) {
	return b.compare(func() (int, error) {
		r, err := b.try(`message.matches("quasar of object [0-9]+ is")`)
		return r.Events, err
	}, func() (int, error) { return b.base.Read(b.ctx, domain.Facebook, b.since) })
}

// compare runs both sides by turns, after a round that fills the caches, and takes
// the median of the rounds' ratios. Both must tell of the same number of errors.
func (b *trialBench) compare(ours, theirs func() (int, error)) (comparison, error) {
	if err := b.prepare(); err != nil {
		return comparison{}, err
	}
	var ratios, oursTimes, theirsTimes []float64
	for round := range 1 + trialRounds {
		n, o, err := milliseconds(ours)
		if err != nil {
			return comparison{}, err
		}
		want, t, err := milliseconds(theirs)
		if err != nil || n != want {
			return comparison{}, errors.Join(err, fmt.Errorf("the trial tells of %d errors, there are %d", n, want))
		}
		if round > 0 {
			ratios, oursTimes, theirsTimes = append(ratios, o/t), append(oursTimes, o), append(theirsTimes, t)
		}
	}
	return comparison{median(ratios), median(oursTimes), median(theirsTimes), "ms"}, nil
}

func milliseconds(f func() (int, error)) (int, float64, error) {
	begin := time.Now()
	n, err := f()
	return n, float64(time.Since(begin)) / float64(time.Millisecond), err
}
