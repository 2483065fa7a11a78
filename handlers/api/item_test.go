package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"wherefore/domain"
	"wherefore/store"
)

func TestItemIsReadWhole(t *testing.T) {
	it := readItem([]byte(`{"id":"e1","profile_id":"p-1","network":"facebook","occurred_at":"2026-11-20T12:00:00.1234567+02:00",
		"http_status":400,"error":{"error":{"code":190}},"operation":"publish","profile_name":"Bakery","owner_id":"o","credential_id":"c",
		"a field of tomorrow":null}`))
	if it.err != nil {
		t.Fatal(it.err)
	}
	e := it.event
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
		e.OwnerID != want.OwnerID || e.CredentialID != want.CredentialID || len(e.Mended) != 0 {
		t.Errorf("got %+v", e)
	}
}

// withField is a good event in which one field is as given, "" for left out.
func withField(field, value string) []byte {
	parts := []string{}
	for name, v := range map[string]string{"id": `"e1"`, "profile_id": `"p"`, "error": `"x"`, "network": `"facebook"`} {
		if name != field {
			parts = append(parts, `"`+name+`":`+v)
		}
	}
	if value != "" {
		parts = append(parts, `"`+field+`":`+value)
	}
	return []byte("{" + strings.Join(parts, ",") + "}")
}

func TestErrorsAreKeptToTheByte(t *testing.T) {
	for _, c := range []struct{ sent, want string }{
		{`"plain \"text\""`, `plain "text"`},
		{`{"a" : 1.0e2 , "b":"\u0000"}`, `{"a" : 1.0e2 , "b":"\u0000"}`},
		{`"nul \u0000 in text"`, "nul \x00 in text"},
		{`"half \ud83d pair"`, `half \ud83d pair`},
		{"\"bad \xff utf-8\"", "bad \xff utf-8"},
		{`"null"`, `null`},
		{`null`, ``},
		{`42`, `42`},
	} {
		it := readItem(withField("error", c.sent))
		if it.err != nil || it.event.Raw == nil || string(it.event.Raw) != c.want {
			t.Errorf("%s: %q, %v", c.sent, it.event.Raw, it.err)
		}
	}
}

// TestWithoutIDOrErrorThereIsNoEvent spoils each field that nothing can stand
// in for; the error names it, and what can be read of it is kept.
func TestWithoutIDOrErrorThereIsNoEvent(t *testing.T) {
	for _, c := range []struct{ field, value, kept string }{
		{"id", "", ""}, {"id", `null`, ""}, {"id", `""`, ""}, {"id", `"a\u0000b"`, "ab"}, {"id", `"a\nb"`, "a b"}, {"id", `"\ud83d"`, "\uFFFD"},
		{"id", `"` + strings.Repeat("x", 501) + `"`, strings.Repeat("x", store.MaxID)}, {"id", `true`, ""}, {"id", `{}`, ""},
		{"profile_id", "", ""}, {"profile_id", `"  "`, "  "}, {"profile_id", `["p"]`, ""}, {"profile_id", "\"\xff\"", "\uFFFD"},
		{"error", "", ""}, {"error", `"` + strings.Repeat("x", 1<<20+1) + `"`, ""},
		{"type", `"gone"`, ""}, {"type", `1`, ""}, {"type", `[]`, ""}, {"type", `"  "`, ""},
	} {
		it := readItem(withField(c.field, c.value))
		var invalid *domain.Error
		if !errors.As(it.err, &invalid) || invalid.Kind != domain.Invalid || invalid.Field != c.field {
			t.Errorf("%s = %.40s: %v", c.field, c.value, it.err)
		}
		kept := map[string]string{"id": it.event.SourceEventID, "profile_id": it.event.ProfileID}[c.field]
		if kept != c.kept {
			t.Errorf("%s = %.40s: kept %q, want %q", c.field, c.value, kept, c.kept)
		}
	}
}

