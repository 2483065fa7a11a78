package parse

import (
	"time"
	"wherefore/domain/facts"

	"wherefore/domain"
)

// Bucket is what a trial says of one stored event. Each event is in exactly one.
//
// What a customer would read decides first, so that the numbers of the first
// four are what really changes and what does not:
//
//	now        under the trial      bucket
//	unparsed   explained            newly explained
//	unparsed   unparsed             still unparsed
//	explained  unparsed             lost
//	explained  another reason       changes its reason
//	explained  the same reason      shadowed, if the candidate's condition holds and
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
	Shadowed       Bucket = "shadowed"
	Lost           Bucket = "lost"
	StillUnparsed  Bucket = "still-unparsed"
)

// Buckets lists all buckets in the order in which pages show them.
func Buckets() []Bucket {
	return []Bucket{NewlyExplained, Unchanged, ChangesReason, Shadowed, Lost, StillUnparsed}
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

// Trial sorts stored events by what a ruleset would change. It does not change
// and may be used by many goroutines, each with a Tally of its own.
type Trial struct {
	before, after *Ruleset
	candidate     *Parser // nil when nothing but order is tried
}

// NewTrial compares the live ruleset with the one that would follow it.
// Candidate is the name of the parser under trial in after, or empty when the
// trial is of an order or of a removal. Its errors are of kind Invalid.
func NewTrial(before, after *Ruleset, candidate string) (*Trial, error) {
	if before.network != after.network {
		return nil, domain.InvalidField("network", "a ruleset of %s can't follow one of %s", after.network, before.network)
	}
	t := &Trial{before: before, after: after}
	if candidate != "" {
		if t.candidate = after.Parser(candidate); t.candidate == nil {
			return nil, domain.InvalidField("candidate", "the ruleset has no parser %q", candidate)
		}
	}
	return t, nil
}

// Before is the ruleset that is live.
func (t *Trial) Before() *Ruleset { return t.before }

// After is the ruleset that would follow.
func (t *Trial) After() *Ruleset { return t.after }

// Outcome is what a trial says of one event.
type Outcome struct {
	Bucket   Bucket
	From, To domain.ReasonID // the present reason and the one to come; empty for unparsed
	Parser   string          // the parser that would win, empty for unparsed
	Holds    bool            // the candidate's condition holds, whoever wins
	Failure  error           // why the candidate's condition failed, nil if it did not
	Stale    bool            // the present verdict is not what the live ruleset gives
}

// Sort says what would become of one event.
func (t *Trial) Sort(e StoredEvent) Outcome {
	in := &input{Facts: e.Facts}
	o := Outcome{From: e.Present}
	if p := t.before.winner(in); p == nil {
		o.Stale = e.Present != ""
	} else {
		o.Stale = e.Present != p.Reason()
	}
	winner := t.after.winner(in)
	if winner != nil {
		o.To, o.Parser = winner.Reason(), winner.Name()
	}
	if t.candidate != nil {
		o.Holds, o.Failure = t.candidate.matches(in)
	}
	o.Bucket = bucketOf(o, o.Holds && winner != t.candidate)
	return o
}

// bucketOf is the table in the comment of Bucket.
func bucketOf(o Outcome, overtaken bool) Bucket {
	switch {
	case o.From == "" && o.To == "":
		return StillUnparsed
	case o.From == "":
		return NewlyExplained
	case o.To == "":
		return Lost
	case o.From != o.To:
		return ChangesReason
	case overtaken:
		return Shadowed
	}
	return Unchanged
}
