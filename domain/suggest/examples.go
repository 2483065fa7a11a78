package suggest

import (
	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/facts"
)

// ReadFacts reads an error of a network with its HTTP status.
type ReadFacts func(domain.Network, int, []byte) facts.Facts

// Examples are the samples of all built-in parsers, and the English words of every
// reason.
func Examples(c *catalog.Catalog, read ReadFacts) []Example {
	var all []Example
	for _, entry := range c.Networks() {
		for _, p := range entry.Parsers {
			for _, f := range samples(entry.Network, p, read) {
				all = append(all, Example{Cause: p.Reason.Cause(), Source: string(entry.Network) + "." + p.Name, Facts: f})
			}
		}
		for _, r := range entry.Reasons {
			words := c.Words(r.ID, catalog.English)
			all = append(all, Example{
				Cause: r.ID.Cause(), Source: "words", IsText: true,
				Facts: facts.Facts{Message: words.Title + " " + words.Message},
			})
		}
	}
	return all
}

// Samples are the facts of the samples of a network's built-in parsers.
func Samples(c *catalog.Catalog, n domain.Network, read ReadFacts) []facts.Facts {
	var all []facts.Facts
	if entry := c.Network(n); entry != nil {
		for _, p := range entry.Parsers {
			all = append(all, samples(n, p, read)...)
		}
	}
	return all
}

func samples(n domain.Network, p catalog.ParserEntry, read ReadFacts) []facts.Facts {
	all := make([]facts.Facts, len(p.Match))
	for i, s := range p.Match {
		all[i] = read(n, s.Status, s.Error)
	}
	return all
}
