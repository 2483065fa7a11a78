package cluster

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestValuesAreReadBehindMasks(t *testing.T) {
	for _, c := range []struct {
		template, message string
		want              []string
	}{
		{"nothing varies", "nothing varies", nil},
		{"x json 400 │ page <num> is gone", "page 12 is gone", []string{"12"}},
		{"user <*> left <*>", "user ann left 10.0.0.1", []string{"ann", "10.0.0.1"}},
		{"user <*> left", "user node-17 left", []string{"node-17"}},
		{"node-<num> of <host>", "node-17 of a.example.com:80", []string{"17", "a.example.com:80"}},
		{"peers <ip> are gone", "peers 10.0.0.1, 10.0.0.2 are gone", []string{"10.0.0.1, 10.0.0.2"}},
		{"a <*> <*> b", "a x y b", []string{"x", "y"}},
	} {
		if got, ok := Values(c.template, c.message); !ok || !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %q", c.message, c.template, got)
		}
	}
	for _, c := range [][2]string{{"page <num> is gone", "page 12 is"}, {"page <num> is gone", "page 12 is back"}, {"", "x"}} {
		if got, ok := Values(c[0], c[1]); ok {
			t.Errorf("%q fits %q: %q", c[1], c[0], got)
		}
	}
}

func TestEveryMessageFitsItsGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		messages := drawMessages(t)
		if rapid.Bool().Draw(t, "foreign") {
			messages = append(messages, string(rapid.SliceOf(rapid.Byte()).Draw(t, "text")))
		}
		g := NewGrouper()
		g.leafLimit = leafLimits.Draw(t, "bound")
		for _, m := range messages {
			g.AddMessage(m)
		}
		for _, m := range messages {
			group, _ := g.Group(ShapeOfMessage(m).Hash)
			values, ok := Values(group.Template, m)
			if !ok || strings.Count(generalizeMasks(group.Template), wildcard) != len(values) {
				t.Fatalf("%q in %q: %v %q", m, group.Template, ok, values)
			}
		}
	})
}
