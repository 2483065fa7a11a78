package cluster

import (
	"slices"
	"strings"
)

// positionHash is what a field adds to the sum of its template.
func positionHash(i int, hash uint64) uint64 { return mix(hash + uint64(i+1)*0x9e3779b97f4a7c15) }

// templateSum hashes a template such that one field can be replaced in the sum.
func templateSum(list []token) uint64 {
	var sum uint64
	for i, f := range list {
		sum += positionHash(i, f.hash)
	}
	return sum
}

// leafKey hashes what templates of one bucket share: the facts, the first word
// and the length.
func leafKey(list []token) uint64 {
	h := mix(uint64(len(list)))
	for _, f := range list {
		if f.kind == fact || f.kind == word || f.kind == mixed {
			h = mix(h + f.hash)
		}
		if f.kind == word || f.kind == mixed {
			break
		}
	}
	return h
}

// mergeTemplates returns what two templates of one length share. Neither is changed.
func mergeTemplates(a, b []token) []token {
	out := slices.Clone(a)
	for i := range out {
		out[i].spaceBefore = a[i].spaceBefore || b[i].spaceBefore
		switch {
		case a[i].hash != b[i].hash, a[i].kind == variable && a[i].text != b[i].text:
			out[i] = out[i].generalized()
		case a[i].text != b[i].text:
			out[i].text = generalizeMasks(a[i].text)
		}
	}
	return out
}

// generalizeMasks replaces every mask in a field's text by the one for anything.
func generalizeMasks(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if n := maskLength(text[i:]); n > 0 {
			out.WriteString(wildcard)
			i += n
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// joinTokens writes a template out.
func joinTokens(list []token) string {
	var out strings.Builder
	for i, f := range list {
		if f.spaceBefore && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(f.text)
	}
	return out.String()
}

// constant counts f as one when it says something.
func (f token) constant() int {
	if f.kind == word && len(f.text) >= 2 {
		return 1
	}
	return 0
}
