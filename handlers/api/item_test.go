package api

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
)

func TestReadItem(t *testing.T) {
	e, err := readItem([]byte(`{"id":"e1","profile_id":"p-1","network":"facebook","occurred_at":"2026-11-20T12:00:00.1234567+02:00",
		"http_status":400,"error":{"error":{"code":190}},"operation":"publish","profile_name":"Bakery","owner_id":"o","credential_id":"c"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := domain.Event{
		SourceEventID: "e1", Type: domain.Disconnected, ProfileID: "p-1", Network: domain.Facebook,
		OccurredAt: time.Date(2026, 11, 20, 10, 0, 0, 123457000, time.UTC), Status: 400,
		Operation: "publish", ProfileName: "Bakery", OwnerID: "o", CredentialID: "c",
	}
	if string(e.Raw) != `{"error":{"code":190}}` {
		t.Errorf("raw %s", e.Raw)
	}
	if !e.OccurredAt.Equal(want.OccurredAt) {
		t.Errorf("occurred at %v", e.OccurredAt)
	}
	if e.SourceEventID != want.SourceEventID || e.Type != want.Type || e.ProfileID != want.ProfileID || e.Network != want.Network ||
		e.Status != want.Status || e.Operation != want.Operation || e.ProfileName != want.ProfileName ||
		e.OwnerID != want.OwnerID || e.CredentialID != want.CredentialID {
		t.Errorf("got %+v", e)
	}
}

func TestErrorsAreKeptToTheByte(t *testing.T) {
	for _, c := range []struct{ sent, want string }{
		{`"plain \"text\""`, `plain "text"`},
		{`{"a" : 1.0e2 , "b":"\u0000"}`, `{"a" : 1.0e2 , "b":"\u0000"}`},
		{`"nul \u0000 in text"`, "nul \x00 in text"},
		{`"half \ud83d pair"`, `half \ud83d pair`},
		{"\"bad \xff utf-8\"", "bad \xff utf-8"},
		{`null`, `null`},
		{`42`, `42`},
	} {
		e, err := readItem([]byte(`{"id":"1","profile_id":"p","error":` + c.sent + `}`))
		if err != nil || string(e.Raw) != c.want {
			t.Errorf("%s: %q, %v", c.sent, e.Raw, err)
		}
	}
}

// TestEachFieldWrong sends every field wrong in turn; the error names it.
func TestEachFieldWrong(t *testing.T) {
	good := map[string]string{"id": `"e1"`, "profile_id": `"p"`, "error": `"x"`}
	future := time.Now().Add(time.Hour).Format(time.RFC3339)
	for _, c := range []struct{ field, value string }{
		{"id", ""}, {"id", `""`}, {"id", `7`}, {"id", `"a\u0000b"`}, {"id", `"\ud83d"`}, {"id", `"` + strings.Repeat("x", 501) + `"`},
		{"profile_id", ""}, {"profile_id", `"  "`}, {"profile_id", `["p"]`}, {"profile_id", "\"\xff\""},
		{"error", ""}, {"error", `"` + strings.Repeat("x", 1<<20+1) + `"`},
		{"type", `"gone"`}, {"type", `1`},
		{"network", `{}`},
		{"occurred_at", `"yesterday"`}, {"occurred_at", `1700000000`}, {"occurred_at", `"1999-01-01T00:00:00Z"`}, {"occurred_at", `"` + future + `"`},
		{"http_status", `"400"`}, {"http_status", `40`}, {"http_status", `600`}, {"http_status", `4.5`},
		{"operation", `1`}, {"profile_name", `[]`}, {"owner_id", `1`}, {"credential_id", `true`},
	} {
		var parts []string
		for name, v := range good {
			if name != c.field {
				parts = append(parts, `"`+name+`":`+v)
			}
		}
		if c.value != "" {
			parts = append(parts, `"`+c.field+`":`+c.value)
		}
		_, err := readItem([]byte("{" + strings.Join(parts, ",") + "}"))
		var invalid *domain.Error
		if !errors.As(err, &invalid) || invalid.Kind != domain.Invalid || invalid.Field != c.field {
			t.Errorf("%s = %.40s: %v", c.field, c.value, err)
		}
	}
}

func TestErrorsAreNeededWhereSomethingFailed(t *testing.T) {
	for _, typ := range domain.EventTypes() {
		e, err := readItem([]byte(`{"id":"1","profile_id":"p","type":"` + string(typ) + `"}`))
		if (err == nil) == typ.HasError() || e.Raw != nil || e.Type != typ {
			t.Errorf("%s: %+v, %v", typ, e, err)
		}
	}
}

func FuzzReadItem(f *testing.F) {
	f.Add([]byte(`{"id":"e1","profile_id":"p","error":{"a":1},"http_status":400}`))
	f.Add([]byte(`{"id":"\ud800","profile_id":"p","error":"\u0000"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := readItem(b)
		if err == nil && (e.SourceEventID == "" || e.ProfileID == "") {
			t.Errorf("%q was taken without ids", b)
		}
	})
}
