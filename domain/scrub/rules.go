package scrub

import (
	_ "embed"
	"regexp"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed gitleaks.yaml
var gitleaksFile []byte

//go:embed rules.yaml
var rulesFile []byte

// rule finds a secret that is known without a name.
type rule struct {
	ID       string
	Kind     string // absent: the id
	Keywords []string
	Regex    string
	Word     bool    // no letter or digit stands in front
	Before   int     // the match begins up to so many bytes in front of the keyword; 0: with it
	Entropy  float64 // of the secret, at least
	Random   bool    // the secret has to look like one

	compiled func() *regexp.Regexp
}

var readRules = sync.OnceValue(func() []*rule {
	var rules []*rule
	for name, file := range map[string][]byte{"gitleaks.yaml": gitleaksFile, "rules.yaml": rulesFile} {
		var some []*rule
		if err := yaml.Unmarshal(file, &some); err != nil {
			panic(name + ": " + err.Error()) // a test reads it
		}
		rules = append(rules, some...)
	}
	for _, r := range rules {
		if r.Kind == "" {
			r.Kind = r.ID
		}
		expression := r.Regex
		if r.Before == 0 {
			expression = "^(?:" + expression + ")"
		}
		r.compiled = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
	}
	return rules
})

// maxMatch is how far behind its keyword a rule looks; longer secrets are removed
// to their ends.
const (
	maxMatch  = 400
	maxBehind = 80 // of rules that have to be looked for
)

// match returns the secret that r finds at a keyword, from >= to if none; to is
// where the text ends that was looked at.
func (r *rule) match(s string, keyword int) (from, to int) {
	if r.Word && keyword > 0 && (isLetter(s[keyword-1]) || isDigit(s[keyword-1])) {
		return keyword, keyword
	}
	start := max(0, keyword-r.Before)
	reach := maxMatch
	if r.Before > 0 {
		reach = maxBehind
	}
	window := s[start:min(len(s), keyword+reach)]
	m := r.compiled().FindStringSubmatchIndex(window)
	if m == nil {
		return keyword, keyword
	}
	from, to = m[0], m[1]
	for group := 2; group < len(m); group += 2 {
		if m[group] >= 0 {
			from, to = m[group], m[group+1]
			break
		}
	}
	if r.Entropy > 0 && entropy(window[from:to]) < r.Entropy || r.Random && !mixed(window[from:to], 1) && !looksUnusual(window[from:to]) {
		return start + to, start + to
	}
	to += start
	for to < len(s) && (isLetter(s[to]) || isDigit(s[to]) || s[to] == '_' || s[to] == '-' || s[to] == '=') {
		to++
	}
	return start + from, to
}
