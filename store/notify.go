package store

import (
	"context"
	"strings"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

const (
	channel      = "wherefore"
	rulesetTopic = "ruleset:" // and the network
)

// Listen calls changed with a network whenever its live ruleset changed, and
// with "" when any may have: at first, and after the connection was lost,
// since what was said meanwhile is not said again. The address must lead
// straight to the database: through a pooler nothing ever comes, silently.
// Listen returns when ctx ends.
func Listen(ctx context.Context, address string, changed func(domain.Network)) error {
	address, err := inUTC(address)
	if err != nil {
		return err
	}
	listener := pq.NewListener(address, 100*time.Millisecond, 10*time.Second, nil)
	defer listener.Close()
	stop := context.AfterFunc(ctx, func() { listener.Close() }) // also ends a Listen that waits for the database
	defer stop()
	if err := listener.Listen(channel); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return translate(err)
	}
	changed("")
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute):
			// A dead connection without traffic is noticed only by using it.
			go listener.Ping()
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
