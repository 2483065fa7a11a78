package parse

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wherefore/domain"
)

// Bounds of what a verdict keeps as evidence.
const (
	maxEvidence      = 16  // entries
	maxEvidenceValue = 500 // bytes of a fact's value
	typicalEvidence  = 3   // entries that are made room for at once
)

// evidence collects what made a condition hold.
type evidence struct{ entries []domain.Evidence }

// whole adds a fact that was asked for as a whole.
func (e *evidence) whole(in *input, s source) {
	value := shown(s, in)
	e.add(s, value, 0, len(value))
}

// part adds a fact of which value[from:to] was asked for.
func (e *evidence) part(in *input, s source, from, to int) { e.add(s, shown(s, in), from, to) }

// mention adds facts that were asked about without any part that matched, unless
// they stand there already.
func (e *evidence) mention(in *input, sources []source) {
	for _, s := range sources {
		if slices.ContainsFunc(e.entries, func(entry domain.Evidence) bool { return entry.Fact == s.name() }) {
			continue
		}
		if value := shown(s, in); value != "" {
			e.add(s, value, 0, 0)
		}
	}
}

func (e *evidence) add(s source, value string, from, to int) {
	entry := domain.Evidence{Fact: s.name(), Value: around(value, from, to)}
	if from != to {
		entry.Match = clip(value, from, min(to, from+maxEvidenceValue))
	}
	if e.entries == nil {
		e.entries = make([]domain.Evidence, 0, typicalEvidence)
	}
	if len(e.entries) < maxEvidence && !slices.Contains(e.entries, entry) {
		e.entries = append(e.entries, entry)
	}
}

// around cuts value to maxEvidenceValue bytes that hold value[from:to] in their
// middle, and its beginning if that is longer.
func around(value string, from, to int) string {
	if len(value) <= maxEvidenceValue {
		return value
	}
	spare := max(0, maxEvidenceValue-(to-from))
	begin := max(0, from-spare/2)
	begin = min(begin, len(value)-maxEvidenceValue)
	return clip(value, begin, begin+maxEvidenceValue)
}

// clip returns value[from:to] without halves of characters at its ends. A part
// of a long value is a copy, so that a verdict does not keep the whole of a
// large error alive.
func clip(value string, from, to int) string {
	to = min(to, len(value))
	for from < to && !utf8.RuneStart(value[from]) {
		from++
	}
	for to > from && to < len(value) && !utf8.RuneStart(value[to]) {
		to--
	}
	if len(value) <= maxEvidenceValue {
		return value[from:to]
	}
	return strings.Clone(value[from:to])
}
