package handlers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"wherefore/domain"
	"wherefore/store"
)

// Sign-ins are slowed down and never locked: whoever waits for a turn has the
// password checked, so that nobody can keep a user out by guessing. The turns of
// a name are counted per place, so that guesses from elsewhere are in another queue.
const (
	nameBurst       = 5 // sign-ins of one name from one place without waiting
	nameInterval    = 500 * time.Millisecond
	placeBurst      = 50 // sign-ins from one place, which may be a whole office
	placeInterval   = 200 * time.Millisecond
	longestTurn     = 15 * time.Second
	longestCheck    = 5 * time.Second
	maxWaiting      = 1000 // requests in this process
	passwordsPerCPU = 0.5  // that are checked at a time, so that pages keep half of the processors
)

// turns lets sign-ins through one after another.
type turns struct {
	store   *store.Store
	key     []byte        // of the hashes of names, which may be passwords in the wrong field
	checks  chan struct{} // one place for each password that is checked
	waiting atomic.Int64
}

func newTurns(s *store.Store, key []byte) *turns {
	atOnce := max(1, int(passwordsPerCPU*float64(runtime.GOMAXPROCS(0))))
	return &turns{store: s, key: key, checks: make(chan struct{}, atOnce)}
}

func (t *turns) paces(name, place string) []store.Pace {
	return []store.Pace{
		{Key: t.hash("name", name, place), Burst: nameBurst, Interval: nameInterval},
		{Key: t.hash("place", place), Burst: placeBurst, Interval: placeInterval},
	}
}

func (t *turns) hash(parts ...string) []byte {
	h := hmac.New(sha256.New, t.key)
	for _, part := range parts {
		fmt.Fprintf(h, "%d %s", len(part), part)
	}
	return h.Sum(nil)
}

// wait returns when it is the turn of paces, with how often each was tried. It
// fails as TooMany when that would take too long.
func (t *turns) wait(ctx context.Context, paces []store.Pace) (tries []int, err error) {
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > maxWaiting {
		return nil, tooMany(longestCheck)
	}
	took, err := t.store.TakeTurn(ctx, paces, longestTurn)
	var until time.Duration
	for _, turn := range took {
		tries, until = append(tries, turn.Tries), max(until, turn.Wait)
	}
	if domain.KindOf(err) == domain.TooMany {
		return nil, tooMany(max(until-longestTurn, time.Second))
	}
	if err != nil {
		return nil, err
	}
	select {
	case <-time.After(until):
		return tries, nil
	case <-ctx.Done():
		return nil, t.leave(ctx, paces)
	}
}

// leave gives a turn back that its visitor did not wait for.
func (t *turns) leave(ctx context.Context, paces []store.Pace) error {
	if err := t.store.GiveTurnBack(context.WithoutCancel(ctx), paces); err != nil {
		return err
	}
	return &domain.Error{Kind: domain.Unavailable, Message: "The sign-in took too long.", Cause: ctx.Err()}
}

// matches checks a password when there is room for it.
func (t *turns) matches(ctx context.Context, hash, password string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, longestCheck)
	defer cancel()
	select {
	case t.checks <- struct{}{}:
		defer func() { <-t.checks }()
		return domain.PasswordMatches(hash, password), nil
	case <-ctx.Done():
		return false, tooMany(longestCheck)
	}
}

// tooOften is the cause of a refusal that ends by itself after a time.
type tooOften struct{ after time.Duration }

func (e tooOften) Error() string { return "may come back in " + e.after.String() }

func tooMany(after time.Duration) error {
	wait := fmt.Sprintf("%d seconds", seconds(after))
	if seconds(after) == 1 {
		wait = "a second"
	}
	return RetryIn(after, "Too many sign-ins are being tried. Wait "+wait+", then try again.")
}

// RetryIn refuses with TooMany what may be tried again after a time, which the answer
// says in Retry-After.
func RetryIn(after time.Duration, message string) error {
	return &domain.Error{Kind: domain.TooMany, Message: message, Cause: tooOften{after}}
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
