package parse

import (
	"slices"
	"strings"
	"testing"

	"wherefore/domain"
)

func names(r *Ruleset) string {
	var all []string
	for _, p := range r.Parsers() {
		all = append(all, p.Name())
	}
	return strings.Join(all, " ")
}

func TestWithPutsAParserInItsPlace(t *testing.T) {
	t.Parallel()
	live := rules(t, 7, "a", "token-expired", "true", "b", "token-expired", "true", "c", "token-expired", "true")
	parser := func(name string) *Parser { return rules(t, 1, name, "token-invalid", "true").Parser(name) }
	for _, c := range []struct{ name, after, want string }{
		{"new", "", "new a b c"}, {"new", "a", "a new b c"}, {"new", "c", "a b c new"},
		{"b", "", "b a c"}, {"b", "a", "a b c"}, {"b", "c", "a c b"},
	} {
		next, err := live.With(parser(c.name), c.after)
		if err != nil || names(next) != c.want || next.Version() != 8 || next.Parser(c.name).Reason().Cause() != "token-invalid" {
			t.Errorf("%s after %q: %s, %v", c.name, c.after, names(next), err)
		}
	}
	for _, c := range [][2]string{{"new", "gone"}, {"b", "b"}, {"new", "\x00"}} {
		if _, err := live.With(parser(c[0]), c[1]); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s after %q: %v", c[0], c[1], err)
		}
	}
	if names(live) != "a b c" {
		t.Errorf("the live ruleset became %s", names(live))
	}
}

func TestNamesOfParsers(t *testing.T) {
	t.Parallel()
	var bad []string
	for _, name := range []string{"a", "9-lives", "token-expired", strings.Repeat("a", 100), "", "-a", "A", "a b", "a.b", "é", "a\x00", strings.Repeat("a", 101)} {
		spec := domain.ParserSpec{Network: domain.X, Name: name, Reason: "x.token-expired", Condition: "true"}
		if _, err := NewParser(spec); domain.KindOf(err) == domain.Invalid {
			bad = append(bad, name)
		}
	}
	if want := []string{"", "-a", "A", "a b", "a.b", "é", "a\x00", strings.Repeat("a", 101)}; !slices.Equal(bad, want) {
		t.Errorf("refused %q", bad)
	}
}

// rules makes a ruleset of "name cause condition" triples.
func rules(t testing.TB, version int, triples ...string) *Ruleset {
	t.Helper()
	var parsers []*Parser
	for i := 0; i < len(triples); i += 3 {
		p, err := NewParser(domain.ParserSpec{
			Network: "facebook", Name: triples[i], Reason: domain.Reason("facebook", domain.Cause(triples[i+1])), Condition: triples[i+2],
		})
		if err != nil {
			t.Fatal(err)
		}
		parsers = append(parsers, p)
	}
	r, err := NewRuleset("facebook", version, parsers)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
