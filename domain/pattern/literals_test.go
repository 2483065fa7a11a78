package pattern

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// draw draws a regular expression over few letters.
func draw(t *rapid.T, depth int) string {
	pick := func(choices ...string) string { return rapid.SampledFrom(choices).Draw(t, "part") }
	if depth == 0 {
		return pick("a", "B", "ks", "aſ", "k\u212a", "é", "[ab]", "[^a]", ".", `\b`, "^", "$", "", "[a-z]")
	}
	one, two := draw(t, depth-1), draw(t, depth-1)
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return "(" + one + "|" + two + ")"
	case 1:
		return "(?:" + one + ")" + pick("?", "*", "+", "{2}", "{0,2}", "{1,}")
	case 2:
		return "(?i:" + one + ")" + two
	}
	return one + two
}

// Whatever a pattern matches holds one of its literals.
func TestLiteralsStandInWhatMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]string{"a", "A", "b", "k", "K", "\u212a", "s", "ſ", "é", " "})
		pattern := draw(t, 4)
		for _, text := range rapid.SliceOfN(rapid.Map(rapid.SliceOfN(letters, 0, 12), func(l []string) string { return strings.Join(l, "") }), 20, 20).Draw(t, "texts") {
			checkLiterals(t, pattern, text)
		}
	})
}

func checkLiterals(t interface{ Fatalf(string, ...any) }, pattern, text string) {
	re, err := regexp.Compile(pattern)
	if err != nil || !re.MatchString(text) {
		return
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		t.Fatalf("%q: %v", pattern, err)
	}
	literals := Literals(parsed.Simplify())
	if len(literals) > 0 && !slices.ContainsFunc(literals, func(l string) bool { return strings.Contains(Fold(text), l) }) {
		t.Fatalf("%q matches %q, which holds none of %q", pattern, text, literals)
	}
}

func FuzzLiterals(f *testing.F) {
	f.Add(`(?i)post (is )?empty|poll .{0,60}(must|too)`, "Poll options must")
	f.Add(`(ab|cd)+[ef]{2,}x?`, "abcdef")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) < 200 {
			checkLiterals(t, pattern, text)
		}
	})
}
