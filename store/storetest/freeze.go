package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"wherefore/store/embedded"
)

// Own returns the address of a database like that of New, on a server that no
// other test uses, and the process number of its postmaster.
func Own(t testing.TB) (address string, postmaster int) {
	t.Helper()
	home := t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Config{DataDir: home, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := fill(t.Context(), server.URL()); err != nil {
		t.Fatal(err)
	}
	return server.URL(), Postmaster(home)
}

// Postmaster returns the process that Postgres runs as on the data directory of
// an embedded server, 0 when none does.
func Postmaster(dataDir string) int {
	text, err := os.ReadFile(filepath.Join(dataDir, "postgres", "postmaster.pid"))
	if err != nil {
		return 0
	}
	var pid int
	_, _ = fmt.Sscan(string(text), &pid) // stays 0 in a file cut short
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return 0
	}
	return pid
}

// Freeze stops a postmaster and its processes where they are, as a machine does
// that hangs: the sockets stay open, and nobody answers. They go on after thaw,
// at the latest when the test ends.
func Freeze(t testing.TB, postmaster int) (thaw func()) {
	t.Helper()
	frozen := append([]int{postmaster}, childrenOf(t, postmaster)...)
	signal := func(sig syscall.Signal) {
		for _, pid := range frozen {
			_ = syscall.Kill(pid, sig) // one that has ended needs none
		}
	}
	thaw = func() { signal(syscall.SIGCONT) }
	t.Cleanup(thaw)
	signal(syscall.SIGSTOP)
	return thaw
}

func childrenOf(t testing.TB, parent int) []int {
	t.Helper()
	statuses, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	for _, name := range statuses {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		var pid, ppid int
		var command, state string
		if _, err := fmt.Sscan(string(text), &pid, &command, &state, &ppid); err == nil && ppid == parent {
			children = append(children, pid)
		}
	}
	if len(children) == 0 {
		t.Fatalf("no processes of postmaster %d found", parent)
	}
	return children
}
