package ui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// hostile is what a network, a customer or a source may send as any text.
var hostile = "</title></textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>" +
	`" onfocus="alert(3)" autofocus x='` + "' --><!-- &lt;b&gt; javascript:alert(4) \u202eevil\u202c \u0000 \ufeff " +
	strings.Repeat("Donaudampfschifffahrt", 40)

// parts are all parts, each with hostile text for every text it takes.
func parts() map[string]templ.Component {
	return map[string]templ.Component{
		"Button":       Button(filled[ButtonProps]()),
		"Chart bars":   Chart(filledChart(Bars)),
		"Chart lines":  Chart(filledChart(Lines)),
		"Check":        Check(filled[CheckProps]()),
		"Code":         Code(filled[CodeProps]()),
		"Confirm":      Confirm(filled[ConfirmProps]()),
		"Copy":         Copy(filled[CopyProps]()),
		"Count":        Count(filled[CountProps]()),
		"Details":      Details(filled[[]DetailProps]()),
		"Diff":         Diff(filled[DiffProps]()),
		"Empty":        Empty(filled[EmptyProps]()),
		"ErrorSummary": ErrorSummary(filled[SummaryProps]()),
		"Evidence":     Evidence(Mark(hostile, "script", "evil")),
		"Filter":       Filter(filled[FilterProps]()),
		"Flash":        Flash(filled[FlashProps]()),
		"Heading":      Heading(filled[HeadingProps]()),
		"Hidden":       Hidden(filled[[]HiddenProps]()),
		"Input":        Input(filled[InputProps]()),
		"Keys":         Keys(filled[KeysProps]()),
		"Link":         Link(filled[LinkProps]()),
		"LinkButton":   LinkButton(filled[LinkButtonProps]()),
		"Message":      Message(filled[MessageProps]()),
		"Mono":         Mono(hostile),
		"Pager":        Pager(filled[PagerProps]()),
		"Pair":         Pair(filled[PairProps]()),
		"Post":         Post(filled[PostProps]()),
		"Progress":     Progress(filled[ProgressProps]()),
		"Quiet":        Quiet(hostile),
		"Quote":        Quote(filled[QuoteProps]()),
		"Radios":       Radios(filled[SelectProps]()),
		"Search":       Search(filled[SearchProps]()),
		"Section":      Section(filled[SectionProps]()),
		"Select":       Select(filled[SelectProps]()),
		"Shares":       Shares(filled[SharesProps]()),
		"Sidebar":      Sidebar(filled[NavProps]()),
		"Spark":        Spark(filled[SparkProps]()),
		"Split":        Split(filled[SplitProps]()),
		"Stats":        Stats(filled[[]StatProps]()),
		"Table":        Table(filled[TableProps]()),
		"Tabs":         Tabs(filled[TabsProps]()),
		"Tag":          Tag(filled[TagProps]()),
		"Text":         Text(hostile),
		"TextArea":     TextArea(filled[TextAreaProps]()),
		"Time":         Time(filled[TimeProps]()),
	}
}

// filled returns properties with hostile text in every string, two of
// everything that there can be many of, and a component in every slot.
func filled[P any]() P {
	var p P
	fill(reflect.ValueOf(&p).Elem())
	return p
}

func filledChart(kind ChartKind) ChartProps {
	p := filled[ChartProps]()
	p.Kind = kind
	return p
}

func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[templ.SafeURL]() {
		v.SetString("/x?a=1&b=2")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile)
	case reflect.Int:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Interface:
		v.Set(reflect.ValueOf(Text(hostile)))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && v.Type().PkgPath() != "time" {
				fill(v.Field(i))
			}
		}
	}
}

// refused knows the attributes that the site's content policy refuses.
func refused(name string) bool { return strings.HasPrefix(name, "on") || name == "style" }

func TestHostileTextStaysText(t *testing.T) {
	for name, part := range parts() {
		t.Run(name, func(t *testing.T) {
			root := render(t, part)
			for _, n := range each(root, "*") {
				if slices.Contains([]string{"script", "img", "b"}, n.Data) && !isValueName(n) {
					t.Errorf("the text became an element %s", n.Data)
				}
				for _, a := range n.Attr {
					if refused(a.Key) || a.Key == "autofocus" {
						t.Errorf("the text became an attribute %s=%q", a.Key, a.Val)
					}
					if strings.Contains(a.Key, "href") && strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") {
						t.Errorf("the text became a link %q", a.Val)
					}
				}
			}
		})
	}
}

