package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"github.com/lib/pq"
)

// plans are the statements that a connection has prepared, by their text.
type plans struct {
	statements map[string]statement
	outdated   *atomic.Int64 // of the connector
	since      int64         // what outdated was when they were prepared
}

// prepared returns the statement of a query, made once per connection and anew when
// the schema has changed; nil for what can't be prepared.
func (c *conn) prepared(ctx context.Context, query string, args []driver.NamedValue) (statement, error) {
	if c.plans == nil || len(args) == 0 {
		return nil, nil
	}
	if now := c.plans.outdated.Load(); c.plans.statements == nil || c.plans.since != now {
		c.plans.statements, c.plans.since = map[string]statement{}, now
	}
	if s, ok := c.plans.statements[query]; ok {
		return s, nil
	}
	made, err := c.session.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := made.(statement) // as the driver's are
	c.plans.statements[query] = s
	return s, nil
}

// statement is what a prepared statement of the driver can do.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// lostPlan is true of the failures of a statement that would not fail if it were
// prepared anew: the schema has changed, or the session is another one.
func lostPlan(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && (pe.Code == "0A000" && pe.Routine == "RevalidateCachedQuery" || pe.Code == "26000" || pe.Code == "42P05")
}

// isSession reports whether each connection is a session of its own, and not one
// that a pooler lends for a transaction. Two connections set a variable by turns
// and look whether it holds.
func isSession(ctx context.Context, db *sql.DB) (bool, error) {
	one, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer one.Close()
	two, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer two.Close()
	for range 3 {
		for name, c := range map[string]*sql.Conn{"one": one, "two": two} {
			if _, err := c.ExecContext(ctx, `SELECT set_config('wherefore.connection', $1, false)`, name); err != nil {
				return false, err
			}
		}
		for name, c := range map[string]*sql.Conn{"one": one, "two": two} {
			var is sql.NullString
			if err := c.QueryRowContext(ctx, `SELECT current_setting('wherefore.connection', true)`).Scan(&is); err != nil {
				return false, err
			}
			if is.String != name {
				return false, nil
			}
		}
	}
	return true, nil
}
