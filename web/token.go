package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"wherefore/store"
)

// runToken manages which services may use the API.
func runToken(ctx context.Context, e env) error {
	return runAction(ctx, e, "token", []action{
		{"create SOURCE", createToken},
		{"revoke ID", revokeToken},
		{"list", listTokens},
	})
}

// createToken prints the token, which is kept nowhere.
func createToken(ctx context.Context, e env, s *store.Store, args []string) error {
	token := "wf_" + rand.Text()
	if _, err := s.AddToken(ctx, commandLine, args[0], store.HashToken(token)); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, token)
	return nil
}

func revokeToken(ctx context.Context, _ env, s *store.Store, args []string) error {
	id, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not the number of a token; wherefore token list shows them", args[0])
	}
	return s.RevokeToken(ctx, commandLine, id)
}

func listTokens(ctx context.Context, e env, s *store.Store, _ []string) error {
	tokens, err := s.Tokens(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, t := range tokens {
		state := "valid"
		if t.RevokedAt != nil {
			state = "revoked " + t.RevokedAt.UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%d\t%s\tcreated %s\t%s\n", t.ID, t.Source, t.CreatedAt.UTC().Format(time.DateOnly), state)
	}
	return w.Flush()
}
