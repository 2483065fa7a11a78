package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

func sampleTable() TableProps {
	return TableProps{
		Caption: "Clusters",
		Columns: []ColumnProps{
			{Label: "Seen"},
			{Label: "Template", Fill: true, Sort: &SortProps{URL: "/clusters?sort=template"}},
			{Label: "Profiles", Numeric: true, Sort: &SortProps{URL: "/clusters?sort=-profiles", Order: Descending}},
		},
		Header: 1,
		Rows: []RowProps{
			{Cells: []templ.Component{Text("now"), Link(LinkProps{URL: "/clusters/7", Text: "code <n>"}), Count(CountProps{N: 1204, URL: "/x"})}},
			{Cells: []templ.Component{nil, Text("other"), Count(CountProps{})}, Selected: true},
		},
	}
}

func TestTableHasCaptionAndHeaders(t *testing.T) {
	root := render(t, Table(sampleTable()))
	if got := words(the(t, root, "caption")); got != "Clusters" {
		t.Errorf("caption %q", got)
	}
	heads := each(the(t, root, "thead"), "th")
	for i, want := range []struct{ sort, class string }{{"", ""}, {"", "fill"}, {"descending", "numeric"}} {
		if attr(heads[i], "scope") != "col" || attr(heads[i], "aria-sort") != want.sort || attr(heads[i], "class") != want.class {
			t.Errorf("column %d: %v, want %+v", i, heads[i].Attr, want)
		}
	}
	if len(each(heads[0], "a")) != 0 || attr(the(t, heads[2], "a"), "href") != "/clusters?sort=-profiles" {
		t.Error("only columns that sort are links")
	}
	for i, row := range each(the(t, root, "tbody"), "tr") {
		header := the(t, row, "th")
		if attr(header, "scope") != "row" || len(each(row, "td")) != 2 {
			t.Errorf("row %d has no header of its own", i)
		}
	}
	rows := each(the(t, root, "tbody"), "tr")
	if attr(the(t, the(t, rows[0], "th"), "a"), "href") != "/clusters/7" {
		t.Error("the row's header does not carry its link")
	}
	if _, is := lookup(rows[1], "aria-current"); !is {
		t.Error("the selected row is not said to be current")
	}
	if region := root; attr(each(region, "div")[0], "tabindex") != "0" {
		t.Error("a table that scrolls can't be scrolled by keyboard")
	}
}

func TestTableWithoutRowsSaysWhy(t *testing.T) {
	for _, test := range []struct {
		empty       EmptyProps
		title, link string
	}{
		{EmptyProps{Noun: "clusters"}, "No clusters yet", ""},
		{EmptyProps{Kind: Filtered, Noun: "clusters", Clear: "/clusters"}, "No clusters match this filter", "/clusters"},
		{EmptyProps{Kind: NotReady, Noun: "clusters"}, "Not ready yet", ""},
	} {
		root := render(t, Table(TableProps{Empty: test.empty}))
		link := ""
		for _, a := range each(root, "a") {
			link = attr(a, "href")
		}
		if got := words(each(root, "p")[0]); got != test.title || link != test.link {
			t.Errorf("%q with link %q, want %q with %q", got, link, test.title, test.link)
		}
		if len(each(root, "table")) != 0 {
			t.Error("an empty table is shown")
		}
	}
}

// What an input is described by must exist, and say so in order.
func TestFieldsAreJoinedToTheirNotes(t *testing.T) {
	wrong := FieldProps{Name: "when", Label: "Condition", Hint: "Over the facts", Error: "Line 1: no fact cod", Value: "a"}
	for name, part := range map[string]templ.Component{
		"input":    Input(InputProps{FieldProps: wrong}),
		"textarea": TextArea(TextAreaProps{FieldProps: wrong}),
		"select":   Select(SelectProps{FieldProps: wrong}),
		"fieldset": Radios(SelectProps{FieldProps: wrong}),
	} {
		root := render(t, part)
		control := the(t, root, name)
		if attr(control, "aria-invalid") != "true" || attr(control, "id") != FieldID("when") {
			t.Errorf("%s: %v", name, control.Attr)
		}
		var notes []string
		for _, id := range strings.Fields(attr(control, "aria-describedby")) {
			if note := byID(root, id); note != nil {
				notes = append(notes, words(note))
			}
		}
		if got := strings.Join(notes, "|"); got != "Over the facts|Line 1: no fact cod" {
			t.Errorf("%s is described by %q", name, got)
		}
	}
}

