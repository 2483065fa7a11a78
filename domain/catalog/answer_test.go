package catalog_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// situations are all that a profile can be in after an error.
var situations = map[string]domain.Trouble{
	"just failed":                     {At: now.Add(-time.Minute)},
	"failed long ago":                 {At: now.AddDate(0, 0, -65)},
	"failed, then worked":             {At: now.Add(-9 * time.Hour), Worked: domain.Worked{At: now.Add(-time.Hour), Profile: "p"}},
	"just disconnected":               {At: now.Add(-time.Minute), Disconnected: true},
	"disconnected long ago":           {At: now.AddDate(0, 0, -65), Disconnected: true},
	"disconnected, then worked":       {At: now.AddDate(0, 0, -2), Disconnected: true, Worked: domain.Worked{At: now, Profile: "p"}},
	"disconnected, a sibling worked":  {At: now.AddDate(0, 0, -2), Disconnected: true, Worked: domain.Worked{At: now, Profile: "sibling"}},
	"disconnected, worked at 1 hour":  {At: now.Add(-time.Hour), Disconnected: true, Worked: domain.Worked{At: now, Profile: "p"}},
	"failed, then worked in a minute": {At: now.Add(-time.Minute), Worked: domain.Worked{At: now, Profile: "p"}},
}

// answered is an answer, and what it is the answer to.
type answered struct {
	catalog.Answer
	name     string
	trouble  domain.Trouble
	category domain.Category // of the cause, empty when unparsed
	own      catalog.Words   // of the cause, whatever the situation
}

func (a answered) wording() wording { return wording{a.Words, a.name, a.category} }

// eachAnswer asks for every reason of every network, and for unparsed errors, in
// every situation and every locale.
func eachAnswer(t *testing.T, check func(answered)) {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(trouble domain.Trouble, category domain.Category, name, locale string, own catalog.Words) {
		check(answered{c.Answer(trouble, locale, now), name + ", " + string(trouble.Network) + " in " + locale, trouble, category, own})
	}
	for _, locale := range catalog.Locales() {
		for situation, trouble := range situations {
			trouble.Profile = "p"
			for _, n := range c.Networks() {
				trouble.Network, trouble.Reason = n.Network, ""
				ask(trouble, "", "unparsed "+situation, locale, c.Unparsed(n.Network, locale))
				for _, info := range domain.Causes() {
					trouble.Reason = domain.Reason(n.Network, info.Cause)
					ask(trouble, info.Category, string(info.Cause)+" "+situation, locale, c.Words(trouble.Reason, locale))
				}
			}
		}
	}
}

// Answers that are made together are those that are made one by one.
func TestAnswersTogether(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	together := map[string]*catalog.Answers{}
	for _, locale := range catalog.Locales() {
		together[locale] = c.Answers(locale, now)
	}
	eachAnswer(t, func(a answered) {
		locale := a.name[strings.LastIndex(a.name, " ")+1:]
		if got := together[locale].Of(a.trouble); !reflect.DeepEqual(got, a.Answer) {
			t.Errorf("%s: together %+v, alone %+v", a.name, got, a.Answer)
		}
	})
}

// answerWordings lists once the words of all answers that are not the cause's own.
func answerWordings(t *testing.T) []wording {
	t.Helper()
	var all []wording
	seen := map[string]bool{}
	eachAnswer(t, func(a answered) {
		if key := a.Locale + strings.Join(a.wording().texts(), "|"); !seen[key] && a.Message != a.own.Message {
			seen[key] = true
			all = append(all, a.wording())
		}
	})
	return all
}

