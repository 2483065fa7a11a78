package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
)

// StartTrial asks for a trial of the workbench's draft over all of its window and
// leads to it. A draft that can't be tried comes back with 422.
func (d *Dashboard) StartTrial(w http.ResponseWriter, r *http.Request) error {
	in, err := d.takeDraft(r)
	if err != nil {
		return err
	}
	b, err := d.lay(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	if !b.triable() {
		p, err := d.benchProps(r.Context(), b)
		if err != nil {
			return err
		}
		return render(w, r, http.StatusUnprocessableEntity, views.Workbench(p))
	}
	id, err := d.Store.AddTrial(r.Context(), Actor(r.Context()), b.newTrial())
	if err != nil {
		return err
	}
	http.Redirect(w, r, string(views.TrialRunURL(id)), http.StatusSeeOther)
	return nil
}

// newTrial is the bench as a trial that is kept.
func (b *bench) newTrial() store.NewTrial {
	return store.NewTrial{
		Network: b.network, Base: b.live.Version, From: b.from(),
		Candidate: store.Candidate{
			Editing: b.editing, Name: b.name, TriedAs: b.candidate.Name(), Condition: b.draft.condition, Reason: b.reason,
			After: b.draft.after, Period: b.draft.period, Cluster: b.cluster, Sample: b.sample, Why: b.why,
		},
	}
}

// startFromTrial makes the draft that a trial was of.
func (d *Dashboard) startFromTrial(ctx context.Context, id string) (draft, error) {
	t, err := d.trialOf(ctx, id)
	c := t.Candidate
	return draft{
		network: t.Network, editing: c.Editing, name: c.Name, condition: c.Condition, reason: c.Reason, after: c.After,
		period: c.Period, cluster: c.Cluster, sample: c.Sample, why: c.Why,
	}, err
}

// trialOf returns the trial of an id as an address has it.
func (d *Dashboard) trialOf(ctx context.Context, id string) (store.Trial, error) {
	unknown := domain.Errorf(domain.NotFound, "There is no such trial. Trials are removed after some days, unless a ruleset is based on them.")
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return store.Trial{}, unknown
	}
	t, err := d.Store.Trial(ctx, number)
	if domain.KindOf(err) == domain.NotFound {
		return t, unknown
	}
	return t, err
}

// ShowTrial shows a trial: how far it has come, or what came of it. For htmx it is
// the part that moves, or the word to load the page when the trial is over.
func (d *Dashboard) ShowTrial(w http.ResponseWriter, r *http.Request) error {
	t, err := d.trialOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := d.trialPage(r.Context(), t)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		if t.FinishedAt != nil {
			w.Header().Set("HX-Refresh", "true")
		}
		return render(w, r, http.StatusOK, views.TrialProgress(p))
	}
	if t.Result != nil {
		if p.Trial, err = d.triedProps(r.Context(), t, p.Now); err != nil {
			return err
		}
	}
	return render(w, r, http.StatusOK, views.TrialRun(p))
}

// shownTrials is how many trials stand beside the live ruleset.
const shownTrials = 10

// trialsOf are the newest trials in full of a network.
func (d *Dashboard) trialsOf(ctx context.Context, n domain.Network) ([]views.TrialPageProps, error) {
	trials, err := d.Store.Trials(ctx, n, shownTrials)
	list := make([]views.TrialPageProps, len(trials))
	for i, t := range trials {
		list[i] = d.trialSummary(ctx, t)
	}
	return list, err
}

// trialPage is a trial without its result.
func (d *Dashboard) trialPage(ctx context.Context, t store.Trial) (views.TrialPageProps, error) {
	live, err := d.Store.LiveRuleset(ctx, t.Network)
	p := d.trialSummary(ctx, t)
	p.Live = live.Version
	return p, err
}

func (d *Dashboard) trialSummary(ctx context.Context, t store.Trial) views.TrialPageProps {
	p := views.TrialPageProps{
		Viewer: Viewer(ctx), Now: time.Now(), ID: t.ID, Network: t.Network, Base: t.Base,
		Name: t.Candidate.Name, Editing: t.Candidate.Editing != "", Condition: t.Candidate.Condition, After: t.Candidate.After,
		Reason: d.reasonTitle(t.Candidate.Reason), Window: trialPeriod(t).Words, By: t.By, State: string(t.State), Silent: t.Silent,
		Done: t.Done, Total: t.Total, Problem: t.Problem, StartedAt: t.CreatedAt, Promotes: User(ctx).Role.Promotes(),
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

// triedProps shows the result of a trial that is done, each number with the way to
// the errors that it counts.
func (d *Dashboard) triedProps(ctx context.Context, t store.Trial, now time.Time) (*views.TrialProps, error) {
	trial, err := d.Store.CandidateTrial(ctx, t.NewTrial)
	if err != nil {
		return nil, err
	}
	r := *t.Result
	p := d.resultProps(r, trialPeriod(t), *t.FinishedAt, trial.After())
	p.Run, p.Now = t.ID, now
	p.HidesErrors, p.ReadsOnly = !User(ctx).Role.SeesErrors(), !User(ctx).Role.Promotes()
	p.Reads = d.wordsFor(t.Network, t.Candidate.Reason, catalog.English)
	for i := range p.Chart.Slots {
		p.Chart.Slots[i].URL = dayURL(t.ID, p.Chart.Slots[i].Full)
	}
	if p.Sources, err = d.sourceOutcomes(ctx, r); err != nil {
		return nil, err
	}
	for _, c := range r.Clusters {
		p.Clusters = append(p.Clusters, views.TriedClusterProps{
			ID: strconv.FormatInt(c.Cluster, 10), Template: c.Template, Explained: c.NewlyExplained, Left: c.StillUnparsed,
		})
	}
	tried, err := d.Store.TriedByID(ctx, t, d.facts, outcomeSamples(r))
	if err != nil {
		return nil, err
	}
	d.addOutcomes(p, r, trial.After(), tried)
	return p, nil
}

// sourceOutcomes tells what becomes of the errors of each source.
func (d *Dashboard) sourceOutcomes(ctx context.Context, r trial.Result) ([]views.TriedGroupProps, error) {
	names, err := d.sourceNames(ctx)
	var all []views.TriedGroupProps
	for _, s := range r.Sources {
		one := views.TriedGroupProps{ID: strconv.FormatInt(s.Source, 10), Name: names[s.Source]}
		for _, bucket := range trial.Buckets() {
			one.Buckets = append(one.Buckets, s.Buckets[bucket])
			one.Events += s.Buckets[bucket]
		}
		all = append(all, one)
	}
	return all, err
}

// CancelTrial ends a trial that is not over and leads back to it.
func (d *Dashboard) CancelTrial(w http.ResponseWriter, r *http.Request) error {
	t, err := d.trialOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := d.Store.CancelTrial(r.Context(), Actor(r.Context()), t.ID); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.TrialRunURL(t.ID)), http.StatusSeeOther)
	return nil
}
