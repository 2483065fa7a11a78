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

// changeTo makes the change from parsers of codes, which the live ruleset asks, to
// others. A parser of a code explains it by a reason of its own.
func changeTo(t interface{ Fatal(...any) }, live, next []string) Change {
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
	c := Change{Base: 1, Live: Ruleset{Network: domain.X, Version: 1}, Next: r}
	for _, code := range live {
		c.Live.Parsers = append(c.Live.Parsers, Parser{ParserSpec: domain.ParserSpec{Name: "of-" + code}})
	}
	return c
}

func pinOf(id int64, kind domain.PinKind, parser, code string) HeldPin {
	return HeldPin{Pin: domain.Pin{ID: id, Network: domain.X, Parser: "of-" + parser, Kind: kind, EventID: "event-" + code}, Facts: facts.Facts{Code: code}}
}

func TestObjections(t *testing.T) {
	effect := trial.Result{Buckets: map[trial.Bucket]int{trial.NewlyExplained: 1}}
	change := trial.Change{From: "x.rate-limited", To: "x.token-expired", Events: 3}
	changes := trial.Result{Buckets: map[trial.Bucket]int{trial.ChangesReason: 3}, Changes: []trial.Change{change}}
	accepts := Consent{Accepted: Acceptance{PairOf(change): "it is right"}}
	another := Consent{Accepted: Acceptance{{change.To, change.From}: "the other way round"}}
	for name, c := range map[string]struct {
		next    []string
		trial   trial.Result
		pins    []HeldPin
		consent Consent
		want    []ObjectionKind
	}{
		"nothing against it":      {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "1")}, Consent{}, nil},
		"change not accepted":     {[]string{"1", "2"}, changes, nil, Consent{}, []ObjectionKind{UnacceptedReason}},
		"other accepted":          {[]string{"1", "2"}, changes, nil, another, []ObjectionKind{UnacceptedReason}},
		"any change accepted":     {[]string{"1", "2"}, changes, nil, Consent{AnyReason: true}, nil},
		"change and pin":          {[]string{"1", "2"}, changes, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{}, []ObjectionKind{UnacceptedReason, FailingPin}},
		"pin and no effect":       {[]string{"1"}, trial.Result{}, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{}, []ObjectionKind{FailingPin, NoEffect}},
		"change accepted":         {[]string{"1", "2"}, changes, nil, accepts, nil},
		"pin fails":               {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{}, []ObjectionKind{FailingPin}},
		"pin left out":            {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{LeftOut: map[string]bool{"1": true}}, nil},
		"another pin left out":    {[]string{"1", "2"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2")}, Consent{LeftOut: map[string]bool{"2": true}}, []ObjectionKind{FailingPin}},
		"one of two left out":     {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "1", "2"), pinOf(2, domain.MustNotMatch, "1", "1")}, Consent{LeftOut: map[string]bool{"1": true}}, []ObjectionKind{FailingPin}},
		"sample to pin fails":     {[]string{"1"}, effect, []HeldPin{pinOf(0, domain.MustMatch, "1", "2")}, Consent{}, []ObjectionKind{FailingPin}},
		"sample to pin left out":  {[]string{"1"}, effect, []HeldPin{pinOf(0, domain.MustMatch, "1", "2")}, Consent{LeftOut: map[string]bool{"event-2": true}}, nil},
		"known gap":               {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.KnownGap, "1", "2")}, Consent{}, nil},
		"parser retires":          {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "2", "2")}, Consent{}, []ObjectionKind{FailingPin}},
		"parser was never asked":  {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustMatch, "3", "3")}, Consent{}, nil},
		"retires, must not match": {[]string{"1"}, effect, []HeldPin{pinOf(1, domain.MustNotMatch, "2", "1")}, Consent{}, nil},
		"no effect":               {[]string{"1"}, trial.Result{Buckets: map[trial.Bucket]int{trial.Unchanged: 2, trial.Overridden: 3, trial.StillUnparsed: 4}}, nil, Consent{}, []ObjectionKind{NoEffect}},
		"no effect confirmed":     {[]string{"1"}, trial.Result{}, nil, Consent{NoEffect: true}, nil},
		"loses errors":            {[]string{"1"}, trial.Result{Buckets: map[trial.Bucket]int{trial.Lost: 1}}, nil, Consent{}, nil},
	} {
		to := changeTo(t, []string{"1", "2"}, c.next)
		if got := kinds(Check(to, c.trial, c.pins, c.consent)); !slices.Equal(got, c.want) {
			t.Errorf("%s: there speaks %v against it, want %v", name, got, c.want)
		}
		to.Base--
		if got := kinds(Check(to, c.trial, c.pins, c.consent)); !slices.Equal(got, []ObjectionKind{Outdated}) {
			t.Errorf("%s, outdated: there speaks %v against it", name, got)
		}
	}
}

func kinds(objections []Objection) []ObjectionKind {
	var kinds []ObjectionKind
	for _, o := range objections {
		kinds = append(kinds, o.Kind)
	}
	return kinds
}

func TestRefusalIsAConflictInWords(t *testing.T) {
	for want, r := range map[string]Refusal{
		"base_version: The ruleset has changed since the trial. Run the trial again.": {[]Objection{{Kind: Outdated}}},
		"Nothing was done. Nobody accepted that errors change from x.rate-limited to x.token-expired. Sample 7 of of-1: it must match and does not.": {[]Objection{
			{Kind: UnacceptedReason, Change: trial.Change{From: "x.rate-limited", To: "x.token-expired"}},
			{Kind: FailingPin, Pin: BrokenPin{Pin: pinOf(7, domain.MustMatch, "1", "2").Pin, Words: "it must match and does not"}},
		}},
		"Nothing was done. It changes no stored error, and nobody confirmed that.": {[]Objection{{Kind: NoEffect}}},
	} {
		if domain.KindOf(&r) != domain.Conflict || r.Error() != want {
			t.Errorf("%q is of kind %q", r.Error(), domain.KindOf(&r))
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
		change := changeTo(rt, live, next)
		effect := trial.Result{Buckets: map[trial.Bucket]int{trial.NewlyExplained: 1}}
		consent := Consent{LeftOut: map[string]bool{}}
		var pins []HeldPin
		for i, code := range codes {
			pins = append(pins, pinOf(int64(i+1), domain.MustMatch, code, code))
			if rapid.Bool().Draw(rt, "leave out "+code) {
				consent.LeftOut[pins[i].Key()] = true
			}
		}
		if len(Check(change, effect, pins, consent)) > 0 {
			return
		}
		for _, pin := range pins {
			held := change.Next.Decide(pin.Facts).Parser == pin.Parser
			if slices.Contains(live, pin.Facts.Code) && !held && !consent.LeftOut[pin.Key()] {
				rt.Fatalf("%s of %v no longer holds, nobody left it out, and %v may follow", pin.Key(), live, next)
			}
		}
	})
}