// isValueName knows the one b that a part of ours writes.
func isValueName(n *html.Node) bool {
	return n.Data == "b" && attr(n.Parent, "class") == "chart-values"
}

// Ids that are joined and named must exist and be one of a kind.
func TestIDsAreUniqueAndThere(t *testing.T) {
	for name, part := range parts() {
		t.Run(name, func(t *testing.T) {
			root := render(t, part)
			seen := map[string]bool{}
			for _, n := range each(root, "*") {
				if id := attr(n, "id"); id != "" && seen[id] {
					t.Errorf("two elements with id %.40q", id)
				} else {
					seen[id] = true
				}
			}
			for _, n := range each(root, "label") {
				if to := attr(n, "for"); to != "" && !seen[to] {
					t.Errorf("a label for %.40q, which is not there", to)
				}
			}
		})
	}
}

func TestControlCharactersAreMadeVisible(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		"plain\ttext\nlines":  "plain\ttext\nlines",
		"nul\x00bell\x07":     "nul[U+0000]bell[U+0007]",
		"\x1b[31m":            "[U+001B][31m",
		"a\u202eb\u2066c":     "a[U+202E]b[U+2066]c",
		"\ufeffbom":           "[U+FEFF]bom",
		"line\u2028paragraph": "line[U+2028]paragraph",
		"broken\xff\xc3":      "broken[0xFF][0xC3]",
		"replaced\ufffd":      "replaced\ufffd",
		"crlf\r\n":            "crlf[U+000D]\n",
		"👩\u200d💻 שלום 日本":    "👩\u200d💻 שלום 日本",
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestVisibleHidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, r := range Visible(rapid.String().Draw(t, "s")) {
			if r != '\n' && r != '\t' && r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U is left", r)
			}
		}
	})
}

func TestOneLineIsCutAtItsLimit(t *testing.T) {
	for _, test := range []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly", 7, "exactly"},
		{"too long", 3, "too…"},
		{"日本語です", 2, "日本…"},
		{"a\nb\tc\r\nd", 20, "a↵ b⇥c↵ d"},
		{"x", 0, "…"},
		{"", 0, ""},
	} {
		if got := OneLine(test.in, test.limit); got != test.want {
			t.Errorf("OneLine(%q, %d) = %q, want %q", test.in, test.limit, got, test.want)
		}
	}
}

func TestMarkedPartsAreThoseOfTheEvidence(t *testing.T) {
	show := func(pieces []Piece) string {
		var b strings.Builder
		for _, p := range pieces {
			if p.Marked {
				fmt.Fprintf(&b, "[%s]", p.Text)
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	for _, test := range []struct {
		text    string
		matches []string
		want    string
	}{
		{"no match", []string{"x"}, "no match"},
		{"nothing asked", nil, "nothing asked"},
		{"empty asks nothing", []string{""}, "empty asks nothing"},
		{"190 and 190", []string{"190"}, "[190] and [190]"},
		{"abcdef", []string{"bcd", "cde"}, "a[bcde]f"},
		{"abcdef", []string{"ab", "cd"}, "[abcd]ef"},
		{"aaa", []string{"aa"}, "[aa]a"},
		{"whole", []string{"whole"}, "[whole]"},
		{"", []string{"x"}, ""},
	} {
		if got := show(Mark(test.text, test.matches...)); got != test.want {
			t.Errorf("Mark(%q, %q) = %q, want %q", test.text, test.matches, got, test.want)
		}
	}
}

func TestMarkLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("abc"))).Draw(t, "text")
		matches := rapid.SliceOf(rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 3, -1)).Draw(t, "matches")
		joined := ""
		for _, p := range Mark(s, matches...) {
			joined += p.Text
			for _, m := range matches {
				if !p.Marked && m != "" && strings.Contains(p.Text, m) {
					t.Fatalf("%q is left unmarked in %q", m, p.Text)
				}
			}
			if p.Text == "" {
				t.Fatal("an empty piece")
			}
		}
		if joined != s {
			t.Fatalf("%q became %q", s, joined)
		}
	})
}

func TestFiguresAreMarkedApart(t *testing.T) {
	text := `{"code":4,"sub":46,"trace":"a4","at":"4.5","say":"expired"}`
	var marked []string
	for _, p := range markApart(text, "4", "46", "expir", "") {
		if p.Marked {
			marked = append(marked, p.Text)
		}
	}
	if !slices.Equal(marked, []string{"4", "46", "4", "expir"}) {
		t.Errorf("marked %q", marked)
	}
}
