package domain

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// CleanText makes text of an error's bytes that a text column takes and a page
// can show: valid UTF-8 without NUL and without a byte-order mark. What can't be
// shown stands as U+FFFD. Text that is clean already keeps every byte.
func CleanText(raw []byte) string {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 {
		return string(raw)
	}
	s := strings.ToValidUTF8(string(raw), "\ufffd")
	return strings.ReplaceAll(s, "\x00", "\ufffd")
}
