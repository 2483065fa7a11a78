package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"wherefore/web/bench"
)

// env is what a command may use of the world, so that tests can start one
// exactly as main does.
type env struct {
	args   []string // without the command's name
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// A command of the program. Its error is printed and ends the program with 1;
// errFailed ends it with 1 in silence, when all was said already.
type command struct {
	name, summary string
	run           func(context.Context, env) error
}

var errFailed = errors.New("failed")

// commands is a function, not a variable, because help lists the table it is in.
func commands() []command {
	return []command{
		{"serve", "the service and the dashboard; the default", runServe},
		{"demo", "fill an empty database with a made-up history", runDemo},
		{"migrate", "bring the database up to date, which serve does too", runMigrate},
		{"user", "manage who may sign in", runUser},
		{"token", "manage which services may use the API", runToken},
		{"healthcheck", "ask a server on this machine whether it lives", runHealthcheck},
		{"parse", "find the reason of each error on standard input", runParse},
		{"parsers", "parsers test: run every sample of the catalogue; with --database, every pinned one too", runParsers},
		{"cluster", "group messages on standard input, or errors with --events", runCluster},
		{"bench", "compare our costs with familiar ones, as ratios", func(ctx context.Context, e env) error { return bench.Run(ctx, e.args, e.stdout) }},
		{"help", "show this list", runHelp},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	e := env{os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr}
	if err := run(ctx, e); err != nil {
		if !errors.Is(err, errFailed) {
			fmt.Fprintln(os.Stderr, "wherefore:", err)
		}
		os.Exit(1)
	}
}

// endings are the signals that end the program in good order: Ctrl-C, kill,
// and a closed terminal unless that was to be outlived (nohup).
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// run picks the command: the first argument, or serve when there is none.
func run(ctx context.Context, e env) error {
	name := "serve"
	if len(e.args) > 0 && !strings.HasPrefix(e.args[0], "-") {
		name, e.args = e.args[0], e.args[1:]
	}
	i := slices.IndexFunc(commands(), func(c command) bool { return c.name == name })
	if i < 0 {
		return fmt.Errorf("no command %q; wherefore help lists them", name)
	}
	err := commands()[i].run(ctx, e)
	if errors.Is(err, flag.ErrHelp) {
		return nil // the usage was asked for, and printed
	}
	return err
}

func runHelp(_ context.Context, e env) error {
	fmt.Fprintln(e.stdout, "usage: wherefore COMMAND [FLAGS]")
	for _, c := range commands() {
		fmt.Fprintf(e.stdout, "  %-14s %s\n", c.name, c.summary)
	}
	return nil
}
