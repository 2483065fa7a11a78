package handlers

import (
	"context"
	"slices"
	"strconv"
	"wherefore/domain/facts"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/parse"
	"wherefore/store"
	"wherefore/views"
)

const (
	benchSamples = 10
	maxShownRaw  = 4 << 10 // bytes of a sample
)

// addSamples chooses real errors to write the condition by, and reads the facts
// of the one that is looked at. Those of a cluster tell which reasons are likely.
func (d *Dashboard) addSamples(ctx context.Context, b *bench, p *views.WorkbenchProps) error {
	events, err := d.samplesFor(ctx, b)
	if err != nil {
		return err
	}
	if b.cluster != "" {
		likely := d.likely(b.network, events)
		for i, r := range p.Reasons {
			p.Reasons[i].Likely = likely[r.ID]
		}
	}
	chosen := ""
	for i, e := range events {
		if p.Samples = append(p.Samples, sampleProps(e)); i == 0 || e.ID == b.sample {
			chosen = e.ID
		}
	}
	p.Draft.Sample = chosen
	stored, err := d.Store.StoredEventsByID(ctx, []string{chosen})
	if err != nil || len(stored) == 0 {
		return err
	}
	p.Sample = d.sampleFacts(b, stored[0])
	return nil
}

// samplesFor lists the errors of what the draft was started from: the cluster,
// the parser, or else the network's newest unparsed ones.
func (d *Dashboard) samplesFor(ctx context.Context, b *bench) ([]store.EventSummary, error) {
	events, err := d.Store.EventsByID(ctx, []string{b.sample})
	if err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(e store.EventSummary) bool { return e.Network != b.network || !e.Type.HasError() })
	more, err := d.relatedEvents(ctx, b)
	for _, e := range more {
		if len(events) < benchSamples && !slices.ContainsFunc(events, func(have store.EventSummary) bool { return have.ID == e.ID }) {
			events = append(events, e)
		}
	}
	return events, err
}

func (d *Dashboard) relatedEvents(ctx context.Context, b *bench) ([]store.EventSummary, error) {
	if id, err := strconv.ParseInt(b.cluster, 10, 64); err == nil {
		return d.diverseSamples(ctx, id)
	}
	filter := store.EventFilter{Network: b.network, Unparsed: true}
	if b.editing != "" {
		filter = store.EventFilter{Network: b.network, Parser: b.editing}
	}
	page, err := d.Store.Events(ctx, filter, "", benchSamples)
	if err == nil && len(page.Rows) == 0 {
		page, err = d.Store.Events(ctx, store.EventFilter{Network: b.network}, "", benchSamples)
	}
	return page.Rows, err
}

// sampleFacts reads an error as parsers do, and tries the condition on it.
func (d *Dashboard) sampleFacts(b *bench, e store.StoredEvent) views.SampleFactsProps {
	raw := e.Raw
	if len(raw) > maxShownRaw {
		raw = raw[:maxShownRaw]
	}
	facts := d.Engine.ReadFacts(e.Network, e.Status, e.Raw)
	p := views.SampleFactsProps{ID: e.ID, Offered: b.offered, Format: facts.Format, Offers: offers(facts), Raw: domain.CleanText(raw)}
	if b.condition != nil {
		holds, failure := b.condition.Holds(facts)
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
