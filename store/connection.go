package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// cutAfter is how long a server may take to answer once the context of a call
// has ended. One that lives answers that it cancelled the statement.
const cutAfter = 500 * time.Millisecond

// limits are how long a connection waits before it gives up, whatever the
// context of a call allows.
type limits struct {
	statement time.Duration
	lock      time.Duration
	idle      time.Duration // between the statements of a transaction
}

var (
	workLimits      = limits{statement: 10 * time.Minute, lock: 10 * time.Second, idle: time.Minute}
	migrationLimits = limits{statement: time.Hour, lock: time.Minute, idle: 10 * time.Minute}
)

// sessionUse is how a connection uses the session that it has on the server.
type sessionUse int

const (
	// ownSession makes settings once, for the whole session.
	ownSession sessionUse = iota
	// keptPlans is an ownSession that plans each statement once, for any parameters.
	// It is for few statements, of which the text never changes: planning them takes
	// longer than running them, since events has many partitions and indexes.
	keptPlans
	// lentSession is for a pooler that lends a session for one transaction, as PgBouncer
	// in transaction mode does: settings are made in each transaction, for it alone, and
	// nothing is prepared. A statement outside of a transaction has the server's settings.
	lentSession
)

// connector opens connections on which each call returns soon after its context
// ends. The driver alone does not do that: when a context ends it asks the server
// to cancel the statement, and waits for the answer as long as it takes.
type connector struct {
	config   pq.Config
	limits   limits
	use      sessionUse
	outdated atomic.Int64 // how often the schema was seen to have changed under plans
}

func newConnector(address string, l limits, use sessionUse) (*connector, error) {
	config, err := pq.NewConfig(address)
	if err != nil {
		return nil, err
	}
	// A statement and its parameters are sent at once. Otherwise the driver parses in
	// one round trip and runs in the next, and a pooler may lend the session to another
	// client between the two, which then parses a statement of its own.
	config.BinaryParameters = true
	return &connector{config: config, limits: l, use: use}, nil
}

// Connect opens a connection; it is called by database/sql.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	p, err := pq.NewConnectorConfig(c.config)
	if err != nil {
		return nil, err
	}
	var d dialer
	p.Dialer(&d)
	stop := context.AfterFunc(ctx, d.close)
	defer stop()
	opened, err := p.Connect(ctx)
	if err != nil {
		return nil, err
	}
	cn := &conn{session: opened.(session), socket: d.socket(), limit: c.limits.statement}
	if c.use == lentSession {
		cn.settings = c.settings("SET LOCAL")
		return cn, nil
	}
	if c.use == keptPlans {
		cn.plans = &plans{outdated: &c.outdated}
	}
	if _, err := cn.ExecContext(ctx, c.settings("SET"), nil); err != nil {
		return nil, errors.Join(err, cn.Close())
	}
	return cn, nil
}

// Driver is part of driver.Connector.
func (c *connector) Driver() driver.Driver { return &pq.Driver{} }

// settings makes the settings of a session or, with SET LOCAL, of a transaction,
// unless the address does. They are not sent at the start of the session, because
// poolers refuse that.
func (c *connector) settings(set string) string {
	var b strings.Builder
	if _, given := c.config.Runtime["jit"]; !given {
		b.WriteString(set + " jit = off;") // compiling a query over many partitions takes seconds, running it milliseconds
	}
	if c.use == keptPlans {
		// Plans made while the tables are empty must hold when they are full: all
		// are look-ups by keys.
		for _, s := range []string{"plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off"} {
			fmt.Fprintf(&b, "%s %s;", set, s)
		}
	}
	for _, s := range []struct {
		name  string
		value time.Duration
	}{
		{"statement_timeout", c.limits.statement},
		{"lock_timeout", c.limits.lock},
		{"idle_in_transaction_session_timeout", c.limits.idle},
	} {
		if _, given := c.config.Runtime[s.name]; !given {
			fmt.Fprintf(&b, "%s %s = %d;", set, s.name, s.value.Milliseconds())
		}
	}
	return b.String()
}

// dialer opens sockets until it is closed, which also closes the last of them.
type dialer struct {
	net.Dialer
	silence time.Duration // after which a socket that is read from fails; 0: never
	mu      sync.Mutex
	last    net.Conn
	closed  bool
}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	socket, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.Join(net.ErrClosed, socket.Close())
	}
	if d.last = socket; d.silence > 0 {
		d.last = impatient{socket, d.silence}
	}
	return d.last, nil
}

