package workbench

import (
	"context"
	"slices"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/handlers/clusters"
	"wherefore/store"
	"wherefore/views"
)

const (
	maxSamples  = 10
	maxShownRaw = 4 << 10 // bytes of a sample
)

// addSamples chooses real errors to write the condition by, and reads the facts
// of the one that is looked at. Those of a cluster tell which reasons are likely.
func (ps *Pages) addSamples(ctx context.Context, ev *evaluation, p *views.WorkbenchProps) error {
	events, err := ps.samplesFor(ctx, ev)
	if err != nil {
		return err
	}
	if ev.cluster != 0 {
		likely := ps.likely(ev.network, events)
		for i, r := range p.Reasons {
			p.Reasons[i].Likely = likely[r.ID]
		}
	}
	chosen := ""
	for i, e := range events {
		if p.Samples = append(p.Samples, clusters.SampleProps(e)); i == 0 || e.ID == ev.sample {
			chosen = e.ID
		}
	}
	p.Form.Sample = chosen
	stored, err := ps.Store.StoredEventsByID(ctx, []string{chosen})
	if err != nil || len(stored) == 0 {
		return err
	}
	p.Sample = ps.sampleFacts(ev, stored[0])
	return nil
}

// samplesFor lists the errors of what the form was started from: the cluster,
// the parser, or else the network's newest unparsed ones.
func (ps *Pages) samplesFor(ctx context.Context, ev *evaluation) ([]store.EventSummary, error) {
	events, err := ps.Store.EventsByID(ctx, []string{ev.sample})
	if err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(e store.EventSummary) bool { return e.Network != ev.network || !e.Type.HasError() })
	more, err := ps.relatedEvents(ctx, ev)
	for _, e := range more {
		if len(events) < maxSamples && !slices.ContainsFunc(events, func(have store.EventSummary) bool { return have.ID == e.ID }) {
			events = append(events, e)
		}
	}
	return events, err
}

func (ps *Pages) relatedEvents(ctx context.Context, ev *evaluation) ([]store.EventSummary, error) {
	if ev.cluster != 0 {
		return clusters.DiverseSamples(ctx, ps.Store, ev.cluster)
	}
	filter := store.EventFilter{Network: ev.network, Unparsed: true}
	if ev.editing != "" {
		filter = store.EventFilter{Network: ev.network, Parser: ev.editing}
	}
	page, err := ps.Store.Events(ctx, filter, "", maxSamples)
	if err == nil && len(page.Rows) == 0 {
		page, err = ps.Store.Events(ctx, store.EventFilter{Network: ev.network}, "", maxSamples)
	}
	return page.Rows, err
}

// sampleFacts reads an error as parsers do, and tries the condition on it.
func (ps *Pages) sampleFacts(ev *evaluation, e store.StoredEvent) views.SampleFactsProps {
	raw := e.Raw
	if len(raw) > maxShownRaw {
		raw = raw[:maxShownRaw]
	}
	facts := ps.Engine.ReadFacts(e.Network, e.Status, e.Raw)
	p := views.SampleFactsProps{ID: e.ID, Shown: ev.shown, Format: facts.Format, Offers: offers(facts), Raw: domain.CleanText(raw)}
	if ev.condition != nil {
		holds, failure := ev.condition.Holds(facts)
		p.Tried, p.Holds = true, holds
		if failure != nil {
			p.Failure = failure.Error()
		}
	}
	return p
}

// offers are what a condition can ask of an error.
func offers(f facts.Facts) []views.OfferProps {
	always := func(text string) string { return cluster.CommonPhrase([]string{text}) }
	var props []views.OfferProps
	for _, offer := range parse.Offers(f, always) {
		if ask, err := offer.Row.Condition(); err == nil {
			props = append(props, views.OfferProps{Fact: offer.Row.Fact, Value: offer.Value, Ask: ask})
		}
	}
	return props
}
