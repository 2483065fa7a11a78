package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// shutdownWithin is how long requests under way may take to end after Ctrl-C.
const shutdownWithin = 10 * time.Second

// runServe is the service: it listens, brings the database up to date, and
// answers until ctx ends; before that it says that it is starting. Then it stops in the opposite order.
func runServe(ctx context.Context, e env) (err error) {
	c, err := readServeConfig(e)
	if err != nil {
		return err
	}
	log := newLog(e.stderr)
	listener, err := net.Listen("tcp", c.listen) // first, since it fails fastest
	if err != nil {
		return err
	}
	var front entrance
	server := newServer(&front, log)
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	defer func() { _ = server.Close() }() // nothing that it serves is waited for
	if c.baseURL == nil {
		c.baseURL = &url.URL{Scheme: "http", Host: dialable(listener.Addr().String())}
	}
	db, err := startDatabase(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	v, err := newService(ctx, c, db, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.store.Close()) }()
	defer v.workUntilReturn(ctx, db.directURL)()
	var invitation strings.Builder
	if err := v.invite(ctx, &invitation); err != nil {
		return err
	}
	ctx, stop := db.whileItRuns(ctx) // before anybody is told that it serves
	defer stop(nil)
	front.open(v.handler())
	fmt.Fprintf(e.stdout, "Wherefore is at %s\n%s", c.baseURL, invitation.String())
	err = serveUntil(ctx, server, stopped)
	if cause := context.Cause(ctx); errors.Is(cause, errDatabaseEnded) {
		err = errors.Join(cause, err)
	}
	return err
}

// workUntilReturn starts the workers; what it returns stops them and waits.
// They go on while the last requests are answered.
func (v *service) workUntilReturn(ctx context.Context, directURL string) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		v.work(ctx, directURL)
		close(done)
	}()
	return func() {
		cancel()
		<-done
	}
}

func readServeConfig(e env) (config, error) {
	var names []string
	for _, s := range settings() {
		names = append(names, s.env)
	}
	c, rest, err := readConfig(e, "serve", names...)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("serve does not know what %q means", rest[0])
	}
	return c, err
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serveUntil lets a server answer requests until ctx ends, then those under way
// end. What the server stops with by itself comes from stopped.
func serveUntil(ctx context.Context, server *http.Server, stopped <-chan error) error {
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests still under way were cut off: %w", err), server.Close())
	}
	return nil
}