func TestTextIsMended(t *testing.T) {
	family := "👨‍👩‍👧‍👦" // one character of seven code points
	for _, c := range []struct{ name, sent, want string }{
		{"half an emoji", `"Bakery \ud83d"`, "Bakery \uFFFD"},
		{"broken UTF-8", "\"Bakery \xf0\x9f\"", "Bakery \uFFFD"},
		{"line break", `"Corner\nBakery\r\n"`, "Corner Bakery"},
		{"control characters", `"Ba\u0000ker\u001by\u0085"`, "Bakery"},
		{"marks of direction", "\"\u202eBa\u2066ker\u2069y\u202a \u202c\"", "Bakery"},
		{"what is not seen", `"Ba\u200bk\u2060ery\ufeff"`, "Bakery"}, {"nothing that is seen", `"\u202e\u200b"`, ""},
		{"400 characters", `"` + strings.Repeat("é", 400) + `"`, strings.Repeat("é", 255)},
		{"a cut within an accent", `"` + strings.Repeat("x", 254) + `e` + "\u0301" + `x"`, strings.Repeat("x", 254)},
		{"a cut within a family", `"` + strings.Repeat("x", 250) + family + `"`, strings.Repeat("x", 250)},
		{"number", `123`, "123"},
		{"large number", `12345678901234567890`, "12345678901234567890"},
		{"truth", `true`, ""},
		{"array", `["a"]`, ""},
		{"object", `{}`, ""},
		{"no value", `nul`, ""},
	} {
		for field, got := range map[string]func(domain.Event) string{
			"profile_name":  func(e domain.Event) string { return e.ProfileName },
			"operation":     func(e domain.Event) string { return e.Operation },
			"owner_id":      func(e domain.Event) string { return e.OwnerID },
			"credential_id": func(e domain.Event) string { return e.CredentialID },
		} {
			it := readItem(withField(field, c.sent))
			if it.err != nil || got(it.event) != c.want || !slices.Equal(it.event.Mended, []string{field}) {
				t.Errorf("%s: %s is %q, mended %q, %v", c.name, field, got(it.event), it.event.Mended, it.err)
			}
		}
	}
	for _, id := range []string{"id", "profile_id"} {
		it := readItem(withField(id, "123"))
		if it.err != nil || it.event.SourceEventID != "123" && it.event.ProfileID != "123" || !slices.Equal(it.event.Mended, []string{id}) {
			t.Errorf("%s = 123: %+v, %v", id, it.event, it.err)
		}
	}
}

func TestTextThatIsFineStays(t *testing.T) {
	for _, sent := range []string{"", " ", "Bäckerei 👨‍👩‍👧‍👦", "\uFFFD", "می\u200cخواهم", "ক\u200d", "a\u200fb", strings.Repeat("👍", 255), "null"} {
		it := readItem(withField("profile_name", `"`+sent+`"`))
		if it.err != nil || it.event.ProfileName != sent || len(it.event.Mended) != 0 {
			t.Errorf("%q: %q, mended %q, %v", sent, it.event.ProfileName, it.event.Mended, it.err)
		}
	}
	if it := readItem(withField("profile_name", "null")); it.event.ProfileName != "" || len(it.event.Mended) != 0 {
		t.Errorf("null: %+v", it.event)
	}
}

// TestIDsWithMarksStay holds that two ids are never made one.
func TestIDsWithMarksStay(t *testing.T) {
	for _, field := range []string{"id", "profile_id"} {
		it := readItem(withField(field, `"a\u202eb\u200b"`))
		if got := map[string]string{"id": it.event.SourceEventID, "profile_id": it.event.ProfileID}[field]; it.err != nil || got != "a\u202eb\u200b" || len(it.event.Mended) != 0 {
			t.Errorf("%s: %q, mended %q, %v", field, got, it.event.Mended, it.err)
		}
	}
}

