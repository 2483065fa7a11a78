package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes text safe to look at: what would be invisible, or would turn
// the order of what stands round it, is written as its number: control
// characters ([U+0000]), marks of direction ([U+202E]) and other format
// characters, and bytes that are no UTF-8 ([0xFF]). Line breaks and tabs stay.
func Visible(s string) string {
	var b strings.Builder
	for at, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[at:], "\uFFFD"):
			fmt.Fprintf(&b, "[0x%02X]", s[at])
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			fmt.Fprintf(&b, "[U+%04X]", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// joiner holds emoji and the letters of some scripts together: without it names
// of people would fall apart.
const joiner = '\u200d'

// OneLine is Visible with line breaks and tabs as signs, cut after limit
// characters, for lists.
func OneLine(s string, limit int) string {
	return strings.NewReplacer("[U+000D]\n", "↵ ", "\n", "↵ ", "\t", "⇥").Replace(Visible(cut(s, limit)))
}

// cut looks no further than it must: an error may be a mebibyte long.
func cut(s string, limit int) string {
	n := 0
	for at := range s {
		if n == limit {
			return s[:at] + "…"
		}
		n++
	}
	return s
}

// A Piece is a stretch of text, marked or not.
type Piece struct {
	Text   string
	Marked bool
}

// Mark cuts text into pieces and marks every place where one of the matches
// stands. Places that overlap become one. Empty matches mark nothing. The
// pieces joined are the text.
func Mark(text string, matches ...string) []Piece { return pieces(text, spans(text, matches)) }

// markApart is Mark for a whole error, where a code of one figure stands in
// many numbers: a match that begins or ends with a digit is marked only where
// no letter or digit goes on.
func markApart(text string, matches ...string) []Piece {
	found := slices.DeleteFunc(spans(text, matches), func(s span) bool {
		first, _ := utf8.DecodeRuneInString(text[s.from:s.to])
		last, _ := utf8.DecodeLastRuneInString(text[s.from:s.to])
		before, _ := utf8.DecodeLastRuneInString(text[:s.from])
		after, _ := utf8.DecodeRuneInString(text[s.to:])
		return unicode.IsDigit(first) && isWord(before) || unicode.IsDigit(last) && isWord(after)
	})
	return pieces(text, found)
}

func isWord(r rune) bool { return unicode.IsLetter(r) && r != utf8.RuneError || unicode.IsDigit(r) }

func pieces(text string, marked []span) []Piece {
	var pieces []Piece
	at := 0
	for _, s := range marked {
		if s.from > at {
			pieces = append(pieces, Piece{text[at:s.from], false})
		}
		pieces = append(pieces, Piece{text[s.from:s.to], true})
		at = s.to
	}
	if at < len(text) {
		pieces = append(pieces, Piece{text[at:], false})
	}
	return pieces
}

type span struct{ from, to int }

// spans finds all places of all matches, sorted, those that touch joined.
func spans(text string, matches []string) []span {
	var found []span
	for _, m := range matches {
		for at := 0; m != ""; {
			i := strings.Index(text[at:], m)
			if i < 0 {
				break
			}
			found = append(found, span{at + i, at + i + len(m)})
			at += i + len(m)
		}
	}
	slices.SortFunc(found, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return joined(found)
}

func joined(sorted []span) []span {
	var out []span
	for _, s := range sorted {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}
