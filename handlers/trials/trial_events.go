package trials

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// trialEventsPage is how many errors of a trial a page lists.
const trialEventsPage = 50

// ListTrialEvents lists the errors that a trial counted, as the query chooses them.
func (ps *Pages) ListTrialEvents(w http.ResponseWriter, r *http.Request) error {
	t, err := ps.trialAt(r)
	if err != nil {
		return err
	}
	if t.Result == nil {
		http.Redirect(w, r, string(views.TrialRunURL(t.ID)), http.StatusSeeOther)
		return nil
	}
	q := views.QueryOf(r.URL.Query())
	filter := readTrialEventFilter(input.Of(r))
	page, err := ps.Store.TrialEvents(r.Context(), t, ps.Facts, filter, input.Page.In(input.Of(r)), trialEventsPage)
	if err != nil {
		return err
	}
	p, err := ps.trialEventsProps(r.Context(), t, filter, page)
	if err != nil {
		return err
	}
	p.Started = input.Page.In(input.Of(r)) != ""
	p.First, p.CSV = views.TrialEventsURL(t.ID, q.Without("page")), views.TrialEventsCSVURL(t.ID, q.Without("page"))
	if page.Next != "" {
		p.Next = views.TrialEventsURL(t.ID, q.With("page", page.Next))
	}
	return handlers.Render(w, r, http.StatusOK, views.TrialEvents(p))
}

// readTrialEventFilter reads what a list of a trial's errors is narrowed to.
func readTrialEventFilter(in input.Values) store.TrialEventFilter {
	return store.TrialEventFilter{
		Bucket: input.Bucket.In(in), From: input.FromReason.In(in), To: input.ToReason.In(in), Parser: input.Parser.In(in),
		SourceID: input.SourceID.In(in), ClusterID: input.Cluster.In(in), Day: input.Day.In(in),
		Holds: input.Holds.In(in), Failed: input.Failed.In(in), Stale: input.Stale.In(in), Unparsed: input.Unparsed.In(in),
	}
}

// trialEventsProps shows a page of errors.
func (ps *Pages) trialEventsProps(ctx context.Context, t store.Trial, f store.TrialEventFilter, page store.TrialEventsPage) (views.TrialEventProps, error) {
	trial, err := ps.Store.CandidateTrial(ctx, t.NewTrial)
	if err != nil {
		return views.TrialEventProps{}, err
	}
	p := views.TrialEventProps{Paused: page.Paused, Total: trialEventsTotal(*t.Result, f)}
	if p.Trial, err = ps.trialPage(ctx, t); err != nil {
		return p, err
	}
	role := handlers.User(ctx).Role
	p.Shown = views.TrialProps{Run: t.ID, Network: t.Network, Now: p.Trial.Now, HidesErrors: !role.SeesErrors(), ReadsOnly: !role.Promotes()}
	p.Title, p.Bucket = "Errors of the trial", views.BucketProps{ReadsNow: true, WouldRead: true}
	if f.Bucket != "" {
		p.Bucket = views.Bucket(string(f.Bucket))
		p.Title = p.Bucket.Title
	}
	for _, tried := range page.Rows {
		p.Bucket.Samples = append(p.Bucket.Samples, ps.effect(trial.After(), tried))
	}
	p.Among, err = ps.trialEventsAmong(ctx, f)
	return p, err
}

// trialEventsAmong says in words what a list is narrowed to beside its bucket.
func (ps *Pages) trialEventsAmong(ctx context.Context, f store.TrialEventFilter) ([]string, error) {
	var words []string
	for _, w := range []struct {
		on   bool
		text string
	}{
		{f.From != "", "from " + string(f.From)}, {f.To != "", "to " + string(f.To)}, {f.Parser != "", "the parser " + f.Parser + " wins"},
		{f.Holds, "the condition holds"}, {f.Failed, "the condition fails"}, {f.Stale, "with an old verdict"},
		{f.Unparsed == store.UnparsedNow, "unparsed now"}, {f.Unparsed == store.UnparsedAfter, "unparsed after"},
		{f.ClusterID != 0, "of cluster " + f.ClusterID.String()}, {!f.Day.IsZero(), "on " + f.Day.Format("Mon 2 Jan 2006")},
	} {
		if w.on {
			words = append(words, w.text)
		}
	}
	if f.SourceID == 0 {
		return words, nil
	}
	names, err := ps.sourceNames(ctx)
	return append(words, "from source "+ui.OneLine(names[f.SourceID], 80)), err
}

