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
	tokenTopic   = "token"    // one was revoked

	pingEvery    = 5 * time.Second
	pingedWithin = 6 * pingEvery // or the connection is dead
)

// notify tells all replicas about a topic when the transaction commits.
func notify(ctx context.Context, tx *sqlx.Tx, topic string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, topic)
	return err
}

// notifyRuleset tells that the live ruleset or the shadow runs of a network changed.
func notifyRuleset(ctx context.Context, tx *sqlx.Tx, n domain.Network) error {
	return notify(ctx, tx, rulesetTopic+string(n))
}

// Heard is what to do when the database tells that something changed.
type Heard struct {
	Ruleset func(domain.Network) // its live ruleset or its shadow runs; "": any may have
	Revoked func()               // a token may be revoked
}

func (h Heard) all() {
	h.Ruleset("")
	h.Revoked()
}

// Listen tells of what changes: of all at first, and after the connection was lost,
// since what was said meanwhile is not said again. The address must lead
// straight to the database: through a pooler nothing ever comes, silently.
// Listen returns when ctx ends.
func Listen(ctx context.Context, address string, heard Heard) error {
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
	heard.all()
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
			heard.tell(note)
		}
	}
}

func (h Heard) tell(note *pq.Notification) {
	if note == nil { // reconnected
		h.all()
		return
	}
	if network, ok := strings.CutPrefix(note.Extra, rulesetTopic); ok {
		h.Ruleset(domain.Network(network))
	}
	if note.Extra == tokenTopic {
		h.Revoked()
	}
}
