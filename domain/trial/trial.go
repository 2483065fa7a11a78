package trial

import (
	"time"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

// Bucket classifies what a trial changes about one stored event. Each event is in
// exactly one bucket. What a customer would read decides first:
//
//	now        under the trial      bucket
//	unparsed   explained            newly explained
//	unparsed   unparsed             still unparsed
//	explained  unparsed             lost
//	explained  another reason       changes its reason
//	explained  the same reason      overridden, if the candidate's condition holds and
//	                                another parser wins; else unchanged
//
// "Now" is the event's present verdict, whichever ruleset gave it. So an event
// that an edit stops matching is lost only if no other parser takes it; and one
// that another parser takes with the same reason is unchanged.
type Bucket string

// The buckets, in the order in which pages show them.
const (
	NewlyExplained Bucket = "newly-explained"
	Unchanged      Bucket = "unchanged"
	ChangesReason  Bucket = "changes-reason"
	Overridden     Bucket = "overridden"
	Lost           Bucket = "lost"
	StillUnparsed  Bucket = "still-unparsed"
)

// Buckets lists all buckets in the order in which pages show them.
func Buckets() []Bucket {
	return []Bucket{NewlyExplained, Unchanged, ChangesReason, Overridden, Lost, StillUnparsed}
}

// StoredEvent is what a trial needs to know of an event.
type StoredEvent struct {
	ID         string
	SourceID   int64
	OccurredAt time.Time
	Shape      uint64 // that it is grouped by when it is unparsed
	Facts      facts.Facts
	Present    domain.ReasonID // empty: unparsed now
}

// Trial compares two rulesets over stored events. It is immutable: many goroutines
// may use it, each with a Counter of its own.
type Trial struct {
	before, after *parse.Ruleset
	candidate     *parse.Parser // nil when nothing but order is tried
}

// New compares the live ruleset with the one that would follow it.
// Candidate is the name of the parser under trial in after, or empty when the
// trial is of an order or of a removal. Its errors are of kind Invalid.
func New(before, after *parse.Ruleset, candidate string) (*Trial, error) {
	if before.Network() != after.Network() {
		return nil, domain.InvalidField("network", "A ruleset of %s can't follow one of %s.", after.Network(), before.Network())
	}
	t := &Trial{before: before, after: after}
	if candidate != "" {
		if t.candidate = after.Parser(candidate); t.candidate == nil {
			return nil, domain.InvalidField("candidate", "The ruleset has no parser “%s”.", candidate)
		}
	}
	return t, nil
}

// Before is the ruleset that is live.
func (t *Trial) Before() *parse.Ruleset { return t.before }

// After is the ruleset that would follow.
func (t *Trial) After() *parse.Ruleset { return t.after }

// Effect is what a candidate would change about one event.
type Effect struct {
	Bucket   Bucket
	From, To domain.ReasonID // the present reason and the one to come; empty for unparsed
	Parser   string          // the parser that would win, empty for unparsed
	Holds    bool            // the candidate's condition holds, whoever wins
	Failure  error           // why the candidate's condition failed, nil if it did not
	Stale    bool            // the present verdict is not what the live ruleset gives
}

// Compare says what the ruleset that would follow changes about one event.
func (t *Trial) Compare(e StoredEvent) Effect {
	o := Effect{From: e.Present}
	if p := t.before.Winner(e.Facts); p == nil {
		o.Stale = e.Present != ""
	} else {
		o.Stale = e.Present != p.Reason()
	}
	winner := t.after.Winner(e.Facts)
	if winner != nil {
		o.To, o.Parser = winner.Reason(), winner.Name()
	}
	if t.candidate != nil {
		o.Holds, o.Failure = t.candidate.Matches(e.Facts)
	}
	o.Bucket = bucketOf(o, o.Holds && winner != t.candidate)
	return o
}

// bucketOf is the table in the comment of Bucket.
func bucketOf(e Effect, overridden bool) Bucket {
	switch {
	case e.From == "" && e.To == "":
		return StillUnparsed
	case e.From == "":
		return NewlyExplained
	case e.To == "":
		return Lost
	case e.From != e.To:
		return ChangesReason
	case overridden:
		return Overridden
	}
	return Unchanged
}
