package ruleset

import (
	"slices"

	"wherefore/domain"
)

// WithBuiltins replaces the built-in parsers of a ruleset. Promoted parsers
// come first, but one that was placed behind a built-in parser stays behind
// it; a promoted parser whose name is now a built-in one's wins over it, and so
// does a retired one.
func (r Ruleset) WithBuiltins(specs []domain.ParserSpec) Ruleset {
	behind, taken := r.promoted(specs)
	next := Ruleset{Network: r.Network, Version: r.Version, Builtins: fingerprint(specs)}
	for _, retired := range r.Retired {
		if i := slices.IndexFunc(specs, named(retired.Name)); retired.Builtin && i >= 0 {
			retired.Parser = r.builtin(specs[i])
		} else if retired.Builtin {
			continue // the program has it no more
		}
		next.Retired = append(next.Retired, retired)
		taken[retired.Name] = true
	}
	next.Parsers = behind[""]
	for _, spec := range specs {
		if !taken[spec.Name] {
			next.Parsers = append(next.Parsers, r.builtin(spec))
		}
		next.Parsers = append(next.Parsers, behind[spec.Name]...)
	}
	return next
}

// promoted returns the promoted parsers by the built-in parser that they stand
// behind ("" for none), and their names.
func (r Ruleset) promoted(specs []domain.ParserSpec) (behind map[string][]Parser, names map[string]bool) {
	behind, names = map[string][]Parser{}, map[string]bool{}
	last := ""
	for _, p := range r.Parsers {
		if p.Builtin {
			if slices.ContainsFunc(specs, named(p.Name)) {
				last = p.Name
			}
			continue
		}
		behind[last] = append(behind[last], p)
		names[p.Name] = true
	}
	return behind, names
}

func named(name string) func(domain.ParserSpec) bool {
	return func(s domain.ParserSpec) bool { return s.Name == name }
}

// builtin returns the revision of a built-in parser that the ruleset has already, or a new one.
func (r Ruleset) builtin(spec domain.ParserSpec) Parser {
	for _, p := range r.all() {
		if p.Builtin && sameParser(p.ParserSpec, spec) {
			return p
		}
	}
	return Parser{ParserSpec: spec, Builtin: true}
}

// all lists the parsers of a version, the retired ones last.
func (r Ruleset) all() []Parser {
	all := slices.Clone(r.Parsers)
	for _, p := range r.Retired {
		all = append(all, p.Parser)
	}
	return all
}
