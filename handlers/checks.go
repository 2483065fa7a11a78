package handlers

import (
	"slices"

	"wherefore/domain"
	"wherefore/store"
)

// MaxWhy is the longest reason that is taken for a change: in bytes, and so no less
// than 500 characters.
const MaxWhy = 2000

// UnknownNetwork refuses a network that there is none of, at the field network.
func UnknownNetwork(n domain.Network) error {
	return domain.InvalidField("network", "There is no network “%s”.", n)
}

// SourceID finds the id of a source by its name, 0 without a name.
func SourceID(sources []store.Source, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	i := slices.IndexFunc(sources, func(s store.Source) bool { return s.Name == name })
	if i < 0 {
		return 0, domain.InvalidField("source", "There is no source “%s”.", name)
	}
	return sources[i].ID, nil
}
