package events_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// changedPassword is an error that facebook's first parsers explain.
func changedPassword(d *servicetest.Site) func(*store.NewEvent) {
	return func(e *store.NewEvent) {
		e.Raw = []byte(`{"error":{"message":"The session is invalid","type":"OAuthException","code":190,"error_subcode":460,"trace":"1901"}}`)
		e.Cleaned = string(e.Raw)
		x := d.Engine.Explain(e.Network, e.Status, e.Raw)
		e.Facts, e.Verdict = x.Facts, x.Verdict
	}
}

// marked lists what is marked in a page.
func marked(page *html.Node) []string {
	var parts []string
	for _, n := range htmltest.Inside(page, "mark") {
		parts = append(parts, htmltest.Text(n))
	}
	return parts
}

func TestEventSaysWhatDecided(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	storetest.Event(t, s.Store, func(e *store.NewEvent) { e.ProfileID = "p-1" })
	id := storetest.Event(t, s.Store, func(e *store.NewEvent) {
		e.ProfileID, e.ProfileName, e.OwnerID, e.Operation = "p-1", "Bakery", "owner-1", "publish"
		e.Defaulted, e.Mended, e.Scrubbed = []string{"network"}, []string{"profile_name"}, []string{"access_token"}
	}, changedPassword(s))
	page := s.Open(t, "/events/"+id)
	words := htmltest.Text(page)
	for _, want := range []string{
		"Error of Bakery", "facebook.user-changed-password", s.Catalog.Words("facebook.user-changed-password", "en").Title,
		"without the secrets that were in it: access_token", "Before and after",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for term, want := range map[string]string{
		"Code": "190", "Subcode": "460", "Type": "OAuthException", "Status": "400", "Message": "The session is invalid",
		"Operation": "publish", "Owner": "owner-1", "Missing fields": "network", "Mended": "profile_name", "Removed": "access_token", "State now": "disconnected",
	} {
		if got := htmltest.Detail(page, term); got != want {
			t.Errorf("%s is %q, want %q", term, got, want)
		}
	}
	parts := marked(page)
	slices.Sort(parts)
	if !slices.Equal(slices.Compact(parts), []string{"190", "460"}) || len(marked(htmltest.Inside(page, "pre")[0])) != 2 {
		t.Errorf("marked %q, in the error %q", parts, marked(htmltest.Inside(page, "pre")[0]))
	}
	if htmltest.Link(page, "Start a parser from it") != "/parsers/new?event="+id || htmltest.Link(page, "owner-1") != "/profiles?q=owner-1" {
		t.Error("it does not lead on")
	}
	if rows := htmltest.Inside(htmltest.Inside(page, "table")[len(htmltest.Inside(page, "table"))-1], "tr"); len(rows) != 3 {
		t.Errorf("%d rows with the events of the profile", len(rows))
	}
}

func TestEventListsTheParsersTriedBefore(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	parsers := s.Engine.Ruleset(domain.Facebook).Parsers()
	unparsed := htmltest.Text(s.Open(t, "/events/"+storetest.Event(t, s.Store, func(e *store.NewEvent) {
		e.Raw = []byte("nothing that is known")
	})))
	if !strings.Contains(unparsed, "No parser explains this error.") || !strings.Contains(unparsed, parsers[len(parsers)-1].Name()) {
		t.Errorf("unparsed: %s", unparsed)
	}
	for _, sample := range s.Catalog.Network(domain.Facebook).Parsers[3].Match[:1] {
		page := s.Open(t, "/events/"+storetest.Event(t, s.Store, func(e *store.NewEvent) {
			e.Status, e.Raw = sample.Status, sample.Error
			x := s.Engine.Explain(e.Network, e.Status, e.Raw)
			e.Facts, e.Verdict = x.Facts, x.Verdict
		}))
		for i, row := range htmltest.Inside(htmltest.Inside(htmltest.Inside(page, "details")[0], "tbody")[0], "tr") {
			if !strings.Contains(htmltest.Text(row), parsers[i].Name()) {
				t.Errorf("row %d is %s, want %s", i, htmltest.Text(row), parsers[i].Name())
			}
		}
	}
}

// A later ruleset may say otherwise of an error that waits to be parsed again.
func TestEventSaysWhatTheLiveRulesetWouldSay(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	id := storetest.Event(t, s.Store, changedPassword(s), func(e *store.NewEvent) {
		e.Verdict = domain.Verdict{Ruleset: 999}
	})
	if words := htmltest.Text(s.Open(t, "/events/"+id)); !strings.Contains(words, "The live ruleset decides otherwise") ||
		!strings.Contains(words, "says facebook.user-changed-password") {
		t.Errorf("it reads %s", words)
	}
}

func TestEventShowsEveryByte(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	for raw, want := range map[string]string{
		"nul\x00 esc\x1b[31m":       "nul[U+0000] esc[U+001B][31m",
		"broken \xff\xfe utf-8":     "broken [0xFF][0xFE] utf-8",
		"turned \u202eround":        "turned [U+202E]round",
		"<script>alert(1)</script>": "<script>alert(1)</script>",
		"\n\nlines\r\nstay":         "\n\nlines[U+000D]\nstay",
	} {
		page := s.Open(t, "/events/"+storetest.Event(t, s.Store, func(e *store.NewEvent) { e.Raw = []byte(raw) }))
		var text strings.Builder
		for n := range htmltest.Inside(page, "pre")[0].Descendants() {
			if n.Type == html.TextNode {
				text.WriteString(n.Data)
			}
		}
		if text.String() != want {
			t.Errorf("%q is shown as %q", raw, text.String())
		}
	}
	large := bytes.Repeat([]byte("[190,"), 1<<18)
	if w := s.Get("/events/" + storetest.Event(t, s.Store, func(e *store.NewEvent) { e.Raw = large })); w.Code != http.StatusOK {
		t.Errorf("a large error answers %d", w.Code)
	}
}

func TestEventHidesTheErrorFromProductManagers(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	id := storetest.Event(t, s.Store, changedPassword(s), func(e *store.NewEvent) {
		e.Verdict.Evidence = append(e.Verdict.Evidence, domain.Evidence{Fact: "message", Value: "The session is invalid", Match: "session"})
	})
	page := s.Open(t, "/events/"+id)
	if strings.Contains(htmltest.Text(page), "session is invalid") || len(htmltest.Inside(page, "pre")) != 0 || htmltest.Detail(page, "Code") != "190" {
		t.Errorf("a product manager reads %s", htmltest.Text(page))
	}
	if htmltest.Link(page, "Start a parser from it") != "" {
		t.Error("a product manager may start a parser")
	}
}

func TestEventsWithoutErrorsHaveAPage(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	for typ, title := range map[domain.EventType]string{domain.Reconnected: "Reconnection of", domain.Succeeded: "Call that succeeded for"} {
		page := s.Open(t, "/events/"+storetest.Event(t, s.Store, storetest.OfType(typ)))
		if words := htmltest.Text(page); !strings.Contains(words, title) || strings.Contains(words, "Verdict") {
			t.Errorf("it reads %s", words)
		}
	}
}

func TestUnknownEventsAreNotFound(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	for _, id := range []string{"0190a7e0-0000-7000-8000-000000000000", "7", "%00", "%ff", "%E2%80%AE", "..%2f..", "'", strings.Repeat("a", 5000)} {
		if w := s.Get("/events/" + id); w.Code != http.StatusNotFound {
			t.Errorf("%.20q answers %d", id, w.Code)
		}
	}
}
