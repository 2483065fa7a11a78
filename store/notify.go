package store

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

const (
	channel      = "wherefore"
	rulesetTopic = "ruleset:" // and the network

	pingEvery    = 5 * time.Second
	pingedWithin = 6 * pingEvery // or the connection is dead
)

// notify tells all replicas, when the transaction commits, that the live ruleset or
// the shadow runs of a network changed.
func notify(ctx context.Context, tx *sqlx.Tx, n domain.Network) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, rulesetTopic+string(n))
	return err
}

// Listen calls changed with a network whenever its live ruleset or its shadow runs
// changed, and with "" when any may have: at first, and after the connection was lost,
// since what was said meanwhile is not said again. The address must lead
// straight to the database: through a pooler nothing ever comes, silently.
// Listen returns when ctx ends.
func Listen(ctx context.Context, address string, changed func(domain.Network)) error {
	address, err := sessionAddress(address)
	if err != nil {
		return err
	}
	d := &dialer{silence: pingedWithin}
	listener := pq.NewDialListener(d, address, 100*time.Millisecond, 10*time.Second, nil)
	end := func() {
		d.close()            // else Close waits for a ping that waits for the database
		_ = listener.Close() // fails when it is closed already
	}
	defer end()
	defer context.AfterFunc(ctx, end)() // also ends a Listen that waits for the database
	if err := listener.Listen(channel); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return translate(err)
	}
	changed("")
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ping.C:
			// A dead connection without traffic is noticed only by using it. The
			// listener then connects again by itself.
			go func() { _ = listener.Ping() }()
		case note, open := <-listener.Notify:
			if !open {
				return nil
			}
			tell(note, changed)
		}
	}
}

func tell(note *pq.Notification, changed func(domain.Network)) {
	if note == nil { // reconnected
		changed("")
		return
	}
	if network, ok := strings.CutPrefix(note.Extra, rulesetTopic); ok {
		changed(domain.Network(network))
	}
}
