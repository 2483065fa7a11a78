package domain_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"wherefore/domain"
)

// FuzzCleanText holds that cleaned text can be stored, that text which could be stored
// as it is stays the same, and that cleaning again changes nothing.
func FuzzCleanText(f *testing.F) {
	for _, seed := range []string{"", "no", "\ufeffno", "\ufeff\ufeffno", "\x00", "a\xffb\xc3", "\xed\xa0\x80", "\U0001F600\ufffd"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean := domain.CleanText(raw)
		if !utf8.ValidString(clean) || strings.ContainsRune(clean, 0) {
			t.Errorf("%q became %q", raw, clean)
		}
		if utf8.Valid(raw) && !strings.ContainsRune(string(raw), 0) && clean != strings.TrimPrefix(string(raw), "\ufeff") {
			t.Errorf("%q became %q", raw, clean)
		}
		if n := len("\ufffd"); len(clean) > n*len(raw) {
			t.Errorf("%d bytes became %d", len(raw), len(clean))
		}
		if again := domain.CleanText([]byte(clean)); !strings.HasPrefix(clean, "\ufeff") && again != clean {
			t.Errorf("%q became %q, then %q", raw, clean, again)
		}
	})
}
