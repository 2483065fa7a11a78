package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// TestTheDatabaseRefuses tries wrong data past all Go code.
func TestTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	storetest.Event(t, s)
	storetest.Event(t, s, storetest.Parsed("token-expired"))
	quarantine(t, s, storetest.Source(t, s), unusable("a"))
	sync2(t, s, spec("a", "token-expired"))
	storetest.Builtins(t, s, domain.X, domain.ParserSpec{Network: domain.X, Name: "a", Reason: "x.token-expired", Condition: "true"})
	for constraint, statement := range map[string]string{
		"reasons_id_check":                 `INSERT INTO reasons VALUES ('facebook.a', 'x', 'a', 'app')`,
		"reasons_category_check":           `INSERT INTO reasons VALUES ('x.a', 'x', 'a', 'weather')`,
		"parser_revisions_reason_fkey":     `UPDATE parser_revisions SET reason = 'x.token-expired' WHERE network = 'facebook'`,
		"parser_revisions_condition_check": `UPDATE parser_revisions SET func = 'both'`,
		"ruleset_versions_live_key":        `INSERT INTO ruleset_versions (network, version, live, why) VALUES ('x', 2, true, '')`,
		"ruleset_entries_revision_fkey":    `UPDATE ruleset_entries SET revision_id = (SELECT id FROM parser_revisions WHERE network = 'x') WHERE network = 'facebook'`,
		"ruleset_entries_name_key":         `INSERT INTO ruleset_entries SELECT network, version, 1, revision_id, name FROM ruleset_entries`,
		"event_keys_pkey":                  `INSERT INTO event_keys SELECT * FROM event_keys`,
		"events_reason_fkey":               `UPDATE events SET reason = 'x.token-expired' WHERE reason IS NOT NULL`,
		"events_parser_check":              `UPDATE events SET parser = '' WHERE reason IS NOT NULL`,
		"events_shape_check":               `UPDATE events SET reason = NULL, parser = '', shape_hash = NULL`,
		"events_shape_fkey":                `UPDATE events SET shape_hash = 1 WHERE reason IS NULL`,
		"events_occurred_at_check":         `UPDATE events SET occurred_at = occurred_at + interval '2 days'`,
		"events_raw_check":                 `UPDATE events SET raw = NULL`,
		"events_no_error_check":            `UPDATE events SET type = 'succeeded', raw = NULL WHERE reason IS NOT NULL`,
		"events_worked_check":              `UPDATE events SET worked_at = now()`,
		"profiles_error_event_check":       `UPDATE profiles SET error_event_id = NULL, error_at = now()`,
		"events_type_check":                `UPDATE events SET type = 'exploded'`,
		"events_profile_id_fkey":           `UPDATE events SET profile_id = 'nobody'`,
		"shapes_cluster_fkey":              `INSERT INTO shapes SELECT 'x', 1, template, cluster_id FROM shapes`,
		"clusters_merged_check":            `UPDATE clusters SET state = 'merged'`,
		"clusters_ignored_check":           `UPDATE clusters SET state = 'ignored'`,
		"shapes_placement_check":           `UPDATE shapes SET placement = 'somewhere'`,
		"profiles_state_event_check":       `UPDATE profiles SET state_event_id = NULL`,
		"hourly_counts_current_check":      `UPDATE hourly_counts SET current = current - 2`,
		"hourly_counts_hour_check":         `UPDATE hourly_counts SET hour = hour + interval '1 minute'`,
		"jobs_unfinished_key":              `INSERT INTO jobs (kind, key) VALUES ('reparse', 'x')`,
		"jobs_finished_check":              `UPDATE jobs SET state = 'done'`,
		"jobs_running_check":               `UPDATE jobs SET state = 'running'`,
		"reparses_job_fkey":                `INSERT INTO reparses (id, network, ruleset, parsers) VALUES (-1, 'x', 1, '{}')`,
		"users_role_check":                 `INSERT INTO users (name, role, password_hash) VALUES ('a', 'root', '')`,
		"tokens_hash_check":                `INSERT INTO tokens (hash, source_id) SELECT 'short', id FROM sources`,
		"event_keys_source_event_id_check": `INSERT INTO event_keys SELECT source_id, repeat('x', 256), event_id FROM event_keys`,
		"ruleset_versions_network_fkey":    `INSERT INTO ruleset_versions (network, version, live, why) VALUES ('myspace', 1, true, '')`,
		"missing_fields_events_check":      `INSERT INTO missing_fields (source_id, kind, field, hour, events) SELECT id, 'missing', 'network', date_trunc('hour', now(), 'UTC'), 0 FROM sources`,
		"missing_fields_hour_check":        `INSERT INTO missing_fields (source_id, kind, field, hour, events) SELECT id, 'missing', 'network', date_trunc('hour', now(), 'UTC') + interval '1 minute', 1 FROM sources`,
		"source_counts_hour_check":         `UPDATE source_counts SET hour = hour + interval '1 minute'`,
		"quarantine_ended_at_check":        `UPDATE quarantine SET ended = 'expired'`,
		"quarantine_ended_check":           `UPDATE quarantine SET ended = 'lost', ended_at = now()`,
		"quarantine_event_check":           `UPDATE quarantine SET event_id = (SELECT id FROM events LIMIT 1), ended = 'expired', ended_at = now()`,
		"quarantine_received_check":        `UPDATE quarantine SET last_received_at = received_at - interval '1 day'`,
		"missing_fields_kind_check":        `INSERT INTO missing_fields (source_id, kind, field, hour, events) SELECT id, 'odd', 'network', date_trunc('hour', now(), 'UTC'), 1 FROM sources`,
		"events_arrival_parser_check":      `UPDATE events SET arrival_parser = '' WHERE arrival_reason IS NOT NULL`,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		var pe *pq.Error
		// Copies of a key on the partitions have a number behind the name.
		if !errors.As(err, &pe) || !strings.HasPrefix(pe.Constraint, constraint) {
			t.Errorf("%s does not hold: %v", constraint, err)
		}
	}
}