func TestFieldWithoutNotesIsDescribedByNothing(t *testing.T) {
	input := the(t, render(t, Input(InputProps{FieldProps: FieldProps{Name: "q", Label: "Search"}})), "input")
	for _, name := range []string{"aria-describedby", "aria-invalid", "required"} {
		if _, is := lookup(input, name); is {
			t.Errorf("%s is there", name)
		}
	}
	if attr(input, "type") != "text" {
		t.Errorf("type %q", attr(input, "type"))
	}
}

func TestChosenOptionIsSelected(t *testing.T) {
	p := SelectProps{FieldProps: FieldProps{Name: "n", Value: "x"}, Options: []OptionProps{{Value: "", Text: "Any"}, {Value: "x", Text: "X", Hint: "was Twitter"}}}
	for i, option := range each(render(t, Select(p)), "option") {
		if _, is := lookup(option, "selected"); is != (i == 1) {
			t.Errorf("option %d selected: %v", i, is)
		}
	}
	for i, radio := range each(render(t, Radios(p)), "input") {
		if _, is := lookup(radio, "checked"); is != (i == 1) {
			t.Errorf("radio %d checked: %v", i, is)
		}
	}
}

// The first line break after these start tags is dropped by browsers.
func TestFirstLineBreakIsKept(t *testing.T) {
	for _, value := range []string{"", "\n", "\n\nfirst", "{\n}\n", " a"} {
		area := the(t, render(t, TextArea(TextAreaProps{FieldProps: FieldProps{Name: "c", Value: value}})), "textarea")
		if got := text(area); got != value {
			t.Errorf("textarea: %q became %q", value, got)
		}
		if value == "" {
			continue
		}
		code := byID(render(t, Code(CodeProps{ID: "raw", Text: value, Marks: []string{"first"}})), "raw")
		if got := text(code); got != value {
			t.Errorf("code: %q became %q", value, got)
		}
	}
}

func TestCodeMarksAndSaysWhenThereIsNothing(t *testing.T) {
	root := render(t, Code(CodeProps{Label: "Raw error", Text: `{"code": 190}`, Marks: []string{"190"}}))
	if got := text(the(t, root, "mark")); got != "190" {
		t.Errorf("marked %q", got)
	}
	if empty := render(t, Code(CodeProps{ID: "raw", Label: "Raw error"})); len(each(empty, "pre")) != 0 || !strings.Contains(text(empty), "Empty") {
		t.Error("an empty error is shown as an empty box")
	}
}

func TestErrorSummaryLinksToFields(t *testing.T) {
	root := render(t, ErrorSummary(SummaryProps{Problems: []ProblemProps{{Field: "name", Message: "Give it a name."}, {Message: "The ruleset moved on."}}}))
	if a := the(t, root, "a"); attr(a, "href") != "#field-name" || words(a) != "Give it a name." {
		t.Errorf("link %q %q", attr(a, "href"), words(a))
	}
	if got := words(each(root, "p")[0]); got != "Nothing was saved: 2 things are not right" {
		t.Errorf("title %q", got)
	}
	if got := words(render(t, ErrorSummary(SummaryProps{}))); got != "t" { // the title of the test's page
		t.Errorf("no problems say %q", got)
	}
}

func TestConfirmAsksBeforeItPosts(t *testing.T) {
	root := render(t, Confirm(ConfirmProps{Ask: "Revoke…", Warning: "The service is cut off.", Post: PostProps{
		URL: "/tokens/7/revoke", Button: ButtonProps{Text: "Revoke", Weight: Destructive}, Hidden: []HiddenProps{{"id", "7"}},
	}}))
	form := the(t, root, "form")
	if attr(form, "method") != "post" || form.Parent.Data != "details" || len(each(the(t, root, "summary"), "button")) != 0 {
		t.Error("the form does not wait behind the question")
	}
	if !strings.Contains(words(form), "The service is cut off.") || attr(each(form, "input")[0], "value") != "7" {
		t.Errorf("the form reads %q", words(form))
	}
}

func TestFilterIsAGet(t *testing.T) {
	form := the(t, render(t, Filter(FilterProps{URL: "/clusters", Hidden: []HiddenProps{{"sort", "-profiles"}}})), "form")
	if attr(form, "method") != "get" || attr(form, "action") != "/clusters" {
		t.Errorf("%v", form.Attr)
	}
	if len(each(form, "a")) != 0 {
		t.Error("offers to clear what is not filtered")
	}
}

