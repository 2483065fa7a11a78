package handlers

import (
	"sync"
	"time"

	"wherefore/domain"
)

// attempts counts failed sign-ins by key, a user's name or an address, in
// this process. It is what stands between a password and guessing, so it
// counts before the password is looked at.
type attempts struct {
	limit  int           // failures allowed per key in a window
	window time.Duration // from a key's first failure
	now    func() time.Time

	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	count int
	since time.Time
}

// maxKeys bounds the memory that made-up names can take.
const maxKeys = 10_000

func newAttempts(limit int, window time.Duration) *attempts {
	return &attempts{limit: limit, window: window, now: time.Now, tries: map[string]tries{}}
}

// begin counts an attempt. It fails with kind TooMany while the key has had
// its attempts for this window.
func (a *attempts) begin(key string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	t := a.tries[key]
	if now.Sub(t.since) >= a.window {
		t = tries{since: now}
	}
	if t.count >= a.limit {
		return domain.Errorf(domain.TooMany, "Too many sign-ins were tried. Wait %d minutes, then try again.", a.minutesLeft(t, now))
	}
	t.count++
	a.tries[key] = t
	if len(a.tries) > maxKeys {
		a.forget(now)
	}
	return nil
}

func (a *attempts) minutesLeft(t tries, now time.Time) int {
	left := t.since.Add(a.window).Sub(now)
	return int((left + time.Minute - 1) / time.Minute)
}

// succeeded forgets a key: whoever knows the password may sign in as often as
// they like.
func (a *attempts) succeeded(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.tries, key)
}

// forget drops the keys whose window has passed, or all when none has: then
// somebody is making names up, and the address is what holds them.
func (a *attempts) forget(now time.Time) {
	for key, t := range a.tries {
		if now.Sub(t.since) >= a.window {
			delete(a.tries, key)
		}
	}
	if len(a.tries) > maxKeys {
		clear(a.tries)
	}
}
