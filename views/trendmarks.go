package views

import (
	"slices"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/views/ui"
)

// RulesetMark is a ruleset version that became live. No author is the service.
// Only those who may read versions are led to it.
func RulesetMark(v Viewer, n domain.Network, version int, at time.Time, author, why string) TrendMarkProps {
	words := "ruleset " + ui.Number(version) + " of " + n.Name()
	if why != "" {
		words += ": " + why
	}
	if author != "" {
		words += " (" + author + ")"
	}
	mark := TrendMarkProps{At: at, Network: n, Words: words}
	if v.Role.Promotes() {
		mark.URL = RulesetURL(n, version)
	}
	return mark
}

// OutageMark is a suspected outage.
func OutageMark(n domain.Network, w Window, errors int) TrendMarkProps {
	reason := Query{}.With("reason", string(domain.Reason(n, "platform-outage")))
	return TrendMarkProps{
		At: w.From, Network: n, URL: w.rows(reason),
		Words: "suspected outage, " + w.From.Format("15:04") + " to " + w.To.Format("15:04") + " UTC, " + ui.Plural(errors, "error", "errors"),
	}
}

// Mark notes something in the slot where it happened, and in the list of marks,
// the latest first.
func (p *TrendsProps) Mark(m TrendMarkProps) {
	p.Marks = append(p.Marks, m)
	slices.SortStableFunc(p.Marks, func(a, b TrendMarkProps) int { return b.At.Compare(a.At) })
	for i := range p.Slots {
		if p.holds(i, m.At) {
			p.Slots[i].Note = p.note(i)
		}
	}
}

// holds reports whether something happened in a slot, or since, if it is the last one.
func (p *TrendsProps) holds(slot int, at time.Time) bool {
	w := p.Slots[slot].Window
	return !at.Before(w.From) && (slot == len(p.Slots)-1 || at.Before(w.To))
}

// maxNotes is how many marks a slot names: more would not fit beside its values.
const maxNotes = 3

func (p *TrendsProps) note(slot int) string {
	var notes []string
	for _, m := range p.Marks {
		if p.holds(slot, m.At) {
			words, _, _ := strings.Cut(m.Words, ":")
			notes = append(notes, words)
		}
	}
	if len(notes) > maxNotes {
		notes = append(notes[:maxNotes-1], ui.Number(len(notes)-maxNotes+1)+" more, listed below")
	}
	return strings.Join(notes, "; ")
}
