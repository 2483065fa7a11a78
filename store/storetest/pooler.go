package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pooledSessions is how many sessions a pooler has on the server: fewer than its
// clients, so that they have to share them.
const pooledSessions = 8

// Pooler runs PgBouncer in transaction mode in front of the server of an address,
// and returns the same database's address there.
func Pooler(t testing.TB, address string) string {
	t.Helper()
	server, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listen := freePort(t)
	config := filepath.Join(t.TempDir(), "pgbouncer.ini")
	text := fmt.Sprintf(`[databases]
* = %s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = %d
max_client_conn = 500
`, serverOf(server), listen, pooledSessions)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	startPooler(t, config)
	waitForPort(t, listen)
	pooled := url.URL{Scheme: "postgres", User: url.User("anybody"), Host: fmt.Sprint("127.0.0.1:", listen), Path: server.Path, RawQuery: "sslmode=disable"}
	return pooled.String()
}

// serverOf is how PgBouncer reaches a server.
func serverOf(server *url.URL) string {
	q := server.Query()
	parts := []string{
		"host=" + cmp.Or(server.Hostname(), q.Get("host")),
		"port=" + cmp.Or(server.Port(), q.Get("port"), "5432"),
		"user=" + cmp.Or(server.User.Username(), q.Get("user")),
	}
	if password, _ := server.User.Password(); password != "" {
		parts = append(parts, "password="+password)
	}
	return strings.Join(parts, " ")
}

func startPooler(t testing.TB, config string) {
	t.Helper()
	args := []string{config}
	if os.Geteuid() == 0 {
		args = []string{"-u", "postgres", config} // it refuses to run as root
	}
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer" // which is in the path of root only
	}
	var log bytes.Buffer // read only after the program has ended
	cmd := exec.Command(program, args...)
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatalf("PgBouncer does not start, make test installs it: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has nothing to save
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("PgBouncer says: %s", log.String())
		}
	})
}

func freePort(t testing.TB) int {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}

func waitForPort(t testing.TB, port int) {
	t.Helper()
	for {
		c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			_ = c.Close() // it was only to look
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
