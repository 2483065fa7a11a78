package workbench

import (
	"context"
	"sync"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/suggest"
	"wherefore/handlers/clusters"
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

func (ps *Pages) causes() *suggest.Classifier {
	ps.classifier.once.Do(func() {
		ps.classifier.learned = suggest.NewClassifier(suggest.Examples(ps.Catalog, ps.Engine.ReadFacts))
	})
	return ps.classifier.learned
}

// likely returns the probabilities of reasons of a network by the words of errors.
func (ps *Pages) likely(n domain.Network, errors []store.EventSummary) map[domain.ReasonID]float64 {
	likely := map[domain.ReasonID]float64{}
	for _, score := range ps.causes().Causes(summaryFacts(errors), shownLikely) {
		reason := domain.Reason(n, score.Cause)
		if _, known := ps.Catalog.Entry(reason); known && score.Probability >= leastLikely {
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
func (ps *Pages) neighbours(ctx context.Context, c store.Cluster) ([]facts.Facts, error) {
	similar, err := clusters.Similar(ctx, ps.Store, c)
	if err != nil {
		return nil, err
	}
	var all []facts.Facts
	for _, o := range similar {
		samples, err := ps.Store.ClusterSamples(ctx, o.ID, neighbourSamples)
		if err != nil {
			return nil, err
		}
		all = append(all, summaryFacts(samples)...)
	}
	return append(all, suggest.Samples(ps.Catalog, c.Network, ps.Engine.ReadFacts)...), nil
}
