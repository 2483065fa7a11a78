// Package catalog holds what Wherefore knows about networks as data: where
// their facts stand, which reasons they report, the parsers that find those
// reasons, and the words that tell a customer about them.
//
// It compiles no condition: package parse does. It answers for everything else
// in its files, and each error of Load names file, line and entry.
//
// # networks/<network>.yaml
//
// One file per network: its name, the word for a profile there, links, the
// layout of its facts, its reasons and its ordered parsers with samples.
//
//	network: mastodon
//	name: Mastodon
//	account: account                  # what a profile is called there, in English
//	docs: https://…                   # the network's documentation of its errors
//	reconnect: https://…              # where a customer manages app access; {link} in words
//	facts:
//	  json:                           # shapes, the first that yields a code, type or message wins
//	    - {code: error.code, message: [error.message, message]}
//	  text:                           # RE2 with named groups code, subcode, type, message
//	    - '^\(#(?P<code>\d+)\) (?P<message>.*)'
//	  ignore: [ok]                    # codes and types that say nothing; read as absent
//	reasons:
//	  - cause: token-invalid
//	    docs: https://…
//	    note: for developers
//	    # optional: side, reconnect, clears, link, and words: {en: {steps: […]}, …}
//	codes:                            # optional: codes that mean one of several causes, told apart by words
//	  - {code: [invalid_params], causes: [invalid-content, bad-request]}
//	parsers:                          # ordered, the first match wins
//	  - name: access-token-invalid
//	    cause: token-invalid
//	    when: message.contains("access token is invalid")   # or func: the name of a Go function
//	    docs: https://…
//	    match: [{status: 401, error: {error: The access token is invalid}}]
//	    reject: [{status: 401, error: {error: The access token expired}}]
//
// A parser that goes by words alone does not apply to a code whose causes are known
// and are others: see parse.Guarded. What a code can mean is the cause of each
// parser that names the code, and what codes adds.
//
// A sample's error that is a string is raw text; anything else becomes compact
// JSON with the file's order of keys and the file's spelling of numbers.
//
// # words/<locale>.yaml
//
// One file per locale. English is what the others fall back to.
//
//	locale: fr
//	accounts:                         # optional: what a profile is called, per network
//	  youtube: chaîne
//	unparsed: {title: …, …}           # for errors that no parser explains, as below
//	ago: {day: [il y a 1 jour, "il y a {n} jours"], …}
//	over: {title: …, …}               # for a failed call that is over; {past} and {ago} are filled in, too
//	needless: {title: …, …}           # for a profile that is disconnected although the cause does not do that
//	worked: {title: …, …}             # for one whose access worked after it was disconnected
//	lost: {title: …, …}               # for one that is disconnected by an error that no parser explains
//	causes:
//	  token-expired:
//	    title: La connexion a expiré  # one line, no full stop
//	    message: …                    # what happened, in the customer's words
//	    past: …                       # what happened, in one sentence, when it is over; {past} above
//	    steps: [Ouvrez {link}, …]     # what to do, in order; [] when there is nothing to do
//	    link: "{link}"                # optional: the page that the steps begin at; without it the reason's link
//	    prevent: …                    # how to keep it from coming back
//	    support_say: …                # what support may say
//	    support_avoid: …              # what support must not say
//
// Placeholders: {network} is the network's name, {account} its word for a
// profile, {link} the reason's link or else the network's reconnect link.
// A reason's own words in a network file replace single fields of these.
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
