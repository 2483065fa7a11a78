package trials

import (
	"net/http"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/events"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// shadowEvents is how many of a shadow's matches its page shows.
const shadowEvents = 50

// ShowShadow shows what a parser in the shadow would have said.
func (ps *Pages) ShowShadow(w http.ResponseWriter, r *http.Request) error {
	s, err := ps.shadow(r)
	if err != nil {
		return err
	}
	now := time.Now()
	counts, err := ps.Store.ShadowCounts(r.Context(), s.ID)
	if err != nil {
		return err
	}
	parser := "*"
	if asked := input.Parser.In(input.Of(r)); asked == views.NoParser {
		parser = ""
	} else if asked != "" {
		parser = asked
	}
	found, err := ps.Store.ShadowEvents(r.Context(), s.ID, parser, shadowEvents)
	if err != nil {
		return err
	}
	p := views.ShadowPageProps{
		Viewer: handlers.Viewer(r.Context()), Now: now, Shadow: ShadowProps(s), Filtered: parser != "*",
		Chart: shadowChart(counts, s, now), Kinds: ps.shadowKinds(counts, s.Reason), Events: events.Rows(found, handlers.Viewer(r.Context()).Role),
	}
	for _, c := range counts {
		p.Shadow.Matches += c.Events
	}
	return handlers.Render(w, r, http.StatusOK, views.Shadow(p))
}

// EndShadow ends a shadow; what it counted stays.
func (ps *Pages) EndShadow(w http.ResponseWriter, r *http.Request) error {
	s, err := ps.shadow(r)
	if err != nil {
		return err
	}
	if err := ps.Store.EndShadow(r.Context(), handlers.Actor(r.Context()), s.ID); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ShadowURL(s.ID, views.Query{})), http.StatusSeeOther)
	return nil
}

func (ps *Pages) shadow(r *http.Request) (store.Shadow, error) {
	unknown := domain.Errorf(domain.NotFound, "There is no such parser in the shadow.")
	s, err := ps.Store.Shadow(r.Context(), input.PathID(r))
	if domain.KindOf(err) == domain.NotFound {
		return s, unknown
	}
	return s, err
}

// ShadowProps shows a parser that runs in the shadow.
func ShadowProps(s store.Shadow) views.ShadowSummaryProps {
	p := views.ShadowSummaryProps{
		ID: s.ID, Network: s.Network, Name: s.Name, Reason: s.Reason, Condition: s.Condition, After: s.After,
		Why: s.Why, Author: s.Author, StartedAt: s.StartedAt,
	}
	if s.EndedAt != nil {
		p.EndedAt = *s.EndedAt
	}
	return p
}

// shadowKind says what a shadow would have done to an answer.
func shadowKind(c store.ShadowCount, reason domain.ReasonID) string {
	switch {
	case !c.Wins:
		return "Overridden"
	case c.Reason == "":
		return "Newly explained"
	case c.Reason == reason:
		return "Unchanged"
	}
	return "Changes its reason"
}

// shadowLooks are the kinds in the order of the page, with their tones.
var shadowLooks = []ui.SeriesProps{
	{Name: "Newly explained", Tone: ui.Good}, {Name: "Unchanged", Tone: ui.Plain}, {Name: "Changes its reason", Tone: ui.Warn}, {Name: "Overridden", Tone: ui.Info},
}

// shadowKinds adds the days up: what was said, and what would have been.
func (ps *Pages) shadowKinds(counts []store.ShadowCount, reason domain.ReasonID) []views.ShadowKindProps {
	var kinds []views.ShadowKindProps
	for _, c := range counts {
		kind := views.ShadowKindProps{Kind: shadowKind(c, reason), Was: ps.ReasonTitle(c.Reason), Parser: c.Parser}
		i := slices.IndexFunc(kinds, func(k views.ShadowKindProps) bool {
			return k.Kind == kind.Kind && k.Was == kind.Was && k.Parser == kind.Parser
		})
		if i < 0 {
			i, kinds = len(kinds), append(kinds, kind)
		}
		kinds[i].Events += c.Events
	}
	slices.SortStableFunc(kinds, func(a, b views.ShadowKindProps) int { return b.Events - a.Events })
	return kinds
}

// shadowChart draws the matches of the newest 31 days, by what would have
// become of them.
func shadowChart(counts []store.ShadowCount, s store.Shadow, now time.Time) ui.ChartProps {
	const day = 24 * time.Hour
	last := now.UTC().Truncate(day)
	first := s.StartedAt.UTC().Truncate(day)
	if earliest := last.Add(-30 * day); first.Before(earliest) {
		first = earliest
	}
	chart := ui.ChartProps{Title: "Matches a day, by what would have become of them", Kind: ui.Bars, Unit: "errors"}
	for at := first; !at.After(last); at = at.Add(day) {
		chart.Slots = append(chart.Slots, ui.SlotProps{At: at, Partial: at.Equal(last)})
	}
	total := 0
	for _, look := range shadowLooks {
		look.Values = make([]float64, len(chart.Slots))
		sum := 0
		for _, c := range counts {
			if i := int(c.Day.Sub(first) / day); shadowKind(c, s.Reason) == look.Name && i >= 0 && i < len(look.Values) {
				look.Values[i] += float64(c.Events)
				sum += c.Events
			}
		}
		if total += sum; sum > 0 {
			chart.Series = append(chart.Series, look)
		}
	}
	chart.Finding = "It matched " + ui.Plural(total, "error", "errors") + " in " + ui.Plural(len(chart.Slots), "day", "days") + "."
	return chart
}
