package catalog

import (
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
)

// Answer is what may be said of a trouble, to a customer, to support and to
// programs. All pages and the API say this and nothing else.
type Answer struct {
	domain.CauseInfo // the reason's, with what is otherwise for this profile
	Words
	Current   bool // the trouble is as of now
	Needless  bool // it should not have ended the connection, which is not restored
	Retryable bool // the same call can succeed later although nobody does anything
}

// Answer says what may be said of a trouble, in a locale or else in English.
//
// A failed call that is over is told as past. A disconnection always asks to
// connect again, and is current until that is done. Where its cause is none that
// ends connections, or is contradicted by calls that succeeded afterwards, the
// words say that nobody but we are at fault, and that it will hold. A success is
// no evidence against a cause of access, which may be of a part of what a profile
// is used for: such a disconnection is needless, too, but its words stay, as they
// end in connecting again.
func (c *Catalog) Answer(t domain.Trouble, locale string, now time.Time) Answer {
	reason, known := c.Entry(t.Reason)
	if !known {
		reason = unparsed(t.Network)
	}
	a := Answer{CauseInfo: reason.CauseInfo, Current: t.Current(reason.Holds, now), Needless: t.Needless(reason.Category)}
	a.Retryable = !t.Disconnected && reason.Category.Retryable()
	a.ClearsItself = !t.Disconnected && reason.ClearsItself
	instead := a.instead(t)
	switch {
	case a.Needless && instead != nil:
		a.Reconnect, a.Side = domain.HelpsYes, domain.SideUs
	case !a.Current:
		a.Reconnect = domain.HelpsNo
	}
	a.Words = c.answerWords(reason, instead, locale, now.Sub(t.At))
	return a
}

// instead chooses the words for what a cause's own do not suppose, nil for these.
func (a Answer) instead(t domain.Trouble) func(*localeWords) wordsText {
	switch {
	case !a.Current:
		return func(l *localeWords) wordsText { return l.over }
	case !t.Disconnected:
		return nil
	case a.Category != "" && !a.Category.Disconnects():
		return func(l *localeWords) wordsText { return l.needless }
	case a.Needless && a.Category != domain.Access:
		return func(l *localeWords) wordsText { return l.worked }
	case a.Category == "":
		return func(l *localeWords) wordsText { return l.lost }
	}
	return nil
}

// answerWords are a reason's words, or those that stand instead of them. They link
// to a page of the network only with the steps that begin there.
func (c *Catalog) answerWords(reason ReasonEntry, instead func(*localeWords) wordsText, locale string, age time.Duration) Words {
	if c.networks[reason.ID.Network()] == nil || c.locales[English] == nil {
		return Words{Locale: English}
	}
	text, locale := c.textOrEnglish(reason, locale)
	if instead != nil {
		if !c.locales[locale].wholeInstead() {
			locale = English
			text = c.text(reason, locale)
		}
		words := c.locales[locale]
		text = instead(words).over(wordsText{prevent: text.prevent}).telling(text.past, words.since(age))
	}
	return text.fill(c.placeholders(reason, locale), locale)
}

// wholeInstead reports whether a locale has all words that stand instead of those
// of causes.
func (l *localeWords) wholeInstead() bool {
	whole := len(l.ago) == len(agoUnits)
	for _, t := range []wordsText{l.over, l.needless, l.worked, l.lost} {
		whole = whole && t.title != "" && t.message != "" && t.steps != nil && t.say != "" && t.avoid != ""
	}
	return whole
}

// telling fills in what happened, and how long ago.
func (t wordsText) telling(past, ago string) wordsText {
	with := strings.NewReplacer("{past}", past, "{ago}", ago)
	t.message, t.say = with.Replace(t.message), with.Replace(t.say)
	return t
}

// agoUnits are what a time ago is told in, the greatest first.
var agoUnits = []struct {
	name string
	is   time.Duration
}{
	{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute},
}

// since says how long ago something was: "9 days ago". It was a minute ago at
// least.
func (l *localeWords) since(age time.Duration) string {
	age = max(age, time.Minute)
	for _, unit := range agoUnits {
		if n := int(age / unit.is); n == 1 {
			return l.ago[unit.name][0]
		} else if n > 1 {
			return strings.ReplaceAll(l.ago[unit.name][1], "{n}", strconv.Itoa(n))
		}
	}
	return ""
}
