package handlers

import (
	"context"

	"wherefore/store"
)

// What the tests need to know of the inside.
const (
	CookieName  = cookieName
	LongestTurn = longestTurn
	NameBurst   = nameBurst
	SessionAge  = sessionAge
)

var (
	NewTurns = newTurns
	OwnPath  = ownPath
	Seldom   = seldom
)

func (t *turns) Paces(name, place string) []store.Pace { return t.paces(name, place) }

func (t *turns) Take(ctx context.Context, paces []store.Pace) ([]int, error) {
	return t.wait(ctx, paces)
}
