package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"text/tabwriter"

	"wherefore/domain"
	"wherefore/store"
)

// runUser manages who may sign in.
func runUser(ctx context.Context, e env) error {
	return runAction(ctx, e, "user", []action{
		{"add NAME ROLE", addUser},
		{"password NAME", setPassword},
		{"role NAME ROLE", setRole},
		{"disable NAME", disableUser},
		{"enable NAME", enableUser},
		{"list", listUsers},
	})
}

func addUser(ctx context.Context, e env, s *store.Store, args []string) error {
	role, err := readRole(args[1])
	if err != nil {
		return err
	}
	hash, err := askPassword(e, args[0])
	if err != nil {
		return err
	}
	_, err = s.AddUser(ctx, commandLine, args[0], role, hash)
	return err
}

func setPassword(ctx context.Context, e env, s *store.Store, args []string) error {
	hash, err := askPassword(e, args[0])
	if err != nil {
		return err
	}
	return s.SetPassword(ctx, commandLine, args[0], hash)
}

func setRole(ctx context.Context, _ env, s *store.Store, args []string) error {
	role, err := readRole(args[1])
	if err != nil {
		return err
	}
	return s.SetRole(ctx, commandLine, args[0], role)
}

func disableUser(ctx context.Context, _ env, s *store.Store, args []string) error {
	return s.DisableUser(ctx, commandLine, args[0])
}

func enableUser(ctx context.Context, _ env, s *store.Store, args []string) error {
	return s.EnableUser(ctx, commandLine, args[0])
}

func listUsers(ctx context.Context, e env, s *store.Store, _ []string) error {
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, u := range users {
		state := "active"
		if u.DisabledAt != nil {
			state = "disabled"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", u.Name, u.Role, state)
	}
	return w.Flush()
}

func readRole(text string) (domain.Role, error) {
	role := domain.Role(text)
	if !role.Known() {
		return "", fmt.Errorf("there is no role %q; the roles are %v", text, domain.Roles())
	}
	return role, nil
}

// askPassword reads a user's password from the first line of the input and
// returns its hash. With nothing there, it makes a password up and prints it.
func askPassword(e env, name string) (string, error) {
	fmt.Fprint(e.stderr, "password, or nothing to have one made: ")
	line, _ := bufio.NewReader(e.stdin).ReadString('\n') // an end of input is nothing, too
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		password = strings.ToLower(rand.Text()[:16])
		fmt.Fprintf(e.stderr, "\n")
		fmt.Fprintln(e.stdout, password)
	}
	return domain.HashPassword(name, password)
}
