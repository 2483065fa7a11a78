package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/parse"
)

// runParsers has one command of its own: parsers test. With --database, which may
// be followed by the settings of one, it runs the pinned samples, too.
func runParsers(ctx context.Context, e env) error {
	if len(e.args) == 0 || e.args[0] != "test" || len(e.args) > 1 && e.args[1] != "--database" {
		return fmt.Errorf("usage: wherefore parsers test [--database [FLAGS]]")
	}
	c, engine, err := explain.Load()
	if err != nil {
		return err
	}
	failed := printChecks(e.stdout, checkSamples(c, engine))
	failed += printMissing(e.stdout, c)
	if len(e.args) > 1 {
		broken, err := testPins(ctx, e, engine)
		if err != nil {
			return err
		}
		failed += broken
	}
	if failed > 0 {
		return errFailed
	}
	return nil
}

// sampleCheck is one sample held against one parser, or against its ruleset.
type sampleCheck struct {
	origin    domain.Origin
	parser    string
	kind      string // "match", "reject", or "ruleset": a match asked of the whole ruleset
	want, got string
}

func (k sampleCheck) ok() bool { return k.want == k.got }

func (k sampleCheck) String() string {
	return fmt.Sprintf("%s:%d: %s: %s: want %s, got %s", k.origin.File, k.origin.Line, k.parser, k.kind, k.want, k.got)
}

// checkSamples holds every sample against its parser, and those to match
// against the whole ruleset, too.
func checkSamples(c *catalog.Catalog, engine *explain.Engine) []sampleCheck {
	var checks []sampleCheck
	for _, entry := range c.Networks() {
		for _, p := range entry.Parsers {
			compiled := engine.Ruleset(entry.Network).Parser(p.Name)
			for _, s := range p.Match {
				checks = append(checks, checkAlone(engine, compiled, s, "match"), checkRuleset(engine, compiled, s))
			}
			for _, s := range p.Reject {
				checks = append(checks, checkAlone(engine, compiled, s, "reject"))
			}
		}
	}
	return checks
}

func checkAlone(engine *explain.Engine, p *parse.Parser, s domain.Sample, kind string) sampleCheck {
	check := sampleCheck{origin: s.Origin, parser: p.Name(), kind: kind, want: string(p.Reason()), got: "no match"}
	if kind == "reject" {
		check.want = "no match"
	}
	f := engine.Explain(p.Spec().Network, s.Status, s.Error).Facts
	switch matched, err := p.Matches(f); {
	case matched:
		check.got = string(p.Reason())
	case err != nil && kind == "match":
		check.got = "the failure " + err.Error()
	}
	return check
}

func checkRuleset(engine *explain.Engine, p *parse.Parser, s domain.Sample) sampleCheck {
	check := sampleCheck{origin: s.Origin, parser: p.Name(), kind: "ruleset", want: string(p.Reason()), got: "unparsed"}
	if v := engine.Explain(p.Spec().Network, s.Status, s.Error).Verdict; v.Parsed() {
		check.got = string(v.Reason)
		if v.Reason != p.Reason() {
			check.got += " by " + v.Parser
		}
	}
	return check
}

func printChecks(w io.Writer, checks []sampleCheck) (failed int) {
	for _, check := range checks {
		word := "ok  "
		if !check.ok() {
			word = "FAIL"
			failed++
		}
		fmt.Fprintln(w, word, check)
	}
	fmt.Fprintf(w, "%d checks of samples, %d failed\n", len(checks), failed)
	return failed
}

func printMissing(w io.Writer, c *catalog.Catalog) int {
	missing := c.Missing()
	for _, m := range missing {
		fmt.Fprintln(w, "FAIL", missingWords(m))
	}
	fmt.Fprintf(w, "%d entries of words are incomplete\n", len(missing))
	return len(missing)
}

func missingWords(m catalog.Missing) string {
	if m.Own {
		return fmt.Sprintf("%s: English has words of its own for this reason, %s has not", m.Reason, m.Locale)
	}
	return fmt.Sprintf("%s: words in %s lack %s", m.Reason, m.Locale, strings.Join(m.Fields, ", "))
}
