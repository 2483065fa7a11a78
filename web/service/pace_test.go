package service

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
)

// hasty is a pace that a test can wait for.
var hasty = pace{begin: 50 * time.Millisecond, rate: 1 << 20, stall: 50 * time.Millisecond}

// pacedServer runs a handler at a pace, and returns how to connect to it.
func pacedServer(t *testing.T, h http.HandlerFunc) func() net.Conn {
	t.Helper()
	server := httptest.NewServer(limitTime(hasty, h))
	t.Cleanup(server.Close)
	return func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// A body that stops in the middle ends its request, and not the one that arrives whole
// and whose answer takes longer than a body may.
func TestSlowBodyEndsItsRequest(t *testing.T) {
	t.Parallel()
	connect := pacedServer(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, string(domain.KindOf(err)), http.StatusRequestTimeout)
			return
		}
		_, _ = r.Body.Read(make([]byte, 1)) // again, as decoders do
		time.Sleep(4 * hasty.begin)
		if err := r.Context().Err(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	for sent, want := range map[string]int{"four": http.StatusOK, "fo": http.StatusRequestTimeout} {
		c := connect()
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n%s", sent)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("after %q it answers %d, want %d", sent, res.StatusCode, want)
		}
	}
}

// Who does not read the answer does not hold up for long who writes it.
func TestReaderThatStallsEndsItsRequest(t *testing.T) {
	t.Parallel()
	ended := make(chan error)
	connect := pacedServer(t, func(w http.ResponseWriter, _ *http.Request) {
		line := strings.Repeat("x", 64<<10)
		for {
			if _, err := io.WriteString(w, line); err != nil {
				ended <- err
				return
			}
		}
	})
	fmt.Fprint(connect(), "GET /events.csv HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := <-ended; err == nil {
		t.Error("it was written without an end")
	}
}
