package parse

import (
	"slices"
	"strings"
	"testing"
	"wherefore/domain/facts"

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

func TestTallyCountsWhereTheConditionHolds(t *testing.T) {
	t.Parallel()
	before := rules(t, 1, "first", "token-expired", `code == "1"`)
	after, err := before.With(rules(t, 1, "second", "token-invalid", `code in ["1", "2"]`).Parser("second"), "first")
	if err != nil {
		t.Fatal(err)
	}
	trial, err := NewTrial(before, after, "second")
	if err != nil {
		t.Fatal(err)
	}
	one, other := NewTally(trial), NewTally(trial)
	for _, code := range []string{"1", "2", "3"} {
		one.Add(StoredEvent{Facts: facts.Facts{Code: code}})
		other.Add(StoredEvent{Facts: facts.Facts{Code: code}})
	}
	one.Merge(other)
	if got := one.Result().Matched; got != 4 {
		t.Errorf("holds on %d, want 4: also where another parser wins", got)
	}
}
