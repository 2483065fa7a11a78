package handlers

import (
	"encoding/csv"
	"iter"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// downloadWithin is how long a whole list may take to be sent.
const downloadWithin = time.Hour

// byteOrderMark tells spreadsheets that a file is UTF-8.
const byteOrderMark = "\ufeff"

// SendCSV answers with a file of rows beneath a head. Rows are sent as they
// come; one that fails cuts the answer off, so that nobody takes a part for the whole.
func SendCSV(w http.ResponseWriter, name string, head []string, rows iter.Seq2[[]string, error]) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	row, err, more := next() // before the head, so that a list that can't be had is an error page
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	// Only what is not a connection, such as a test’s recorder, has no deadline to set.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadWithin))
	file := csv.NewWriter(w)
	for _ = file.Write(append([]string{byteOrderMark + head[0]}, head[1:]...)); more && err == nil; row, err, more = next() {
		_ = file.Write(escapeFormulas(row)) // csv.Writer keeps its first error
	}
	if err != nil {
		h.Del("Content-Disposition") // if nothing was sent yet, an error page is
		return err
	}
	file.Flush()
	return nil // a reader that went away is no fault of ours
}

// Whole gives sendCSV rows that are there already.
func Whole(rows [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// escapeFormulas keeps spreadsheets from taking text that others wrote for a formula.
// They pass over what can't be seen before it, and take full-width signs, too.
func escapeFormulas(row []string) []string {
	safe := make([]string, len(row))
	for i, cell := range row {
		if isFormula(cell) {
			cell = "'" + cell
		}
		safe[i] = cell
	}
	return safe
}

func isFormula(cell string) bool {
	seen := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
	first, _ := utf8.DecodeRuneInString(seen)
	return strings.ContainsRune("=+-@＝＋－＠", first) && seen != "" || strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r")
}
