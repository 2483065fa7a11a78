package api

import (
	_ "embed"
	"net/http"
)

//go:embed openapi.json
var description []byte

// ShowDescription answers the API's description, as OpenAPI has it, to anyone.
func ShowDescription(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(description) // nobody to tell when the asker has left
}
