package main

import (
	"context"
	"fmt"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/store"
)

// testPins holds the pinned samples of all networks against the rulesets that
// are live in the database, and returns how many fail.
func testPins(ctx context.Context, e env, engine *explain.Engine) (failed int, err error) {
	e.args = e.args[2:]
	c, rest, err := readDatabaseConfig(e, "parsers test --database")
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, fmt.Errorf("parsers test does not know what %q means", rest[0])
	}
	err = withStore(ctx, c, func(s *store.Store) error {
		held := 0
		for _, n := range domain.Networks() {
			pins, broken, err := printPins(ctx, e, s, engine, n)
			if err != nil {
				return err
			}
			held, failed = held+pins, failed+broken
		}
		fmt.Fprintf(e.stdout, "%d pinned samples, %d failed\n", held, failed)
		return nil
	})
	return failed, err
}

func printPins(ctx context.Context, e env, s *store.Store, engine *explain.Engine, n domain.Network) (held, broken int, err error) {
	live, err := s.LiveRuleset(ctx, n)
	if err != nil {
		return 0, 0, err
	}
	ruleset, left := live.Compile()
	for _, problem := range left {
		fmt.Fprintln(e.stdout, "FAIL", problem)
	}
	pins, err := s.Pins(ctx, n, "")
	for _, pin := range pins {
		if pin.Disputed {
			continue
		}
		held++
		words := ruleset.Breaks(pin.Pin, engine.ReadFacts(n, pin.Status, pin.Raw))
		if words == "" {
			fmt.Fprintf(e.stdout, "ok   %s.%s: pinned sample %d: %s\n", n, pin.Parser, pin.ID, pin.Kind)
			continue
		}
		broken++
		fmt.Fprintf(e.stdout, "FAIL %s.%s: pinned sample %d: %s\n", n, pin.Parser, pin.ID, words)
	}
	return held, broken + len(left), err
}
