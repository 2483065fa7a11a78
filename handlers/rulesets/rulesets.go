package rulesets

import (
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/trials"
	"wherefore/store"
	"wherefore/views"
)

// ListRulesets shows all versions of a network's ruleset.
func (ps *Pages) ListRulesets(w http.ResponseWriter, r *http.Request) error {
	n, versions, err := ps.versions(r)
	if err != nil {
		return err
	}
	live, err := ps.Store.LiveRuleset(r.Context(), n)
	if err != nil {
		return err
	}
	p := views.RulesetsProps{Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Network: n}
	for _, v := range versions {
		p.Versions = append(p.Versions, versionProps(v))
	}
	for _, retired := range live.Retired {
		p.Retired = append(p.Retired, views.RetiredProps{
			Name: retired.Name, Reason: retired.Reason, Condition: conditionOf(retired.ParserSpec), After: retired.After,
		})
	}
	return handlers.Render(w, r, http.StatusOK, views.Rulesets(p))
}

// ListRulesetsCSV answers the same list to take away.
func (ps *Pages) ListRulesetsCSV(w http.ResponseWriter, r *http.Request) error {
	n, versions, err := ps.versions(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, v := range versions {
		rows = append(rows, []string{
			strconv.Itoa(v.Version), strconv.FormatBool(v.Live), v.CreatedAt.UTC().Format(time.RFC3339), v.Author, v.Why,
		})
	}
	return handlers.SendCSV(w, "versions-"+string(n)+".csv", []string{"version", "live", "made_at", "author", "why"}, handlers.Whole(rows))
}

func (ps *Pages) versions(r *http.Request) (domain.Network, []store.Version, error) {
	n := domain.Network(r.PathValue("network"))
	if !n.Known() {
		return n, nil, domain.Errorf(domain.NotFound, "There is no network “%s”.", n)
	}
	versions, err := ps.Store.RulesetVersions(r.Context(), n)
	return n, versions, err
}

// ShowRuleset shows a version: who made it and why, what it changed, and the
// trial that it was based on.
func (ps *Pages) ShowRuleset(w http.ResponseWriter, r *http.Request) error {
	n, versions, err := ps.versions(r)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("version"))
	if err != nil || number < 1 || number > len(versions) {
		return domain.Errorf(domain.NotFound, "There is no such version.")
	}
	version := versions[len(versions)-number] // they are numbered without a gap
	now, err := ps.Store.RulesetVersion(r.Context(), n, number)
	if err != nil {
		return err
	}
	before := ruleset.Ruleset{Network: n}
	if number > 1 {
		if before, err = ps.Store.RulesetVersion(r.Context(), n, number-1); err != nil {
			return err
		}
	}
	p := views.RulesetProps{
		Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Network: n, Live: len(versions), Version: versionProps(version),
		Parsers: len(now.Parsers), Changes: changesProps(before, now), Trial: ps.basisProps(n, version.Basis()),
	}
	if p.Reparse, err = ps.reparseOf(r, n, number); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Ruleset(p))
}

// reparseOf is the run over stored errors that a version set off, 0 without one.
func (ps *Pages) reparseOf(r *http.Request, n domain.Network, version int) (int64, error) {
	jobs, err := ps.Store.Reparses(r.Context(), n, 1000)
	for _, job := range jobs {
		if job.Ruleset == version {
			return job.ID, err
		}
	}
	return 0, err
}

// changesProps compares two versions.
func changesProps(before, now ruleset.Ruleset) views.ChangesProps {
	return views.ChangesProps{
		Caption: "Ruleset " + strconv.Itoa(before.Version) + " → " + strconv.Itoa(now.Version),
		Edits:   domain.CompareParsers(specsOf(before), specsOf(now)),
		Retired: retirements(before, now),
	}
}

func specsOf(r ruleset.Ruleset) []domain.ParserSpec {
	var specs []domain.ParserSpec
	for _, p := range r.Parsers {
		specs = append(specs, p.ParserSpec)
	}
	return specs
}

// retirements says which parsers retired, and which came back.
func retirements(before, now ruleset.Ruleset) []string {
	names := func(r ruleset.Ruleset) map[string]bool {
		all := map[string]bool{}
		for _, p := range r.Retired {
			all[p.Name] = true
		}
		return all
	}
	was, is := names(before), names(now)
	var words []string
	for _, p := range now.Retired {
		if !was[p.Name] {
			words = append(words, p.Name+" is retired: it is kept, and can be brought back.")
		}
	}
	for _, p := range before.Retired {
		if !is[p.Name] {
			words = append(words, p.Name+" is no longer retired.")
		}
	}
	return words
}

// basisProps is the trial that a change is based on, the zero props for none.
func (ps *Pages) basisProps(n domain.Network, b *ruleset.Basis) views.ChangeTrialProps {
	if b == nil {
		return views.ChangeTrialProps{}
	}
	p := ps.changeTrialProps(b.Result, b.Accepted)
	p.Run = b.Trial
	p.Words, p.Partial, p.Accepted = "of "+n.Name(), b.Period == "" && p.Events == trials.TypingLimit, len(b.Accepted) > 0
	return p
}

// changeTrialProps shows what a trial counted.
func (ps *Pages) changeTrialProps(r trial.Result, accepted ruleset.Acceptance) views.ChangeTrialProps {
	p := views.ChangeTrialProps{Events: r.Events, Before: r.UnparsedBefore, After: r.UnparsedAfter, Buckets: trials.Buckets(r)}
	for _, c := range r.Changes {
		p.Changes = append(p.Changes, views.ChangeProps{
			From: ps.Trials.ReasonTitle(c.From), To: ps.Trials.ReasonTitle(c.To), Events: c.Events, Accepted: accepted[ruleset.PairOf(c)],
		})
	}
	return p
}

// conditionOf is a parser's condition, or its function's name.
func conditionOf(p domain.ParserSpec) string {
	if p.Func != "" {
		return p.Func + "()"
	}
	return p.Condition
}
