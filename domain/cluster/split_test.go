package cluster

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/facts"
)

func TestFixValueReplacesTheMask(t *testing.T) {
	for _, c := range []struct {
		template    string
		mask        int
		value, want string
	}{
		{"x json 400 │ page <num> of <num>", 1, "7", "x json 400 │ page <num> of ⟨7⟩"},
		{"user <*> left", 0, "ann", "user ⟨ann⟩ left"},
		{"node-<num> is gone", 0, "7", "node-⟨7⟩ is gone"},
		{"user <*> left", 0, "a⟩\nb│", "user ⟨a› b|⟩ left"},
		{"user ⟨ann⟩ left <num>", 1, "7", "user ⟨ann⟩ left ⟨7⟩"},
	} {
		if got, ok := FixValue(c.template, c.mask, c.value); !ok || got.Template != c.want {
			t.Errorf("%q: %q, want %q", c.template, got.Template, c.want)
		}
	}
	for _, c := range []struct {
		template string
		mask     int
		value    string
	}{
		{"user <*> left", 1, "ann"}, {"user <*> left", -1, "ann"}, {"user left", 0, "ann"}, {"user ⟨ann⟩ left", 0, "bob"},
		{"user <*> left", 0, ""}, {"user <*> left", 0, "\x00"}, {"user <*> left", 0, "\xff"},
		{"user <*> left", 0, fmt.Sprintf("%201d", 1)}, {"x <num> │ left", 0, "7"},
	} {
		if got, ok := FixValue(c.template, c.mask, c.value); ok {
			t.Errorf("%q takes %q: %q", c.template, c.value, got.Template)
		}
	}
	a, _ := FixValue("user <*> left", 0, "a\n")
	b, _ := FixValue("user <*> left", 0, "a\t")
	if a.Hash == b.Hash {
		t.Error("two values make one shape")
	}
}

// TestExtractorFindsTheValuesOfItsGroup takes each value of each message of a group:
// an extractor for the message's shape finds it.
func TestExtractorFindsTheValuesOfItsGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		messages := drawMessages(t)
		g := NewGrouper()
		for _, m := range messages {
			g.AddMessage(m)
		}
		for _, m := range messages {
			shape := ShapeOfMessage(m)
			group, _ := g.Group(shape.Hash)
			values, _ := Values(group.Template, m)
			for mask, want := range values {
				extractor, ok := NewExtractor(group.Template, mask, shape.Template)
				if got, found := extractor.Value(m); !ok || !found || got != want {
					t.Fatalf("mask %d of %q in %q: %q, want %q", mask, group.Template, m, got, want)
				}
				fixed, ok := FixValue(group.Template, mask, want)
				if strings.ContainsRune(want, 0) {
					continue // is refused
				}
				if !ok {
					t.Fatalf("%q does not take %q", group.Template, want)
				}
				if again, ok := Values(fixed.Template, m); !ok || again[mask] != want {
					t.Fatalf("%q in %q: %q", m, fixed.Template, again)
				}
			}
		}
	})
}

func TestShaperAppliesSplitsInTurn(t *testing.T) {
	facts := facts.Facts{Format: facts.Text, Message: "page 7 of book 3"}
	base := ShapeOf("x", facts)
	first, _ := FixValue(base.Template, 0, "7")
	second, _ := FixValue(first.Template, 1, "3")
	extractor := func(template string, mask int) Extractor {
		c, ok := NewExtractor(template, mask, template)
		if !ok {
			t.Fatalf("%q has no mask %d", template, mask)
		}
		return c
	}
	var s Shaper
	if got := s.ShapeOf("x", facts); got != base || s.SplitsVersion("x") != 0 {
		t.Errorf("without splits %+v", got)
	}
	s.SetSplits([]Split{
		{"x", base.Hash, extractor(base.Template, 0), "7", first},
		{"x", base.Hash, extractor(base.Template, 1), "3", base}, // comes too late
		{"x", first.Hash, extractor(first.Template, 1), "3", second},
	}, map[domain.Network]int64{"x": 4})
	if got := s.ShapeOf("x", facts); got != second || s.SplitsVersion("x") != 4 {
		t.Errorf("split twice %+v", got)
	}
	facts.Message = "page 7 of book 4"
	if got := s.ShapeOf("x", facts); got != first {
		t.Errorf("split once %+v", got)
	}
	if got := s.ShapeOf("reddit", facts); got.Hash == first.Hash {
		t.Error("another network is split")
	}
}

func TestCommonTemplate(t *testing.T) {
	for _, c := range []struct {
		templates []string
		want      string
	}{
		{nil, ""},
		{[]string{"user ann left"}, "user ann left"},
		{[]string{"user bob left", "user ann left"}, "user <*> left"},
		{[]string{"user <num> left", "user ⟨7⟩ left"}, "user <*> left"},
		{[]string{"x 400 │ user <num> left", "x 401 │ user <num> left"}, "x <*> │ user <num> left"},
		{[]string{"all users left the house", "users left"}, "all users left the house"},
		{[]string{"users left", "all users left the house"}, "users left"},
		{[]string{"ef gh", "ab cd"}, "ef gh"},
		{[]string{"user bob left", "ab cd ef", "all users left the house", "user ann left"}, "user <*> left"},
		{[]string{"⟨7⟩", "⟨8⟩"}, "⟨7⟩"},
	} {
		if got := CommonTemplate(c.templates); got != c.want {
			t.Errorf("%q: %q, want %q", c.templates, got, c.want)
		}
	}
}

// The common template of shapes covers each of them; the template of one shape does
// not cover the others.
func TestTemplateCoversShapesThatDifferInMasksOnly(t *testing.T) {
	for _, c := range []struct {
		template, shape string
		want            bool
	}{
		{"user <*> is gone", "user <*> is gone", true},
		{"user <*> is gone", "user <num> is gone", true},
		{"user <*> is gone", "user <num> is back", false},
		{"user <num> is gone", "user <num> is gone today", false},
		{"gone", "an altogether different sentence", false},
	} {
		if got := Covers(c.template, c.shape); got != c.want {
			t.Errorf("%q covers %q: %t", c.template, c.shape, got)
		}
	}
}
