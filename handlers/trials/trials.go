package trials

import (
	"context"
	"net/http"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// trialAt returns the trial that the path of a request names.
func (ps *Pages) trialAt(r *http.Request) (store.Trial, error) {
	return ps.Find(r.Context(), input.PathID(r))
}

// Find returns a trial by its id, and NotFound when there is none.
func (ps *Pages) Find(ctx context.Context, id int64) (store.Trial, error) {
	unknown := domain.Errorf(domain.NotFound, "There is no such trial. Trials are removed after some days, unless a ruleset is based on them.")
	t, err := ps.Store.Trial(ctx, id)
	if domain.KindOf(err) == domain.NotFound {
		return t, unknown
	}
	return t, err
}

// ShowTrial shows a trial: how far it has come, or what came of it. For htmx it is
// the part that moves, or the word to load the page when the trial is over.
func (ps *Pages) ShowTrial(w http.ResponseWriter, r *http.Request) error {
	t, err := ps.trialAt(r)
	if err != nil {
		return err
	}
	p, err := ps.trialPage(r.Context(), t)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		if t.FinishedAt != nil {
			w.Header().Set("HX-Refresh", "true")
		}
		return handlers.Render(w, r, http.StatusOK, views.TrialProgress(p))
	}
	if t.Result != nil {
		if p.Trial, err = ps.trialEventProps(r.Context(), t, p.Now); err != nil {
			return err
		}
	}
	return handlers.Render(w, r, http.StatusOK, views.TrialRun(p))
}

// shownTrials is how many trials stand beside the live ruleset.
const shownTrials = 10

// Newest are the newest trials in full of a network.
func (ps *Pages) Newest(ctx context.Context, n domain.Network) ([]views.TrialPageProps, error) {
	trials, err := ps.Store.Trials(ctx, n, shownTrials)
	list := make([]views.TrialPageProps, len(trials))
	for i, t := range trials {
		list[i] = ps.trialSummary(ctx, t)
	}
	return list, err
}

// trialPage is a trial without its result.
func (ps *Pages) trialPage(ctx context.Context, t store.Trial) (views.TrialPageProps, error) {
	live, err := ps.Store.LiveRuleset(ctx, t.Network)
	p := ps.trialSummary(ctx, t)
	p.Live = live.Version
	return p, err
}

func (ps *Pages) trialSummary(ctx context.Context, t store.Trial) views.TrialPageProps {
	p := views.TrialPageProps{
		Viewer: handlers.Viewer(ctx), Now: time.Now(), ID: t.ID, Network: t.Network, Base: t.Base,
		Name: t.Candidate.Name, Editing: t.Candidate.Editing != "", Condition: t.Candidate.Condition, After: t.Candidate.After,
		Reason: ps.ReasonTitle(t.Candidate.Reason), Window: trialPeriod(t).Words, By: t.By, State: string(t.State), Silent: t.Silent,
		Done: t.Done, Total: t.Total, Problem: t.Problem, StartedAt: t.CreatedAt, Promotes: handlers.User(ctx).Role.Promotes(),
	}
	if t.FinishedAt != nil {
		p.EndedAt = *t.FinishedAt
	}
	if t.Result != nil {
		p.Explained, p.Changed = t.Result.Buckets[trial.NewlyExplained], t.Result.Buckets[trial.ChangesReason]
	}
	return p
}

// trialPeriod is the window of a trial, counted back from when it was asked for.
func trialPeriod(t store.Trial) views.Period {
	p, err := views.ReadPeriod(views.Query{}.With("period", t.Candidate.Period), t.CreatedAt)
	if err != nil {
		p.Words = "since " + t.From.Format(time.DateOnly)
	}
	p.From = t.From
	return p
}

// trialEventProps shows the result of a trial that is done, each number with the way to
// the errors that it counts.
func (ps *Pages) trialEventProps(ctx context.Context, t store.Trial, now time.Time) (*views.TrialProps, error) {
	trial, err := ps.Store.CandidateTrial(ctx, t.NewTrial)
	if err != nil {
		return nil, err
	}
	r := *t.Result
	p := ps.Result(r, trialPeriod(t), *t.FinishedAt, trial.After())
	p.Run, p.Now = t.ID, now
	p.HidesErrors, p.ReadsOnly = !handlers.User(ctx).Role.SeesErrors(), !handlers.User(ctx).Role.Promotes()
	p.Reads = handlers.WordsFor(ps.Catalog, t.Network, t.Candidate.Reason, catalog.English)
	if p.Sources, err = ps.sourceEffects(ctx, r); err != nil {
		return nil, err
	}
	for _, c := range r.Clusters {
		p.Clusters = append(p.Clusters, views.TrialClusterProps{
			ID: c.Cluster, Template: c.Template, Explained: c.NewlyExplained, Left: c.StillUnparsed,
		})
	}
	tried, err := ps.Store.TrialEventsByID(ctx, t, ps.Facts, effectSamples(r))
	if err != nil {
		return nil, err
	}
	ps.addEffects(p, r, trial.After(), tried)
	return p, nil
}

// sourceEffects tells what becomes of the errors of each source.
func (ps *Pages) sourceEffects(ctx context.Context, r trial.Result) ([]views.TrialGroupProps, error) {
	names, err := ps.sourceNames(ctx)
	var all []views.TrialGroupProps
	for _, s := range r.Sources {
		one := views.TrialGroupProps{ID: s.Source, Name: names[s.Source]}
		for _, bucket := range trial.Buckets() {
			one.Buckets = append(one.Buckets, s.Buckets[bucket])
			one.Events += s.Buckets[bucket]
		}
		all = append(all, one)
	}
	return all, err
}

// CancelTrial ends a trial that is not over and leads back to it.
func (ps *Pages) CancelTrial(w http.ResponseWriter, r *http.Request) error {
	t, err := ps.trialAt(r)
	if err != nil {
		return err
	}
	if err := ps.Store.CancelTrial(r.Context(), handlers.Actor(r.Context()), t.ID); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.TrialRunURL(t.ID)), http.StatusSeeOther)
	return nil
}
