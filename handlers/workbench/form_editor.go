package workbench

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/parse"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/views"
)

// editor is what a form has of a condition besides its expression.
type editor struct {
	rows     parse.Rows
	shown    bool // the form has rows, and they say the condition as far as they can be written
	changed  views.EditorPart
	focus    int // the row that the keyboard is put on, counted from 1; 0 for none
	problems []*parse.RowError
}

// readEditor reads the rows of a form, and lets rows and expression say the same
// again: what was changed since they were shown wins, the expression if both were.
func (d *form) readEditor(in input.Values) {
	if !input.Join.Sent(in) {
		return
	}
	if input.Mark.In(in) != conditionMark(d.condition) {
		d.editor = editor{changed: views.InExpression}
		return
	}
	d.editor = editor{rows: readRows(in), shown: true}
	d.writeRows()
}

// writeRows makes the rows the condition, unless they say it already or one of
// them can't be written.
func (d *form) writeRows() {
	written, err := d.editor.rows.Condition()
	if d.editor.problems = parse.RowErrors(err); err != nil || written == d.condition {
		return
	}
	if c, err := parse.Compile(d.condition); err == nil {
		rows, _ := c.Rows()
		if same, _ := rows.Condition(); same == written {
			return // only the spelling of the expression is another
		}
	}
	d.condition, d.editor.changed = written, views.InRows
}

func readRows(in input.Values) parse.Rows {
	rows := parse.Rows{Any: input.Join.In(in) == "any"}
	for n := 1; n <= parse.MaxRows && input.RowFact.Sent(in, n); n++ {
		rows.List = append(rows.List, parse.Row{
			Fact: input.RowFact.At(in, n), Test: input.RowTest.At(in, n), Value: input.RowValue.At(in, n),
		})
	}
	return rows
}

// conditionMark tells whether an expression is the one that rows were shown for.
func conditionMark(condition string) string {
	sum := sha256.Sum256([]byte(condition))
	return hex.EncodeToString(sum[:8])
}

// EditForm changes a form as a button of it says, and shows it again. Nothing
// is tried and nothing is kept. With htmx the answer is the editor alone, and
// the trial follows.
func (ps *Pages) EditForm(w http.ResponseWriter, r *http.Request) error {
	in, err := ps.takeForm(r)
	if err != nil {
		return err
	}
	if err := in.edit(input.Of(r)); err != nil {
		return err
	}
	ev, err := ps.evaluate(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	ev.problems = slices.DeleteFunc(ev.problems, func(p problem) bool { return p.Field != "condition" || in.condition == "" })
	p, err := ps.pageProps(r.Context(), ev)
	if err != nil {
		return err
	}
	p.Editing = true
	if r.Header.Get("HX-Request") == "" {
		return handlers.Render(w, r, http.StatusOK, views.Workbench(p))
	}
	w.Header().Set("HX-Trigger-After-Settle", "edited")
	return handlers.Render(w, r, http.StatusOK, views.EditorAnswer(p))
}

// edit does what a form's button asks for: a row more or less, or one more
// comparison, which comes as the condition that it is. No button is no change.
func (d *form) edit(in input.Values) error {
	verb, at, _ := strings.Cut(input.Edit.In(in), " ")
	e := &d.editor
	switch n, _ := strconv.Atoi(at); {
	case input.Ask.Sent(in):
		return d.ask(input.Ask.In(in))
	case !e.shown:
	case verb == "add-row" && len(e.rows.List) < parse.MaxRows:
		e.rows.List = append(e.rows.List, parse.Row{})
		e.focus = len(e.rows.List)
	case verb == "remove-row" && n > 0 && n <= len(e.rows.List):
		e.rows.List = slices.Delete(e.rows.List, n-1, n)
		e.focus = max(1, min(n, len(e.rows.List)))
		d.writeRows()
	}
	return nil
}

// ask adds a comparison to the condition.
func (d *form) ask(comparison string) error {
	unknown := domain.InvalidField("ask", "This is no comparison that a condition could ask for.")
	c, err := parse.Compile(comparison)
	if err != nil {
		return unknown
	}
	rows, ok := c.Rows()
	if !ok || len(rows.List) != 1 {
		return unknown
	}
	d.condition, err = parse.Add(d.condition, rows.List[0])
	d.editor = editor{changed: views.InExpression}
	return err
}

// editorProps shows rows as they were written, or else as the condition says.
func (ev *evaluation) editorProps() views.EditorProps {
	e := ev.editor
	rows, shown := e.rows, e.shown
	switch {
	case shown:
	case ev.form.condition == "":
		shown = true
	case ev.condition != nil:
		rows, shown = ev.condition.Rows()
	}
	p := views.EditorProps{
		Any: rows.Any, Mark: conditionMark(ev.form.condition), Changed: e.changed, Focus: e.focus, Carets: ev.carets,
	}
	for _, row := range rows.List {
		p.Rows = append(p.Rows, views.RowProps{Fact: row.Fact, Test: string(row.Test), Value: row.Value})
	}
	for _, problem := range e.problems {
		p.Rows[problem.Row].Error = problem.Message
	}
	switch {
	case shown && len(p.Rows) == 0:
		p.Rows = []views.RowProps{{}}
	case !shown && ev.condition != nil:
		p.State = views.RowsCannot
	case !shown:
		p.State = views.RowsUnreadable
	}
	return p
}

// caret is where in a condition an error is.
func caret(condition string, e *parse.ConditionError) views.CaretProps {
	lines := strings.Split(condition, "\n")
	return views.CaretProps{Text: lines[min(e.Line, len(lines))-1], Column: e.Column}
}