func TestCurrentTabAndSectionSaySo(t *testing.T) {
	tabs := render(t, Tabs(TabsProps{Label: "Network", Tabs: []TabProps{{Text: "All", URL: "/a", Count: 4310}, {Text: "x", URL: "/b", Current: true}}}))
	nav := render(t, Sidebar(NavProps{Home: "/", Groups: []NavGroupProps{{Links: []NavLinkProps{{Text: "A", URL: "/a"}, {Text: "B", URL: "/b", Current: true}}}, {Title: "Upkeep"}}}))
	for name, root := range map[string][]string{
		"tabs": currents(each(the(t, tabs, "ul"), "a")), "nav": currents(each(the(t, nav, "ul"), "a")),
	} {
		if got := strings.Join(root, "|"); got != "|page" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if strings.Contains(text(nav), "Upkeep") {
		t.Error("a group without links is shown")
	}
}

func TestCountLinksUnlessItIsZero(t *testing.T) {
	for _, test := range []struct {
		p     CountProps
		text  string
		links int
	}{{CountProps{N: 1204, URL: "/x"}, "1,204", 1}, {CountProps{N: 0, URL: "/x"}, "0", 0}, {CountProps{N: 5}, "5", 0}} {
		root := render(t, Count(test.p))
		if got := words(the(t, root, "body")); got != test.text || len(each(root, "a")) != test.links {
			t.Errorf("%+v: %q with %d links", test.p, got, len(each(root, "a")))
		}
	}
}

func TestTimeShowsItsAgeAndTheMoment(t *testing.T) {
	at := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)
	element := the(t, render(t, Time(TimeProps{At: at, Now: at.Add(5 * time.Hour)})), "time")
	if words(element) != "5 h ago" || attr(element, "datetime") != "2026-11-21T15:00:00Z" || attr(element, "title") != "2026-11-21 15:00:00 UTC" {
		t.Errorf("%q %v", words(element), element.Attr)
	}
	if got := words(the(t, render(t, Time(TimeProps{At: at, Now: at.Add(time.Hour), Full: true})), "body")); got != "2026-11-21 15:00:00 UTC (1 h ago)" {
		t.Errorf("full: %q", got)
	}
	if got := words(the(t, render(t, Time(TimeProps{Now: at})), "body")); got != "never" {
		t.Errorf("zero: %q", got)
	}
}

func TestProgressOfUnknownLengthHasNoValue(t *testing.T) {
	bar := the(t, render(t, Progress(ProgressProps{Label: "Parsing", Done: 812, Total: 1204})), "progress")
	if attr(bar, "value") != "812" || attr(bar, "max") != "1204" || attr(bar, "aria-label") != "Parsing" {
		t.Errorf("%v", bar.Attr)
	}
	if _, is := lookup(the(t, render(t, Progress(ProgressProps{Label: "Parsing"})), "progress"), "value"); is {
		t.Error("work of unknown length has a value")
	}
}

func TestDiffSaysWhatHappenedToEachLine(t *testing.T) {
	root := render(t, Diff(DiffProps{Caption: "11 → 12", Lines: []DiffLineProps{{Kept, 1, 1, "a"}, {Removed, 2, 0, "b"}, {Added, 0, 2, "c"}}}))
	if got := words(the(t, root, "tbody")); got != "1 1 kept a 2 − removed b 2 + added c" {
		t.Errorf("reads %q", got)
	}
}

func TestPagerWithoutPagesIsNothing(t *testing.T) {
	if n := len(each(render(t, Pager(PagerProps{})), "nav")); n != 0 {
		t.Error("an empty pager is shown")
	}
	if n := len(each(render(t, Pager(PagerProps{Older: "/x?before=7"})), "a")); n != 1 {
		t.Errorf("%d links", n)
	}
}

func TestCopyButtonWaitsForScript(t *testing.T) {
	button := the(t, render(t, Copy(CopyProps{From: "raw", Text: "Copy"})), "button")
	if _, hidden := lookup(button, "hidden"); !hidden || attr(button, "data-copy") != "raw" || attr(button, "type") != "button" {
		t.Errorf("%v", button.Attr)
	}
}
