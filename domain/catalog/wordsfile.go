package catalog

import (
	"regexp"
	"slices"
	"strings"

	"wherefore/domain"
)

// locale reads a words file. want is the locale that the file's name promises.
func (r reader) locale(doc *node, want string) *localeWords {
	words := &localeWords{
		locale: want, accounts: map[domain.Network]string{}, causes: map[domain.Cause]wordsText{},
	}
	var locale string
	r.mapping(doc, fields{
		"locale":   r.text(&locale),
		"accounts": func(n *node) { r.accounts(n, words.accounts) },
		"causes":   func(n *node) { r.causes(n, words.causes) },
		"unparsed": func(n *node) { words.unparsed = r.within("unparsed").words(n) },
		"ago":      func(n *node) { words.ago = r.within("ago").ago(n) },
		"over":     func(n *node) { words.over = r.within("over").words(n, "{past}", "{ago}") },
		"needless": func(n *node) { words.needless = r.within("needless").words(n, "{past}") },
		"worked":   func(n *node) { words.worked = r.within("worked").words(n, "{past}") },
		"lost":     func(n *node) { words.lost = r.within("lost").words(n) },
	}, "locale", "causes")
	if locale != "" && locale != want {
		r.fail(doc, "locale %q in a file named for %q", locale, want)
	}
	if !slices.Contains(Locales(), want) {
		r.fail(doc, "unknown locale %q", want)
	}
	return words
}

func (r reader) accounts(n *node, dst map[domain.Network]string) {
	table := fields{}
	for _, network := range domain.Networks() {
		table[string(network)] = func(n *node) {
			var word string
			r.text(&word)(n)
			dst[network] = word
		}
	}
	r.mapping(n, table)
}

func (r reader) causes(n *node, dst map[domain.Cause]wordsText) {
	table := fields{}
	for _, info := range domain.Causes() {
		table[string(info.Cause)] = func(n *node) {
			dst[info.Cause] = r.within("cause " + string(info.Cause)).words(n)
		}
	}
	r.mapping(n, table)
}

// overrides reads a reason's own words, per locale.
func (r reader) overrides(n *node, dst map[string]wordsText) {
	table := fields{}
	for _, locale := range Locales() {
		table[locale] = func(n *node) { dst[locale] = r.words(n) }
	}
	r.mapping(n, table)
}

// words reads one entry of words, which may have more placeholders than others;
// whether it is whole is Missing's matter.
func (r reader) words(n *node, more ...string) wordsText {
	var t wordsText
	r.mapping(n, fields{
		"title":         r.filled(&t.title),
		"message":       r.filled(&t.message, more...),
		"past":          r.filled(&t.past),
		"steps":         r.steps(&t.steps),
		"link":          r.filled(&t.link),
		"prevent":       r.filled(&t.prevent),
		"support_say":   r.filled(&t.say, more...),
		"support_avoid": r.filled(&t.avoid),
	})
	return t
}

func (r reader) steps(dst *[]string) func(*node) {
	return func(n *node) {
		*dst = []string{}
		r.list(func(n *node) {
			var step string
			r.filled(&step)(n)
			*dst = append(*dst, step)
		})(n)
	}
}

var placeholder = regexp.MustCompile(`\{[^}]*\}?`)

// filled returns how to read a text with placeholders.
func (r reader) filled(dst *string, more ...string) func(*node) {
	allowed := append([]string{"{network}", "{account}", "{link}"}, more...)
	return func(n *node) {
		r.text(dst)(n)
		for _, p := range placeholder.FindAllString(*dst, -1) {
			if !slices.Contains(allowed, p) {
				r.fail(n, "%s is none of %s", p, strings.Join(allowed, ", "))
			}
		}
	}
}

// ago reads how a locale says how long ago something was: of each unit, one and
// more of it.
func (r reader) ago(n *node) map[string][]string {
	ago := map[string][]string{}
	table := fields{}
	for _, unit := range agoUnits {
		table[unit.name] = func(n *node) {
			var forms []string
			r.texts(&forms)(n)
			if len(forms) != 2 {
				r.fail(n, "want two texts, of one %s and of {n}", unit.name)
				return
			}
			ago[unit.name] = forms
		}
	}
	r.mapping(n, table, "minute", "hour", "day")
	return ago
}
