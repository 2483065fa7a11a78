package clusters

import (
	"context"
	"net/http"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/views"
)

// Bounds of what is read of a cluster.
const (
	SamplesFrom = 200 // newest errors that samples are chosen from
	ShownFacts  = 20  // different combinations of facts, the most frequent ones

	clusterDays  = 30 // of a cluster's chart
	shownSamples = 8
)

// ShowCluster shows a cluster: its template, values, samples, sources and history.
func (ps *Pages) ShowCluster(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), time.Now()
	c, err := Find(ctx, ps.Store, r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.ID.String() != r.PathValue("id") {
		http.Redirect(w, r, string(views.ClusterURL(c.ID)), http.StatusSeeOther)
		return nil
	}
	props := views.ClusterPageProps{Viewer: handlers.Viewer(ctx), Now: now, Cluster: Props(c)}
	if c.Events == 0 {
		props.Reasons, err = ps.explainedAs(ctx, c.ID)
	} else {
		err = ps.describeCluster(ctx, c.ID, &props)
	}
	if err == nil {
		err = ps.addGrouping(ctx, c, &props)
	}
	if err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Cluster(props))
}

// Find looks a cluster up by the id in a URL. The id of a merged cluster leads to
// the cluster that has its errors now.
func Find(ctx context.Context, s *store.Store, id string) (store.Cluster, error) {
	n := domain.ParseClusterID(id)
	if n == 0 {
		return store.Cluster{}, domain.Errorf(domain.NotFound, "There is no cluster “%s”.", id)
	}
	c, err := s.Cluster(ctx, n)
	if err == nil && c.MergedInto != 0 {
		c, err = s.Cluster(ctx, c.MergedInto)
	}
	if domain.KindOf(err) == domain.NotFound {
		err = domain.Errorf(domain.NotFound, "There is no cluster %d.", n)
	}
	return c, err
}

// explainedAs counts the reasons that the errors of a cluster have now.
func (ps *Pages) explainedAs(ctx context.Context, id domain.ClusterID) ([]views.ReasonShareProps, error) {
	groups, err := ps.Store.EventGroups(ctx, store.EventFilter{ClusterID: id})
	var reasons []views.ReasonShareProps
	for _, g := range groups {
		reasons = append(reasons, views.ReasonShareProps{Reason: g.Reason, Events: g.Events})
	}
	return reasons, err
}

func (ps *Pages) describeCluster(ctx context.Context, id domain.ClusterID, p *views.ClusterPageProps) error {
	facts, err := ps.Store.ClusterFacts(ctx, id, ShownFacts)
	if err != nil {
		return err
	}
	for _, f := range facts {
		p.Facts = append(p.Facts, views.FactsProps{
			Format: f.Format, Status: f.Status, Code: f.Code, Subcode: f.Subcode, Type: f.ErrorType, Events: f.Events,
		})
	}
	samples, err := DiverseSamples(ctx, ps.Store, id)
	if err != nil {
		return err
	}
	for _, s := range samples {
		p.Samples = append(p.Samples, SampleProps(s))
	}
	sources, err := ps.Store.ClusterSources(ctx, id)
	if err != nil {
		return err
	}
	for _, s := range sources {
		p.Sources = append(p.Sources, views.SourceShareProps{
			Name: s.Source, Events: s.Events, Profiles: s.Profiles,
		})
	}
	days, err := ps.Store.ClusterDays(ctx, []domain.ClusterID{id}, p.Now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-clusterDays))
	p.Days = daily(days[id], clusterDays, p.Now)
	return err
}

// DiverseSamples returns the errors of a cluster that differ most.
func DiverseSamples(ctx context.Context, s *store.Store, id domain.ClusterID) ([]store.EventSummary, error) {
	candidates, err := s.ClusterSamples(ctx, id, SamplesFrom)
	return Diverse(candidates), err
}

// Diverse returns the errors that differ most.
func Diverse(candidates []store.EventSummary) []store.EventSummary {
	texts := make([]string, len(candidates))
	for i, e := range candidates {
		texts[i] = e.Source + " " + e.Message + " " + e.Excerpt
	}
	var varied []store.EventSummary
	for _, i := range cluster.Diverse(texts, shownSamples) {
		varied = append(varied, candidates[i])
	}
	return varied
}

// SampleProps shows an event as a sample: its message, or an excerpt of the error.
func SampleProps(e store.EventSummary) views.SampleProps {
	text := e.Message
	if text == "" {
		text = e.Excerpt
	}
	return views.SampleProps{
		ID: e.ID, At: e.OccurredAt, Source: e.Source, ProfileID: e.ProfileID, ProfileName: e.ProfileName,
		Operation: e.Operation, Text: text,
	}
}
