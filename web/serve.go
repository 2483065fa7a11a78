package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"golang.org/x/net/netutil"

	"wherefore/web/demo"
	"wherefore/web/service"
)

// shutdownWithin is how long requests under way may take to end after Ctrl-C: longer
// than each has, but for trials and exports.
const shutdownWithin = 25 * time.Second

// runServe is the service: it listens, brings the database up to date, and
// answers until ctx ends; before that it says that it is starting. Then it stops in the opposite order.
func runServe(ctx context.Context, e env) (err error) {
	c, err := readServeConfig(e)
	if err != nil {
		return err
	}
	log := service.NewLog(e.stderr)
	limitMemory(log, memlimit.FromCgroup)
	listener, err := net.Listen("tcp", c.listen) // first, since it fails fastest
	if err != nil {
		return err
	}
	listener = netutil.LimitListener(listener, c.clients)
	var front service.Entrance
	server := newServer(&front, log)
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	defer func() { _ = server.Close() }() // nothing that it serves is waited for
	if c.BaseURL == nil {
		c.BaseURL = &url.URL{Scheme: "http", Host: dialable(listener.Addr().String())}
	}
	db, err := startDatabase(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	v, err := openService(ctx, c, db, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	defer v.Start(ctx, db.directURL)()
	var invitation strings.Builder
	if err := invite(ctx, v.Store, c, &invitation); err != nil {
		return err
	}
	ctx, stop := db.whileItRuns(ctx) // before anybody is told that it serves
	defer stop(nil)
	front.Open(v.Handler())
	fmt.Fprintf(e.stdout, "Wherefore is at %s\n%s", c.BaseURL, invitation.String())
	err = serveUntil(ctx, server, stopped, func() { front.Leave(c.shutdownDelay) })
	if cause := context.Cause(ctx); errors.Is(cause, errDatabaseEnded) {
		err = errors.Join(cause, err)
	}
	return err
}

// openService returns the service on a database, which it brings up to date and, for
// a demo, fills. Whoever asks closes its store.
func openService(ctx context.Context, c config, db *database, log *slog.Logger) (*service.Service, error) {
	keys, err := sessionKeys(c)
	if err != nil {
		return nil, err
	}
	c.SessionKeys = keys
	s, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	if c.demo {
		err = c.useDemoDirectory(ctx, s, db)
	}
	if err == nil {
		c.Directory, err = openDirectory(ctx, c, log)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	v, err := service.New(ctx, c.Config, s, log)
	if err == nil && c.demo {
		err = demo.Fill(ctx, v, demo.Config{DataDir: c.dataDir, AdminPassword: c.AdminPassword, Log: log})
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return v, nil
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
	return c, cmp.Or(err, c.checkDirectory())
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

// serveUntil lets a server answer requests until ctx ends and leave has returned, then
// those under way end. What the server stops with by itself comes from stopped.
func serveUntil(ctx context.Context, server *http.Server, stopped <-chan error, leave func()) error {
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests still under way were cut off: %w", err), server.Close())
	}
	return nil
}
