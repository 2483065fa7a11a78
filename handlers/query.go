package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
)

// parameter is a name that a query may hold, and what may stand behind it.
type parameter struct {
	name  string
	right string // what would be right, for people
	takes func(text string) bool
}

// CheckQuery refuses as Invalid, at its name, what the query of a request holds
// and the matched route does not read, and what can't be meant by what it reads.
// An empty value is none: forms send the fields that nobody filled in.
func CheckQuery(r *http.Request) error {
	if method, _, _ := strings.Cut(r.Pattern, " "); method == r.Pattern || r.URL.RawQuery == "" {
		return nil // what takes any method is no page
	}
	// A semicolon stands for itself, as browsers have it: lists of languages hold some.
	r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")
	asked, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &domain.Error{Kind: domain.Invalid, Message: "What stands behind the “?” of the address is not well formed.", Cause: err}
	}
	known := parameters[r.Pattern]
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		i := slices.IndexFunc(known, func(p parameter) bool { return p.name == name })
		if i < 0 {
			return domain.InvalidField(name, "There is no such parameter here; %s.", namedIn(known))
		}
		if err := known[i].check(asked[name]); err != nil {
			return err
		}
	}
	return nil
}

func namedIn(known []parameter) string {
	if len(known) == 0 {
		return "there are none"
	}
	var names []string
	for _, p := range known {
		names = append(names, p.name)
	}
	return "there are " + strings.Join(names, ", ")
}

func (p parameter) check(values []string) error {
	if len(values) > 1 {
		return domain.InvalidField(p.name, "Give it once, not %d times.", len(values))
	}
	if text := values[0]; text != "" && !p.takes(text) {
		return domain.InvalidField(p.name, "“%s” can't be used; give %s.", text, p.right)
	}
	return nil
}

// anyText takes anything, such as what somebody looks for.
func anyText(name string) parameter {
	return parameter{name, "any text", func(string) bool { return true }}
}

// wholeNumber takes what counts or numbers something.
func wholeNumber(name string) parameter {
	return parameter{name, "a whole number above 0", func(text string) bool {
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && n > 0
	}}
}

// oneOf takes some words only.
func oneOf[S ~string](name string, words ...S) parameter {
	var texts []string
	for _, w := range words {
		texts = append(texts, string(w))
	}
	return parameter{name, "one of " + strings.Join(texts, ", "), func(text string) bool { return slices.Contains(texts, text) }}
}

// periods takes some words, and intervals such as 2026-11-20/2026-11-24, of which one
// end may be open.
func periods(words []string) parameter {
	p := oneOf("period", words...)
	p.right += ", or an interval such as 2026-11-20/2026-11-24"
	isWord := p.takes
	p.takes = func(text string) bool {
		from, to, interval := strings.Cut(text, "/")
		return isWord(text) || interval && text != "/" && (from == "" || isDayOrTime(from)) && (to == "" || isDayOrTime(to))
	}
	return p
}

// dayOrTime takes a day or a time.
func dayOrTime(name string) parameter {
	return parameter{name, "a day such as 2026-11-20, or a time such as 2026-11-20T10:00:00Z", isDayOrTime}
}

func isDayOrTime(text string) bool {
	_, day := time.Parse(time.DateOnly, text)
	_, exact := time.Parse(time.RFC3339, text)
	return day == nil || exact == nil
}

func oneDay(name string) parameter {
	return parameter{name, "a day such as 2026-11-20", func(text string) bool {
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	}}
}

// reasonID takes the id of a reason of a network, and other words that stand for some.
func reasonID(name string, others ...string) parameter {
	right := "a reason’s id such as facebook.token-expired"
	if len(others) > 0 {
		right += ", or " + strings.Join(others, " or ")
	}
	return parameter{name, right, func(text string) bool {
		id := domain.ReasonID(text)
		return slices.Contains(others, text) || id.Network().Known() && domain.Reason(id.Network(), id.Cause()) == id && id.Cause() != ""
	}}
}

// language takes languages as programs name them; one that there are no words in is English.
func language() parameter {
	return parameter{"locale", "a language such as fr, pt-BR or de_AT, or a list of them such as fr-CH, fr;q=0.9", func(text string) bool {
		_, ok := catalog.Locale(text)
		return ok
	}}
}

// Locale is the language of the answer's words: that of the query's locale, else
// the best of those that the client accepts, else English.
func Locale(w http.ResponseWriter, r *http.Request) string {
	w.Header().Add("Vary", "Accept-Language")
	if asked, ok := catalog.Locale(r.URL.Query().Get("locale")); ok {
		return asked
	}
	accepted, _ := catalog.Locale(strings.Join(r.Header.Values("Accept-Language"), ","))
	return accepted
}
