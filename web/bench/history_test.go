package bench

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storebench"
	"wherefore/store/storetest"
	"wherefore/web/service"
	"wherefore/web/webtest"
)

// TestHistoryIsWhatTheServiceWouldHaveStored takes the events of a history, adds them
// to another database as the API does, and compares all that is kept of them.
func TestHistoryIsWhatTheServiceWouldHaveStored(t *testing.T) {
	t.Parallel()
	words, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	base, err := storebench.New(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = base.Close() }) // its data is removed in any case
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	for _, s := range []*store.Store{base.Store, s} {
		if _, err := service.SyncCatalog(t.Context(), s, words); err != nil {
			t.Fatal(err)
		}
	}
	history := newHistory(words, engine, 4000)
	history.Profiles = 400 // so that events of a credential meet
	if err := base.Fill(t.Context(), history); err != nil {
		t.Fatal(err)
	}
	filled, replayed := storetest.DB(t, base.URL()), storetest.DB(t, address)
	replay(t, filled, s, engine)
	for table, query := range kept {
		want, got := texts(t, replayed, query), texts(t, filled, query)
		if len(want) == 0 {
			t.Errorf("%s: nothing was added", table)
		}
		for row := range want {
			if !got[row] {
				t.Errorf("%s lacks %s", table, row)
			}
		}
		for row := range got {
			if !want[row] {
				t.Errorf("%s should not have %s", table, row)
			}
		}
	}
}

// kept is what is compared, with no ids that differ from database to database.
var kept = map[string]string{
	"events": `SELECT src.name, e.source_event_id, e.network, e.profile_id, e.type, e.occurred_at, e.operation, e.defaulted, e.mended, e.scrubbed,
		e.raw, e.cleaned, e.format, e.status, e.code, e.subcode, e.error_type, e.message, e.shape_hash, e.reason, e.parser, e.evidence::text,
		e.arrival_reason, e.arrival_parser, e.worked_at, e.worked_profile_id FROM events e JOIN sources src ON src.id = e.source_id`,
	"event_keys": `SELECT k.source_event_id FROM event_keys k JOIN events e ON e.id = k.event_id AND e.source_id = k.source_id AND e.source_event_id = k.source_event_id`,
	"profiles": `SELECT p.id, p.network, p.name, p.folded_name, p.owner_id, p.credential_id, p.state, p.since, said.source_event_id, p.state_at,
		last.source_event_id, p.last_event_at, error.source_event_id, p.error_at, p.worked_at
		FROM profiles p JOIN events last ON last.id = p.last_event_id
		LEFT JOIN events said ON said.id = p.state_event_id LEFT JOIN events error ON error.id = p.error_event_id`,
	"hourly_counts":  `SELECT src.name, to_jsonb(c) - 'source_id' FROM hourly_counts c JOIN sources src ON src.id = c.source_id`,
	"source_counts":  `SELECT src.name, to_jsonb(c) - 'source_id' FROM source_counts c JOIN sources src ON src.id = c.source_id`,
	"missing_fields": `SELECT src.name, to_jsonb(m) - 'source_id' - 'samples', cardinality(m.samples) FROM missing_fields m JOIN sources src ON src.id = m.source_id`,
	"spells": `SELECT s.profile_id, s.began_at, down.source_event_id, s.reason, s.ended_at, up.source_event_id
		FROM spells s JOIN events down ON down.id = s.event_id LEFT JOIN events up ON up.id = s.ended_event_id`,
	"shapes": `SELECT s.network, s.hash, s.template, s.version, s.first_seen_at, s.last_seen_at, s.placement, c.initial_hash, c.template, c.state
		FROM shapes s JOIN clusters c ON c.id = s.cluster_id`,
}

func texts(t *testing.T, db *sql.DB, query string) map[string]bool {
	t.Helper()
	var rows []string
	err := db.QueryRowContext(t.Context(), `SELECT array_agg(rows::text) FROM (`+query+`) AS rows`).Scan((*pq.StringArray)(&rows))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, row := range rows {
		found[row] = true
	}
	if len(found) != len(rows) {
		t.Errorf("%d of %d rows are different: %s", len(found), len(rows), query)
	}
	return found
}

// replay adds the events of a database to a store.
func replay(t *testing.T, from *sql.DB, s *store.Store, engine *explain.Engine) {
	t.Helper()
	rows, err := from.QueryContext(t.Context(), `
		SELECT src.name, e.source_event_id, e.network, e.profile_id, e.type, e.occurred_at, uuid_time(e.id), e.operation, e.status, e.raw,
		    e.defaulted, p.name, p.owner_id, p.credential_id
		FROM events e JOIN sources src ON src.id = e.source_id JOIN profiles p ON p.id = e.profile_id ORDER BY e.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	events := map[string][]store.NewEvent{} // by source: the order of arrival changes nothing
	for rows.Next() {
		var source string
		var e domain.Event
		var n store.NewEvent
		err := rows.Scan(&source, &e.SourceEventID, &e.Network, &e.ProfileID, &e.Type, &e.OccurredAt, &n.ArrivedAt, &e.Operation, &e.Status, &e.Raw,
			(*pq.StringArray)(&e.Defaulted), &e.ProfileName, &e.OwnerID, &e.CredentialID)
		if err != nil {
			t.Fatal(err)
		}
		arrived := n.ArrivedAt
		n = api.Explain(engine, e)
		n.ArrivedAt = arrived
		events[source] = append(events[source], n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name, sent := range events {
		source, err := s.AddSource(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for batch := range slices.Chunk(sent, 500) {
			storetest.Add(t, s, source.ID, batch...)
		}
	}
}

// unmeasured are pages of what the history does not have, and those of nobody who is
// signed in.
var unmeasured = []string{
	"GET /healthz", "GET /readyz", "GET /metrics", "GET /sign-in", "GET /trials/{id}", "GET /trials/{id}/events",
	"GET /trials/{id}/events.csv", "GET /shadows/{id}", "GET /proposals/{id}", "GET /reparses/{id}", "GET /replays/{id}",
	"GET /quarantine/{id}", "GET /rulesets/{network}/next",
}

func TestEveryPageIsMeasured(t *testing.T) {
	t.Parallel()
	mux, measured := webtest.Routes(t, "../service/routes.go"), map[string]bool{}
	for _, address := range addresses(map[string]string{":many": "1", ":few": "2"}) {
		_, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
		if pattern == "" {
			t.Errorf("nothing is served at %s", address)
		}
		measured[pattern] = true
	}
	for _, pattern := range webtest.Patterns(t, "../service/routes.go") {
		isPage := strings.HasPrefix(pattern, "GET ") && !strings.HasPrefix(pattern, "GET /api/")
		if isPage && measured[pattern] == slices.Contains(unmeasured, pattern) {
			t.Errorf("%s is measured: %v", pattern, measured[pattern])
		}
	}
}
