package cluster

import (
	"slices"
	"strings"
)

// positionHash is what a field adds to the sum of its template.
func positionHash(i int, hash uint64) uint64 { return mix(hash + uint64(i+1)*0x9e3779b97f4a7c15) }

// sumOf hashes a template such that one field can be replaced in the sum.
func sumOf(list []field) uint64 {
	var sum uint64
	for i, f := range list {
		sum += positionHash(i, f.hash)
	}
	return sum
}

// leafKey hashes what templates of one bucket share: the facts, the first word
// and the length.
func leafKey(list []field) uint64 {
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

// unify returns what two templates of one length share. Neither is changed.
func unify(a, b []field) []field {
	out := slices.Clone(a)
	for i := range out {
		out[i].gap = a[i].gap || b[i].gap
		switch {
		case a[i].hash != b[i].hash, a[i].kind == variable && a[i].text != b[i].text:
			out[i] = out[i].opening()
		case a[i].text != b[i].text:
			out[i].text = alike(a[i].text)
		}
	}
	return out
}

// alike replaces every mask in a field's text by the one for anything.
func alike(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if n := maskLength(text[i:]); n > 0 {
			out.WriteString(anything)
			i += n
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// write writes a template out.
func write(list []field) string {
	var out strings.Builder
	for i, f := range list {
		if f.gap && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(f.text)
	}
	return out.String()
}

// constant counts f as one when it says something.
func (f field) constant() int {
	if f.kind == word && len(f.text) >= 2 {
		return 1
	}
	return 0
}
