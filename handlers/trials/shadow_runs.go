package trials

import (
	"net/http"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/events"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
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
		Days: shadowDays(counts, s.Reason), Kinds: ps.shadowKinds(counts, s.Reason), Events: events.Rows(found, handlers.Viewer(r.Context()).Role),
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

// shadowBucket says what a shadow would have done to an answer.
func shadowBucket(c store.ShadowCount, reason domain.ReasonID) trial.Bucket {
	switch {
	case !c.Wins:
		return trial.Overridden
	case c.Reason == "":
		return trial.NewlyExplained
	case c.Reason == reason:
		return trial.Unchanged
	}
	return trial.ChangesReason
}

func shadowDays(counts []store.ShadowCount, reason domain.ReasonID) []views.ShadowDayProps {
	var days []views.ShadowDayProps
	for _, c := range counts {
		days = append(days, views.ShadowDayProps{Day: c.Day, Bucket: string(shadowBucket(c, reason)), Events: c.Events})
	}
	return days
}

// shadowKinds adds the days up: what was said, and what would have been.
func (ps *Pages) shadowKinds(counts []store.ShadowCount, reason domain.ReasonID) []views.ShadowKindProps {
	var kinds []views.ShadowKindProps
	for _, c := range counts {
		kind := views.ShadowKindProps{Bucket: string(shadowBucket(c, reason)), Was: ps.ReasonTitle(c.Reason), Parser: c.Parser}
		i := slices.IndexFunc(kinds, func(k views.ShadowKindProps) bool {
			return k.Bucket == kind.Bucket && k.Was == kind.Was && k.Parser == kind.Parser
		})
		if i < 0 {
			i, kinds = len(kinds), append(kinds, kind)
		}
		kinds[i].Events += c.Events
	}
	slices.SortStableFunc(kinds, func(a, b views.ShadowKindProps) int { return b.Events - a.Events })
	return kinds
}
