package parse

import (
	"slices"

	"wherefore/domain"
)

// Shortcut foretells what Trial.Sort says of an event, from the verdict that it
// has and from whether the candidate's condition holds: the errors on which it
// can't hold need not be read. It takes for granted that the events have the
// verdicts of the ruleset before.
type Shortcut struct {
	candidate *Parser
	replaced  *Parser
	after     *Ruleset
	places    map[string]int // of the parsers after, by name
}

// Shortcut returns the trial's shortcut. There is none unless the candidate is a
// condition and nothing else differs between the two rulesets.
func (t *Trial) Shortcut() (*Shortcut, bool) {
	if t.candidate == nil || t.candidate.condition == nil {
		return nil, false
	}
	isCandidate := func(p *Parser) bool { return p.Name() == t.candidate.Name() }
	before := slices.DeleteFunc(t.before.Parsers(), isCandidate)
	after := slices.DeleteFunc(t.after.Parsers(), isCandidate)
	if !slices.EqualFunc(before, after, sameSpec) {
		return nil, false
	}
	s := &Shortcut{t.candidate, t.before.Parser(t.candidate.Name()), t.after, map[string]int{}}
	for i, p := range t.after.parsers {
		s.places[p.Name()] = i
	}
	return s, true
}

func sameSpec(a, b *Parser) bool {
	x, y := a.spec, b.spec
	x.Origin, y.Origin = domain.Origin{}, domain.Origin{}
	return x == y
}

// Condition is the candidate's.
func (s *Shortcut) Condition() *Condition { return s.candidate.condition }

// Replaced is the parser whose place the candidate takes, so that nothing can be
// foretold of its events; nil if there is none.
func (s *Shortcut) Replaced() *Parser { return s.replaced }

// Outcome says what would become of an event of which the named parser decided,
// "" for none, and on which the candidate's condition holds, does not, or fails.
// False when that can't be told: the parser is the replaced one, or none of the
// ruleset.
func (s *Shortcut) Outcome(present string, holds bool, failure error) (Outcome, bool) {
	o, wins := Outcome{Parser: present, Holds: holds, Failure: failure}, holds
	if present != "" {
		place, known := s.places[present]
		if !known || present == s.candidate.Name() {
			return Outcome{}, false
		}
		o.From = s.after.parsers[place].Reason()
		wins = holds && s.places[s.candidate.Name()] < place
	}
	o.To = o.From
	if wins {
		o.To, o.Parser = s.candidate.Reason(), s.candidate.Name()
	}
	o.Bucket = bucketOf(o, holds && !wins)
	return o, true
}
