package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lib/pq"

	"wherefore/domain/parse"
)

// predicate is a condition of SQL over events e, with its parameters. Trials put
// theirs together, because only a condition that is written out makes the planner
// take the index that it needs.
type predicate struct {
	sql  string
	args []any
}

// and narrows a predicate; each ? of sql stands for one of args.
func (p predicate) and(sql string, args ...any) predicate {
	p.sql += " AND " + p.placed(sql, args...)
	return p
}

// placed adds args and returns sql with their numbers.
func (p *predicate) placed(sql string, args ...any) string {
	p.args = slices.Clip(p.args)
	for _, arg := range args {
		p.args = append(p.args, arg)
		sql = strings.Replace(sql, "?", fmt.Sprintf("$%d", len(p.args)), 1)
	}
	return sql
}

// newest narrows a predicate to the errors that arrived last, in that order. Nothing
// can be added to it.
func (p predicate) newest(limit int) predicate {
	p.sql += p.placed(" ORDER BY e.id DESC LIMIT ?", limit)
	return p
}

// where is the predicate of the errors in a window.
func (w Window) where() predicate {
	p := predicate{"e.network = $1 AND e.type IN ('disconnected', 'failed')", []any{w.Network}}
	if !w.From.IsZero() {
		p = p.and("e.occurred_at >= ? AND e.id >= ?", w.From, firstID(w.From))
	}
	return p
}

// factColumns are the facts that are stored. The status is none of them: what an
// error says may stand for a status that was not sent.
var factColumns = map[string]string{
	"format": "e.format", "code": "e.code", "subcode": "e.subcode", "type": "e.error_type", "message": "e.message",
}

// cutFacts are the facts that are stored up to MaxID characters. A code and a subcode have
// an index.
var cutFacts = []string{"code", "subcode", "type"}

// holding is SQL that tells of each error whether a condition holds; false if the
// database can't be asked that.
func (p *predicate) holding(c *parse.Condition) (string, bool) {
	f, ok := c.Formula()
	if !ok {
		return "", false
	}
	return p.formula(f)
}

// formula writes a formula in SQL and adds its parameters; false when what is stored
// may be less than what the formula is about.
func (p *predicate) formula(f parse.Formula) (string, bool) {
	parts := make([]string, len(f.Parts))
	for i, part := range f.Parts {
		var ok bool
		if parts[i], ok = p.formula(part); !ok {
			return "", false
		}
	}
	switch f.Is {
	case "true", "false":
		return f.Is, true
	case "all":
		return "(" + strings.Join(parts, " AND ") + ")", true
	case "any":
		return "(" + strings.Join(parts, " OR ") + ")", true
	case "not":
		return "NOT " + parts[0], true
	}
	return p.comparison(f)
}

func (p *predicate) comparison(f parse.Formula) (string, bool) {
	column, known := factColumns[f.Fact]
	tooLong := func(text string) bool { return utf8.RuneCountInString(text) >= MaxID }
	if cut := slices.Contains(cutFacts, f.Fact); !known || cut && (f.Is != "in" || slices.ContainsFunc(f.Texts, tooLong)) {
		return "", false
	}
	if f.Lower {
		column = `lower(` + column + ` COLLATE "C")` // which knows ASCII only
	}
	texts := slices.DeleteFunc(slices.Clone(f.Texts), func(text string) bool { return strings.ContainsRune(text, 0) })
	switch {
	case len(texts) == 0:
		return "false", true // no fact holds NUL
	case f.Is == "contains":
		return p.placed("strpos("+column+", ?) > 0", texts[0]), true
	case f.Is == "startsWith":
		return p.placed("starts_with("+column+", ?)", texts[0]), true
	case f.Is == "endsWith":
		return p.placed("right("+column+", char_length(?)) = ?", texts[0], texts[0]), true
	}
	return p.isOneOf(column, texts), true
}

// isOneOf asks for one text in the way in which an index gives errors in the order
// of their arrival.
func (p *predicate) isOneOf(column string, texts []string) string {
	if len(texts) == 1 {
		return p.placed(column+" = ?", texts[0])
	}
	return p.placed(column+" = ANY(?::text[])", pq.Array(texts))
}

// having is SQL that tells of each error whether it has what a condition requires,
// as far as errors can be looked up by it.
func (p *predicate) having(requirements []parse.Requirement) string {
	sql := "true"
	for _, r := range requirements {
		if !slices.Contains(cutFacts, r.Fact) || slices.Contains(r.Values, "") {
			continue
		}
		stored := make([]string, len(r.Values))
		for i, v := range r.Values {
			stored[i] = sanitize(clip(v)) // longer values find what begins like them
		}
		sql += " AND " + p.isOneOf(factColumns[r.Fact], stored)
	}
	return sql
}
