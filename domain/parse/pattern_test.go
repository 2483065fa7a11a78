package parse

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain/parse/parsetest"
)

// pattern draws a regular expression over few letters.
func (d dice) pattern(depth int) string {
	if depth == 0 {
		return parsetest.Pick(d, []string{"a", "B", "ks", "aſ", "k\u212a", "é", "[ab]", "[^a]", ".", `\b`, "^", "$", "", "[a-z]"})
	}
	one, two := d.pattern(depth-1), d.pattern(depth-1)
	switch d.IntN(6) {
	case 0:
		return "(" + one + "|" + two + ")"
	case 1:
		return "(?:" + one + ")" + parsetest.Pick(d, []string{"?", "*", "+", "{2}", "{0,2}", "{1,}"})
	case 2:
		return "(?i:" + one + ")" + two
	}
	return one + two
}

// Whatever a pattern matches holds one of its literals.
func TestLiteralsOfStandInWhatMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := throw(t)
		for range 20 {
			pattern, text := d.pattern(4), ""
			for range d.IntN(12) {
				text += parsetest.Pick(d, []string{"a", "A", "b", "k", "K", "\u212a", "s", "ſ", "é", " "})
			}
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
	literals := literalsOf(parsed.Simplify())
	if len(literals) > 0 && !slices.ContainsFunc(literals, func(l string) bool { return strings.Contains(fold(text), l) }) {
		t.Fatalf("%q matches %q, which holds none of %q", pattern, text, literals)
	}
}

func FuzzLiteralsOf(f *testing.F) {
	f.Add(`(?i)post (is )?empty|poll .{0,60}(must|too)`, "Poll options must")
	f.Add(`(ab|cd)+[ef]{2,}x?`, "abcdef")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) < 200 {
			checkLiterals(t, pattern, text)
		}
	})
}
