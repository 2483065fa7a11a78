package ruleset

import (
	"slices"
	"testing"

	"wherefore/domain"
)

func TestBuiltinParsersAreReplacedAroundPromotedOnes(t *testing.T) {
	live := of("mine", "a", "behind-a", "b", "behind-b")
	for i, p := range live.Parsers {
		live.Parsers[i].Builtin = p.Name == "a" || p.Name == "b"
	}
	for name, c := range map[string]struct {
		specs []string
		want  []string
	}{
		"the same":        {[]string{"a", "b"}, []string{"mine", "a", "behind-a", "b", "behind-b"}},
		"a new one":       {[]string{"a", "new", "b"}, []string{"mine", "a", "behind-a", "new", "b", "behind-b"}},
		"one is gone":     {[]string{"b"}, []string{"mine", "behind-a", "b", "behind-b"}},
		"another order":   {[]string{"b", "a"}, []string{"mine", "b", "behind-b", "a", "behind-a"}},
		"a promoted name": {[]string{"a", "mine", "b"}, []string{"mine", "a", "behind-a", "b", "behind-b"}},
		"all are gone":    {nil, []string{"mine", "behind-a", "behind-b"}},
	} {
		var specs []domain.ParserSpec
		for _, name := range c.specs {
			specs = append(specs, specOf(name))
		}
		if next := live.WithBuiltins(specs); !slices.Equal(next.names(), c.want) {
			t.Errorf("%s: the order is %v, want %v", name, next.names(), c.want)
		}
	}
}
