package migrations_test

import (
	"database/sql"
	"flag"
	"os"
	"strings"
	"testing"

	"wherefore/store/storetest"
)

var write = flag.Bool("write", false, "write schema.sql")

// TestSchemaFile fails when schema.sql is not what the steps give.
func TestSchemaFile(t *testing.T) {
	t.Parallel()
	got := schema(t, storetest.DB(t, storetest.URL(t)))
	if *write {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("schema.sql is not what the steps give: run make generate, and commit migrations/schema.sql; from where they differ:\n%s", firstDifference(got, string(want)))
	}
}

const schemaHead = `-- The schema that all steps together give, one table after another by name.
-- It is here to be read: make generate writes it, make check compares it.
-- Left out are the partitions of events, which are like events itself, and the
-- table in which goose keeps the steps that were taken.
`

// schema describes a database in SQL. It asks the server to write out each
// part; pg_dump would have to be of the server's version and adds settings that
// differ from version to version.
func schema(t *testing.T, db *sql.DB) string {
	t.Helper()
	if unknown := lines(t, db, unknownKinds); len(unknown) > 0 {
		t.Fatalf("schema.sql can't show: %s", strings.Join(unknown, ", "))
	}
	var b strings.Builder
	b.WriteString(schemaHead)
	for _, query := range []string{sequences, functions, tables} {
		for _, part := range lines(t, db, query) {
			b.WriteString("\n" + strings.TrimSpace(part) + "\n")
		}
	}
	return b.String()
}

func lines(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		found = append(found, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// firstDifference returns the line of got at which it leaves want, and some
// lines around it.
func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < min(len(gotLines), len(wantLines)) && gotLines[i] == wantLines[i] {
		i++
	}
	return strings.Join(gotLines[max(0, i-3):min(len(gotLines), i+3)], "\n")
}

const (
	// Views, types and triggers of ours: there are none yet.
	unknownKinds = `
		SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')
		UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e', 'r')
		UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal`

	// Those of identity columns are part of their tables.
	sequences = `
		SELECT format('CREATE SEQUENCE %s AS %s;', seqrelid::regclass, format_type(seqtypid, NULL))
		FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid
		WHERE relnamespace = 'public'::regnamespace
		    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = seqrelid AND deptype IN ('i', 'a'))
		ORDER BY relname`

	functions = `
		SELECT trim(trailing E'\n' FROM replace(pg_get_functiondef(oid), 'CREATE OR REPLACE FUNCTION public.', 'CREATE FUNCTION ')) || ';'
		FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`

	// A table with its columns in their order, then its constraints by kind
	// and name, then its indexes by name.
	tables = `
		SELECT format(E'CREATE TABLE %s (\n%s%s\n)%s;', c.oid::regclass,
		    (SELECT string_agg('    ' || quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
		            || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
		            || CASE WHEN attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
		            || coalesce(CASE attgenerated WHEN 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(adbin, adrelid))
		                ELSE ' DEFAULT ' || pg_get_expr(adbin, adrelid) END, ''), E',\n' ORDER BY attnum)
		        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
		        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
		    (SELECT string_agg(format(E',\n    CONSTRAINT %I %s', conname, pg_get_constraintdef(oid, true)), '' ORDER BY position(contype::text IN 'pufc'), conname)
		        FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('p', 'u', 'f', 'c', 'x') AND conparentid = 0),
		    ' PARTITION BY ' || pg_get_partkeydef(c.oid))
		    || coalesce((SELECT string_agg(E'\n' || regexp_replace(pg_get_indexdef(indexrelid), ' ON (ONLY )?public\.', ' ON ') || ';', '' ORDER BY indexrelid::regclass::text COLLATE "C")
		        FROM pg_index WHERE indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))), '')
		FROM pg_class c
		WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'goose_db_version'
		ORDER BY relname`
)
