package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
)

// unscrubbed explains an error as it was sent.
func unscrubbed(engine *explain.Engine, e domain.Event) store.NewEvent {
	x := engine.ExplainAgain(engine.Ruleset(e.Network), e.Status, e.Raw)
	return store.NewEvent{Event: e, Facts: x.Facts, Verdict: x.Verdict, Shape: x.Shape}
}

// TestScrubbingChangesNoVerdict takes all samples of the catalogue through what
// events pass on arrival: what is removed of them changes neither facts nor verdict
// nor shape.
func TestScrubbingChangesNoVerdict(t *testing.T) {
	t.Parallel()
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	samples := 0
	for e := range samplesOf(c) {
		samples++
		got, want := api.Explain(engine, e), unscrubbed(engine, e)
		if message := difference(got, want); message != "" || got.Facts.Message != want.Facts.Message {
			t.Errorf("%s: %s\nbecame %s: %s", e.Network, e.Raw, got.Raw, message)
		}
	}
	if samples < 1000 {
		t.Errorf("%d samples", samples)
	}
}

// TestPlantedSecretsChangeNoVerdict adds secrets to the samples. Marks may stand in
// shapes, where events without them have no place.
func TestPlantedSecretsChangeNoVerdict(t *testing.T) {
	t.Parallel()
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	var samples []domain.Event
	for e := range samplesOf(c) {
		samples = append(samples, e)
	}
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(samples).Draw(t, "sample")
		secret := rapid.StringMatching(`[A-Za-z][A-Za-z0-9]{10}[0-9][A-Za-z][A-Za-z0-9]{12}`).Draw(t, "secret")
		name := rapid.SampledFrom([]string{"access_token", "client_secret", "refreshToken", "X-Api-Key", "password", "contraseña"}).Draw(t, "name")
		e.Raw = planted(e.Raw, name, secret)
		got, want := api.Explain(engine, e), unscrubbed(engine, e)
		if strings.Contains(string(got.Raw), secret) {
			t.Fatalf("%s landed in %s", secret, got.Raw)
		}
		want.Shape = got.Shape
		if message := difference(got, want); message != "" {
			t.Fatalf("%s\nbecame %s\n%s", e.Raw, got.Raw, message)
		}
	})
}

// planted puts a secret into an error: as a member of its object, or behind its text.
func planted(raw []byte, name, secret string) []byte {
	if object, ok := strings.CutPrefix(string(raw), "{"); ok && strings.TrimSpace(object) != "}" {
		return fmt.Appendf(nil, `{"request":{"headers":{%q:%q}},%s`, name, secret, object)
	}
	return fmt.Appendf(nil, "%s (%s=%s)", raw, name, secret)
}

func samplesOf(c *catalog.Catalog) func(func(domain.Event) bool) {
	return func(yield func(domain.Event) bool) {
		for _, n := range c.Networks() {
			for _, p := range n.Parsers {
				for _, s := range append(p.Match, p.Reject...) {
					if !yield(domain.Event{Type: domain.Failed, Network: n.Network, Status: s.Status, Raw: s.Error}) {
						return
					}
				}
			}
		}
	}
}

// difference says what scrubbing changed of what an error means.
func difference(got, want store.NewEvent) string {
	g, w := got.Facts, want.Facts
	switch {
	case g.Code != w.Code || g.Subcode != w.Subcode || g.Type != w.Type || g.Format != w.Format || g.Status != w.Status:
		return fmt.Sprintf("code %q, subcode %q, type %q, %s became %q, %q, %q, %s", w.Code, w.Subcode, w.Type, w.Format, g.Code, g.Subcode, g.Type, g.Format)
	case got.Verdict.Reason != want.Verdict.Reason || got.Verdict.Parser != want.Verdict.Parser:
		return fmt.Sprintf("%q became %q", want.Verdict.Parser, got.Verdict.Parser)
	case got.Shape.Hash != want.Shape.Hash && w.Message == g.Message:
		return fmt.Sprintf("the shape %s became %s", want.Shape.Template, got.Shape.Template)
	}
	return ""
}

// TestSecretsInIDs: an id that is a secret joins as any other, and stands nowhere:
// not in the database, an answer, a page or the log.
func TestSecretsInIDs(t *testing.T) {
	t.Parallel()
	secret := madeUpToken()
	other := madeUpToken()
	database := storetest.URL(t)
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+database, "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD="+replicaPassword)
	p.postEvent(t, secret)
	if got := p.call(t, "POST", "/api/v1/events", fmt.Sprintf(`[{"id": %q, "profile_id": %q, "type": "failed", "operation": "publish with %s",
		"profile_name": "%s", "owner_id": %q, "credential_id": %q, "error": "no"}, {"id": "7", "profile_id": %q, "error": {"token": %q}}]`,
		secret, secret, secret, secret, secret, secret, other, secret)); !strings.Contains(got, `"accepted":1`) || !strings.Contains(got, `"quarantined":1`) {
		t.Fatalf("posting answers %s", got)
	}
	for what, got := range map[string]string{
		"reason":       p.reason(t, secret),
		"reasons":      p.call(t, "POST", "/api/v1/reasons", fmt.Sprintf(`{"profile_ids": [%q]}`, secret)),
		"profiles":     p.answer(t, "/profiles?q="+secret),
		"events":       p.answer(t, "/disconnections?profile="+secret),
		"profile":      p.answer(t, "/profiles/"+secret),
		"profiles.csv": p.answer(t, "/profiles.csv?q="+secret),
	} {
		if strings.Contains(got, secret) || !strings.Contains(got, "hashed-") {
			t.Errorf("%s: %s", what, got)
		}
	}
	p.end(syscall.SIGINT)
	if log := p.stderr.String(); strings.Contains(log, secret) || !strings.Contains(log, "/profiles/hashed-") {
		t.Errorf("the log has %s", log)
	}
	var found int
	if err := storetest.DB(t, database).QueryRow(`SELECT count(*) FROM (SELECT events::text || encode(coalesce(raw, ''), 'escape') FROM events UNION ALL SELECT profiles::text FROM profiles
		UNION ALL SELECT quarantine::text || encode(raw, 'escape') FROM quarantine UNION ALL SELECT event_keys::text FROM event_keys) AS rows (row)
		WHERE row LIKE '%' || $1 || '%' OR row LIKE '%' || $2 || '%'`, secret, other).Scan(&found); err != nil || found > 0 {
		t.Errorf("%d rows have it: %v", found, err)
	}
}

// madeUpToken returns a token that looks like GitHub's.
func madeUpToken() string {
	const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ23456789"
	token := []byte("ghp_")
	for range 36 {
		token = append(token, letters[rand.IntN(len(letters))])
	}
	return string(token)
}

// answer is what an admin gets: where to, and what it says.
func (p *process) answer(t *testing.T, path string) string {
	t.Helper()
	answer, err := p.adminClient(t).Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Header.Get("Location") + "\n" + string(text)
}
