package embedded

import (
	"errors"
	"testing"
)

func TestRunningFindsTheServerOfAnother(t *testing.T) {
	home := t.TempDir()
	if url, err := Running(home); err == nil {
		t.Errorf("nothing runs, and Running returned %s", url)
	}
	first := start(t, home)
	if _, err := Start(t.Context(), Config{DataDir: home}); !errors.Is(err, ErrInUse) {
		t.Fatalf("a second Start: %v, want ErrInUse", err)
	}
	url, err := Running(home)
	if err != nil || url != first.URL() {
		t.Fatalf("Running returned %s, %v; the server is at %s", url, err, first.URL())
	}
	exec1(t, url, "SELECT 1")
}
