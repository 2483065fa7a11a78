package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wherefore/store/storetest"
)

// hugeBatch is a body of 9,000 events of 2 KB, whose ids begin with a name.
func hugeBatch(name string) []byte {
	var b bytes.Buffer
	padding := strings.Repeat("x ", 1000)
	for i := range 9000 {
		fmt.Fprintf(&b, `{"id":"%s-%d","profile_id":"p-%d","network":"facebook","http_status":400,"error":{"error":{"code":190,"message":"%s"}}}`+"\n", name, i, i, padding)
	}
	return b.Bytes()
}

// peakMemory is the most memory that a process had, in MiB.
func (p *process) peakMemory(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kB int
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kB); err == nil {
			return kB >> 10
		}
	}
	t.Fatal("the peak is not told")
	return 0
}

// A flood of large batches and of single events takes bounded memory. It is answered
// with success or told to come back, and meanwhile each answer, page and probe is there.
func TestFloodTakesBoundedMemoryAndLeavesReadsAlone(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+storetest.URL(t), "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD="+replicaPassword, "GOMEMLIMIT=512MiB")
	p.postEvent(t, "p-1")
	browser := p.adminClient(t)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	flood := func(body []byte) {
		r, err := http.NewRequest("POST", p.url+"/api/v1/events", bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+testToken)
		answer, err := client.Do(r)
		if err != nil {
			return // cut while it was sent: its refusal came before its end
		}
		answer.Body.Close()
		switch answer.StatusCode {
		case http.StatusOK:
		case http.StatusServiceUnavailable, http.StatusTooManyRequests:
			if answer.Header.Get("Retry-After") == "" {
				t.Errorf("%d says not when to come back", answer.StatusCode)
			}
		default:
			t.Errorf("the flood hears %d", answer.StatusCode)
		}
	}
	var over atomic.Bool
	var large, single sync.WaitGroup
	body := hugeBatch("large")
	for range 20 {
		large.Go(func() { flood(body) })
	}
	for i := range 256 {
		single.Go(func() {
			for n := 0; !over.Load(); n++ {
				flood(fmt.Appendf(nil, `{"id":"single-%d-%d","profile_id":"q-%d","network":"x","error":"Oh no"}`, i, n, n%50))
			}
		})
	}
	for range 10 {
		p.reason(t, "p-1")
		for _, path := range []string{"/readyz", "/parsers", "/profiles/p-1"} {
			answer, err := browser.Get(p.url + path)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Errorf("during the flood, %s answers %d", path, answer.StatusCode)
			}
		}
	}
	large.Wait()
	over.Store(true)
	single.Wait()
	if peak := p.peakMemory(t); peak > 1024 {
		t.Errorf("the flood took %d MiB", peak)
	} else {
		t.Logf("at most %d MiB", peak)
	}
}

// Connections beyond the bound wait until one ends.
func TestConnectionsBeyondTheBoundWait(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+storetest.URL(t), "WHEREFORE_CLIENT_CONNECTIONS=2")
	connect := func() (net.Conn, chan int) {
		t.Helper()
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		status := make(chan int, 1)
		go func() {
			if answer, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
				answer.Body.Close()
				status <- answer.StatusCode
			}
		}()
		return c, status
	}
	first, answered := connect()
	<-answered
	_, answered = connect()
	<-answered
	_, third := connect()
	select {
	case status := <-third:
		t.Errorf("a third connection is answered with %d", status)
	case <-time.After(200 * time.Millisecond):
	}
	first.Close()
	if status := <-third; status != http.StatusOK {
		t.Errorf("when there is room it is answered with %d", status)
	}
}
