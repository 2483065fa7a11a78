package administration

import (
	"context"
	"iter"
	"net/http"
	"time"

	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// auditPage is how many changes a page shows.
const auditPage = 50

// ListAudit shows who did what.
func (ps *Pages) ListAudit(w http.ResponseWriter, r *http.Request) error {
	cursor := input.Page.In(input.Of(r))
	page, err := ps.Store.Audit(r.Context(), cursor, auditPage)
	if err != nil {
		return err
	}
	p := views.AuditProps{Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Later: cursor != "", Older: page.Next}
	for _, e := range page.Rows {
		p.Entries = append(p.Entries, views.AuditEntryProps{At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Details: auditDetails(e)})
	}
	return handlers.Render(w, r, http.StatusOK, views.Audit(p))
}

func auditDetails(e store.AuditEntry) string {
	if string(e.Details) == "{}" {
		return ""
	}
	return string(e.Details)
}

// ListAuditCSV answers all of it to take away.
func (ps *Pages) ListAuditCSV(w http.ResponseWriter, r *http.Request) error {
	return handlers.SendCSV(w, "audit.csv", []string{"at", "actor", "action", "subject", "details"}, ps.auditRows(r.Context()))
}

func (ps *Pages) auditRows(ctx context.Context) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for cursor, more := "", true; more; more = cursor != "" {
			page, err := ps.Store.Audit(ctx, cursor, 1000)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range page.Rows {
				if !yield([]string{e.At.UTC().Format(time.RFC3339), e.Actor, e.Action, e.Subject, auditDetails(e)}, nil) {
					return
				}
			}
			cursor = page.Next
		}
	}
}
