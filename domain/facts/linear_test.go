package facts

import (
	"strings"
	"testing"
)

// TestSearchIsLinear counts the bytes that decoders read: twice the text may cost
// twice the work and no more, however many structures it seems to begin.
func TestSearchIsLinear(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{
		"[", "{", "(", "{[(", `{"a":`, `[{"`, `{'a':'`, "{a:", "[a] => ", `"`, `\"`, `{\"`, `"{"`, `"{"a" `, "Array (", "a(", "a=",
		`string(5) "`, "#<A ", "“", "{“", "' + '", "{a='", "{a=b, c", `{"a":"b",`, "map[", "[1,", `"\"{`, "{a=1}x", `{"a":"{\"b\":`,
	} {
		for _, before := range []string{"", `{"a":`, "{a: '", `x "`} {
			once := searched(before + strings.Repeat(unit, 20_000/len(unit)))
			twice := searched(before + strings.Repeat(unit, 40_000/len(unit)))
			if limit := once.limit + 4*maxPasses*1000; twice.work > 2*limit+maxLevels*40_000 || twice.work > 4*once.work+200_000 {
				t.Errorf("%q%q…: %d steps for 20 KB, %d for 40 KB", before, unit, once.work, twice.work)
			}
		}
	}
}

// TestDepthIsBounded: nesting neither overflows a stack nor is it kept without end.
func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"[", `{"a":`, "(a=", "{a: [", `<a>`} {
		f := Read(graphLayout(t), 0, []byte(`{"error":{"code":190},"x":`+strings.Repeat(unit, 10_000)))
		if f.Code != "190" {
			t.Errorf("%q: code %q", unit, f.Code)
		}
		if depth := depthOf(f.Body); depth > maxDepth+2 {
			t.Errorf("%q: %d deep", unit, depth)
		}
	}
}

func depthOf(v Value) int {
	deepest := 0
	for _, member := range v.Members() {
		deepest = max(deepest, depthOf(member))
	}
	for item := range v.Items() {
		deepest = max(deepest, depthOf(item))
	}
	return deepest + 1
}
