package workbench

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/ruleset"
	"wherefore/domain/suggest"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/clusters"
	"wherefore/handlers/input"
	"wherefore/handlers/rulesets"
	"wherefore/handlers/trials"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// NewParser shows the workbench for a new parser, filled in from a cluster, an
// event, or nothing but a network.
func (ps *Pages) NewParser(w http.ResponseWriter, r *http.Request) error {
	in, err := ps.start(r.Context(), input.Of(r))
	if err != nil {
		return err
	}
	return ps.showPage(w, r, in)
}

// start makes the form that a new parser begins with.
func (ps *Pages) start(ctx context.Context, in input.Values) (form, error) {
	switch draft, cluster, event := input.Draft.In(in), input.Cluster.In(in), input.Event.In(in); {
	case draft != "":
		return ps.startFromDraft(ctx, draft)
	case cluster != 0:
		return ps.startFromCluster(ctx, cluster.String())
	case event != "":
		return ps.startFromEvent(ctx, event)
	}
	if trial := input.Trial.In(in); trial != 0 {
		return ps.startFromTrial(ctx, trial)
	}
	if shadow := input.Shadow.In(in); shadow != 0 {
		return ps.startFromShadow(ctx, shadow)
	}
	return form{network: cmp.Or(input.Network.In(in), domain.Networks()[0]), period: trials.DefaultPeriod}, nil
}

func (ps *Pages) startFromCluster(ctx context.Context, id string) (form, error) {
	c, err := clusters.Find(ctx, ps.Store, id)
	if err != nil {
		return form{}, err
	}
	facts, err := ps.Store.ClusterFacts(ctx, c.ID, clusters.ShownFacts)
	if err != nil {
		return form{}, err
	}
	samples, err := ps.Store.ClusterSamples(ctx, c.ID, clusters.SamplesFrom)
	if err != nil {
		return form{}, err
	}
	in := form{network: c.Network, cluster: c.ID, period: trials.DefaultPeriod}
	in.why = "Explains cluster " + in.cluster.String() + ": " + ui.OneLine(c.Template, maxTemplateWhy)
	neighbours, err := ps.neighbours(ctx, c)
	if err != nil {
		return form{}, err
	}
	in.condition, in.name = suggestion(facts, samples, neighbours)
	in.reason = likeliest(ps.likely(c.Network, clusters.Diverse(samples)))
	return in, nil
}

// maxTemplateWhy is how many characters of a cluster's template stand in the
// record of what explains it.
const maxTemplateWhy = 200

func (ps *Pages) startFromEvent(ctx context.Context, id string) (form, error) {
	e, err := ps.Store.Event(ctx, id)
	if err != nil {
		return form{}, err
	}
	if !e.Type.HasError() {
		return form{}, domain.Errorf(domain.NotFound, "Nothing failed here: there is no error to write a parser for.")
	}
	in := form{network: e.Network, sample: e.ID, period: trials.DefaultPeriod, why: "Explains errors like that of event " + e.ID}
	if e.ClusterID != 0 && !e.Verdict.Parsed() {
		in.cluster = e.ClusterID
	}
	in.condition, in.name = suggestion(
		[]store.FactsCount{{Format: e.Facts.Format, Status: e.Facts.Status, Code: e.Facts.Code, Subcode: e.Facts.Subcode, ErrorType: e.Facts.Type}},
		[]store.EventSummary{{Message: e.Facts.Message}}, nil)
	return in, nil
}

// suggestion is a condition and a name for the parser of a cluster's errors.
func suggestion(counts []store.FactsCount, samples []store.EventSummary, neighbours []facts.Facts) (condition, name string) {
	all := make([]facts.Facts, len(counts))
	for i, f := range counts {
		all[i] = facts.Facts{Format: f.Format, Status: f.Status, Code: f.Code, Subcode: f.Subcode, Type: f.ErrorType}
	}
	messages := make([]string, len(samples))
	for i, s := range samples {
		messages[i] = s.Message
	}
	return suggest.Parser(all, messages, neighbours)
}