// DialTimeout is part of pq.Dialer.
func (d *dialer) DialTimeout(network, address string, within time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d *dialer) socket() net.Conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last
}

func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.last != nil {
		_ = d.last.Close() // what reads from it fails, as it is to
	}
}

// impatient is a socket from which something comes now and then.
type impatient struct {
	net.Conn
	silence time.Duration
}

func (s impatient) Read(b []byte) (int, error) {
	if err := s.SetReadDeadline(time.Now().Add(s.silence)); err != nil {
		return 0, err
	}
	return s.Conn.Read(b)
}

// session is what a connection of the driver can do.
type session interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnBeginTx
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// conn is a connection of the driver whose socket fails when the server does not
// answer soon after the context of a call has ended.
type conn struct {
	session
	socket net.Conn
	limit  time.Duration // of a call whose context has no deadline
	isCut  atomic.Bool
	inTx   bool
	plans  *plans // nil when none are kept

	settings string // of each transaction
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	ctx, done := c.limited(ctx)
	r, err := c.query(ctx, query, args)
	if err != nil {
		done()
		return nil, c.failed(err)
	}
	return &rows{r, done}, nil
}

func (c *conn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	kept, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if kept != nil {
		return kept.QueryContext(ctx, args)
	}
	return c.session.QueryContext(ctx, query, args)
}

// failed lets go of a connection whose plans are lost. The pool tries a call again on
// another one; a transaction begins again as a whole, see transact.
func (c *conn) failed(err error) error {
	if c.plans == nil || !lostPlan(err) {
		return err
	}
	c.plans.outdated.Add(1)
	c.isCut.Store(true)
	if c.inTx {
		return err
	}
	return driver.ErrBadConn
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	ctx, done := c.limited(ctx)
	defer done()
	r, err := c.exec(ctx, query, args)
	return r, c.failed(err)
}

func (c *conn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	kept, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if kept != nil {
		return kept.ExecContext(ctx, args)
	}
	return c.session.ExecContext(ctx, query, args)
}

// PrepareContext refuses: a prepared statement would not obey contexts, and
// fails behind poolers. See keptPlans.
func (c *conn) PrepareContext(context.Context, string) (driver.Stmt, error) {
	return nil, errors.New("prepared statements are not used here")
}

func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	done := c.obey(ctx)
	t, err := c.session.BeginTx(ctx, options)
	if err != nil {
		done()
		return nil, err
	}
	c.inTx = true
	begun := &transaction{t, func() {
		c.inTx = false
		done()
	}}
	if c.settings == "" {
		return begun, nil
	}
	if _, err := c.ExecContext(ctx, c.settings, nil); err != nil {
		return nil, errors.Join(err, begun.Rollback())
	}
	return begun, nil
}

// IsValid keeps a connection that was cut out of the pool.
func (c *conn) IsValid() bool { return !c.isCut.Load() && c.session.IsValid() }

func (c *conn) cut() {
	c.isCut.Store(true)
	_ = c.socket.SetDeadline(time.Unix(1, 0)) // fails on a closed socket, which is as good
}

// limited is obey for a call that has a limit when its context has none.
func (c *conn) limited(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	done := c.obey(ctx)
	return ctx, func() {
		done()
		cancel()
	}
}

// obey cuts the connection when ctx ends and the server then takes longer than
// cutAfter, until done is called. It may be called twice.
func (c *conn) obey(ctx context.Context) (done func()) {
	var once sync.Once // so that done waits for a cut that has begun
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-over:
		case <-time.After(cutAfter):
			once.Do(c.cut)
		}
	})
	return func() {
		stop()
		once.Do(func() { close(over) })
	}
}

// rows are those of a query, which obeys its context until they are closed.
type rows struct {
	driver.Rows
	done func()
}

func (r *rows) Close() error {
	defer r.done()
	return r.Rows.Close()
}

// transaction obeys its context until it is over.
type transaction struct {
	driver.Tx
	done func()
}

func (t *transaction) Commit() error {
	defer t.done()
	return t.Tx.Commit()
}

func (t *transaction) Rollback() error {
	defer t.done()
	return t.Tx.Rollback()
}
