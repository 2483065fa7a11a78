package main

import (
	"errors"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"wherefore/web/service"
)

// Not in parallel: the limit is that of the whole process.
func TestContainerLimitsTheMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	for _, name := range []string{"GOMEMLIMIT", "AUTOMEMLIMIT"} {
		t.Setenv(name, "") // restores it
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	unknown := func() (uint64, error) { return 0, errors.New("no such file") }
	for _, c := range []struct {
		container memlimit.Provider
		logged    string
	}{
		{memlimit.Limit(4 << 30), `memory="3686 MiB"`},
		{unknown, "no such file"},
		{func() (uint64, error) { return 0, memlimit.ErrNoLimit }, "memory=none"},
	} {
		var lines strings.Builder
		limitMemory(service.NewLog(&lines), c.container)
		if !strings.Contains(lines.String(), c.logged) || !strings.Contains(lines.String(), "processors=") {
			t.Errorf("logged %s, want %s", lines.String(), c.logged)
		}
	}
}
