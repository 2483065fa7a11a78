package scrub

import (
	"slices"
	"strings"
)

// Bytes removes secrets (tokens, keys, cookies, passwords, codes of sign-ins,
// signatures) from an error, in whatever shape they come. Where one stood, a mark
// such as "[removed:access_token]" stands; kinds names each kind once, sorted.
//
// Codes, the error words of OAuth and sentences about tokens stay. Scrubbing what is
// scrubbed changes nothing. Without secrets, clean is raw itself. The work grows with
// the length of raw only.
func Bytes(raw []byte) (clean []byte, kinds []string) {
	text := string(raw)
	for range maxRounds {
		found := findAll(text)
		if len(found) == 0 {
			break
		}
		var more []string
		text, more = replace(text, found)
		kinds = append(kinds, more...)
	}
	if kinds == nil {
		return raw, nil
	}
	slices.Sort(kinds)
	return []byte(text), slices.Compact(kinds)
}

// Text is Bytes for a short text, such as a name.
func Text(text string) string {
	clean, kinds := Bytes([]byte(text))
	if kinds == nil {
		return text
	}
	return string(clean)
}

const (
	markStart = "[removed:"
	markEnd   = "]"
)

// maxRounds bounds how often a text is looked at. What was removed can bring
// together what then reads as a secret; once more is enough for what programs write.
const maxRounds = 4

// secret is where a secret stands.
type secret struct {
	kind     string
	from, to int
}

// findAll finds the secrets of a text as it stands and of what it reads as without
// its escapes, level by level.
func findAll(text string) []secret {
	var all []secret
	v := view{text: text}
	for level := 0; ; level++ {
		f := finder{s: v.text}
		f.run()
		for _, s := range f.found {
			all = append(all, secret{s.kind, v.source(s.from), v.source(s.to)})
		}
		inner, more := v.unescaped()
		if !more || level == maxLevels {
			return all
		}
		v = inner
	}
}

// replace puts marks in the places of secrets; those that overlap become one.
func replace(text string, found []secret) (clean string, kinds []string) {
	slices.SortStableFunc(found, func(a, b secret) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	var b strings.Builder
	done := 0
	for i := 0; i < len(found); {
		s := found[i]
		for i++; i < len(found) && found[i].from < s.to; i++ {
			s.to = max(s.to, found[i].to)
		}
		b.WriteString(text[done:s.from])
		b.WriteString(markStart + s.kind + markEnd)
		kinds = append(kinds, s.kind)
		done = s.to
	}
	b.WriteString(text[done:])
	return b.String(), kinds
}
