package ruleset

import (
	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
)

// Step is a ruleset that would follow the live one, with all that decides whether
// it may.
type Step struct {
	Next    *parse.Ruleset
	Asked   func(parser string) bool // whether the live ruleset asks a parser
	Trial   trial.Result
	Pins    []HeldPin // of the network, with those that are made with the step
	Consent Consent
}

// HeldPin is a pin with the facts of its error.
type HeldPin struct {
	domain.Pin
	Facts facts.Facts
}

// Consent is what a person has said to what a step would do.
type Consent struct {
	Accepts  func(trial.Change) bool // a change of reason; nil accepts none
	LeftOut  map[string]bool         // pins that need not hold any more, by their keys
	NoEffect bool                    // the step may change no stored error
}

// Refusal is why a step is not taken. A step without any is.
type Refusal struct {
	Changes  []trial.Change // of reason, which nobody accepted
	Pins     []BrokenPin    // which nobody left out
	NoEffect bool           // no stored error changes, and nobody confirmed it
}

// Any reports whether there is a reason to refuse.
func (r Refusal) Any() bool { return len(r.Changes) > 0 || len(r.Pins) > 0 || r.NoEffect }

// BrokenPin is a pin that does not hold any more.
type BrokenPin struct {
	domain.Pin
	Words   string // "it must match and does not"
	Retired bool   // its parser is not asked any more, and keeps it
	LeftOut bool   // somebody has left it out by its name
}

// Refusal says why the step is not taken.
func (s Step) Refusal() Refusal {
	r := Refusal{NoEffect: s.Trial.NoEffect() && !s.Consent.NoEffect}
	for _, c := range s.Trial.Changes {
		if s.Consent.Accepts == nil || !s.Consent.Accepts(c) {
			r.Changes = append(r.Changes, c)
		}
	}
	for _, pin := range s.Broken() {
		if !pin.LeftOut {
			r.Pins = append(r.Pins, pin)
		}
	}
	return r
}

// Broken lists the pins that do not hold any more after the step, those that were
// left out, too. What must be matched by a parser that is no longer asked is
// among them.
func (s Step) Broken() []BrokenPin {
	var broken []BrokenPin
	for _, pin := range s.Pins {
		words, retired := s.Next.Breaks(pin.Pin, pin.Facts), false
		if pin.Kind == domain.MustMatch && s.Next.Parser(pin.Parser) == nil && s.Asked(pin.Parser) {
			words, retired = "it must match and its parser is not asked any more", true
		}
		if words != "" {
			broken = append(broken, BrokenPin{Pin: pin.Pin, Words: words, Retired: retired, LeftOut: s.Consent.LeftOut[pin.Key()]})
		}
	}
	return broken
}
