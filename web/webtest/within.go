package webtest

import (
	"testing"
	"time"
)

// Within waits until something holds, and fails after a time.
func Within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	late := time.After(limit)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("after %v it is still not so: %s", limit, what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
