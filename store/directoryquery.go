package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
	"github.com/lib/pq"

	"wherefore/domain"
)

const (
	directoryConnections = 4
	directoryTimeout     = time.Second // for one query, connecting included
)

var directoryLimits = limits{statement: directoryTimeout, lock: directoryTimeout, idle: time.Minute}

// DirectoryProfile is a row of the directory as the directory gives it: nothing of
// it is checked or cleaned, only cut to a little more than MaxID characters.
type DirectoryProfile struct {
	ProfileID    string
	Network      string
	ProfileName  string
	OwnerID      string
	CredentialID string
}

// directoryColumns are the columns that the directory's query may have.
var directoryColumns = []string{"profile_id", "network", "profile_name", "owner_id", "credential_id"}

// directoryQuery runs the configured query. Each run is a read-only transaction.
type directoryQuery struct {
	db      *sqlx.DB
	text    string
	columns atomic.Pointer[[]string] // that the query has; nil until the directory has told
}

func openDirectoryQuery(address, text string) (*directoryQuery, error) {
	address, err := sessionAddress(address)
	if err != nil {
		return nil, err
	}
	c, err := newConnector(address, directoryLimits, lentSession) // it may be behind a pooler
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(c), "postgres")
	db.Mapper = reflectx.NewMapperFunc("db", snakeCase)
	db.SetMaxOpenConns(directoryConnections)
	db.SetMaxIdleConns(directoryConnections)
	db.SetConnMaxIdleTime(time.Minute)
	return &directoryQuery{db: db, text: strings.TrimRight(text, "; \t\r\n")}, nil
}

// check asks the directory for the columns of the query. The error is Invalid when
// they are not those of directoryColumns.
func (q *directoryQuery) check(ctx context.Context) ([]string, error) {
	var columns []string
	err := q.read(ctx, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT * FROM (\n"+q.text+"\n) AS directory LIMIT 0", pq.Array([]string{}))
		if err != nil {
			return err
		}
		defer rows.Close()
		if columns, err = rows.Columns(); err != nil {
			return err
		}
		return rows.Err()
	})
	if err == nil {
		err = checkDirectoryColumns(columns)
	}
	if err != nil {
		return nil, err
	}
	q.columns.Store(&columns)
	return columns, nil
}

func checkDirectoryColumns(columns []string) error {
	for i, name := range columns {
		if !slices.Contains(directoryColumns, name) {
			return domain.Errorf(domain.Invalid, "The query has a column %q. Name its columns with AS: %s.", name, strings.Join(directoryColumns, ", "))
		}
		if slices.Contains(columns[:i], name) {
			return domain.Errorf(domain.Invalid, "The query has the column %s twice.", name)
		}
	}
	if !slices.Contains(columns, "profile_id") {
		return domain.Errorf(domain.Invalid, "The query has no column profile_id. Name its columns with AS: %s.", strings.Join(directoryColumns, ", "))
	}
	return nil
}

// profiles returns the rows of profiles by id: at most two different ones of an id.
// An id at which the query fails has the error instead, and the others their rows.
func (q *directoryQuery) profiles(ctx context.Context, ids []string) (map[string][]DirectoryProfile, map[string]error, error) {
	columns := q.columns.Load()
	if columns == nil {
		told, err := q.check(ctx)
		if err != nil {
			return nil, nil, err
		}
		columns = &told
	}
	found, failed := map[string][]DirectoryProfile{}, map[string]error{}
	return found, failed, q.collect(ctx, selectDirectory(q.text, *columns), ids, found, failed)
}

// collect adds what a query says of ids. When the query fails for a value, such as an
// id that is no number, it runs again for each half of the ids.
func (q *directoryQuery) collect(ctx context.Context, query string, ids []string, found map[string][]DirectoryProfile, failed map[string]error) error {
	var rows []DirectoryProfile
	err := q.read(ctx, func(tx *sqlx.Tx) error {
		rows = nil
		return tx.SelectContext(ctx, &rows, query, pq.Array(ids), pq.Array(ids))
	})
	var pe *pq.Error
	if errors.As(err, &pe) && hasClass(string(pe.Code), "21", "22", "P0") {
		if len(ids) == 1 {
			failed[ids[0]] = err
			return nil
		}
		half := len(ids) / 2
		if err := q.collect(ctx, query, ids[:half], found, failed); err != nil {
			return err
		}
		return q.collect(ctx, query, ids[half:], found, failed)
	}
	for _, row := range rows {
		found[row.ProfileID] = append(found[row.ProfileID], row)
	}
	return err
}

// selectDirectory reads the columns of a query as texts that are cut, of the ids that
// are asked for, and at most two different rows of an id.
func selectDirectory(text string, columns []string) string {
	texts := make([]string, len(directoryColumns))
	for i, name := range directoryColumns {
		texts[i] = "'' AS " + name
		if slices.Contains(columns, name) {
			texts[i] = fmt.Sprintf("COALESCE(left(%[1]s::text, %[2]d), '') AS %[1]s", name, MaxID+1)
		}
	}
	names := strings.Join(directoryColumns, ", ")
	return "WITH said AS (SELECT DISTINCT " + strings.Join(texts, ", ") + " FROM (\n" + text + "\n) AS directory" +
		" WHERE profile_id::text = ANY($2::text[])" +
		"), numbered AS (SELECT " + names + ", row_number() OVER (PARTITION BY profile_id) AS place FROM said)" +
		" SELECT " + names + " FROM numbered WHERE place <= 2"
}

func (q *directoryQuery) read(ctx context.Context, fn func(*sqlx.Tx) error) error {
	tx, err := q.db.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing is written
	return fn(tx)
}
