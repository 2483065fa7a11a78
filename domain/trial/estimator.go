package trial

import (
	"slices"

	"wherefore/domain"
	"wherefore/domain/parse"
)

// Estimator estimates what Trial.Compare says of an event from its stored verdict
// and from whether the candidate's condition holds. So the errors on which it can't
// hold need not be read. It assumes that the events have the verdicts of the ruleset
// before.
type Estimator struct {
	candidate *parse.Parser
	replaced  *parse.Parser
	parsers   []*parse.Parser // of the ruleset after
	positions map[string]int  // of the parsers after, by name
}

// Estimator returns how the trial is estimated. It can't be unless the candidate is a
// condition and nothing else differs between the two rulesets.
func (t *Trial) Estimator() (*Estimator, bool) {
	if t.candidate == nil || t.candidate.Condition() == nil {
		return nil, false
	}
	isCandidate := func(p *parse.Parser) bool { return p.Name() == t.candidate.Name() }
	before := slices.DeleteFunc(t.before.Parsers(), isCandidate)
	after := slices.DeleteFunc(t.after.Parsers(), isCandidate)
	if !slices.EqualFunc(before, after, sameSpec) {
		return nil, false
	}
	e := &Estimator{t.candidate, t.before.Parser(t.candidate.Name()), t.after.Parsers(), map[string]int{}}
	for i, p := range e.parsers {
		e.positions[p.Name()] = i
	}
	return e, true
}

func sameSpec(a, b *parse.Parser) bool {
	x, y := a.Spec(), b.Spec()
	x.Origin, y.Origin = domain.Origin{}, domain.Origin{}
	return x == y
}

// Condition is the candidate's.
func (e *Estimator) Condition() *parse.Condition { return e.candidate.Condition() }

// Replaced is the parser that the candidate replaces, nil if there is none. The effect
// on its events can't be estimated.
func (e *Estimator) Replaced() *parse.Parser { return e.replaced }

// Effect says what changes about an event of which the named parser decided,
// "" for none, and on which the candidate's condition holds, does not, or fails.
// False when that can't be told: the parser is the replaced one, or none of the
// ruleset.
func (e *Estimator) Effect(present string, holds bool, failure error) (Effect, bool) {
	o, wins := Effect{Parser: present, Holds: holds, Failure: failure}, holds
	if present != "" {
		position, known := e.positions[present]
		if !known || present == e.candidate.Name() {
			return Effect{}, false
		}
		o.From = e.parsers[position].Reason()
		wins = holds && e.positions[e.candidate.Name()] < position
	}
	o.To = o.From
	if wins {
		o.To, o.Parser = e.candidate.Reason(), e.candidate.Name()
	}
	o.Bucket = bucketOf(o, holds && !wins)
	return o, true
}
