package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// cluster is one data directory in its home:
//
//	lock          held by the process that uses the home
//	postgres      the data
//	making-…      data in the making; what a killed process left is removed
//	postgres.log  what PostgreSQL wrote since its last start
type cluster struct {
	home      string
	throwaway bool
	account   account
	bin       string // the folder of the binaries
}

const making = "making-"

func (c *cluster) data() string    { return filepath.Join(c.home, "postgres") }
func (c *cluster) logFile() string { return filepath.Join(c.home, "postgres.log") }

// lockDir takes the lock on a home. The kernel lets go of it when we die, and
// child processes don't inherit it.
func lockDir(home string) (*os.File, error) {
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(home, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = flock(f)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(f) // only for the message
		f.Close()
		return nil, fmt.Errorf("%s is %w (process %s)", home, ErrInUse, strings.TrimSpace(string(holder)))
	}
	if err == nil {
		err = writePid(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", home, err)
	}
	return f, nil
}

// flock locks a file. It tries for a moment: a program that this process is starting
// holds all its open files until it runs.
func flock(f *os.File) error {
	const tries, pause = 50, 10 * time.Millisecond
	for try := 1; ; try++ {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || try == tries {
			return err
		}
		time.Sleep(pause)
	}
}

func writePid(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(f, os.Getpid())
	return err
}

// prepare finds the account and the binaries, and makes the data when there is none.
func (c *cluster) prepare(ctx context.Context) error {
	version, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	fresh := errors.Is(err, os.ErrNotExist)
	if err != nil && !fresh {
		return err
	}
	if c.bin, err = binaries(strings.TrimSpace(string(version))); err != nil {
		return err
	}
	if c.account, err = accountFor(c.data()); err != nil || !fresh {
		return err
	}
	return c.make(ctx)
}

// make runs initdb in a folder beside the data and renames it when whole, so
// that data half made by a killed process is never taken for a database. Each
// run has its own folder: the initdb of a killed process may still be writing.
func (c *cluster) make(ctx context.Context) error {
	c.removeUnfinished()
	unfinished, err := os.MkdirTemp(c.home, making)
	if err != nil {
		return err
	}
	if err := c.account.own(unfinished); err != nil {
		return err
	}
	if err := c.initdb(ctx, unfinished); err != nil {
		c.removeUnfinished()
		return err
	}
	return os.Rename(unfinished, c.data())
}

// removeUnfinished removes what it can; the rest goes at the next start.
func (c *cluster) removeUnfinished() {
	folders, _ := filepath.Glob(filepath.Join(c.home, making+"*")) // the pattern is well formed
	for _, folder := range folders {
		_ = os.RemoveAll(folder)
	}
}

func (c *cluster) initdb(ctx context.Context, dir string) error {
	args := []string{"-U", user, "--auth-local=trust", "--auth-host=reject", "-E", "UTF8", "--no-locale"}
	if c.throwaway {
		args = append(args, "--no-sync")
	}
	cmd, done, err := c.account.command(ctx, filepath.Join(c.bin, "initdb"), dir, args...)
	if err != nil {
		return err
	}
	defer done()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(out))
	}
	return nil
}

// tail returns the end of what a program wrote, where its error stands.
func tail(out []byte) string {
	const most = 1000
	return strings.TrimSpace(string(out[max(0, len(out)-most):]))
}
