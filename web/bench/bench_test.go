package bench

import (
	"regexp"
	"strings"
	"testing"
)

func TestBenchPrintsALinePerFigure(t *testing.T) {
	t.Parallel()
	var printed strings.Builder
	if err := Run(t.Context(), []string{"parse-1000-vs-10", "decide-vs-json"}, &printed); err != nil {
		t.Fatal(err)
	}
	out := printed.String()
	line := regexp.MustCompile(`^BENCH name=(parse-1000-vs-10|decide-vs-json) ratio=\d+\.\d\d limit=[\d.]+ `)
	for l := range strings.Lines(out) {
		if !line.MatchString(l) {
			t.Errorf("line %q", l)
		}
	}
	if strings.Count(out, "\n") != 2 {
		t.Errorf("%q is not two lines", out)
	}
	if err := Run(t.Context(), []string{"unheard-of"}, &printed); err == nil {
		t.Error("an unknown name is no error")
	}
}

// Allocations are counted, not timed, so that they can be held to their limit here.
func TestDecidingAllocatesLessThanDecoding(t *testing.T) {
	for name, measure := range map[string]func() (comparison, error){"allocations": benchDecideAllocs, "bytes": benchDecideBytes} {
		c, err := measure()
		if err != nil {
			t.Fatal(err)
		}
		if c.ratio >= 1 {
			t.Errorf("%s: %.0f%s, encoding/json %.0f%s", name, c.ours, c.unit, c.theirs, c.unit)
		}
	}
}
