package handlers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"wherefore/domain/facts"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/suggest"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// NewParser shows the workbench for a new parser, filled in from a cluster, an
// event, or nothing but a network.
func (d *Dashboard) NewParser(w http.ResponseWriter, r *http.Request) error {
	in, err := d.start(r.Context(), views.QueryOf(r.URL.Query()))
	if err != nil {
		return err
	}
	return d.showBench(w, r, in)
}

// start makes the draft that a new parser begins with.
func (d *Dashboard) start(ctx context.Context, q views.Query) (draft, error) {
	switch {
	case q.Get("draft") != "":
		return d.startFromDraft(ctx, q.Get("draft"))
	case q.Get("cluster") != "":
		return d.startFromCluster(ctx, q.Get("cluster"))
	case q.Get("event") != "":
		return d.startFromEvent(ctx, q.Get("event"))
	case q.Get("trial") != "":
		return d.startFromTrial(ctx, q.Get("trial"))
	case q.Get("shadow") != "":
		return d.startFromShadow(ctx, q.Get("shadow"))
	}
	in := draft{network: domain.Network(q.Get("network")), period: defaultTrial}
	if in.network == "" {
		in.network = domain.Networks()[0]
	}
	if !in.network.Known() {
		return draft{}, unknownNetwork(in.network)
	}
	return in, nil
}

func (d *Dashboard) startFromCluster(ctx context.Context, id string) (draft, error) {
	c, err := d.cluster(ctx, id)
	if err != nil {
		return draft{}, err
	}
	facts, err := d.Store.ClusterFacts(ctx, c.ID, shownFactsRows)
	if err != nil {
		return draft{}, err
	}
	samples, err := d.Store.ClusterSamples(ctx, c.ID, samplesFrom)
	if err != nil {
		return draft{}, err
	}
	in := draft{network: c.Network, cluster: strconv.FormatInt(c.ID, 10), period: defaultTrial}
	in.why = "Explains cluster " + in.cluster + ": " + ui.OneLine(c.Template, maxTemplateWhy)
	neighbours, err := d.neighbours(ctx, c)
	if err != nil {
		return draft{}, err
	}
	in.condition, in.name = suggestion(facts, samples, neighbours)
	in.reason = likeliest(d.likely(c.Network, diverse(samples)))
	return in, nil
}

// maxTemplateWhy is how many characters of a cluster's template stand in the
// record of what explains it.
const maxTemplateWhy = 200

func (d *Dashboard) startFromEvent(ctx context.Context, id string) (draft, error) {
	e, err := d.Store.Event(ctx, id)
	if err != nil {
		return draft{}, err
	}
	if !e.Type.HasError() {
		return draft{}, domain.Errorf(domain.NotFound, "Nothing failed here: there is no error to write a parser for.")
	}
	in := draft{network: e.Network, sample: e.ID, period: defaultTrial, why: "Explains errors like that of event " + e.ID}
	if e.ClusterID != 0 && !e.Verdict.Parsed() {
		in.cluster = strconv.FormatInt(e.ClusterID, 10)
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
func (d *Dashboard) ShowParser(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	network, name, _ := strings.Cut(id, ".")
	n := domain.Network(network)
	unknown := domain.Errorf(domain.NotFound, "There is no live parser “%s”.", id)
	if !n.Known() {
		return unknown
	}
	live, err := d.Store.LiveRuleset(r.Context(), n)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(live.Parsers, func(p ruleset.Parser) bool { return p.Name == name })
	if i < 0 {
		return unknown
	}
	p := live.Parsers[i]
	in := draft{network: n, editing: name, name: name, condition: p.Condition, reason: p.Reason, period: defaultTrial}
	if i > 0 {
		in.after = live.Parsers[i-1].Name
	}
	return d.showBench(w, r, in)
}

// showBench shows a draft that nothing was asked of yet, so without problems. One
// that was filled in from a cluster, or is gone on with, is tried on the newest errors already.
func (d *Dashboard) showBench(w http.ResponseWriter, r *http.Request, in draft) error {
	b, err := d.lay(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	b.problems = nil
	var p views.WorkbenchProps
	if in.cluster != "" || in.id != "" {
		p, err = d.triedPage(r.Context(), b, typingLimit, nil)
	} else {
		p, err = d.benchProps(r.Context(), b)
	}
	if err != nil {
		return err
	}
	if p.Drafts, err = d.draftsOf(r.Context(), in.network, in.id); err != nil {
		return err
	}
	return render(w, r, http.StatusOK, views.Workbench(p))
}

// TryParser runs a candidate's trial and shows it: with htmx on the newest
// errors and as a part of the page, else on all of the window and as the page.
func (d *Dashboard) TryParser(w http.ResponseWriter, r *http.Request) error {
	in, err := d.takeDraft(r)
	if err != nil {
		return err
	}
	typing := r.Header.Get("HX-Request") != ""
	limit := 0
	if typing {
		limit = typingLimit
	}
	b, err := d.lay(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	p, err := d.triedPage(r.Context(), b, limit, nil)
	switch {
	case err != nil:
		return err
	case typing:
		return render(w, r, http.StatusOK, views.TrialAnswer(p))
	case len(b.problems) > 0:
		return render(w, r, http.StatusUnprocessableEntity, views.Workbench(p))
	}
	return render(w, r, http.StatusOK, views.Workbench(p))
}

// triedPage is the page of a bench with its trial on at most limit errors (0: all),
// which runs unless its result is known, if the draft can be tried.
func (d *Dashboard) triedPage(ctx context.Context, b *bench, limit int, known *trial.Result) (views.WorkbenchProps, error) {
	p, err := d.benchProps(ctx, b)
	if err != nil {
		return p, err
	}
	if !b.triable() {
		p.Holds, err = d.holds(ctx, b, limit)
		return p, err
	}
	if known == nil {
		result, err := d.trial(ctx, b, limit)
		if err != nil {
			return p, err
		}
		known = &result
	}
	p.Trial, err = d.trialProps(ctx, b, *known, limit)
	return p, err
}

// holds counts the errors on which the condition of a draft without a reason holds.
func (d *Dashboard) holds(ctx context.Context, b *bench, limit int) (views.HoldsProps, error) {
	stood := b.reasoned()
	if stood == b || !stood.triable() {
		return views.HoldsProps{}, nil
	}
	r, err := d.trial(ctx, stood, limit)
	return views.HoldsProps{Events: r.Events, Matched: r.Matched, Unparsed: r.Buckets[trial.NewlyExplained]}, err
}

// reasoned returns the bench under any reason while none is chosen: its condition
// holds on the same errors under every reason.
func (b *bench) reasoned() *bench {
	if b.condition == nil || b.reason != "" {
		return b
	}
	stood := *b
	stood.reason = anyReason(b.network)
	stood.place()
	return &stood
}
