package catalog

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// longestLocale is how long a list of languages can be: browsers send some 50 bytes.
const longestLocale = 1000

var matcher = newMatcher()

func newMatcher() language.Matcher {
	var tags []language.Tag
	for _, locale := range Locales() {
		tags = append(tags, language.MustParse(locale))
	}
	return language.NewMatcher(tags)
}

// Locale returns the one of Locales that suits best what somebody asks for: a
// language as programs write it ("fr", "pt_BR", "de-AT"), or a list of them as
// in Accept-Language. It is English when none suits. What is empty or no such
// list gives false.
func Locale(asked string) (locale string, ok bool) {
	if slices.Contains(Locales(), asked) {
		return asked, true
	}
	if strings.TrimSpace(asked) == "" || len(asked) > longestLocale {
		return English, false
	}
	wanted, ok := wantedLanguages(asked)
	if !ok {
		return English, false
	}
	_, i, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		return English, true
	}
	return Locales()[i], true
}

// wantedLanguages lists the languages of a list, the most wanted first, without
// those that nobody knows.
func wantedLanguages(asked string) ([]language.Tag, bool) {
	type wish struct {
		tag    language.Tag
		weight float32
	}
	var wishes []wish
	for entry := range strings.SplitSeq(asked, ",") {
		tags, weights, err := language.ParseAcceptLanguage(entry)
		var unknown language.ValueError
		if err != nil && !errors.As(err, &unknown) {
			return nil, false
		}
		for i, tag := range tags {
			wishes = append(wishes, wish{tag, weights[i]})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })
	var wanted []language.Tag
	for _, w := range wishes {
		wanted = append(wanted, w.tag)
	}
	return wanted, true
}
