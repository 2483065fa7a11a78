package reports

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/views"
)

// volumeDays is how far back the catalogue counts errors.
const volumeDays = 30

// ListReasons shows the catalogue.
func (ps *Pages) ListReasons(w http.ResponseWriter, r *http.Request) error {
	props, err := ps.reasons(r)
	if err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Reasons(props))
}

// ListReasonsCSV answers the same list to take away.
func (ps *Pages) ListReasonsCSV(w http.ResponseWriter, r *http.Request) error {
	props, err := ps.reasons(r)
	if err != nil {
		return err
	}
	head := []string{"reason", "network", "cause", "category", "title", "reconnect_helps", "side", "clears_itself", "parsers", "errors_30_days"}
	var rows [][]string
	for _, n := range props.Networks {
		for _, reason := range n.Reasons {
			rows = append(rows, []string{
				string(reason.ID), string(n.Network), string(reason.ID.Cause()), string(reason.Info.Category), reason.Title,
				string(reason.Info.Reconnect), string(reason.Info.Side), strconv.FormatBool(reason.Info.ClearsItself),
				strconv.Itoa(reason.Parsers), strconv.Itoa(reason.Errors),
			})
		}
	}
	return handlers.SendCSV(w, "reasons.csv", head, handlers.Whole(rows))
}

func (ps *Pages) reasons(r *http.Request) (views.ReasonsProps, error) {
	p := views.ReasonsProps{
		Viewer: handlers.Viewer(r.Context()),
		Query:  views.QueryOf(r.URL.Query()).FromForm(),
		Window: views.LastDays(time.Now(), volumeDays),
	}
	volumes, err := ps.Store.ReasonVolumes(r.Context(), p.Window.From, p.Window.To)
	if err != nil {
		return p, err
	}
	known, err := ps.Store.Reasons(r.Context())
	if err != nil {
		return p, err
	}
	for _, entry := range ps.Catalog.Networks() {
		n := views.NetworkReasonsProps{Network: entry.Network}
		parsers := ps.parserCounts(entry.Network)
		for _, reason := range ps.Catalog.Entries(entry.Network, known) {
			if chosen(p.Query, reason) {
				n.Reasons = append(n.Reasons, views.ReasonRowProps{
					ID: reason.ID, Title: ps.Catalog.Words(reason.ID, catalog.English).Title, Info: reason.CauseInfo,
					Parsers: parsers[reason.ID], Errors: volumes[reason.ID],
				})
			}
		}
		if len(n.Reasons) > 0 {
			p.Networks = append(p.Networks, n)
		}
	}
	return p, nil
}

// chosen reports whether the filter of a query lets a reason through.
func chosen(q views.Query, reason catalog.ReasonEntry) bool {
	for name, value := range map[string]string{
		"network": string(reason.ID.Network()), "category": string(reason.Category), "side": string(reason.Side),
	} {
		if asked := q.Get(name); asked != "" && asked != value {
			return false
		}
	}
	return true
}

// parserCounts counts the parsers of a network's live ruleset by reason.
func (ps *Pages) parserCounts(n domain.Network) map[domain.ReasonID]int {
	counts := map[domain.ReasonID]int{}
	if ruleset := ps.Engine.Ruleset(n); ruleset != nil {
		for _, p := range ruleset.Parsers() {
			counts[p.Reason()]++
		}
	}
	return counts
}

// ShowReason shows one reason, with its words in the language asked for.
func (ps *Pages) ShowReason(w http.ResponseWriter, r *http.Request) error {
	entry, err := ps.reasonEntry(r.Context(), domain.ReasonID(r.PathValue("id")))
	if err != nil {
		return err
	}
	props := ps.reason(entry, handlers.Locale(w, r))
	props.Viewer = handlers.Viewer(r.Context())
	if err := ps.addVolume(r.Context(), &props); err != nil {
		return err
	}
	if err := ps.addParsers(r.Context(), &props); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Reason(props))
}

// reasonEntry is what is known of a reason of the catalogue, or of one that was
// found on the dashboard.
func (ps *Pages) reasonEntry(ctx context.Context, id domain.ReasonID) (catalog.ReasonEntry, error) {
	entry, ok := ps.Catalog.Entry(id)
	if !ok {
		return entry, domain.Errorf(domain.NotFound, "The catalogue has no such reason.")
	}
	if _, inFile := ps.Catalog.Reason(id); inFile {
		return entry, nil
	}
	found, err := ps.Store.Reasons(ctx)
	if err == nil && !slices.Contains(found, id) {
		err = domain.Errorf(domain.NotFound, "No parser of %s has yielded this reason yet.", id.Network().Name())
	}
	return entry, err
}

// reason is what the catalogue says, in a locale.
func (ps *Pages) reason(entry catalog.ReasonEntry, locale string) views.ReasonProps {
	words := ps.Catalog.Words(entry.ID, locale)
	return views.ReasonProps{
		ID: entry.ID, Info: entry.CauseInfo, Docs: entry.Docs, Note: cmp.Or(entry.Note, "Found on the dashboard: the catalogue has no note about it yet."),
		Title: ps.Catalog.Words(entry.ID, catalog.English).Title,
		Words: handlers.ReasonWords(words),
		Asked: locale, Locales: catalog.Locales(),
		Window: views.LastDays(time.Now(), volumeDays),
	}
}

func (ps *Pages) addVolume(ctx context.Context, p *views.ReasonProps) error {
	points, err := ps.Store.Trend(ctx, store.TrendFilter{Reason: p.ID, From: p.Window.From, To: p.Window.To})
	p.Days = make([]int, volumeDays)
	for _, point := range points {
		p.Days[int(point.At.Sub(p.Window.From).Hours())/24] = point.Events
	}
	return err
}

// addParsers finds the parsers of the live ruleset that yield the reason. The
// catalogue has the samples of built-in ones.
func (ps *Pages) addParsers(ctx context.Context, p *views.ReasonProps) error {
	network := p.ID.Network()
	live, err := ps.Store.LiveRuleset(ctx, network)
	if err != nil {
		return err
	}
	uses, err := ps.Store.ParserUses(ctx, network, p.Window.From)
	if err != nil {
		return err
	}
	p.Ruleset = live.Version
	for _, parser := range live.Parsers {
		if parser.Reason != p.ID {
			continue
		}
		props := views.ReasonParserProps{
			Spec: parser.ParserSpec, Position: parser.Position, Author: parser.Author, Matches: uses[parser.Name].Matches,
		}
		if parser.Builtin {
			entry := ps.builtin(network, parser.Name)
			props.Docs, props.Match, props.Reject = cmp.Or(entry.Docs, p.Docs), entry.Match, entry.Reject
		}
		p.Parsers = append(p.Parsers, props)
	}
	return nil
}

// builtin returns a parser of the catalogue, an empty one if it has none of
// that name.
func (ps *Pages) builtin(n domain.Network, name string) catalog.ParserEntry {
	entry := ps.Catalog.Network(n)
	i := slices.IndexFunc(entry.Parsers, func(p catalog.ParserEntry) bool { return p.Name == name })
	if i < 0 {
		return catalog.ParserEntry{}
	}
	return entry.Parsers[i]
}