func TestEventsAtTheEdgesOfMonthsAreStored(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	edge := time.Date(time.Now().Year()-2, time.March, 1, 0, 0, 0, 0, time.UTC)
	for offset, partition := range map[time.Duration]string{
		-time.Millisecond: edge.AddDate(0, -1, 0).Format("events_2006_01"),
		0:                 edge.Format("events_2006_01"),
		time.Millisecond:  edge.Format("events_2006_01"),
	} {
		e := storetest.NewEvent(func(e *store.NewEvent) { e.ArrivedAt, e.OccurredAt = edge.Add(offset), edge.Add(offset) })
		id := storetest.Add(t, s, source.ID, e)[0].EventID // its month has no partition yet
		var got string
		err := db.QueryRowContext(t.Context(), `SELECT tableoid::regclass FROM events WHERE id = $1`, id).Scan(&got)
		if err != nil || got != partition {
			t.Errorf("%v from the edge: in %s, %v; want %s", offset, got, err, partition)
		}
		if arrived := must(s.Event(t.Context(), id))(t).ArrivedAt; !arrived.Equal(edge.Add(offset)) {
			t.Errorf("arrived %v, want %v", arrived, edge.Add(offset))
		}
		page := must(s.Events(t.Context(), store.EventFilter{From: edge.Add(offset), To: edge.Add(offset + time.Millisecond)}, "", 10))(t)
		if len(page.Rows) != 1 || page.Rows[0].ID != id {
			t.Errorf("%v from the edge: not found by its time", offset)
		}
	}
	storetest.CheckCounts(t, db)
}

func TestPartitionsStandReady(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	count := func() (n int) {
		t.Helper()
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n < 4 {
		t.Errorf("%d partitions", n)
	}
	ensure := func() int {
		t.Helper()
		if err := s.EnsurePartitions(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		return count()
	}
	if first, second := ensure(), ensure(); first != second { // the first makes one if a month ended meanwhile
		t.Errorf("%d partitions became %d", first, second)
	}
}

func TestReadyAndMigrate(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if err := store.Migrate(t.Context(), address); err != nil {
		t.Errorf("migrating again: %v", err)
	}
	if _, err := storetest.DB(t, address).ExecContext(t.Context(), `DROP TABLE jobs CASCADE`); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("without the schema: %v", err)
	}
}

func TestOldServersAreRefused(t *testing.T) {
	t.Parallel()
	for number, supported := range map[int]bool{90624: false, 140018: false, 149999: false, 150000: true, 150018: true, 170010: true} {
		if err := store.SupportedServer(number, "14.18"); (err == nil) != supported {
			t.Errorf("version %d: %v", number, err)
		}
	}
	if err := store.SupportedServer(140018, "14.18"); err == nil || !strings.Contains(err.Error(), "PostgreSQL 14.18") || !strings.Contains(err.Error(), "PostgreSQL 15") {
		t.Errorf("the error names neither what there is nor what is needed: %v", err)
	}
}

func TestFailuresHaveKinds(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	over, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := s.Sources(over); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("after the deadline: %v", err)
	}
	if _, err := s.AddSource(t.Context(), strings.Repeat("x", 101)); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a long name: %v", err)
	}
	if _, err := s.AddEvents(t.Context(), 99, []store.NewEvent{storetest.NewEvent()}, nil); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("an unknown source, which no sender can name: %v", err)
	}
	if _, err := store.Open(t.Context(), "postgres://127.0.0.1:1/x?sslmode=disable", store.DefaultConnections); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("no server: %v", err)
	}
	if _, err := store.Open(t.Context(), "password=hunter2", store.DefaultConnections); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a malformed address: %v", err)
	}
}

func TestSlowStatementsAreUnavailable(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), `LOCK TABLE sources`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Sources(ctx); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("got %v", err)
	}
}

// TestConstraintsAreNamed holds the names to the rule by which an error finds the
// field at fault: the table, the field, the kind.
func TestConstraintsAreNamed(t *testing.T) {
	t.Parallel()
	rows, err := storetest.DB(t, storetest.URL(t)).QueryContext(t.Context(), `
		SELECT r.relname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
		WHERE r.relnamespace = 'public'::regnamespace AND c.contype IN ('c', 'f', 'u', 'p')
		    AND NOT r.relispartition AND c.conparentid = 0 AND r.relname <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var table, name string
		if err := rows.Scan(&table, &name); err != nil {
			t.Fatal(err)
		}
		kind := name[strings.LastIndexByte(name, '_')+1:]
		if !strings.HasPrefix(name, table+"_") || !slices.Contains([]string{"pkey", "fkey", "key", "check"}, kind) {
			t.Errorf("%s of %s", name, table)
		}
	}
	if err := rows.Err(); err != nil || n < 50 {
		t.Errorf("%d constraints, %v", n, err)
	}
}
