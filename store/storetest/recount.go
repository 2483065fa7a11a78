package storetest

import (
	"database/sql"
	"testing"
)

// CheckCounts fails unless the hourly counts equal a recount of the events.
func CheckCounts(t testing.TB, db *sql.DB) {
	t.Helper()
	var wrong string
	err := db.QueryRowContext(t.Context(), `
		WITH recount AS (
		    SELECT hour, network, source_id, type, reason, parser, sum(arrived) AS arrived, sum(current) AS current
		    FROM (
		        SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, network, source_id, type,
		            COALESCE(arrival_reason, '') AS reason, arrival_parser AS parser, 1 AS arrived, 0 AS current FROM events
		        UNION ALL
		        SELECT date_trunc('hour', occurred_at, 'UTC'), network, source_id, type, COALESCE(reason, ''), parser, 0, 1 FROM events
		    ) AS each GROUP BY 1, 2, 3, 4, 5, 6
		)
		SELECT COALESCE(string_agg(concat_ws(' ', hour, source_id, type, reason, parser, 'events', r.arrived, r.current,
		    'counts', c.arrived, c.current), E'\n'), '')
		FROM recount r FULL JOIN hourly_counts c USING (hour, network, source_id, type, reason, parser)
		WHERE (COALESCE(r.arrived, 0), COALESCE(r.current, 0)) <> (COALESCE(c.arrived, 0), COALESCE(c.current, 0))`).Scan(&wrong)
	if err != nil {
		t.Fatal(err)
	}
	if wrong != "" {
		t.Errorf("the counts differ from the events:\n%s", wrong)
	}
}
