package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"wherefore/domain"
)

// How much an Intake writes at once, and how much may wait.
const (
	groupSize   = 500 // events of several calls in one transaction; a call of more has its own
	writeWithin = 20 * time.Second

	// MaxIntakeWriters is how many transactions one source has at once, when there are
	// enough events for them: more would wait for each other's profiles.
	MaxIntakeWriters = 2
	// MaxWaitingEvents is how many events may wait in a process. A source has its share
	// of them: see hasRoom.
	MaxWaitingEvents = 20_000
)

// Intake takes what sources send, and commits what waits together: a transaction of
// many events takes little longer than one of a single event. It is for all the calls
// of a process, and safe for concurrent use.
type Intake struct {
	store *Store
	turns chan struct{} // transactions at once, of all sources

	mu      sync.Mutex
	empty   *sync.Cond // of mu, told when nothing waits and nothing is written
	sources map[int64]*lane
	waiting int // events
}

// lane is what waits of one source.
type lane struct {
	calls   []*intakeCall
	waiting int // events
	writers int
}

// intakeCall is one call of Add.
type intakeCall struct {
	events   []NewEvent
	unusable []Unusable
	outcomes []Outcome
	err      error
	done     chan struct{} // closed when outcomes or err is there
}

func (c *intakeCall) size() int { return len(c.events) + len(c.unusable) }

// NewIntake returns an Intake that writes to a store.
func NewIntake(s *Store) *Intake {
	turns := max(1, s.quick.Stats().MaxOpenConnections/2) // the rest answers
	in := &Intake{store: s, turns: make(chan struct{}, turns), sources: map[int64]*lane{}}
	in.empty = sync.NewCond(&in.mu)
	return in
}

// Drain returns when all that was taken is stored or refused, or when ctx ends.
func (in *Intake) Drain(ctx context.Context) {
	defer context.AfterFunc(ctx, func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.empty.Broadcast()
	})()
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.sources) > 0 && ctx.Err() == nil {
		in.empty.Wait()
	}
}

// Add is AddEvents, committed together with other calls of the source. It returns when
// the events are committed, or what was sent was refused as a whole. Unavailable, at
// once, when too much waits already. What was taken is stored even if ctx ends; sent
// again, it is a duplicate.
func (in *Intake) Add(ctx context.Context, sourceID int64, events []NewEvent, unusable []Unusable) ([]Outcome, error) {
	if err := checkEvents(events); err != nil {
		return nil, err
	}
	c := &intakeCall{events: events, unusable: unusable, done: make(chan struct{})}
	if err := in.enqueue(sourceID, c); err != nil {
		return nil, err
	}
	select {
	case <-c.done:
		return c.outcomes, c.err
	case <-ctx.Done():
		return nil, translate(ctx.Err())
	}
}

func (in *Intake) enqueue(sourceID int64, c *intakeCall) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	l := in.sources[sourceID]
	if l == nil {
		l = &lane{}
	}
	if !in.hasRoom(l, c.size()) {
		return unavailable("More was sent than can be stored at the moment. Send the same again.", nil)
	}
	in.sources[sourceID] = l
	l.calls = append(l.calls, c)
	in.waiting += c.size()
	l.waiting += c.size()
	if l.writers == 0 || l.writers < MaxIntakeWriters && l.waiting >= groupSize {
		l.writers++
		go in.write(sourceID, l)
	}
	return nil
}

// hasRoom reports whether so many events of a source may wait. No more of a source wait
// than are free for others: one source alone takes half of the bound, two that send too
// much take a third each, and the rest is for those that come.
func (in *Intake) hasRoom(l *lane, events int) bool {
	free := MaxWaitingEvents - in.waiting
	if l.waiting == 0 {
		return events <= free || in.waiting == 0
	}
	return l.waiting+events <= free
}

// write stores what waits of a source until nothing does.
func (in *Intake) write(sourceID int64, l *lane) {
	for {
		in.turns <- struct{}{}
		group := in.next(sourceID, l)
		if group != nil {
			in.store.addGroup(sourceID, group)
		}
		<-in.turns
		if group == nil {
			return
		}
	}
}

// next takes the calls that are written together, in the order in which they came;
// none when nothing waits, and the writer ends.
func (in *Intake) next(sourceID int64, l *lane) []*intakeCall {
	in.mu.Lock()
	defer in.mu.Unlock()
	size, n := 0, 0
	for n < len(l.calls) && (n == 0 || size+l.calls[n].size() <= groupSize) {
		size += l.calls[n].size()
		n++
	}
	group := l.calls[:n:n]
	l.calls = l.calls[n:]
	in.waiting -= size
	l.waiting -= size
	if n > 0 {
		return group
	}
	if l.writers--; l.writers == 0 {
		delete(in.sources, sourceID)
		in.empty.Broadcast()
	}
	return nil
}

// addGroup stores calls in one transaction and tells each what became of it. Those
// whose events conflict with the network of a profile are told so, and the others are
// stored without them. When the database refuses the group, each is stored by itself,
// since one of them may be the cause.
func (s *Store) addGroup(sourceID int64, group []*intakeCall) {
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	for len(group) > 0 {
		outcomes, err := s.addCalls(ctx, sourceID, group)
		var conflict *NetworkConflict
		switch {
		case errors.As(err, &conflict) && len(group) > 1:
			group = withoutConflicts(group, conflict)
			continue
		case len(group) > 1 && isRefused(err):
			for _, c := range group {
				s.addGroup(sourceID, []*intakeCall{c})
			}
			return
		}
		for _, c := range group {
			if c.err = err; err == nil {
				c.outcomes, outcomes = outcomes[:len(c.events):len(c.events)], outcomes[len(c.events):]
			}
			close(c.done)
		}
		return
	}
}

func (s *Store) addCalls(ctx context.Context, sourceID int64, group []*intakeCall) ([]Outcome, error) {
	if len(group) == 1 {
		return s.AddEvents(ctx, sourceID, group[0].events, group[0].unusable)
	}
	var events []NewEvent
	var unusable []Unusable
	for _, c := range group {
		events, unusable = append(events, c.events...), append(unusable, c.unusable...)
	}
	return s.AddEvents(ctx, sourceID, events, unusable)
}

// withoutConflicts tells the calls of which events conflict, and returns the others.
func withoutConflicts(group []*intakeCall, conflict *NetworkConflict) []*intakeCall {
	var others []*intakeCall
	first := 0
	for _, c := range group {
		own := make(map[int]*domain.Error)
		for i := range c.events {
			if problem := conflict.Problems[first+i]; problem != nil {
				own[i] = problem
			}
		}
		first += len(c.events)
		if len(own) == 0 {
			others = append(others, c)
			continue
		}
		c.err = &NetworkConflict{own}
		close(c.done)
	}
	return others
}
