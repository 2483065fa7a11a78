package rulesets

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/handlers/trials"
	"wherefore/store"
	"wherefore/views"
)

// ListParsers shows the live ruleset of a network and its versions.
func (ps *Pages) ListParsers(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.parsers(r)
	if err != nil {
		return err
	}
	if p.LiveBuiltins, err = ps.Store.CatalogVersion(r.Context()); err != nil {
		return err
	}
	p.Builtins = ps.Catalog.Version()
	versions, err := ps.Store.RulesetVersions(r.Context(), p.Network)
	if err != nil {
		return err
	}
	for _, v := range versions[:min(len(versions), shownVersions)] {
		p.Versions = append(p.Versions, versionProps(v))
	}
	if p.Trials, err = ps.Trials.Newest(r.Context(), p.Network); err != nil {
		return err
	}
	shadows, err := ps.Store.RunningShadows(r.Context(), p.Network)
	if err != nil {
		return err
	}
	for _, s := range shadows {
		p.Shadows = append(p.Shadows, trials.ShadowProps(s))
	}
	waiting, err := ps.Store.WaitingProposals(r.Context(), p.Network)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		p.Waiting = append(p.Waiting, proposalProps(w))
	}
	live, compiled, err := ps.Live(r.Context(), p.Network)
	if err != nil {
		return err
	}
	if p.Broken, err = ps.brokenPins(r.Context(), live, compiled); err != nil {
		return err
	}
	jobs, err := ps.Store.Reparses(r.Context(), p.Network, 1)
	if err != nil {
		return err
	}
	if len(jobs) > 0 && jobs[0].FinishedAt == nil {
		running := reparseProps(jobs[0])
		p.Running = &running
	}
	if p.Drafts, err = Drafts(r.Context(), ps.Store, p.Network, ""); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Parsers(p))
}

// shownVersions is how many versions stand beside the live ruleset.
const shownVersions = 10

// ListParsersCSV answers the same ruleset to take away.
func (ps *Pages) ListParsersCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.parsers(r)
	if err != nil {
		return err
	}
	head := []string{"position", "parser", "reason", "condition", "author", "matches_7_days", "share", "last_match_at", "rate_anomaly", "disputes"}
	var rows [][]string
	for i, parser := range p.Parsers {
		last := ""
		if !parser.LastMatch.IsZero() {
			last = parser.LastMatch.UTC().Format(time.RFC3339)
		}
		rows = append(rows, []string{
			strconv.Itoa(i + 1), parser.Name, string(parser.Reason), parser.Condition, parser.Author,
			strconv.Itoa(parser.Matches), strconv.FormatFloat(parser.Share, 'f', 4, 64), last, string(parser.Rate.Anomaly), strconv.Itoa(parser.Disputes),
		})
	}
	return handlers.SendCSV(w, "parsers-"+string(p.Network)+".csv", head, handlers.Whole(rows))
}

// parsers is the page without versions.
func (ps *Pages) parsers(r *http.Request) (views.ParsersProps, error) {
	p := views.ParsersProps{
		Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Networks: domain.Networks(),
		Network: input.Network.In(input.Of(r)),
	}
	if p.Network == "" {
		p.Network = p.Networks[0]
	}
	if !p.Network.Known() {
		return p, handlers.UnknownNetwork(p.Network)
	}
	live, err := ps.Store.LiveRuleset(r.Context(), p.Network)
	if err != nil {
		return p, err
	}
	uses, err := ps.Store.ParserUses(r.Context(), p.Network, p.Now.AddDate(0, 0, -UseDays))
	p.Version, p.Retired = live.Version, len(live.Retired)
	for _, parser := range live.Parsers {
		p.Parsers = append(p.Parsers, parserProps(parser, uses[parser.Name]))
	}
	if err != nil {
		return p, err
	}
	if err := ps.addRates(r.Context(), &p); err != nil {
		return p, err
	}
	return p, ps.addDisputes(r.Context(), &p)
}

func parserProps(p ruleset.Parser, use store.ParserUse) views.ParserProps {
	props := views.ParserProps{
		Name: p.Name, Reason: p.Reason, Condition: conditionOf(p.ParserSpec), Builtin: p.Builtin, Author: p.Author,
		Matches: use.Matches, Share: use.Share,
	}
	if !p.Builtin {
		props.Since = p.WrittenAt
	}
	if use.LastMatch != nil {
		props.LastMatch = *use.LastMatch
	}
	return props
}

// versionProps tells what the trial of a version said, if it had one.
func versionProps(v store.Version) views.VersionProps {
	p := views.VersionProps{Version: v.Version, Live: v.Live, Author: v.Author, Why: v.Why, At: v.CreatedAt, Explained: -1}
	if basis := v.Basis(); basis != nil {
		p.Explained, p.Changed = basis.Result.Buckets[trial.NewlyExplained], basis.Result.Buckets[trial.ChangesReason]
	}
	return p
}

// Drafts are the user's drafts on a network, but for one that is shown.
func Drafts(ctx context.Context, s *store.Store, n domain.Network, shown string) ([]views.DraftSummaryProps, error) {
	drafts, err := s.Drafts(ctx, handlers.User(ctx).ID, n)
	var props []views.DraftSummaryProps
	for _, one := range drafts {
		if one.ID != shown {
			props = append(props, views.DraftSummaryProps{ID: one.ID, Name: one.Name, Edits: one.Parser, SavedAt: one.SavedAt})
		}
	}
	return props, err
}