// ShowParser shows the workbench for a parser of a live ruleset.
func (ps *Pages) ShowParser(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	network, name, _ := strings.Cut(id, ".")
	n := domain.Network(network)
	unknown := domain.Errorf(domain.NotFound, "There is no live parser “%s”.", id)
	if !n.Known() {
		return unknown
	}
	live, err := ps.Store.LiveRuleset(r.Context(), n)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(live.Parsers, func(p ruleset.Parser) bool { return p.Name == name })
	if i < 0 {
		return unknown
	}
	p := live.Parsers[i]
	in := form{network: n, editing: name, name: name, condition: p.Condition, reason: p.Reason, period: trials.DefaultPeriod}
	if i > 0 {
		in.after = live.Parsers[i-1].Name
	}
	return ps.showPage(w, r, in)
}

// showPage shows a form that nothing was asked of yet, so without problems. One
// that was filled in from a cluster, or is gone on with, is tried on the newest errors already.
func (ps *Pages) showPage(w http.ResponseWriter, r *http.Request, in form) error {
	ev, err := ps.evaluate(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	ev.problems = nil
	var p views.WorkbenchProps
	if in.cluster != 0 || in.id != "" {
		p, err = ps.trialEventsPage(r.Context(), ev, trials.TypingLimit, nil)
	} else {
		p, err = ps.pageProps(r.Context(), ev)
	}
	if err != nil {
		return err
	}
	if p.Drafts, err = rulesets.Drafts(r.Context(), ps.Store, in.network, in.id); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Workbench(p))
}

// TryParser runs a candidate's trial and shows it: with htmx on the newest
// errors and as a part of the page, else on all of the window and as the page.
func (ps *Pages) TryParser(w http.ResponseWriter, r *http.Request) error {
	in, err := ps.takeForm(r)
	if err != nil {
		return err
	}
	typing := r.Header.Get("HX-Request") != ""
	limit := 0
	if typing {
		limit = trials.TypingLimit
	}
	ev, err := ps.evaluate(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	p, err := ps.trialEventsPage(r.Context(), ev, limit, nil)
	switch {
	case err != nil:
		return err
	case typing:
		return handlers.Render(w, r, http.StatusOK, views.TrialAnswer(p))
	case len(ev.problems) > 0:
		return handlers.Render(w, r, http.StatusUnprocessableEntity, views.Workbench(p))
	}
	return handlers.Render(w, r, http.StatusOK, views.Workbench(p))
}

// trialEventsPage is the page of an evaluation with its trial on at most limit errors (0: all),
// which runs unless its result is known, if the form can be tried.
func (ps *Pages) trialEventsPage(ctx context.Context, ev *evaluation, limit int, known *trial.Result) (views.WorkbenchProps, error) {
	p, err := ps.pageProps(ctx, ev)
	if err != nil {
		return p, err
	}
	if !ev.triable() {
		p.Holds, err = ps.holds(ctx, ev, limit)
		return p, err
	}
	if known == nil {
		result, err := ps.trial(ctx, ev, limit)
		if err != nil {
			return p, err
		}
		known = &result
	}
	p.Trial, err = ps.trialProps(ctx, ev, *known, limit)
	return p, err
}

// holds counts the errors on which the condition of a form without a reason holds.
func (ps *Pages) holds(ctx context.Context, ev *evaluation, limit int) (views.HoldsProps, error) {
	stood := ev.reasoned()
	if stood == ev || !stood.triable() {
		return views.HoldsProps{}, nil
	}
	r, err := ps.trial(ctx, stood, limit)
	return views.HoldsProps{Events: r.Events, Matched: r.Matched, Unparsed: r.Buckets[trial.NewlyExplained]}, err
}

// reasoned returns the evaluation under any reason while none is chosen: its condition
// holds on the same errors under every reason.
func (ev *evaluation) reasoned() *evaluation {
	if ev.condition == nil || ev.reason != "" {
		return ev
	}
	stood := *ev
	stood.reason = anyReason(ev.network)
	stood.place()
	return &stood
}
