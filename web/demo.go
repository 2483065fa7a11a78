package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/web/demo"
	"wherefore/web/service"
)

// runDemo fills an empty database, beside a running service too.
func runDemo(ctx context.Context, e env) (err error) {
	c, args, err := readDatabaseConfig(e, "demo")
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("demo does not know what %q means", args[0])
	}
	c.demo, c.BaseURL = true, &url.URL{}
	db, err := joinOrStartDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	v, err := openService(ctx, c, db, service.NewLog(e.stderr))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	return invite(ctx, v.Store, c, e.stdout)
}

// invite says how to sign in, if that is not known to somebody already.
func invite(ctx context.Context, s *store.Store, c config, out io.Writer) error {
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	password := demo.Password(c.dataDir) // "" matches nothing
	var names []string
	for _, u := range users {
		if u.DisabledAt == nil && domain.PasswordMatches(u.PasswordHash, password) {
			names = append(names, u.Name)
		}
	}
	switch {
	case len(users) == 0:
		fmt.Fprintln(out, "Nobody can sign in yet: set WHEREFORE_ADMIN_PASSWORD, or run wherefore user add NAME ROLE")
	case c.demo && len(names) > 0:
		fmt.Fprintf(out, "Sign in as %s with the password %s\n", strings.Join(names, " or "), password)
	}
	return nil
}
