package handlers

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"wherefore/domain/parse"
	"wherefore/store"
)

const (
	typingLimit = 3000 // newest errors that a trial runs over while someone types
	trialChunk  = 200  // errors that are handed to a goroutine at once
)

// tryOn sorts the stored errors of a window by what a candidate would change.
// One goroutine reads them, as many as there are processors sort.
func (d *Dashboard) tryOn(ctx context.Context, t *parse.Trial, w store.Window) (parse.Result, error) {
	group, ctx := errgroup.WithContext(ctx)
	tallies := make([]*parse.Tally, runtime.GOMAXPROCS(0))
	chunks := make(chan []store.StoredEvent, len(tallies))
	group.Go(func() error {
		defer close(chunks)
		return d.readInChunks(ctx, w, chunks)
	})
	for i := range tallies {
		tallies[i] = parse.NewTally(t)
		group.Go(func() error {
			for chunk := range chunks {
				d.count(tallies[i], chunk)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return parse.Result{}, err
	}
	for _, other := range tallies[1:] {
		tallies[0].Merge(other)
	}
	return tallies[0].Result(), nil
}

func (d *Dashboard) readInChunks(ctx context.Context, w store.Window, chunks chan<- []store.StoredEvent) error {
	var chunk []store.StoredEvent
	for e, err := range d.Store.StoredEvents(ctx, w) {
		if err != nil {
			return err
		}
		if chunk = append(chunk, e); len(chunk) == trialChunk {
			chunks <- chunk
			chunk = nil
		}
	}
	chunks <- chunk
	return nil
}

func (d *Dashboard) count(y *parse.Tally, chunk []store.StoredEvent) {
	for _, e := range chunk {
		y.Add(d.read(e))
	}
}

// read reads a stored error again, as a trial takes it.
func (d *Dashboard) read(e store.StoredEvent) parse.StoredEvent {
	return parse.StoredEvent{
		ID: e.ID, OccurredAt: e.OccurredAt, Present: e.Verdict.Reason,
		Facts: d.Engine.ReadFacts(e.Network, e.Status, e.Raw),
	}
}

// trial runs the trial of a bench over its window, at most the newest limit
// errors of it (0: all).
func (d *Dashboard) trial(ctx context.Context, b *bench, limit int) (parse.Result, error) {
	t, err := parse.NewTrial(b.before, b.after, b.candidate.Name())
	if err != nil {
		return parse.Result{}, err
	}
	return d.tryOn(ctx, t, store.Window{Network: b.network, From: b.period.From, Limit: limit})
}