func TestWordsAreReadInAnyCase(t *testing.T) {
	for _, c := range []struct {
		field, sent string
		typ         domain.EventType
		network     domain.Network
		mended      bool
	}{
		{"type", `"Failed"`, domain.Failed, "facebook", true},
		{"type", `"reconnected\n"`, domain.Reconnected, "facebook", true},
		{"type", `null`, domain.Disconnected, "facebook", false},
		{"type", `""`, domain.Disconnected, "facebook", false},
		{"network", `" LinkedIn"`, domain.Disconnected, "linkedin", true},
		{"network", `{}`, domain.Disconnected, "", true},
		{"network", `4`, domain.Disconnected, "", true},
		{"network", `null`, domain.Disconnected, "", false},
	} {
		it := readItem(withField(c.field, c.sent))
		e := it.event
		if it.err != nil || e.Type != c.typ || e.Network != c.network || slices.Contains(e.Mended, c.field) != c.mended {
			t.Errorf("%s = %s: %s on %q, mended %q, %v", c.field, c.sent, e.Type, e.Network, e.Mended, it.err)
		}
	}
}

func TestStatusIsReadOrMended(t *testing.T) {
	for _, c := range []struct {
		sent   string
		want   int
		mended bool
	}{
		{`400`, 400, false}, {`999`, 999, false}, {`756`, 756, false}, {`0`, 0, false}, {`null`, 0, false}, {`""`, 0, false},
		{`"400"`, 400, true}, {`400.0`, 400, true}, {`4e2`, 400, true}, {`"403 Forbidden"`, 403, true}, {`" 404 "`, 404, true},
		{`1000`, 0, true}, {`-1`, 0, true}, {`400.5`, 0, true}, {`"timeout"`, 0, true}, {`[]`, 0, true}, {`{}`, 0, true},
		{`true`, 0, true}, {`"NaN"`, 0, true}, {`1e400`, 0, true}, {`99999999999999999999`, 0, true},
	} {
		it := readItem(withField("http_status", c.sent))
		if it.err != nil || it.event.Status != c.want || slices.Contains(it.event.Mended, "http_status") != c.mended {
			t.Errorf("%s: %d, mended %q, %v", c.sent, it.event.Status, it.event.Mended, it.err)
		}
	}
}

func TestTimeIsReadOrMended(t *testing.T) {
	at := time.Date(2026, 11, 20, 10, 0, 5, 0, time.UTC)
	fine := at.Add(123456 * time.Microsecond)
	for _, c := range []struct {
		sent   string
		want   time.Time
		mended bool
	}{
		{`"2026-11-20T10:00:05Z"`, at, false},
		{`"2026-11-20T12:00:05.123456+02:00"`, fine, false},
		{`"2099-01-01T00:00:00Z"`, time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), false}, // the store knows what the time is
		{`1795168805`, at, true}, {`"1795168805"`, at, true}, {`1795168805.123456`, fine, true}, {`1795168805000`, at, true},
		{`"1795168805123"`, at.Add(123 * time.Millisecond), true}, {`1795168805123456`, fine, true}, {`1795168805123456000`, fine, true},
		{`1.795168805e9`, at, true},
		{`"2026-11-20T10:00:05"`, at, true}, {`"2026-11-20 10:00:05"`, at, true}, {`"2026-11-20 10:00:05.123456"`, fine, true},
		{`"2026-11-20T10:00:05+0000"`, at, true}, {`"2026-11-20T12:00:05+02"`, at, true}, {`"2026-11-20t10:00:05z"`, at, true},
		{`"2026-11-20 10:00:05.123456+00:00"`, fine, true}, {`"2026-11-20 10:00:05 UTC"`, at, true}, {`"2026-11-20 05:00:05 -0500"`, at, true},
		{`"2026-11-20 10:00:05.123456 +0000 UTC m=+0.1"`, fine, true}, {`" 2026-11-20T10:00:05Z "`, at, true},
		{`"2026-11-20T10:00Z"`, at.Truncate(time.Minute), true}, {`"2026-11-20"`, at.Truncate(24 * time.Hour), true}, {`"20261120T100005Z"`, at, true},
		{`"Fri, 20 Nov 2026 10:00:05 GMT"`, at, true}, {`"Fri, 20 Nov 2026 12:00:05 +0200"`, at, true}, {`"Fri Nov 20 10:00:05 +0000 2026"`, at, true},
		{`"Fri Nov 20 2026 05:00:05 GMT-0500 (Eastern Standard Time)"`, at, true},
		{`"Fri Nov 20 2026 10:00:05 GMT+0000 (Coordinated Universal Time)"`, at, true},
		{`"yesterday"`, time.Time{}, true}, {`"1999-12-31T23:59:59Z"`, time.Time{}, true}, {`0`, time.Time{}, true}, {`-1`, time.Time{}, true},
		{`"20 Nov 2026 10:00:05 CST"`, time.Time{}, true}, {`"11/12/2026"`, time.Time{}, true}, {`[]`, time.Time{}, true}, {`1e300`, time.Time{}, true},
		{`"NaN"`, time.Time{}, true}, {`"2026-02-30T10:00:05Z"`, time.Time{}, true}, {`{"seconds":1}`, time.Time{}, true},
		{`null`, time.Time{}, false}, {`""`, time.Time{}, false},
	} {
		it := readItem(withField("occurred_at", c.sent))
		if it.err != nil || !it.event.OccurredAt.Equal(c.want) || slices.Contains(it.event.Mended, "occurred_at") != c.mended {
			t.Errorf("%s: %v, mended %q, %v", c.sent, it.event.OccurredAt, it.event.Mended, it.err)
		}
	}
}

