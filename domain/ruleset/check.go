package ruleset

import (
	"fmt"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
)

// Change is a ruleset that would follow the live one.
type Change struct {
	Base int // the version that it was made from
	Live Ruleset
	Next *parse.Ruleset
}

// HeldPin is a pin with the facts of its error.
type HeldPin struct {
	domain.Pin
	Facts facts.Facts
}

// Objection is one reason why a change may not be made.
type Objection struct {
	Kind   ObjectionKind
	Change trial.Change // of an UnacceptedReason
	Pin    BrokenPin    // of a FailingPin
}

// ObjectionKind says what an objection is about.
type ObjectionKind string

// The kinds of objections.
const (
	Outdated         ObjectionKind = "outdated"          // another version than the base is live
	UnacceptedReason ObjectionKind = "unaccepted-reason" // errors change their reason, and nobody accepted it
	FailingPin       ObjectionKind = "failing-pin"       // a pin fails, and nobody left it out
	NoEffect         ObjectionKind = "no-effect"         // no stored error changes, and nobody confirmed it
)

// BrokenPin is a pin that a change breaks.
type BrokenPin struct {
	domain.Pin
	Words   string // "it must match and does not"
	Retired bool   // its parser is not asked any more, and keeps it
	LeftOut bool   // somebody has left it out by its name
}

// Check says what speaks against a change, nothing when it may be made. The trial
// is of this change, the pins are those of the network together with those that
// are made with the change, and consent is what a person has said to both. An
// outdated change has no other objection: its trial is of another ruleset.
func Check(c Change, trial trial.Result, pins []HeldPin, consent Consent) []Objection {
	if c.Outdated() {
		return []Objection{{Kind: Outdated}}
	}
	var objections []Objection
	for _, change := range trial.Changes {
		if !consent.accepts(change) {
			objections = append(objections, Objection{Kind: UnacceptedReason, Change: change})
		}
	}
	for _, pin := range Broken(c, pins, consent) {
		if !pin.LeftOut {
			objections = append(objections, Objection{Kind: FailingPin, Pin: pin})
		}
	}
	if trial.NoEffect() && !consent.NoEffect {
		objections = append(objections, Objection{Kind: NoEffect})
	}
	return objections
}

// Outdated reports whether another version is live than the change was made from.
func (c Change) Outdated() bool { return c.Base != c.Live.Version }

// Broken lists the pins that a change breaks, also those that consent leaves out.
// What must be matched by a parser that is no longer asked is among them.
func Broken(c Change, pins []HeldPin, consent Consent) []BrokenPin {
	var broken []BrokenPin
	for _, pin := range pins {
		words, retired := c.Next.Breaks(pin.Pin, pin.Facts), false
		if pin.Kind == domain.MustMatch && c.Next.Parser(pin.Parser) == nil && c.Live.Has(pin.Parser) {
			words, retired = "it must match and its parser is not asked any more", true
		}
		if words != "" {
			broken = append(broken, BrokenPin{Pin: pin.Pin, Words: words, Retired: retired, LeftOut: consent.LeftOut[pin.Key()]})
		}
	}
	return broken
}

// Refusal is the error of a change that is not made, of kind Conflict.
type Refusal struct{ Objections []Objection }

func (r *Refusal) Error() string { return r.Unwrap().Error() }

// Unwrap says in words for a person what speaks against the change.
func (r *Refusal) Unwrap() error {
	words := "Nothing was done."
	for _, o := range r.Objections {
		switch o.Kind {
		case Outdated:
			return &domain.Error{Kind: domain.Conflict, Field: "base_version",
				Message: "The ruleset has changed since the trial. Run the trial again."}
		case UnacceptedReason:
			words += fmt.Sprintf(" Nobody accepted that errors change from %s to %s.", o.Change.From, o.Change.To)
		case FailingPin:
			words += fmt.Sprintf(" Sample %s of %s: %s.", o.Pin.Key(), o.Pin.Parser, o.Pin.Words)
		case NoEffect:
			words += " It changes no stored error, and nobody confirmed that."
		}
	}
	return domain.Errorf(domain.Conflict, "%s", words)
}
