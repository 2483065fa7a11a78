package facts

import "strings"

// insides returns the shapes without their outermost step, as often as all of a
// shape's longer paths share it: of {error.code, error.errors[0].reason} the
// shape {code, errors[0].reason}. Programs often print the inner object only.
func insides(shapes []shape) []shape {
	var inner []shape
	for _, s := range shapes {
		for {
			inside, ok := s.inside()
			if !ok {
				break
			}
			inner = append(inner, inside)
			s = inside
		}
	}
	return inner
}

// inside drops the first step that the shape's paths of more than one step have
// in common, and with it the paths that do not begin so.
func (s shape) inside() (inside shape, ok bool) {
	var first step
	for _, paths := range [][]path{s.code, s.subcode, s.kind, s.message} {
		for _, p := range paths {
			if len(p) > 1 && !ok {
				first, ok = p[0], true
			}
		}
	}
	return shape{
		code: drop(s.code, first), subcode: drop(s.subcode, first),
		kind: drop(s.kind, first), message: drop(s.message, first),
	}, ok
}

func drop(paths []path, first step) []path {
	var rest []path
	for _, p := range paths {
		if len(p) > 1 && p[0] == first {
			rest = append(rest, p[1:])
		}
	}
	return rest
}

var printedUses = uses(printedShapes)

// uses maps each name that ends a path to what stands there.
func uses(shapes []shape) map[string]use {
	all := map[string]use{}
	for _, s := range shapes {
		addUses(all, wordUse, s.code, s.subcode, s.kind)
		addUses(all, textUse, s.message)
	}
	return all
}

func addUses(all map[string]use, r use, facts ...[]path) {
	for _, paths := range facts {
		for _, p := range paths {
			if name := p[len(p)-1].name; name != "" {
				all[strings.ToLower(name)] |= r
			}
		}
	}
}
