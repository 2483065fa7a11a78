package handlers

import (
	"context"
	"strconv"
	"sync"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/suggest"
	"wherefore/store"
)

const (
	shownLikely      = 3
	leastLikely      = 0.05 // reasons of less probability are not shown
	neighbourSamples = 20   // of each similar cluster
)

// classifier learns from the catalog's samples and words when it is first asked.
type classifier struct {
	once    sync.Once
	learned *suggest.Classifier
}

func (d *Dashboard) causes() *suggest.Classifier {
	d.classifier.once.Do(func() {
		d.classifier.learned = suggest.NewClassifier(suggest.Examples(d.Catalog, d.Engine.ReadFacts))
	})
	return d.classifier.learned
}

// likely returns the probabilities of reasons of a network by the words of errors.
func (d *Dashboard) likely(n domain.Network, errors []store.EventSummary) map[domain.ReasonID]float64 {
	likely := map[domain.ReasonID]float64{}
	for _, score := range d.causes().Causes(summaryFacts(errors), shownLikely) {
		reason := domain.Reason(n, score.Cause)
		if _, known := d.Catalog.Entry(reason); known && score.Probability >= leastLikely {
			likely[reason] = score.Probability
		}
	}
	return likely
}

// likeliest returns the reason with a probability over one half, "" if none has.
func likeliest(likely map[domain.ReasonID]float64) domain.ReasonID {
	for reason, probability := range likely {
		if probability > 0.5 {
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

// neighbours are errors that are similar to those of a cluster and have other causes:
// of similar clusters, and the samples of the network's built-in parsers.
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
	return append(all, suggest.Samples(d.Catalog, c.Network, d.Engine.ReadFacts)...), nil
}
