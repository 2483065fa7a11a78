package cluster

import (
	"cmp"
	"slices"
	"strings"
)

// Common returns a template of what shapes share that people have put together:
// "<*>" stands where they differ. Of templates that have too little in common for
// that, the one that most resembles a summary stands for all: the shortest, and
// of those the first in order. It follows from the set of templates alone.
func Common(templates []string) string {
	if len(templates) == 0 {
		return ""
	}
	sorted := slices.SortedFunc(slices.Values(templates), shorter)
	shared := fields(sorted[0])
	for _, template := range sorted[1:] {
		list := fields(template)
		if len(list) != len(shared) {
			return sorted[0]
		}
		shared = unify(shared, list)
	}
	if constants(shared) == 0 {
		return sorted[0]
	}
	return write(shared)
}

// Covers reports whether all that a template says is said by the errors of a
// shape, too.
func Covers(template, shape string) bool {
	shared, list := fields(template), fields(shape)
	return len(shared) == len(list) && write(unify(shared, list)) == write(fields(template))
}

func shorter(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
