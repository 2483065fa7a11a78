package handlers

import "wherefore/store"

// What the tests need to know of the inside.
const (
	CookieName  = cookieName
	LongestTurn = longestTurn
	SessionAge  = sessionAge
)

// Paces are those that sign-ins of a name from a place take their turns at.
func Paces(s *store.Store, key []byte, name, place string) []store.Pace {
	return newTurns(s, key).paces(name, place)
}
