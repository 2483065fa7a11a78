package quarantine

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wherefore/domain/scrub"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/views"
)

// ListLookupsCSV answers what was looked up in the directory, to take away.
func (ps *Pages) ListLookupsCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.sources(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, l := range p.Lookups.Lookups {
		row := []string{l.Source, l.Field, l.Since.UTC().Format(time.RFC3339)}
		for _, n := range []int{l.LookedUp(), l.Found, l.Unknown, l.Unavailable, l.Refused} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, append(row, strings.Join(l.Samples, " ")))
	}
	head := []string{"source", "field", "since", "looked_up", "found", "unknown", "unavailable", "refused", "samples"}
	return handlers.SendCSV(w, "source-lookups.csv", head, handlers.Whole(rows))
}

// lookups are what was looked up in the directory in the window of a page.
func (ps *Pages) lookups(ctx context.Context, of views.SourcesProps) (views.LookupsProps, error) {
	p := views.LookupsProps{
		Directory: ps.directory(), Now: of.Now,
		CSV: views.SourceLookupsCSVURL(views.Query{}.With("period", of.Span.Value)),
	}
	found, err := ps.Store.Lookups(ctx, of.Window.From, of.Window.To)
	for _, l := range found {
		p.Lookups = append(p.Lookups, views.LookupProps{
			SourceID: l.SourceID, Source: l.Source, Field: l.Field, Since: l.Since, Found: l.Found, Unknown: l.Unknown,
			Unavailable: l.Unavailable, Refused: l.Refused, Samples: l.Samples,
		})
	}
	return p, err
}

// directory is how the directory answers this replica.
func (ps *Pages) directory() views.DirectoryProps {
	if ps.Directory == nil {
		return views.DirectoryProps{}
	}
	p := views.DirectoryProps{Configured: true}
	f, failing := ps.Directory.Failure()
	if !failing {
		return p
	}
	p.Since, p.Problem = f.Since, "The directory does not answer."
	if f.Result == store.LookupRefused {
		p.Problem = "The directory can’t be asked: " + strings.TrimSuffix(scrub.Text(f.Words), ".") + "."
	}
	return p
}
