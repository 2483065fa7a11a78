package store

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// TokensHold is how long a token is taken after it was revoked elsewhere, unless the
// database says so before: see Listen.
const TokensHold = 5 * time.Second

// Tokens remembers for a moment which tokens are valid, so that not every call asks
// the database. It is safe for concurrent use.
type Tokens struct {
	store *Store

	mu    sync.Mutex
	known map[[sha256.Size]byte]knownToken // only valid ones: nobody else fills it
}

type knownToken struct {
	source Source
	until  time.Time
}

// NewTokens remembers tokens of a store.
func NewTokens(s *Store) *Tokens {
	return &Tokens{store: s, known: map[[sha256.Size]byte]knownToken{}}
}

// Source is SourceByToken. A token that was revoked is taken for TokensHold at most.
func (t *Tokens) Source(ctx context.Context, hash []byte) (Source, error) {
	key := [sha256.Size]byte(hash)
	t.mu.Lock()
	k, ok := t.known[key]
	t.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k.source, nil
	}
	asked := time.Now()
	source, err := t.store.SourceByToken(ctx, hash)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, key)
	if err == nil {
		t.known[key] = knownToken{source, asked.Add(TokensHold)}
	}
	return source, err
}

// Forget asks the database about each token again.
func (t *Tokens) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.known)
}
