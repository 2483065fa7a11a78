package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	_ "github.com/lib/pq" // the driver
)

const poll = 20 * time.Millisecond

var errExited = errors.New("postgres exited")

// launch starts postgres and waits until it takes connections. A killed
// process may have left a postgres that is still starting, or one whose last
// children still hold its memory: both are over in a moment, so an early exit
// is tried again.
func (s *Server) launch(ctx context.Context, c cluster) error {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		if err := stopLeftover(ctx, c.data()); err != nil {
			return err
		}
		err := s.attempt(ctx, c)
		if err == nil || attempt == attempts || !errors.Is(err, errExited) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt) * 10 * poll):
		}
	}
}

func (s *Server) attempt(ctx context.Context, c cluster) error {
	if err := s.makeSocketFolder(c.account); err != nil {
		return err
	}
	log, err := os.Create(c.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	if err := s.spawn(c, log); err != nil {
		return err
	}
	if err := s.untilReady(ctx); err != nil {
		out, _ := os.ReadFile(c.logFile()) // only for the message
		return fmt.Errorf("%w: %s", err, tail(out))
	}
	return nil
}

// makeSocketFolder makes the folder of the socket. It can't be in the data
// directory: a socket's path has at most 107 bytes.
func (s *Server) makeSocketFolder(a account) error {
	if s.socket != "" {
		return nil
	}
	parent := os.TempDir()
	if longest := filepath.Join(parent, socketPrefix+"1234567890", ".s.PGSQL."+port); a.other || len(longest) > 107 {
		parent = "/tmp" // short, and open to all users
	}
	socket, err := os.MkdirTemp(parent, socketPrefix)
	if err != nil {
		return err
	}
	s.socket = socket
	return a.own(socket)
}

// spawn starts postgres in the background. It outlives ctx: only Stop ends it.
func (s *Server) spawn(c cluster, log *os.File) error {
	args := []string{"-c", "listen_addresses=", "-c", "port=" + port,
		"-c", "unix_socket_directories=" + s.socket, "-c", "timezone=UTC", "-c", "log_timezone=UTC"}
	if c.throwaway {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
			"-c", "max_connections=300")
	}
	cmd, done, err := c.account.command(context.Background(), filepath.Join(c.bin, "postgres"), c.data(), args...)
	if err != nil {
		return err
	}
	defer done()
	cmd.Stdout, cmd.Stderr = log, log // a file, not a pipe: postgres may outlive us
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.exited = cmd, make(chan struct{})
	go wait(cmd, s.exited)
	return nil
}

func wait(cmd *exec.Cmd, exited chan<- struct{}) {
	_ = cmd.Wait() // how it ended is in its log
	close(exited)
}

// untilReady tries to connect until it works, postgres exits or ctx ends.
func (s *Server) untilReady(ctx context.Context) error {
	db, err := sql.Open("postgres", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		if err := db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-s.exited:
			s.cmd = nil
			return errExited
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres: %w", ctx.Err())
		case <-time.After(poll):
		}
	}
}

// createDatabase makes the database unless an earlier start did.
func (s *Server) createDatabase(ctx context.Context) error {
	db, err := sql.Open("postgres", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var exists bool
	row := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database)
	if err := row.Scan(&exists); err != nil || exists {
		return err
	}
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+database)
	return err
}
