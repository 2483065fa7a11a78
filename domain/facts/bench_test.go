package facts

import (
	"encoding/json"
	"strings"
	"testing"
)

// body300 is a usual answer of a network, of about 300 bytes.
const body300 = `{"error":{"message":"Error validating access token: Session has expired on Sunday, 02-Nov-25 04:00:00 PST. ` +
	`The current time is Sunday, 02-Nov-25 09:41:12 PST.","type":"OAuthException","code":190,"error_subcode":463,` +
	`"error_user_title":"Sign in again","error_user_msg":"Your session has ended.","fbtrace_id":"AbCdEfGhIjKlMnOpQrStUvW"}}`

func BenchmarkReadFacts300(b *testing.B) {
	l, raw := graphLayout(b), []byte(body300)
	b.ReportAllocs()
	for b.Loop() {
		if f := Read(l, 0, raw); f.Code != "190" {
			b.Fatal(f.Code)
		}
	}
}

func BenchmarkEncodingJSON(b *testing.B) {
	raw := []byte(body300)
	b.ReportAllocs()
	for b.Loop() {
		var body any
		if err := json.Unmarshal(raw, &body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadFactsDump(b *testing.B) {
	l := graphLayout(b)
	raw := []byte("HTTP Error 400: " + strings.NewReplacer(`"`, `'`, `:`, `: `, `,`, `, `).Replace(body300))
	b.ReportAllocs()
	for b.Loop() {
		Read(l, 0, raw)
	}
}