func TestOnlyErrorsCarryAnError(t *testing.T) {
	for _, typ := range domain.EventTypes() {
		it := readItem([]byte(`{"id":"1","profile_id":"p","type":"` + string(typ) + `"}`))
		if (it.err == nil) == typ.HasError() || it.event.Raw != nil || it.event.Type != typ {
			t.Errorf("%s: %+v, %v", typ, it.event, it.err)
		}
	}
}

// A secret that is known by what stands behind it, such as the @ of an address, is
// removed before the message is cut.
func TestQuotedTypeHasNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "hM6kHf3snn4PDW4ZMS4oWe8q"
	it := readItem([]byte(`{"id":"1","profile_id":"p","type":"no route to https://deploy:` + secret + `@db.example.com/x","error":1}`))
	if it.err == nil || strings.Contains(it.err.Error(), secret[:8]) {
		t.Errorf("the problem is %v", it.err)
	}
}

// A text that is too long is scrubbed before it is cut, for the same reason.
func TestCutTextHasNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "hM6kHf3snn4PDW4ZMS4oWe8q"
	for _, field := range []string{"operation", "profile_name", "owner_id", "credential_id"} {
		before := "https://deploy:"
		long := strings.Repeat("x", store.MaxID-len(before)-len(secret)-1) + " " + before + secret + "@db.example.com/x"
		it := readItem(fmt.Appendf(nil, `{"id":"1","profile_id":"p","network":"facebook","error":1,%q:%q}`, field, long))
		if it.err != nil || strings.Contains(fmt.Sprint(it.event), secret[:8]) {
			t.Errorf("%s: %+v, %v", field, it.event, it.err)
		}
	}
}

func FuzzReadItem(f *testing.F) {
	f.Add([]byte(`{"id":"e1","profile_id":"p","error":{"a":1},"http_status":400}`))
	f.Add([]byte(`{"id":"\ud800","profile_id":"p","error":"\u0000"}`))
	f.Add([]byte(`{"id":1,"profile_id":"p\n","occurred_at":1e9,"profile_name":"\ud83d","network":" X","type":"Failed","error":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		it := readItem(b)
		e := it.event
		if it.err == nil && (e.SourceEventID == "" || e.ProfileID == "") {
			t.Errorf("%q was taken without ids", b)
		}
		for _, s := range []string{e.SourceEventID, e.ProfileID, string(e.Network), e.Operation, e.ProfileName, e.OwnerID, e.CredentialID} {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > store.MaxID || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%q: %q can't be stored", b, s)
			}
		}
		if e.Status < 0 || e.Status > 999 || !e.OccurredAt.IsZero() && e.OccurredAt.Year() < 2000 {
			t.Errorf("%q: status %d at %v", b, e.Status, e.OccurredAt)
		}
	})
}
