package ruleset

import (
	"fmt"
	"strings"

	"wherefore/domain"
	"wherefore/domain/trial"
)

// Consent is what a person has said to what a change would do.
type Consent struct {
	Accepted  Acceptance
	AnyReason bool            // every change of reason is accepted
	LeftOut   map[string]bool // pins that need not hold any more, by their keys
	NoEffect  bool            // the change may leave every stored error as it is
}

func (c Consent) accepts(change trial.Change) bool {
	return c.AnyReason || c.Accepted[PairOf(change)] != ""
}

// Acceptance says why changes of reason are right.
type Acceptance map[Pair]string

// Of is the part of an acceptance that is about the changes of a trial.
func (a Acceptance) Of(trial trial.Result) Acceptance {
	part := Acceptance{}
	for _, change := range trial.Changes {
		if why := a[PairOf(change)]; why != "" {
			part[PairOf(change)] = why
		}
	}
	return part
}

// Pair is a change from one reason to another.
type Pair struct{ From, To domain.ReasonID }

// PairOf is the pair of a change that a trial counted.
func PairOf(c trial.Change) Pair { return Pair{c.From, c.To} }

// MarshalText writes the pair as "facebook.token-expired facebook.rate-limited".
func (p Pair) MarshalText() ([]byte, error) { return []byte(p.From + " " + p.To), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Pair) UnmarshalText(text []byte) error {
	from, to, found := strings.Cut(string(text), " ")
	if !found {
		return fmt.Errorf("%q is no pair of reasons", text)
	}
	*p = Pair{domain.ReasonID(from), domain.ReasonID(to)}
	return nil
}

// Basis is what is kept with a version of the trial that it is based on.
type Basis struct {
	Trial    int64        `json:"id,omitempty"` // the trial with a page of its own, 0 for none
	Period   string       `json:"period"`       // that it ran over, "" for the newest errors
	Accepted Acceptance   `json:"accepted"`
	Result   trial.Result `json:"result"`
}
