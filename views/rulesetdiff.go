package views

import (
	"strings"

	"wherefore/domain"
	"wherefore/views/ui"
)

// changeWords says in a sentence each what happened to parsers.
func changeWords(c ChangesProps) []string {
	var words []string
	for _, e := range c.Edits {
		if !e.Same() {
			words = append(words, editWords(e))
		}
	}
	return append(words, c.Retired...)
}

func editWords(e domain.Edit) string {
	switch {
	case e.Added():
		return e.Name + " was added, at place " + ui.Number(e.To) + "."
	case e.Removed():
		return e.Name + " was taken out; it was at place " + ui.Number(e.From) + "."
	}
	var did []string
	if e.Moved {
		did = append(did, "moved from place "+ui.Number(e.From)+" to "+ui.Number(e.To))
	}
	if e.Was.Condition != e.Is.Condition || e.Was.Func != e.Is.Func {
		did = append(did, "has another condition")
	}
	if e.Was.Reason != e.Is.Reason {
		did = append(did, "gives "+string(e.Is.Reason.Cause())+" and no longer "+string(e.Was.Reason.Cause()))
	}
	return e.Name + " " + strings.Join(did, ", ") + "."
}

// around is how many parsers that stayed are shown beside one that did not.
const around = 1

// diffLines are the parsers that changed, each with its reason and condition,
// and their neighbours. A parser that moved stands at both its places.
func diffLines(edits []domain.Edit) []ui.DiffLineProps {
	near := make([]bool, len(edits))
	for i, e := range edits {
		for j := max(0, i-around); !e.Same() && j <= min(len(edits)-1, i+around); j++ {
			near[j] = true
		}
	}
	var lines []ui.DiffLineProps
	for i, e := range edits {
		switch {
		case near[i]:
			lines = append(lines, editLines(e)...)
		case i > 0 && near[i-1] && i < len(edits)-1:
			lines = append(lines, ui.DiffLineProps{Op: ui.Kept, Text: "…"})
		}
	}
	return lines
}

func editLines(e domain.Edit) []ui.DiffLineProps {
	switch {
	case e.Same():
		return []ui.DiffLineProps{{Op: ui.Kept, Old: e.From, New: e.To, Text: parserHead(e.Is)}}
	case e.Added():
		return parserLines(ui.Added, 0, e.To, e.Is)
	case e.Removed():
		return parserLines(ui.Removed, e.From, 0, e.Was)
	case !e.Rewritten():
		return []ui.DiffLineProps{
			{Op: ui.Removed, Old: e.From, Text: parserHead(e.Was)},
			{Op: ui.Added, New: e.To, Text: parserHead(e.Is)},
		}
	}
	return append(parserLines(ui.Removed, e.From, 0, e.Was), parserLines(ui.Added, 0, e.To, e.Is)...)
}

func parserHead(p domain.ParserSpec) string { return p.Name + " → " + string(p.Reason.Cause()) }

// parserLines show a parser with the lines of its condition.
func parserLines(op ui.DiffOp, from, to int, p domain.ParserSpec) []ui.DiffLineProps {
	condition := p.Condition
	if p.Func != "" {
		condition = p.Func + "()"
	}
	lines := []ui.DiffLineProps{{Op: op, Old: from, New: to, Text: parserHead(p)}}
	for line := range strings.SplitSeq(condition, "\n") {
		lines = append(lines, ui.DiffLineProps{Op: op, Text: "    " + line})
	}
	return lines
}
