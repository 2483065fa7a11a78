package api

import (
	"encoding/json"
	"net/http"

	"wherefore/handlers"
)

// problem is an error as RFC 9457 has it. Field, a member of ours, is the
// input at fault.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Field  string `json:"field,omitempty"`
}

// Problem answers with a failure; it is the API's handlers.Adapter.Page.
func Problem(w http.ResponseWriter, _ *http.Request, f handlers.Failure) {
	writeProblem(w, f.Status, problem{Title: http.StatusText(f.Status), Status: f.Status, Detail: f.Message, Field: f.Field})
}

func writeProblem(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller is gone when this fails
}

// writeJSON answers with 200 and a body.
func writeJSON(w http.ResponseWriter, body any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(body)
}
