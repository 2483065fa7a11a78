package ruleset

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
)

// stepTo makes the step from parsers of codes, which the live ruleset asks, to
// others. A parser of a code explains it by a reason of its own.
func stepTo(t interface{ Fatal(...any) }, live, next []string) Step {
	causes := map[string]domain.Cause{"1": "rate-limited", "2": "token-expired", "3": "bad-request"}
	var parsers []*parse.Parser
	for _, code := range next {
		p, err := parse.NewParser(domain.ParserSpec{Network: domain.X, Name: "of-" + code, Reason: domain.Reason(domain.X, causes[code]), Condition: `code == "` + code + `"`})
		if err != nil {
			t.Fatal(err)
		}
		parsers = append(parsers, p)
	}
	r, err := parse.NewRuleset(domain.X, 2, parsers)
	if err != nil {
		t.Fatal(err)
	}
	return Step{Next: r, Asked: func(name string) bool { return slices.Contains(live, name[len("of-"):]) }}
}

func pinOf(id int64, kind domain.PinKind, parser, code string) HeldPin {
	return HeldPin{Pin: domain.Pin{ID: id, Network: domain.X, Parser: "of-" + parser, Kind: kind, EventID: "event-" + code}, Facts: facts.Facts{Code: code}}
}

func TestStepIsRefused(t *testing.T) {
	effect := trial.Result{Buckets: map[trial.Bucket]int{trial.NewlyExplained: 1}}
	change := trial.Change{From: "x.rate-limited", To: "x.token-expired", Events: 3}
	changes := trial.Result{Buckets: map[trial.Bucket]int{trial.ChangesReason: 3}, Changes: []trial.Change{change}}
	accepts := func(c trial.Change) bool { return c.From == change.From && c.To == change.To }
	for name, c := range map[string]struct {
		next    []string
		trial   trial.Result
		pins    []HeldPin
		consent Consent
		want    string // the kinds of refusal
	}{
		"nothing against it":      {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "1")}, Consent{}, ""},
		"change not accepted":     {[]string{"1", "2"}, changes, nil, Consent{}, "changes"},
		"change accepted":         {[]string{"1", "2"}, changes, nil, Consent{Accepts: accepts}, ""},
		"pin fails":               {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{}, "pins"},
		"pin left out":            {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{LeftOut: map[string]bool{"1": true}}, ""},
		"another pin left out":    {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{LeftOut: map[string]bool{"2": true}}, "pins"},
		"one of two left out":     {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2"), pinOf(2, domain.MustNotMatch, "1", "1")}, Consent{LeftOut: map[string]bool{"1": true}}, "pins"},
		"sample to pin fails":     {[]string{"1"}, effect, []HeldPin{pinOf(0, domain.MustMatch, "1", "2")}, Consent{}, "pins"},
		"sample to pin left out":  {[]string{"1"}, effect, []HeldPin{pinOf(0, domain.MustMatch, "1", "2")}, Consent{LeftOut: map[string]bool{"event-2": true}}, ""},
		"known gap":               {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.KnownGap, "1", "2")}, Consent{}, ""},
		"parser retires":          {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "2", "2")}, Consent{}, "pins"},
		"parser was never asked":  {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "3", "3")}, Consent{}, ""},
		"retires, must not match": {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustNotMatch, "2", "1")}, Consent{}, ""},
		"no effect":               {[]string{"1"}, trial.Result{Buckets: map[trial.Bucket]int{trial.Unchanged: 2, trial.Overridden: 3, trial.StillUnparsed: 4}}, nil, Consent{}, "no effect"},
		"no effect confirmed":     {[]string{"1"}, trial.Result{}, nil, Consent{NoEffect: true}, ""},
		"loses errors":            {[]string{"1"}, trial.Result{Buckets: map[trial.Bucket]int{trial.Lost: 1}}, nil, Consent{}, ""},
	} {
		s := stepTo(t, []string{"1", "2"}, c.next)
		s.Trial, s.Pins, s.Consent = c.trial, c.pins, c.consent
		r, got := s.Refusal(), ""
		switch {
		case len(r.Changes) > 0:
			got = "changes"
		case len(r.Pins) > 0:
			got = "pins"
		case r.NoEffect:
			got = "no effect"
		}
		if got != c.want || r.Any() != (c.want != "") {
			t.Errorf("%s: refused for %q, want %q", name, got, c.want)
		}
	}
}

// Whatever follows, a pin that must match and is held by the live ruleset still
// holds, or was left out by its name. None is lost on the way.
func TestNoPinIsLostSilently(t *testing.T) {
	codes := []string{"1", "2", "3"}
	rapid.Check(t, func(rt *rapid.T) {
		subset := func(name string) []string {
			var some []string
			for _, code := range codes {
				if rapid.Bool().Draw(rt, name+code) {
					some = append(some, code)
				}
			}
			return some
		}
		live, next := subset("live"), subset("next")
		s := stepTo(rt, live, next)
		s.Trial = trial.Result{Buckets: map[trial.Bucket]int{trial.NewlyExplained: 1}}
		s.Consent.LeftOut = map[string]bool{}
		for i, code := range codes {
			s.Pins = append(s.Pins, pinOf(int64(i+1), domain.MustMatch, code, code))
			if rapid.Bool().Draw(rt, "leave out "+code) {
				s.Consent.LeftOut[s.Pins[i].Key()] = true
			}
		}
		if s.Refusal().Any() {
			return
		}
		for _, pin := range s.Pins {
			held := s.Next.Decide(pin.Facts).Parser == pin.Parser
			if slices.Contains(live, pin.Facts.Code) && !held && !s.Consent.LeftOut[pin.Key()] {
				rt.Fatalf("%s of %v no longer holds, nobody left it out, and %v may follow", pin.Key(), live, next)
			}
		}
	})
}
