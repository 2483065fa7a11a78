package handlers

import (
	"context"
	"strconv"
	"sync"
	"wherefore/domain/facts"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/store"
)

const (
	shownLikely      = 3
	leastLikely      = 0.05 // what is less likely is not shown
	neighbourSamples = 20   // of each similar cluster
)

// likeness is what the catalogue's samples teach about words. It is learnt when
// it is first asked for, and holds as long as the program, like the catalogue.
type likeness struct {
	once    sync.Once
	learned *parse.Resemblance
}

func (d *Dashboard) resemblance() *parse.Resemblance {
	d.likeness.once.Do(func() { d.likeness.learned = parse.NewResemblance(d.examples()) })
	return d.likeness.learned
}

// examples are the samples of all built-in parsers, and what the catalogue says
// of each reason.
func (d *Dashboard) examples() []parse.Example {
	var all []parse.Example
	for _, entry := range d.Catalog.Networks() {
		for _, p := range entry.Parsers {
			for _, s := range p.Match {
				all = append(all, parse.Example{
					Cause: p.Reason.Cause(), Source: string(entry.Network) + "." + p.Name,
					Facts: d.Engine.ReadFacts(entry.Network, s.Status, s.Error),
				})
			}
		}
		for _, r := range entry.Reasons {
			words := d.Catalog.Words(r.ID, catalog.English)
			all = append(all, parse.Example{
				Cause: r.ID.Cause(), Source: "words", Words: true,
				Facts: facts.Facts{Message: words.Title + " " + words.Message},
			})
		}
	}
	return all
}

// likely returns how likely reasons of a network are by the words of errors.
func (d *Dashboard) likely(n domain.Network, errors []store.EventSummary) map[domain.ReasonID]float64 {
	likely := map[domain.ReasonID]float64{}
	for _, l := range d.resemblance().Causes(summaryFacts(errors), shownLikely) {
		reason := domain.Reason(n, l.Cause)
		if _, known := d.Catalog.Entry(reason); known && l.Share >= leastLikely {
			likely[reason] = l.Share
		}
	}
	return likely
}

// likeliest returns the reason that is likelier than all others together, "" if
// none is.
func likeliest(likely map[domain.ReasonID]float64) domain.ReasonID {
	for reason, share := range likely {
		if share > 0.5 {
			return reason
		}
	}
	return ""
}

func summaryFacts(samples []store.EventSummary) []facts.Facts {
	all := make([]facts.Facts, len(samples))
	for i, s := range samples {
		all[i] = facts.Facts{Format: s.Format, Status: s.Status, Code: s.Code, Subcode: s.Subcode, Type: s.ErrorType, Message: s.Message}
	}
	return all
}

// neighbours are errors like those of a cluster that mean something else: of
// similar clusters, and the samples of the network's built-in parsers.
func (d *Dashboard) neighbours(ctx context.Context, c store.Cluster) ([]facts.Facts, error) {
	similar, err := d.similar(ctx, c)
	if err != nil {
		return nil, err
	}
	var all []facts.Facts
	for _, s := range similar {
		id, _ := strconv.ParseInt(s.ID, 10, 64) // similar has written it
		samples, err := d.Store.ClusterSamples(ctx, id, neighbourSamples)
		if err != nil {
			return nil, err
		}
		all = append(all, summaryFacts(samples)...)
	}
	if entry := d.Catalog.Network(c.Network); entry != nil {
		for _, p := range entry.Parsers {
			for _, s := range p.Match {
				all = append(all, d.Engine.ReadFacts(c.Network, s.Status, s.Error))
			}
		}
	}
	return all, nil
}
