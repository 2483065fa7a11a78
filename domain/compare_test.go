package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// specsOf makes a parser of each word; "a" and "a'" are the same parser with another condition.
func specsOf(words string) []ParserSpec {
	var specs []ParserSpec
	for _, w := range strings.Fields(words) {
		specs = append(specs, ParserSpec{Name: strings.TrimSuffix(w, "'"), Condition: w})
	}
	return specs
}

func editWords(e Edit) string {
	switch {
	case e.Added():
		return fmt.Sprintf("+%s@%d", e.Name, e.To)
	case e.Removed():
		return fmt.Sprintf("-%s@%d", e.Name, e.From)
	}
	words := e.Name
	if e.Moved {
		words += fmt.Sprintf(":%d>%d", e.From, e.To)
	}
	if e.Rewritten() {
		words += "'"
	}
	return words
}

func TestParsersAreComparedByTheFewestSteps(t *testing.T) {
	for _, test := range []struct{ before, now, want string }{
		{"", "", ""},
		{"a b c", "a b c", "a b c"},
		{"a b", "n a b", "+n@1 a b"},
		{"a b c", "a c", "a -b@2 c"},
		{"a b c", "a b' c", "a b' c"},
		{"a b c d", "a c d b", "a c d b:2>4"},
		{"a b c d", "d a b c'", "d:4>1 a b c'"},
		{"a b c", "x c y", "+x@1 -a@1 -b@2 c +y@3"},
		{"a b", "", "-a@1 -b@2"},
	} {
		var got []string
		for _, e := range CompareParsers(specsOf(test.before), specsOf(test.now)) {
			got = append(got, editWords(e))
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%q to %q: %s, want %s", test.before, test.now, text, test.want)
		}
	}
}

// What Compare tells is enough to make the later version of the earlier one, and
// nothing happened exactly when the two are the same.
func TestCompareTellsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) []ParserSpec {
			names := rapid.SliceOfNDistinct(rapid.SampledFrom(strings.Split("abcdefgh", "")), 0, 8, rapid.ID).Draw(t, label)
			for i := range names {
				if rapid.Bool().Draw(t, "rewritten") {
					names[i] += "'"
				}
			}
			return specsOf(strings.Join(names, " "))
		}
		before, now := draw("before"), draw("now")
		var made, old []ParserSpec
		var stayed []int
		same := len(before) == len(now)
		for _, e := range CompareParsers(before, now) {
			if !e.Removed() {
				made = append(made, e.Is)
			}
			if !e.Added() {
				old = append(old, e.Was)
			}
			if !e.Added() && !e.Removed() && !e.Moved {
				stayed = append(stayed, e.From)
			}
			same = same && e.Same()
		}
		if !slices.Equal(made, now) {
			t.Fatalf("%v to %v made %v", before, now, made)
		}
		if len(old) != len(before) || !slices.IsSorted(stayed) {
			t.Fatalf("%v to %v: old %v, in order %v", before, now, old, stayed)
		}
		if same != slices.Equal(before, now) {
			t.Fatalf("%v to %v: the same is %t", before, now, same)
		}
	})
}