// trialEventsTotal is how many errors a trial counted that a filter chooses; negative when
// it did not count them so.
func trialEventsTotal(r trial.Result, f store.TrialEventFilter) int {
	is := func(other store.TrialEventFilter) bool { return f == other }
	switch {
	case is(store.TrialEventFilter{Bucket: f.Bucket}):
		return inBucket(r.Buckets, f.Bucket)
	case is(store.TrialEventFilter{Holds: true}):
		return r.Matched
	case is(store.TrialEventFilter{Failed: true}):
		return r.Failures
	case is(store.TrialEventFilter{Stale: true}):
		return r.Stale
	case is(store.TrialEventFilter{Unparsed: store.UnparsedNow}):
		return r.UnparsedBefore
	case is(store.TrialEventFilter{Unparsed: store.UnparsedAfter}):
		return r.UnparsedAfter
	case is(store.TrialEventFilter{Bucket: trial.ChangesReason, From: f.From, To: f.To}):
		return ofOne(r.Changes, func(c trial.Change) (int, bool) { return c.Events, c.From == f.From && c.To == f.To })
	case is(store.TrialEventFilter{Bucket: trial.Overridden, Parser: f.Parser}):
		return ofOne(r.OverriddenBy, func(s trial.OverriddenBy) (int, bool) { return s.Events, s.Parser == f.Parser })
	case is(store.TrialEventFilter{Bucket: f.Bucket, SourceID: f.SourceID}):
		return ofOne(r.Sources, func(s trial.SourceCount) (int, bool) { return inBucket(s.Buckets, f.Bucket), s.Source == f.SourceID })
	case is(store.TrialEventFilter{Bucket: f.Bucket, Day: f.Day}):
		return ofOne(r.Days, func(day trial.Day) (int, bool) {
			return inBucket(day.Buckets, f.Bucket), day.Date == f.Day.Format(time.DateOnly)
		})
	case is(store.TrialEventFilter{Bucket: trial.NewlyExplained, ClusterID: f.ClusterID}):
		return ofOne(r.Clusters, func(c trial.ClusterCount) (int, bool) { return c.NewlyExplained, c.Cluster == f.ClusterID })
	case is(store.TrialEventFilter{Bucket: trial.StillUnparsed, ClusterID: f.ClusterID}):
		return ofOne(r.Clusters, func(c trial.ClusterCount) (int, bool) { return c.StillUnparsed, c.Cluster == f.ClusterID })
	}
	return -1
}

// inBucket counts the errors of a bucket, of all if none is named.
func inBucket(buckets map[trial.Bucket]int, bucket trial.Bucket) int {
	if bucket != "" {
		return buckets[bucket]
	}
	n := 0
	for _, events := range buckets {
		n += events
	}
	return n
}

// ofOne is the count of the one that is meant, negative if the trial has none.
func ofOne[T any](all []T, meant func(T) (int, bool)) int {
	for _, one := range all {
		if n, ok := meant(one); ok {
			return n
		}
	}
	return -1
}

func (ps *Pages) sourceNames(ctx context.Context) (map[int64]string, error) {
	sources, err := ps.Store.Sources(ctx)
	names := map[int64]string{}
	for _, s := range sources {
		names[s.ID] = s.Name
	}
	return names, err
}

// ListTrialEventsCSV sends the same list, all of it.
func (ps *Pages) ListTrialEventsCSV(w http.ResponseWriter, r *http.Request) error {
	t, err := ps.trialAt(r)
	if err != nil {
		return err
	}
	if t.Result == nil {
		return domain.Errorf(domain.NotFound, "The trial has no result.")
	}
	filter := readTrialEventFilter(input.Of(r))
	head := []string{"event", "occurred_at", "bucket", "reason_now", "reason_then", "parser_then"}
	errors := handlers.User(r.Context()).Role.SeesErrors()
	if errors {
		head = append(head, "message")
	}
	return handlers.SendCSV(w, "trial-"+strconv.FormatInt(t.ID, 10)+".csv", head, ps.trialEventRecords(r.Context(), t, filter, errors))
}

func (ps *Pages) trialEventRecords(ctx context.Context, t store.Trial, f store.TrialEventFilter, errors bool) iter.Seq2[[]string, error] {
	const part = 1000
	return func(yield func([]string, error) bool) {
		for page, more := "", true; more; more = page != "" {
			p, err := ps.Store.TrialEvents(ctx, t, ps.Facts, f, page, part)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range p.Rows {
				record := []string{e.ID, e.OccurredAt.UTC().Format(time.RFC3339), string(e.Effect.Bucket), string(e.Effect.From), string(e.Effect.To), e.Effect.Parser}
				if errors {
					record = append(record, e.Facts.Message)
				}
				if !yield(record, nil) {
					return
				}
			}
			page = p.Next
		}
	}
}
