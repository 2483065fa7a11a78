package service

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"wherefore/domain"
)

// pace is how slowly a request may be sent and an answer be read. Who is slower holds
// memory and connections of the database from others.
type pace struct {
	begin time.Duration // until the first bytes of a body
	rate  int           // of a body from then on, in bytes a second on average
	stall time.Duration // until a reader has made room for what is written next
}

var leastPace = pace{begin: 10 * time.Second, rate: 1 << 10, stall: 30 * time.Second}

// pacedBody is the body of a request, which has to arrive at a pace.
type pacedBody struct {
	io.ReadCloser
	pace    pace
	control *http.ResponseController
	began   time.Time
	end     time.Time // of the request
	read    int
	ended   bool // the server reads ahead then, to see whether the client leaves
}

// Read reads; TooSlow when what is due does not arrive. Deadlines can't be set on what
// is no connection, which needs none.
func (b *pacedBody) Read(p []byte) (int, error) {
	if b.ended {
		return b.ReadCloser.Read(p)
	}
	due := b.began.Add(b.pace.begin + time.Duration(b.read)*time.Second/time.Duration(b.pace.rate))
	if due.After(b.end) {
		due = b.end
	}
	_ = b.control.SetReadDeadline(due)
	n, err := b.ReadCloser.Read(p)
	b.read, b.ended = b.read+n, err != nil
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, &domain.Error{Kind: domain.TooSlow, Cause: err,
			Message: "The body did not arrive in time. Send at least 1 KiB a second, and all of it within 20 seconds, or less at once."}
	}
	return n, err
}

// pacedWriter writes an answer, which has to be read at a pace.
type pacedWriter struct {
	http.ResponseWriter
	pace    pace
	control *http.ResponseController
	end     time.Time // of the answer
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	due := time.Now().Add(w.pace.stall)
	if due.After(w.end) {
		due = w.end
	}
	_ = w.control.SetWriteDeadline(due)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
