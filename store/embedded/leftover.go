package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const socketPrefix = "wherefore-pg-"

// leftover is a postgres that outlived the process that started it, as its
// postmaster.pid describes it.
type leftover struct {
	pid    int
	socket string // the folder of its socket, empty while it starts
}

// stopLeftover stops the postgres that runs on data, if any, and removes what
// it left. We hold the lock, so whoever started it is gone.
func stopLeftover(ctx context.Context, data string) error {
	pidFile := filepath.Join(data, "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	l := readLeftover(string(text))
	if err := l.stop(ctx, data); err != nil {
		return fmt.Errorf("stopping the postgres of an earlier run (process %d): %w", l.pid, err)
	}
	if strings.HasPrefix(filepath.Base(l.socket), socketPrefix) {
		if err := os.RemoveAll(l.socket); err != nil {
			return err
		}
	}
	// Gone already after an orderly end. After a crash the number in it may by
	// now be another process's, which would keep postgres from starting.
	if err := os.Remove(pidFile); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// readLeftover reads a postmaster.pid: process number, data directory, start
// time, port and socket folder, one a line. A file cut short by a crash gives pid 0.
func readLeftover(text string) leftover {
	var l leftover
	lines := strings.Split(text, "\n")
	l.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	if len(lines) > 4 {
		l.socket = strings.TrimSpace(lines[4])
	}
	return l
}

func (l leftover) stop(ctx context.Context, data string) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	for l.runsOn(data) {
		if err := syscall.Kill(l.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
	return nil
}

// runsOn reports whether the process lives and is the postgres of data, which
// makes its data its working directory: process numbers are used again. Where
// there is no /proc to see that, the number has to do.
func (l leftover) runsOn(data string) bool {
	if l.pid <= 0 || syscall.Kill(l.pid, 0) != nil {
		return false
	}
	if _, err := os.Stat("/proc/self/cwd"); err != nil {
		return true
	}
	here, err := os.Stat(data)
	if err != nil {
		return false
	}
	there, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", l.pid))
	return err == nil && os.SameFile(here, there)
}
