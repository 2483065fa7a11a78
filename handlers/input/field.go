package input

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/views"
)

// Field is a parameter of an address, or a field of a form, and what it is read as.
type Field[T any] struct {
	name  string
	right string // what would be right, for people
	parse func(text string) (T, bool)
}

// In is the value in a request, the zero T when there is none.
func (f Field[T]) In(v Values) T {
	value, _ := v.read[f.name].(T)
	return value
}

// Text is the value as it was sent, for a form that is shown again.
func (f Field[T]) Text(v Values) string { return v.texts.Get(f.name) }

// Sent reports whether it was sent, be it empty.
func (f Field[T]) Sent(v Values) bool { return v.texts.Has(f.name) }

func (f Field[T]) title() string       { return f.name }
func (f Field[T]) is(name string) bool { return name == f.name }

func (f Field[T]) read(into map[string]any, _, text string) error {
	value, ok := f.parse(text)
	if !ok {
		return domain.InvalidField(f.name, "“%s” can't be used; give %s.", text, f.right)
	}
	into[f.name] = value
	return nil
}

// Fields are all fields of a form whose names begin alike, such as fact-1 and fact-2.
type Fields[T any] struct {
	prefix string
	goesOn func(rest string) bool // reports whether a name goes on so
	Field[T]
}

// In is the values by what their names go on with.
func (f Fields[T]) In(v Values) map[string]T {
	values, _ := v.read[f.prefix].(map[string]T)
	return values
}

// At is the value of the field whose name ends with a number.
func (f Fields[T]) At(v Values, n int) T { return f.In(v)[strconv.Itoa(n)] }

// Sent reports whether the field whose name ends with a number was sent, be it empty.
func (f Fields[T]) Sent(v Values, n int) bool { return v.texts.Has(f.prefix + strconv.Itoa(n)) }

func (f Fields[T]) title() string { return f.prefix + "…" }

func (f Fields[T]) is(name string) bool {
	rest, ok := strings.CutPrefix(name, f.prefix)
	return ok && f.goesOn(rest)
}

func (f Fields[T]) read(into map[string]any, name, text string) error {
	value, ok := f.parse(text)
	if !ok {
		return domain.InvalidField(name, "“%s” can't be used; give %s.", text, f.right)
	}
	values, _ := into[f.prefix].(map[string]T)
	if values == nil {
		values = map[string]T{}
		into[f.prefix] = values
	}
	values[strings.TrimPrefix(name, f.prefix)] = value
	return nil
}

// each makes Fields of a field's kind; its name is how theirs begin.
func each[T any](f Field[T], goesOn func(rest string) bool) Fields[T] {
	return Fields[T]{f.name, goesOn, f}
}

// anything takes any text as it is, such as a password or what somebody looks for.
func anything(name string) Field[string] {
	return Field[string]{name, "any text", func(text string) (string, bool) { return text, true }}
}

// word takes any text, for a type that whoever reads it checks.
func word[S ~string](name string) Field[S] {
	return Field[S]{name, "any text", func(text string) (S, bool) { return S(text), true }}
}

// line takes any text, without the space around it.
func line(name string) Field[string] {
	return Field[string]{name, "any text", func(text string) (string, bool) { return strings.TrimSpace(text), true }}
}

// number takes what counts or numbers something, from a least number on.
func number[N ~int | ~int64](name string, least N, right string) Field[N] {
	return Field[N]{name, right, func(text string) (N, bool) {
		n, err := strconv.ParseInt(text, 10, strconv.IntSize)
		return N(n), err == nil && N(n) >= least
	}}
}

const aboveZero = "a whole number above 0"

// shape takes the hash of a cluster's shape.
func shape(name string) Field[uint64] {
	return Field[uint64]{name, "the hash of a shape", func(text string) (uint64, bool) {
		hash, err := strconv.ParseUint(text, 16, 64)
		return hash, err == nil
	}}
}

// oneOf takes some words only.
func oneOf[S ~string](name string, words ...S) Field[S] {
	var texts []string
	for _, w := range words {
		texts = append(texts, string(w))
	}
	return Field[S]{name, "one of " + strings.Join(texts, ", "), func(text string) (S, bool) {
		return S(text), slices.Contains(words, S(text))
	}}
}

// flag takes one word, which says yes.
func flag(name, word string) Field[bool] {
	return Field[bool]{name, "one of " + word, func(text string) (bool, bool) { return true, text == word }}
}

// periods takes some words, and intervals such as 2026-11-20/2026-11-24, of which one
// end may be open. views.ReadPeriod and its like read what they stand for.
func periods(words []string) Field[string] {
	f := oneOf("period", words...)
	f.right += ", or an interval such as 2026-11-20/2026-11-24"
	f.parse = func(text string) (string, bool) {
		from, to, interval := strings.Cut(text, "/")
		return text, slices.Contains(words, text) || interval && text != "/" && isOpenOrTime(from) && isOpenOrTime(to)
	}
	return f
}

func isOpenOrTime(text string) bool {
	_, ok := views.ParseTime(text)
	return ok || text == ""
}

// dayOrTime takes a day or a time.
func dayOrTime(name string) Field[time.Time] {
	return Field[time.Time]{name, "a day such as 2026-11-20, or a time such as 2026-11-20T10:00:00Z", views.ParseTime}
}

func day(name string) Field[time.Time] {
	return Field[time.Time]{name, "a day such as 2026-11-20", func(text string) (time.Time, bool) {
		at, err := time.Parse(time.DateOnly, text)
		return at, err == nil
	}}
}

// reasonID takes the id of a reason of a network, and other words that stand for some.
func reasonID(name string, others ...domain.ReasonID) Field[domain.ReasonID] {
	f := Field[domain.ReasonID]{name: name, right: "a reason’s id such as facebook.token-expired"}
	for _, other := range others {
		f.right += ", or " + string(other)
	}
	f.parse = func(text string) (domain.ReasonID, bool) {
		id := domain.ReasonID(text)
		return id, slices.Contains(others, id) || isReasonID(id)
	}
	return f
}

func isReasonID(id domain.ReasonID) bool {
	return id.Network().Known() && domain.Reason(id.Network(), id.Cause()) == id && id.Cause() != ""
}

// language takes languages as programs name them; one that there are no words in is English.
func language() Field[string] {
	return Field[string]{"locale", "a language such as fr, pt-BR or de_AT, or a list of them such as fr-CH, fr;q=0.9", catalog.Locale}
}
