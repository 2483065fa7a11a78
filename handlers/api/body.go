package api

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"wherefore/domain"
)

// maxInFlight is how many bytes the requests that are being answered may take
// together: those of their bodies, and eventCost for each event.
const maxInFlight = 128 << 20

// eventCost is about what an event takes beside its bytes until it is stored.
const eventCost = 2 << 10

// inFlight counts the bytes of the requests that are being answered.
type inFlight struct{ bytes atomic.Int64 }

// share is what one request takes of them.
type share struct {
	of    *inFlight
	bytes int64
}

// take adds n bytes to the share; Unavailable when that is too much for all.
// Waiting instead would keep what the request holds already from the others.
func (s *share) take(n int) error {
	if s.of.bytes.Add(int64(n)) > maxInFlight {
		s.of.bytes.Add(int64(-n))
		return domain.Errorf(domain.Unavailable, "More was sent at once than can be worked on. Send the same again.")
	}
	s.bytes += int64(n)
	return nil
}

func (s *share) release() { s.of.bytes.Add(-s.bytes) }

// readBody reads a request's whole body, which is unpacked and has at most
// limit bytes then.
func readBody(w http.ResponseWriter, r *http.Request, limit int, held *share) ([]byte, error) {
	in, err := unpacked(w, r, http.MaxBytesReader(w, r.Body, int64(limit)))
	if err != nil {
		return nil, err
	}
	var b []byte
	for {
		if len(b) == cap(b) {
			// One byte more than the limit, to see that it is passed.
			size := min(max(2*cap(b), int(r.ContentLength)+1, 4<<10), limit+1)
			if err := held.take(size - cap(b)); err != nil {
				return nil, err
			}
			b = append(make([]byte, 0, size), b...)
		}
		n, err := in.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		var tooLarge *http.MaxBytesError
		switch {
		case len(b) > limit || errors.As(err, &tooLarge):
			return nil, domain.Errorf(domain.TooLarge, "The body may be at most %d bytes long, unpacked. Send less at once.", limit)
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, malformed(err)
		}
	}
}

// unpacked reads what a body says in its content encoding; Unsupported when
// that is not known here.
func unpacked(w http.ResponseWriter, r *http.Request, body io.Reader) (io.Reader, error) {
	switch encoding := strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ",")); encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, malformed(err)
		}
		return unpacked, nil
	}
	w.Header().Set("Accept-Encoding", "gzip")
	return nil, domain.Errorf(domain.Unsupported, "Send the body as it is, or packed with Content-Encoding: gzip.")
}

func malformed(err error) error {
	if domain.KindOf(err) == domain.TooSlow {
		return err
	}
	return &domain.Error{Kind: domain.Malformed, Message: "The body did not arrive whole, or is not what its Content-Encoding says.", Cause: err}
}
