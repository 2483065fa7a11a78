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
	return c.Answers(locale, now).Of(t)
}

// Answers says what may be said of many troubles, in one locale at one time. What it
// has put into words once it keeps. It is not safe for concurrent use.
type Answers struct {
	catalog *Catalog
	locale  string
	now     time.Time
	words   map[answerKey]Words
}

// answerKey is what an answer's words follow from.
type answerKey struct {
	reason domain.ReasonID
	said   situation
	age    string
}

// Answers returns Answers without words yet.
func (c *Catalog) Answers(locale string, now time.Time) *Answers {
	return &Answers{c, locale, now, map[answerKey]Words{}}
}

// Of is Catalog.Answer. Answers share their steps, which are not to be changed.
func (as *Answers) Of(t domain.Trouble) Answer {
	c, now := as.catalog, as.now
	reason, known := c.Entry(t.Reason)
	if !known {
		reason = unparsed(t.Network)
	}
	a := Answer{CauseInfo: reason.CauseInfo, Current: t.Current(reason.Holds, now), Needless: t.Needless(reason.Category)}
	a.Retryable = !t.Disconnected && reason.Category.Retryable()
	a.ClearsItself = !t.Disconnected && reason.ClearsItself
	said := a.situation(t)
	switch {
	case a.Needless && said != asTheCause:
		a.Reconnect, a.Side = domain.HelpsYes, domain.SideUs
	case !a.Current:
		a.Reconnect = domain.HelpsNo
	}
	a.Words = as.wordsOf(reason, said, now.Sub(t.At))
	return a
}

// situation is what words are about.
type situation int

const (
	asTheCause   situation = iota // what the cause's own words suppose
	isOver                        // a trouble of the past
	isNeedless                    // a disconnection for a cause that ends no connections
	workedAfter                   // a disconnection that later successes contradict
	lostUnparsed                  // a disconnection for an unknown cause
)

func (a Answer) situation(t domain.Trouble) situation {
	switch {
	case !a.Current:
		return isOver
	case !t.Disconnected:
		return asTheCause
	case a.Category != "" && !a.Category.Disconnects():
		return isNeedless
	case a.Needless && a.Category != domain.Access:
		return workedAfter
	case a.Category == "":
		return lostUnparsed
	}
	return asTheCause
}

// instead are the words that stand instead of a cause's own in a situation.
func (l *localeWords) instead(s situation) wordsText {
	return map[situation]wordsText{isOver: l.over, isNeedless: l.needless, workedAfter: l.worked, lostUnparsed: l.lost}[s]
}

func (as *Answers) wordsOf(reason ReasonEntry, said situation, age time.Duration) Words {
	key := answerKey{reason: reason.ID, said: said}
	if words := as.catalog.locales[English]; said == isOver && words != nil {
		key.age = words.since(age)
	}
	words, ok := as.words[key]
	if !ok {
		words = as.catalog.answerWords(reason, said, as.locale, age)
		as.words[key] = words
	}
	return words
}

// answerWords are a reason's words, or those that stand instead of them. They link
// to a page of the network only with the steps that begin there.
func (c *Catalog) answerWords(reason ReasonEntry, said situation, locale string, age time.Duration) Words {
	if c.networks[reason.ID.Network()] == nil || c.locales[English] == nil {
		return Words{Locale: English}
	}
	text, locale := c.textOrEnglish(reason, locale)
	if said != asTheCause {
		if !c.locales[locale].wholeInstead() {
			locale = English
			text = c.text(reason, locale)
		}
		words := c.locales[locale]
		text = words.instead(said).over(wordsText{prevent: text.prevent}).telling(text.past, words.since(age))
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
