package store

import (
	"slices"
	"testing"

	"wherefore/domain"
)

// FuzzReadCursor: what anybody may write as a page's cursor is refused as a fault of
// its own, or has the parts that the list's key has and stays the same when it is
// written again.
func FuzzReadCursor(f *testing.F) {
	f.Add("")
	f.Add(cursor{Key: []string{"7", "it's"}}.String())
	f.Add(cursor{Key: []string{"-9223372036854775808", "\x00"}, Backward: true}.String())
	f.Add("eyJrIjpudWxsfQ")
	f.Add("eyJrIjpbIjFlMyIsIiJdfQ")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readCursor(text, isNumber, anyText)
		if err != nil {
			if domain.KindOf(err) != domain.Invalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if c.isStart() != (text == "") || !c.isStart() && (len(c.Key) != 2 || !isNumber(c.Key[0])) {
			t.Errorf("%q is read as %q", text, c.Key)
		}
		if c.isStart() {
			return
		}
		again, err := readCursor(c.String(), isNumber, anyText)
		if err != nil || again.Backward != c.Backward || !slices.Equal(again.Key, c.Key) {
			t.Errorf("%q is read as %q, then as %q: %v", text, c.Key, again.Key, err)
		}
	})
}
