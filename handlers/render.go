package handlers

import (
	"bytes"
	"context"
	"net/http"

	"github.com/a-h/templ"

	"wherefore/views"
)

// Render writes a page. It is rendered whole before anything is sent, so that
// a failure becomes an error page and not half of the right one.
func Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var body bytes.Buffer
	if err := page.Render(r.Context(), &body); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // it holds what only its reader may see
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a reader that went away is no fault of ours
	return nil
}

// ErrorPage answers with a failure as a page; it is the dashboard's Adapter.Page.
func ErrorPage(w http.ResponseWriter, r *http.Request, f Failure) {
	props := views.ErrorProps{
		Kind:    f.Kind,
		Field:   f.Field,
		Message: f.Message,
		Reading: r.Method == http.MethodGet,
		Request: w.Header().Get("X-Request-Id"),
		Viewer:  Viewer(r.Context()),
	}
	if f.Kind == "" {
		props.Message = "" // the page has its own
	}
	// A cancelled context renders nothing.
	r = r.WithContext(context.WithoutCancel(r.Context()))
	if err := Render(w, r, f.Status, views.Error(props)); err != nil {
		http.Error(w, f.Message, f.Status)
	}
}
