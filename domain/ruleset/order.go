package ruleset

import (
	"slices"

	"wherefore/domain"
)

// With is the ruleset with a parser at a position, counted without the parser of
// the same name that it replaces, if any. A retired parser of that name is
// replaced, too. Invalid when the parser or its reason is of another network, or
// the position is out of range.
func (r Ruleset) With(spec domain.ParserSpec, position int) (Ruleset, error) {
	if spec.Network != r.Network || spec.Reason.Network() != r.Network {
		return r, domain.InvalidField("reason", "Choose a reason of %s.", r.Network.Name())
	}
	next := slices.DeleteFunc(slices.Clone(r.Parsers), func(p Parser) bool { return p.Name == spec.Name })
	if position < 0 || position > len(next) {
		return r, domain.InvalidField("position", "Give a number from 0 to %d.", len(next))
	}
	r.Parsers = slices.Insert(next, position, Parser{ParserSpec: spec})
	r.Retired = slices.DeleteFunc(slices.Clone(r.Retired), func(p Retired) bool { return p.Name == spec.Name })
	return r, nil
}

// Without is the ruleset with a parser retired; Invalid when it is not live.
func (r Ruleset) Without(name string) (Ruleset, error) {
	i := r.place(name)
	if i < 0 {
		return r, notLive(name)
	}
	retired := Retired{r.Parsers[i], r.Behind(name)}
	r.Parsers = slices.Delete(slices.Clone(r.Parsers), i, i+1)
	r.Retired = append(slices.Clone(r.Retired), retired)
	return r, nil
}

// WithRetired is the ruleset with a retired parser live again, at the place that
// it had: first, if the parser that it stood behind is gone. Invalid when there
// is no such retired parser.
func (r Ruleset) WithRetired(name string) (Ruleset, error) {
	i := slices.IndexFunc(r.Retired, func(p Retired) bool { return p.Name == name })
	if i < 0 {
		return r, domain.InvalidField("parser", "There is no retired parser “%s”.", name)
	}
	back := r.Retired[i]
	r.Parsers = slices.Insert(slices.Clone(r.Parsers), 1+r.place(back.After), back.Parser)
	r.Retired = slices.Delete(slices.Clone(r.Retired), i, i+1)
	return r, nil
}

// Moved is the ruleset with a parser behind another one, or first when after is
// "". Invalid when either is not live, or it stands there already.
func (r Ruleset) Moved(name, after string) (Ruleset, error) {
	i := r.place(name)
	switch {
	case i < 0:
		return r, notLive(name)
	case after != "" && r.place(after) < 0:
		return r, domain.InvalidField("after", "There is no live parser “%s”.", after)
	case after == name || after == r.Behind(name):
		return r, domain.InvalidField("after", "The parser stands there already.")
	}
	moved := r.Parsers[i]
	r.Parsers = slices.Delete(slices.Clone(r.Parsers), i, i+1)
	r.Parsers = slices.Insert(r.Parsers, 1+r.place(after), moved)
	return r, nil
}

// Like is what follows r when it is rolled back to an old version. Invalid when
// the two are the same.
func (r Ruleset) Like(old Ruleset) (Ruleset, error) {
	if r.SameAs(old) {
		return r, domain.InvalidField("version", "The live ruleset is the same as version %d.", old.Version)
	}
	r.Parsers, r.Retired = slices.Clone(old.Parsers), slices.Clone(old.Retired)
	return r, nil
}

func notLive(name string) error {
	return domain.InvalidField("parser", "There is no live parser “%s”.", name)
}
