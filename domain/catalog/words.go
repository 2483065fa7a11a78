package catalog

import (
	"cmp"
	"strings"

	"wherefore/domain"
)

// English is the locale that the others fall back to.
const English = "en"

// Locales lists the locales that every reason should have, English first.
func Locales() []string { return []string{English, "fr", "es", "de", "pt", "ja"} }

// Words tell a customer about a reason, and support what to say about it.
// Placeholders are filled in.
type Words struct {
	Title        string
	Message      string   // what happened
	Steps        []string // what to do, in order; empty when there is nothing to do
	Link         string   // where the steps begin, empty if nowhere
	Prevent      string   // how to keep it from coming back
	SupportSay   string
	SupportAvoid string
	Locale       string // the locale that these words are in
}

// wordsText is a file's entry for one cause, with placeholders. Nil and empty
// fields are absent.
type wordsText struct {
	title, message, past, link, prevent, say, avoid string
	steps                                           []string
}

// localeWords is one words file.
type localeWords struct {
	locale   string
	accounts map[domain.Network]string
	causes   map[domain.Cause]wordsText
	unparsed wordsText // for an error that no parser explains
	ago      map[string][]string
	// What is said instead of the above where a profile is otherwise than they
	// suppose.
	over, needless, worked, lost wordsText
}

// absent names the fields that a whole entry must have and t lacks.
func (t wordsText) absent() []string {
	var names []string
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"title", t.title != ""}, {"message", t.message != ""}, {"past", t.past != ""}, {"steps", t.steps != nil}, {"prevent", t.prevent != ""},
		{"support_say", t.say != ""}, {"support_avoid", t.avoid != ""},
	} {
		if !f.has {
			names = append(names, f.name)
		}
	}
	return names
}

// over returns t with its absent fields taken from base.
func (t wordsText) over(base wordsText) wordsText {
	if t.steps == nil {
		t.steps = base.steps
	}
	return wordsText{
		title: cmp.Or(t.title, base.title), message: cmp.Or(t.message, base.message), past: cmp.Or(t.past, base.past), link: cmp.Or(t.link, base.link),
		prevent: cmp.Or(t.prevent, base.prevent), say: cmp.Or(t.say, base.say), avoid: cmp.Or(t.avoid, base.avoid),
		steps: t.steps,
	}
}

// Words returns the words of a reason in a locale ("fr", or "fr-CA"), or in
// English when that locale has no whole entry. They are never a mixture of
// two languages. A reason that its network's file lacks has its cause's words; an
// id that is no reason has empty ones.
//
// They suppose that a reason that ends connections has ended one, that another one
// has not, and that it is as of now. Answer knows when that is otherwise.
func (c *Catalog) Words(id domain.ReasonID, locale string) Words {
	reason, ok := c.Entry(id)
	if !ok {
		return Words{Locale: English}
	}
	text, locale := c.textOrEnglish(reason, locale)
	return text.fill(c.placeholders(reason, locale), locale)
}

// textOrEnglish is the text of a reason, whole, and the locale that it is in.
func (c *Catalog) textOrEnglish(reason ReasonEntry, locale string) (wordsText, string) {
	locale, _ = Locale(locale)
	text := c.text(reason, locale)
	if len(text.absent()) > 0 {
		locale = English
		text = c.text(reason, locale)
	}
	text.link = cmp.Or(text.link, reason.Link)
	return text, locale
}

// Unparsed returns the words for an error that no parser explains yet, in a
// locale or else in English. They blame nobody, and suppose that it ended no
// connection.
func (c *Catalog) Unparsed(n domain.Network, locale string) Words {
	if c.networks[n] == nil {
		return Words{Locale: English}
	}
	reason := unparsed(n)
	text, locale := c.textOrEnglish(reason, locale)
	return text.fill(c.placeholders(reason, locale), locale)
}

// unparsed stands for what is known of an error that no parser explains.
func unparsed(n domain.Network) ReasonEntry {
	return ReasonEntry{ID: domain.Reason(n, ""), CauseInfo: domain.CauseInfo{Side: domain.SideUnknown, Holds: domain.UnparsedHolds}}
}

// text returns the reason's own words over its cause's, in one locale.
func (c *Catalog) text(reason ReasonEntry, locale string) wordsText {
	var general wordsText
	if words := c.locales[locale]; words != nil && reason.Cause == "" {
		general = words.unparsed
	} else if words != nil {
		general = words.causes[reason.Cause]
	}
	return reason.words[locale].over(general)
}

func (c *Catalog) placeholders(reason ReasonEntry, locale string) *strings.Replacer {
	entry := c.networks[reason.ID.Network()]
	account := entry.Account
	if words := c.locales[locale]; words != nil {
		account = cmp.Or(words.accounts[entry.Network], account)
	}
	return strings.NewReplacer("{network}", entry.Network.Name(), "{account}", account,
		"{link}", cmp.Or(reason.Link, entry.Reconnect))
}

func (t wordsText) fill(with *strings.Replacer, locale string) Words {
	steps := make([]string, len(t.steps))
	for i, step := range t.steps {
		steps[i] = with.Replace(step)
	}
	return Words{
		Title: with.Replace(t.title), Message: with.Replace(t.message), Steps: steps, Link: with.Replace(t.link),
		Prevent: with.Replace(t.prevent), SupportSay: with.Replace(t.say), SupportAvoid: with.Replace(t.avoid),
		Locale: locale,
	}
}

// Missing is a reason whose words a locale lacks.
type Missing struct {
	Reason domain.ReasonID
	Locale string
	Fields []string // what the entry lacks, as the file calls it; "all" when there is none at all
	Own    bool     // English has words of the reason's own here and this locale only general ones
}

// Missing lists what is not translated, by reason and then in the order of Locales.
func (c *Catalog) Missing() []Missing {
	var missing []Missing
	for _, entry := range c.Networks() {
		for _, reason := range entry.Reasons {
			for _, locale := range Locales() {
				if m := c.missing(reason, locale); m.Own || len(m.Fields) > 0 {
					missing = append(missing, m)
				}
			}
		}
	}
	return missing
}

func (c *Catalog) missing(reason ReasonEntry, locale string) Missing {
	_, inEnglish := reason.words[English]
	_, here := reason.words[locale]
	absent := c.text(reason, locale).absent()
	if len(absent) == len((wordsText{}).absent()) {
		absent = []string{"all"}
	}
	return Missing{Reason: reason.ID, Locale: locale, Fields: absent, Own: inEnglish && !here}
}
