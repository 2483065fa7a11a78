package handlers

import (
	"slices"
	"testing"
)

func TestAttackDoesNotBuryTheAudit(t *testing.T) {
	t.Parallel()
	var told []int
	for tried := 1; tried <= 1000; tried++ {
		if seldom(tried) {
			told = append(told, tried)
		}
	}
	if want := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64, 128, 256, 512}; !slices.Equal(told, want) {
		t.Errorf("told are %v", told)
	}
}