// idle is how each locale says that nothing is wrong with a connection, that
// nothing is to be done, and that support should not ask to connect again.
var idle = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)connection is fine|nothing (that )?you need|need not do|nothing to (do|mend)|changes nothing|do not (suggest|ask the customer to) connect`),
	"fr": regexp.MustCompile(`(?i)fonctionne bien|rien à (faire|réparer)|ne change rien|ne (proposez|demandez).* connecter`),
	"es": regexp.MustCompile(`(?i)funciona bien|que hacer nada|nada que arreglar|no cambia nada|no (sugiera|pida al cliente que) conect`),
	"de": regexp.MustCompile(`(?i)ist in Ordnung|nichts tun|nichts zu beheben|ändert nichts|nicht vor, das Konto neu|weder um eine neue Verbindung`),
	"pt": regexp.MustCompile(`(?i)está funcionando|fazer nada|nada a corrigir|não muda nada|não (sugira|peça ao cliente que) conect`),
	"ja": regexp.MustCompile(`していただくこと|問題はありません|直すところはありません|何も変わりません|つなぎ直し`),
}

// No text tells a disconnected profile that nothing is to be done or that its
// connection is fine, whatever disconnected it.
func TestDisconnectedProfilesAreAskedToConnect(t *testing.T) {
	t.Parallel()
	eachAnswer(t, func(a answered) {
		if !a.trouble.Disconnected {
			return
		}
		if found := idle[a.Locale].FindString(strings.Join(a.wording().texts(), "\n")); found != "" {
			t.Errorf("%s: %q", a.name, found)
		}
		if !slices.ContainsFunc(a.Steps, connects[a.Locale].MatchString) {
			t.Errorf("%s: does not ask to connect: %q", a.name, a.Steps)
		}
		helps := a.Reconnect == domain.HelpsYes || a.Reconnect == domain.HelpsAfter || a.category == "" && !a.Needless
		if !a.Current || !helps || a.ClearsItself || a.Retryable {
			t.Errorf("%s: %+v, current %v, retryable %v", a.name, a.CauseInfo, a.Current, a.Retryable)
		}
	})
}

// The forbidden words would be found: they are what the same causes say of
// profiles that stay connected.
func TestIdleWordsAreSaidOfConnectedProfiles(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	eachAnswer(t, func(a answered) {
		found := idle[a.Locale].MatchString(strings.Join(a.wording().texts(), "\n"))
		said[a.Locale] = said[a.Locale] || found
		if fine := []domain.Category{domain.Content, domain.Limit, domain.Platform, domain.App}; a.Current && !a.trouble.Disconnected && slices.Contains(fine, a.category) && !found {
			t.Errorf("%s: says it otherwise: %q", a.name, a.wording().texts())
		}
	})
	if len(said) != len(catalog.Locales()) {
		t.Errorf("only in %v", said)
	}
}

func TestNeedlessDisconnectionsSayWhoseFaultTheyAre(t *testing.T) {
	t.Parallel()
	eachAnswer(t, func(a answered) {
		own := a.trouble.Worked.Profile == "p"
		want := a.trouble.Disconnected && (a.category != "" && !a.category.Disconnects() || own || a.trouble.Worked.Profile != "" && a.category == domain.Reconnect)
		if a.Needless != want {
			t.Errorf("%s: needless %v", a.name, a.Needless)
		}
		if !a.Needless || a.category == domain.Access {
			return
		}
		if a.Reconnect != domain.HelpsYes || a.Side != domain.SideUs || a.Message == a.own.Message || a.Title == a.own.Title || len(a.Steps) != 1 {
			t.Errorf("%s: %+v %+v", a.name, a.CauseInfo, a.Words)
		}
	})
}

// An old trouble is told as past, with how long ago it was, and asks for nothing.
func TestOldTroublesAreToldAsPast(t *testing.T) {
	t.Parallel()
	ago := map[string][2]string{
		"en": {"65 days ago", "9 hours ago"}, "fr": {"il y a 65 jours", "il y a 9 heures"}, "es": {"hace 65 días", "hace 9 horas"},
		"de": {"vor 65 Tagen", "vor 9 Stunden"}, "pt": {"há 65 dias", "há 9 horas"}, "ja": {"65日前", "9時間前"},
	}
	eachAnswer(t, func(a answered) {
		over := !a.trouble.Disconnected && (a.trouble.Worked.Profile != "" || now.Sub(a.trouble.At) > 60*24*time.Hour)
		if a.Current == over {
			t.Errorf("%s: current %v", a.name, a.Current)
		}
		if !over {
			return
		}
		said := strings.Join(a.wording().texts(), "\n")
		for _, present := range []string{a.own.Message, a.own.SupportSay, a.own.SupportAvoid} {
			if strings.Contains(said, present) || a.Title == a.own.Title {
				t.Errorf("%s: speaks of now: %s", a.name, present)
			}
		}
		when := ago[a.Locale]
		switch age := now.Sub(a.trouble.At); {
		case age > 24*time.Hour && !strings.Contains(a.Message, when[0]), age == 9*time.Hour && !strings.Contains(a.Message, when[1]):
			t.Errorf("%s: does not say when: %s", a.name, a.Message)
		}
		if len(a.Steps) > 0 || a.Needless || a.Reconnect != domain.HelpsNo {
			t.Errorf("%s: asks for something: %+v %q", a.name, a.CauseInfo, a.Steps)
		}
	})
}

// Each answer can be shown whole, prevention included, in the language asked for.
func TestAnswersAreWhole(t *testing.T) {
	t.Parallel()
	eachAnswer(t, func(a answered) {
		if slices.Contains(a.wording().texts(), "") || !strings.HasSuffix(a.name, " in "+a.Locale) {
			t.Errorf("%s: %+v", a.name, a.Words)
		}
	})
}

// rules is how each locale says what ought to end a connection. That is for us to
// settle with a source: a customer can do nothing about it.
var rules = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)should(n’t| not)? (be )?(end|disconnect)`),
	"fr": regexp.MustCompile(`(?i)(devrait|doit)( pas|) (mettre fin|interrompre|déconnecter)`),
	"es": regexp.MustCompile(`(?i)(debería|debe) (cortar|desconectar)`),
	"de": regexp.MustCompile(`(?i)soll(te)? keine Verbindung`),
	"pt": regexp.MustCompile(`(?i)(deveria|deve) (encerrar|desconectar)`),
	"ja": regexp.MustCompile(`べき`),
}

func TestCustomersAreNotToldOfRules(t *testing.T) {
	t.Parallel()
	eachAnswer(t, func(a answered) {
		if found := rules[a.Locale].FindString(strings.Join(append([]string{a.Title, a.Message, a.Prevent}, a.Steps...), "\n")); found != "" {
			t.Errorf("%s: %q", a.name, found)
		}
	})
}

// Each cause says for how long it is true; that of one post or moment is over
// before that of a lost access.
func TestEachCauseHoldsForAWhile(t *testing.T) {
	t.Parallel()
	for _, info := range domain.Causes() {
		if info.Holds < time.Hour || info.Holds > 31*24*time.Hour || info.Category.Retryable() && info.Holds > 3*24*time.Hour {
			t.Errorf("%s holds for %v", info.Cause, info.Holds)
		}
	}
}
