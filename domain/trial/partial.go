package trial

import (
	"context"
	"maps"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// DayKey identifies events that are counted together without being read: those of
// one source and day that are parsed now, or that are not.
type DayKey struct {
	Day    int64 // since 1970
	Source int64
	Parsed bool
}

func dayKeyOf(e StoredEvent) DayKey {
	return DayKey{e.OccurredAt.Unix() / secondsOfDay, e.SourceID, e.Present != ""}
}

// Partial is a partial result: what one goroutine has counted.
type Partial struct {
	*Counter
	seen map[DayKey]int
}

// NewPartial returns an empty partial result of a trial.
func NewPartial(t *Trial) *Partial { return &Partial{NewCounter(t), map[DayKey]int{}} }

// Count adds the effect on n events that are alike, as Counter.Count does.
func (p *Partial) Count(e StoredEvent, o Effect, n int) {
	p.Counter.Count(e, o, n)
	p.seen[dayKeyOf(e)] += n
}

// Merge adds other partial results.
func (p *Partial) Merge(others ...*Partial) {
	for _, o := range others {
		p.Counter.Merge(o.Counter)
		for key, n := range o.seen {
			p.seen[key] += n
		}
	}
}

// CountRest adds the events that were not counted one by one: they stay as they
// are. all says how many events there are of each day key.
func (p *Partial) CountRest(all map[DayKey]int) {
	rest := maps.Clone(all)
	for key, n := range p.seen {
		rest[key] -= n
	}
	for key, n := range rest {
		o := Effect{Bucket: StillUnparsed}
		if key.Parsed {
			o.Bucket = Unchanged
		}
		if n != 0 {
			p.Counter.Count(StoredEvent{OccurredAt: DayStart(key.Day), SourceID: key.Source}, o, n)
		}
	}
}

// InParallel counts events on all processors: read sends chunks of events, and each
// of the other goroutines counts those that it receives into its partial result.
func InParallel[E any](ctx context.Context, t *Trial, read func(context.Context, chan<- []E) error, count func(*Partial, E)) (*Partial, error) {
	group, ctx := errgroup.WithContext(ctx)
	partials := make([]*Partial, runtime.GOMAXPROCS(0))
	chunks := make(chan []E, len(partials))
	group.Go(func() error {
		defer close(chunks)
		return read(ctx, chunks)
	})
	for i := range partials {
		partials[i] = NewPartial(t)
		group.Go(func() error {
			for chunk := range chunks {
				for _, e := range chunk {
					count(partials[i], e)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	partials[0].Merge(partials[1:]...)
	return partials[0], err
}
