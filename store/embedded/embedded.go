// Package embedded runs a PostgreSQL of the machine's own binaries as a child
// process, so that Wherefore starts without a database server to set up. It
// works as root too, by running PostgreSQL as another user.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	user     = "wherefore"
	database = "wherefore"
	port     = "5432" // only part of the socket's name: nothing listens on TCP

	startWithin = 60 * time.Second // crash recovery of a large database takes its time
	stopWithin  = 30 * time.Second
)

// Config says where a server keeps its data.
type Config struct {
	// DataDir holds the data, the log and the lock. It is made when absent.
	DataDir string
	// Throwaway gives up durability for speed and removes server and data when
	// this process ends, even when it is killed: for tests.
	Throwaway bool
}

// Server is a running PostgreSQL that this process started.
type Server struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed once cmd was waited for
	socket string        // the folder of the Unix socket
	lock   *os.File
	dog    *exec.Cmd // of a throwaway server
}

// Start runs PostgreSQL on cfg.DataDir and returns when it takes connections.
// A PostgreSQL left over from a killed process is stopped first; data left
// half made is made anew. The error says what to install when PostgreSQL is
// missing, and who has the data when another process uses it.
func Start(ctx context.Context, cfg Config) (_ *Server, err error) {
	dir, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	c := cluster{home: dir, throwaway: cfg.Throwaway}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	if err := s.launch(ctx, c); err != nil {
		return nil, err
	}
	if cfg.Throwaway {
		if err := s.watch(dir); err != nil {
			return nil, err
		}
	}
	return s, s.createDatabase(ctx)
}

// URL returns the address of the database, for lib/pq.
func (s *Server) URL() string { return s.url(database) }

func (s *Server) url(name string) string {
	q := url.Values{"host": {s.socket}, "port": {port}, "user": {user}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", Path: "/" + name, RawQuery: q.Encode()}).String()
}

// Exited is closed when PostgreSQL has ended, whether it was stopped or not.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Stop ends open sessions, shuts PostgreSQL down and lets go of the data. It
// takes half a minute at worst, and can be called twice.
func (s *Server) Stop() error {
	var err error
	if s.cmd != nil {
		err = s.shutDown()
		s.cmd = nil
	}
	if s.dog != nil {
		err = errors.Join(err, s.dog.Process.Kill()) // before the process number means another
		s.dog = nil
	}
	if s.socket != "" {
		err = errors.Join(err, os.RemoveAll(s.socket))
		s.socket = ""
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
		s.lock = nil
	}
	return err
}

func (s *Server) shutDown() error {
	// SIGINT is PostgreSQL's fast shutdown, SIGQUIT leaves recovery to the next start.
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		select {
		case <-s.exited:
			if sig != syscall.SIGINT {
				return fmt.Errorf("postgres did not stop within %v and was ended by %v", stopWithin, sig)
			}
			return nil
		case <-time.After(stopWithin):
		}
	}
	return errors.New("postgres can't be killed")
}
