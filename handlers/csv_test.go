package handlers

import (
	"errors"
	"iter"
	"net/http/httptest"
	"testing"
)

func rowsOf(err error, rows ...[]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestCSVHasAHeaderAndQuotesCells(t *testing.T) {
	w := httptest.NewRecorder()
	err := SendCSV(w, "a.csv", []string{"text", "n"}, rowsOf(nil, []string{`=cmd|' /C calc'!A0`, "1"}, []string{"a,\"b\"\nc", "2"}))
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufefftext,n\n'=cmd|' /C calc'!A0,1\n\"a,\"\"b\"\"\nc\",2\n"
	if got := w.Body.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="a.csv"` {
		t.Errorf("disposition %q", got)
	}
}

func TestCSVThatFails(t *testing.T) {
	broken := errors.New("broken")
	atOnce := httptest.NewRecorder()
	if err := SendCSV(atOnce, "a.csv", []string{"n"}, rowsOf(broken)); !errors.Is(err, broken) || atOnce.Body.Len() > 0 {
		t.Errorf("at once: %v, %q", err, atOnce.Body)
	}
	if err := SendCSV(httptest.NewRecorder(), "a.csv", []string{"n"}, rowsOf(broken, []string{"1"})); !errors.Is(err, broken) {
		t.Errorf("on the way: %v", err)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for _, cell := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)", "\t=1", "\tx", "\rx", "\r\n=1", " =1", "\u00a0＝1", "\ufeff=1", "\u200b@x", "\x00=1"} {
		if got := escapeFormulas([]string{"before", cell})[1]; got != "'"+cell {
			t.Errorf("%q is sent as %q", cell, got)
		}
	}
	for _, cell := range []string{"", " ", "a=b", "1-1", "facebook.token-expired", "日本", "'=1"} {
		if got := escapeFormulas([]string{cell})[0]; got != cell {
			t.Errorf("%q is sent as %q", cell, got)
		}
	}
}
