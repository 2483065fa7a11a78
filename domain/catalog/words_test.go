package catalog_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"wherefore/domain"
	"wherefore/domain/catalog"
)

// wording is one entry of words that ships, filled in for its network.
type wording struct {
	catalog.Words
	name     string
	category domain.Category // empty for the words about what no parser explains
}

// texts lists all that somebody may read.
func (w wording) texts() []string {
	return append([]string{w.Title, w.Message, w.Prevent, w.SupportSay, w.SupportAvoid}, w.Steps...)
}

// wordings lists every entry of every network in every locale.
func wordings(t *testing.T) []wording {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	var all []wording
	for _, locale := range catalog.Locales() {
		for _, entry := range c.Networks() {
			for _, reason := range entry.Reasons {
				name := string(reason.ID) + " in " + locale
				all = append(all, wording{c.Words(reason.ID, locale), name, reason.Category})
			}
			all = append(all, wording{c.Unparsed(entry.Network, locale), entry.Network.Name() + ", unparsed, in " + locale, ""})
		}
	}
	return all
}

func TestWordsAreWhole(t *testing.T) {
	t.Parallel()
	for _, w := range wordings(t) {
		if !strings.HasSuffix(w.name, " in "+w.Locale) || slices.Contains(w.texts(), "") {
			t.Errorf("%s: %+v", w.name, w.Words)
		}
	}
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Missing() {
		t.Errorf("%s in %s lacks %v", m.Reason, m.Locale, m.Fields)
	}
}

// Words that a customer can't know, per locale, beside those of all locales.
var (
	anyJargon = `(?i:\b(api|oauth|tokens?|scopes?|endpoints?|webhooks?|json|sdk|payload|parameters?)\b)|\bHTTP\b|[a-z]_[a-z]`
	jargon    = map[string]string{
		"en": `(?i:\b(grant|requests?|client id|credentials?)\b)`,
		"fr": `(?i:\b(jetons?|requêtes?|terminaison)\b)`,
		"es": `(?i:\b(solicitud(es)?|credencial(es)?|parámetros?)\b)`,
		"de": `(?i:(schlüssel|anfrage|endpunkt|schnittstelle))`,
		"pt": `(?i:\b(escopos?|requisiç(ão|ões)|parâmetros?)\b)`,
		"ja": `トークン|スコープ|エンドポイント|リクエスト|パラメータ|認可`,
	}
	leftOver = regexp.MustCompile(`[{}!！]|  |^\s|\s$|http://`)
)

func TestWordsAreCleanOfJargon(t *testing.T) {
	t.Parallel()
	for _, w := range append(wordings(t), answerWordings(t)...) {
		unfit := regexp.MustCompile(anyJargon + "|" + jargon[w.Locale])
		for _, text := range w.texts() {
			if found := leftOver.FindString(text) + unfit.FindString(text); found != "" {
				t.Errorf("%s: %q in %q", w.name, found, text)
			}
		}
		if w.Link != "" && !strings.HasPrefix(w.Link, "https://") {
			t.Errorf("%s: link %q", w.name, w.Link)
		}
	}
}

func TestWordsAreShort(t *testing.T) {
	t.Parallel()
	for _, w := range append(wordings(t), answerWordings(t)...) {
		check := func(text string, most int) {
			if n := utf8.RuneCountInString(text); n > most {
				t.Errorf("%s: %d characters of at most %d: %s", w.name, n, most, text)
			}
		}
		check(w.Title, 80)
		check(w.Message, 320)
		for _, step := range w.Steps {
			check(step, 160)
		}
	}
}

// How each locale tells a customer to connect again, and that it is not needed.
var (
	connects = map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`(?i)connect your`),
		"fr": regexp.MustCompile(`(?i)connectez (de nouveau |ensuite )?votre`),
		"es": regexp.MustCompile(`(?i)conectar su|conecte su`),
		"de": regexp.MustCompile(`Verbindung zu`),
		"pt": regexp.MustCompile(`(?i)conecte (sua|seu)`),
		"ja": regexp.MustCompile(`連携`),
	}
	connected = map[string]string{
		"en": "Your connection is fine.",
		"fr": "Votre connexion fonctionne bien.",
		"es": "La conexión funciona bien.",
		"de": "Die Verbindung ist in Ordnung.",
		"pt": "A conexão está funcionando.",
		"ja": "連携に問題はありません。",
	}
)

// The last step cures what disconnects. Nothing else asks to connect again, and
// what only we can mend asks for nothing at all.
func TestStepsFitTheCategory(t *testing.T) {
	t.Parallel()
	for _, w := range wordings(t) {
		switch n := len(w.Steps); {
		case w.category.Disconnects():
			if n == 0 || !connects[w.Locale].MatchString(w.Steps[n-1]) {
				t.Errorf("%s: does not end in connecting: %q", w.name, w.Steps)
			}
		case connects[w.Locale].MatchString(strings.Join(w.Steps, "\n")):
			t.Errorf("%s: asks to connect again: %q", w.name, w.Steps)
		case (w.category == domain.App || w.category == "") && n > 0:
			t.Errorf("%s: asks something of the customer: %q", w.name, w.Steps)
		}
	}
}

func TestTheConnectionIsFineWhereItIs(t *testing.T) {
	t.Parallel()
	fine := []domain.Category{domain.Content, domain.Limit, domain.Platform}
	for _, w := range wordings(t) {
		if strings.Contains(w.Message, connected[w.Locale]) != slices.Contains(fine, w.category) {
			t.Errorf("%s, %s: %s", w.name, w.category, w.Message)
		}
	}
}

func TestWordsAreTranslated(t *testing.T) {
	t.Parallel()
	all := append(wordings(t), answerWordings(t)...)
	english := map[string]bool{}
	for _, w := range all {
		for _, text := range w.texts() {
			if w.Locale == catalog.English {
				english[text] = true
			} else if english[text] {
				t.Errorf("%s: English: %s", w.name, text)
			}
		}
	}
}

// What names filled in would make wrong: French and Spanish words that change
// before a vowel, and the German account word, a dative, as a subject.
var clumsy = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)\b(de|que|le|la|lorsque|puisque) (Instagram|X)\b`),
	"es": regexp.MustCompile(`\by Instagram\b`),
	"de": regexp.MustCompile(`(^|[.:] )Ihre[mr] `),
	"pt": regexp.MustCompile(`(?i)\b(de|em|por) o [A-Z]|(^|[.:] )(sua|seu) (página|conta|perfil|canal) `),
}

func TestGrammarHoldsForEveryName(t *testing.T) {
	t.Parallel()
	for _, w := range append(wordings(t), answerWordings(t)...) {
		for _, text := range w.texts() {
			if rule := clumsy[w.Locale]; rule != nil && rule.MatchString(text) {
				t.Errorf("%s: %q in %q", w.name, rule.FindString(text), text)
			}
		}
	}
}
