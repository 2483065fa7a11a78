package api

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wherefore/store"
)

// cleanLine returns s as one line of valid UTF-8 without control characters.
func cleanLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case isControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// turnsOrHides reports whether r turns the text around it in a page or a file,
// or is not seen at all. The joiners of emoji and of scripts are not among them.
func turnsOrHides(r rune) bool {
	return 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069 || r == 0x200B || r == 0x2060 || r == 0xFEFF
}

// withoutMarks returns s without what turnsOrHides.
func withoutMarks(s string) string {
	if !strings.ContainsFunc(s, turnsOrHides) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if turnsOrHides(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func isControl(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// clip cuts s to at most store.MaxID characters, and not within what is read as
// one, such as a letter and its accent or a family of emoji.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= store.MaxID {
		return s
	}
	runes := []rune(s[:min(len(s), (store.MaxID+1)*utf8.UTFMax)])
	n := store.MaxID
	for n > 0 && (joins(runes[n]) || runes[n-1] == zeroWidthJoiner) {
		n--
	}
	if n == 0 { // one character without end
		n = store.MaxID
	}
	return string(runes[:n])
}

const zeroWidthJoiner = '\u200d'

// joins reports whether r belongs to the character before it.
func joins(r rune) bool {
	return r == zeroWidthJoiner || unicode.Is(unicode.M, r) || 0x1F3FB <= r && r <= 0x1F3FF || 0xE0020 <= r && r <= 0xE007F
}

// isNumber reports whether a JSON value is a number.
func isNumber(v []byte) bool {
	return (v[0] == '-' || '0' <= v[0] && v[0] <= '9') && json.Valid(v)
}

// status reads the status of an answer, 0 when there is none or it is no status.
// Networks and proxies also answer with statuses that no standard has.
func (in *objectReader) status(field string) int {
	v := in.given(field)
	if v == nil {
		return 0
	}
	if n, err := strconv.Atoi(string(v)); err == nil && 0 <= n && n <= 999 {
		return n
	}
	in.mend(field)
	first, _, _ := strings.Cut(strings.TrimSpace(in.unquoted(v)), " ") // of "400 Bad Request"
	n, err := strconv.ParseFloat(first, 64)
	if err != nil || n != math.Trunc(n) || n < 0 || n > 999 {
		return 0
	}
	return int(n)
}

// time reads a point in time, the zero time when it is none.
func (in *objectReader) time(field string) time.Time {
	v := in.given(field)
	if v == nil {
		return time.Time{}
	}
	s := in.unquoted(v)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || v[0] != '"' {
		in.mend(field)
		t = readTime(strings.TrimSpace(s))
	}
	if t.Year() < 2000 {
		in.mend(field)
		return time.Time{}
	}
	return t.UTC().Round(time.Microsecond)
}

func (in *objectReader) unquoted(v []byte) string {
	if v[0] != '"' {
		return string(v)
	}
	return unquote(v)
}

// layouts are the forms of a time that senders use beside RFC 3339, without
// those whose day and month can be confused. A time without a zone is in UTC.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05",
	"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02",
	"20060102T150405Z0700", "20060102T150405",
	time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, time.UnixDate, time.RubyDate,
	"Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700",
	"Mon Jan _2 2006 15:04:05 -0700", // JavaScript's, without the zone's names
}

// readTime reads a time in one of layouts, or a Unix time; the zero time when
// it is neither.
func readTime(s string) time.Time {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return unixTime(n)
	}
	s, _, _ = strings.Cut(s, " m=") // Go's monotonic clock
	s, _, _ = strings.Cut(s, " (")  // JavaScript's long name of the zone
	s = strings.NewReplacer("GMT+", "+", "GMT-", "-").Replace(strings.ToUpper(s))
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, s, time.UTC)
		if err == nil && isKnownZone(t) {
			return t
		}
	}
	return time.Time{}
}

// isKnownZone is false of a zone that was named by letters which mean nothing
// or several things, such as CST: time.Parse takes them for UTC.
func isKnownZone(t time.Time) bool {
	name, offset := t.Zone()
	return offset != 0 || slices.Contains([]string{"", "UTC", "GMT", "Z"}, name)
}

// unixTime reads seconds, or parts of them where seconds would be in the far
// future: milliseconds, microseconds or nanoseconds.
func unixTime(n float64) time.Time {
	for n >= 1e11 && n < 1e20 {
		n /= 1000
	}
	if !(0 <= n && n < 1e11) {
		return time.Time{}
	}
	seconds, part := math.Modf(n)
	return time.Unix(int64(seconds), int64(part*1e9))
}
