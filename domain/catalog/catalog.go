package catalog

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"wherefore/domain"
)

//go:embed networks words
var files embed.FS

// Catalog is everything in the files. It does not change after Load and may be
// used by many goroutines.
type Catalog struct {
	networks map[domain.Network]*NetworkEntry
	locales  map[string]*localeWords
}

// Load returns what is in the files that ship with the program. It reads them
// once per process. The error joins all that is wrong in them; each part is a *Problem.
func Load() (*Catalog, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Catalog, error) { return LoadFrom(files) })

// LoadFrom reads networks/*.yaml and words/*.yaml of another file tree.
func LoadFrom(tree fs.FS) (*Catalog, error) {
	c := &Catalog{networks: map[domain.Network]*NetworkEntry{}, locales: map[string]*localeWords{}}
	var problems []error
	err := errors.Join(
		eachFile(tree, "networks/*.yaml", &problems, func(r reader, doc *node) {
			entry := r.network(doc, baseName(r.file))
			c.networks[entry.Network] = entry
		}),
		eachFile(tree, "words/*.yaml", &problems, func(r reader, doc *node) {
			words := r.locale(doc, baseName(r.file))
			c.locales[words.locale] = words
		}),
	)
	if err := errors.Join(err, errors.Join(problems...)); err != nil {
		return nil, err
	}
	return c, nil
}

// Network returns what is known about n, nil if there is no file for it.
func (c *Catalog) Network(n domain.Network) *NetworkEntry { return c.networks[n] }

// Networks lists the networks with a file, in the order in which pages show them.
func (c *Catalog) Networks() []*NetworkEntry {
	var entries []*NetworkEntry
	for _, n := range domain.Networks() {
		if entry := c.networks[n]; entry != nil {
			entries = append(entries, entry)
		}
	}
	return entries
}

// Reason returns the entry of a reason; false if its network does not report it.
func (c *Catalog) Reason(id domain.ReasonID) (ReasonEntry, bool) {
	entry := c.networks[id.Network()]
	if entry == nil {
		return ReasonEntry{}, false
	}
	i := slices.IndexFunc(entry.Reasons, func(r ReasonEntry) bool { return r.ID == id })
	if i < 0 {
		return ReasonEntry{}, false
	}
	return entry.Reasons[i], true
}

// Entry returns the entry of a reason, or if its network's file has none, what
// its cause says: anyone may find that a network reports a cause after all. It is
// false when there is no such network or cause.
func (c *Catalog) Entry(id domain.ReasonID) (ReasonEntry, bool) {
	if entry, ok := c.Reason(id); ok {
		return entry, true
	}
	info, known := id.Cause().Info()
	if !known || c.networks[id.Network()] == nil {
		return ReasonEntry{}, false
	}
	return ReasonEntry{ID: id, CauseInfo: info}, true
}

// Entries lists the reasons of a network's file, and after them those that were
// found since, of all that are.
func (c *Catalog) Entries(n domain.Network, found []domain.ReasonID) []ReasonEntry {
	network := c.networks[n]
	if network == nil {
		return nil
	}
	entries := slices.Clone(network.Reasons)
	for _, id := range found {
		_, inFile := c.Reason(id)
		if entry, ok := c.Entry(id); ok && !inFile && id.Network() == n {
			entries = append(entries, entry)
		}
	}
	return entries
}

func baseName(file string) string { return strings.TrimSuffix(path.Base(file), ".yaml") }

func eachFile(tree fs.FS, pattern string, problems *[]error, read func(reader, *node)) error {
	names, err := fs.Glob(tree, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		r := reader{file: name, problems: problems}
		if doc := r.document(raw); doc != nil {
			read(r, doc)
		}
	}
	return nil
}
