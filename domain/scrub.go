package domain

import (
	"regexp"
	"slices"
)

// secret is a kind of secret and how it looks: the first group of the expression,
// if it has one, is kept in front of the mark.
type secret struct {
	kind       string
	expression *regexp.Regexp
}

var secrets = []secret{
	{"jwt", regexp.MustCompile(`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`)},
	{"access_token", regexp.MustCompile(`(?i)(access_token["']?\s*(?:=>|[:=])\s*["']?)[\w|.%~+/=-]{8,}`)},
	{"refresh_token", regexp.MustCompile(`(?i)(refresh_token["']?\s*(?:=>|[:=])\s*["']?)[\w|.%~+/=-]{8,}`)},
	{"client_secret", regexp.MustCompile(`(?i)(client_secret["']?\s*(?:=>|[:=])\s*["']?)[\w|.%~+/=-]{8,}`)},
	{"authorization", regexp.MustCompile(`(?i)\b((?:Bearer|Basic)\s+)[\w.~+/=-]{12,}`)},
}

// Scrub removes secrets (tokens, keys, cookies, passwords and the like, in
// whatever shape) from an error and names the kinds that it removed. Where one
// stood, a mark such as "[removed:access_token]" stands. Scrubbing what is
// scrubbed changes nothing. Without secrets, clean is raw itself.
func Scrub(raw []byte) (clean []byte, kinds []string) {
	clean = raw
	for _, s := range secrets {
		if !s.expression.Match(clean) {
			continue
		}
		mark := "[removed:" + s.kind + "]"
		if s.expression.NumSubexp() > 0 {
			mark = "${1}" + mark
		}
		clean = s.expression.ReplaceAll(clean, []byte(mark))
		kinds = append(kinds, s.kind)
	}
	slices.Sort(kinds)
	return clean, kinds
}
