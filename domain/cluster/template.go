package cluster

import (
	"slices"
	"strings"
)

// positionHash is what a token at position i adds to the sum of its template.
func positionHash(i int, hash uint64) uint64 { return mix(hash + uint64(i+1)*0x9e3779b97f4a7c15) }

// templateSum hashes a template. It is a sum over positions, so that the sum of a
// template with one other token can be computed without the rest.
func templateSum(list []token) uint64 {
	var sum uint64
	for i, t := range list {
		sum += positionHash(i, t.hash)
	}
	return sum
}

// leafKey hashes what the templates of one leaf share: the facts, the first word and
// the number of tokens.
func leafKey(list []token) uint64 {
	h := mix(uint64(len(list)))
	for _, t := range list {
		if t.kind == fact || t.kind == word || t.kind == mixed {
			h = mix(h + t.hash)
		}
		if t.kind == word || t.kind == mixed {
			break
		}
	}
	return h
}

// mergeTemplates returns what two templates of one length share, with wildcards
// where they differ. It changes neither, and returns a if they are equal.
func mergeTemplates(a, b []token) []token {
	if slices.Equal(a, b) {
		return a
	}
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

// generalizeMasks replaces every mask in a text by the wildcard.
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

// joinTokens returns a template as text.
func joinTokens(list []token) string {
	var out strings.Builder
	for i, t := range list {
		if t.spaceBefore && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(t.text)
	}
	return out.String()
}

// constant returns 1 for a constant word of two letters or more, else 0.
func (t token) constant() int {
	if t.kind == word && len(t.text) >= 2 {
		return 1
	}
	return 0
}

// Masks returns the different masks, wildcards and fixed values of a template.
func Masks(template string) []string {
	_, message := factsAndMessage(template)
	var masks []string
	for i := 0; i < len(message); {
		n := maskLength(message[i:])
		if n > 0 && !slices.Contains(masks, message[i:i+n]) {
			masks = append(masks, message[i:i+n])
		}
		i += max(n, 1)
	}
	return masks
}
