package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
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

// isSession reports whether each connection to an address is a session of its own,
// and not one that a pooler lends for a transaction. Of two connections that are asked
// in random order, each has the same server process every time, and another than the
// other has.
func isSession(ctx context.Context, address string) (bool, error) {
	c, err := newConnector(address, workLimits, lentSession)
	if err != nil {
		return false, err
	}
	db := sql.OpenDB(c)
	defer db.Close()
	var asked [2]*sql.Conn
	for i := range asked {
		if asked[i], err = db.Conn(ctx); err != nil {
			return false, err
		}
		defer asked[i].Close()
	}
	var process [2]int
	for range 20 {
		i, pid := rand.IntN(len(asked)), 0
		if err := asked[i].QueryRowContext(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return false, err
		}
		if process[i] != 0 && process[i] != pid || process[1-i] == pid {
			return false, nil
		}
		process[i] = pid
	}
	return true, nil
}
