package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// binary is the program itself, built once per test run.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("wherefore-test-%d", os.Getpid()))
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := webtest.Run(m)
	os.Remove(filepath.Join(os.TempDir(), fmt.Sprintf("wherefore-test-%d", os.Getpid())))
	os.Exit(code)
}

// process is a running wherefore serve.
type process struct {
	cmd    *exec.Cmd
	url    string
	stderr *strings.Builder
}

// startProcess runs "wherefore serve" on a data directory and a free port,
// and returns once it says where it is.
func startProcess(t *testing.T, dataDir string, variables ...string) *process {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, path, dataDir, variables...)
}

// startProgram is startProcess with another build of the program.
func startProgram(t *testing.T, path, dataDir string, variables ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(path, "serve"), stderr: &strings.Builder{}}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "WHEREFORE_LISTEN=127.0.0.1:0", "WHEREFORE_DATA_DIR=" + dataDir}, variables...)
	p.cmd.Stderr = p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(syscall.SIGINT) })
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Wherefore is at "); ok {
			p.url = url
			return p
		}
	}
	err = p.cmd.Wait()
	t.Fatalf("serve ended before it served: %v\n%s", err, p.stderr)
	return nil
}

// end sends a signal and waits. Ending twice is fine.
func (p *process) end(sig os.Signal) error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	if err := p.cmd.Process.Signal(sig); err != nil {
		return err
	}
	return p.cmd.Wait()
}

func (p *process) status(t *testing.T, path string) int {
	t.Helper()
	answer, err := http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestCtrlCStopsTheServerAndItsPostgres(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startProcess(t, dir)
	if got := p.status(t, "/healthz"); got != http.StatusOK {
		t.Errorf("/healthz answers %d", got)
	}
	postgres := storetest.Postmaster(dir)
	if postgres == 0 {
		t.Fatal("no Postgres runs on the data directory")
	}
	if err := p.end(syscall.SIGINT); err != nil {
		t.Errorf("Ctrl-C ended it with %v\n%s", err, p.stderr)
	}
	if syscall.Kill(postgres, 0) == nil {
		t.Errorf("Postgres (process %d) outlived the server", postgres)
	}
}

func TestStartAfterKillFindsItsData(t *testing.T) {
	t.Parallel()
	dir, token := t.TempDir(), "WHEREFORE_TOKEN="+testToken
	first := startProcess(t, dir, token)
	first.postEvent(t, "p-1")
	orphan := storetest.Postmaster(dir)
	_ = first.end(syscall.SIGKILL) // the error says that it was killed
	second := startProcess(t, dir, token)
	if body := second.reason(t, "p-1"); !strings.Contains(body, `"outcome":"parsed"`) {
		t.Errorf("after a kill the reason is %s", body)
	}
	if now := storetest.Postmaster(dir); now == 0 || now == orphan {
		t.Errorf("Postgres is process %d; before it was %d", now, orphan)
	}
}

func TestReplicasShareADatabase(t *testing.T) {
	t.Parallel()
	address, token := "DATABASE_URL="+storetest.URL(t), "WHEREFORE_TOKEN="+testToken
	one := startProcess(t, t.TempDir(), address, token)
	two := startProcess(t, t.TempDir(), address, token)
	one.postEvent(t, "p-1")
	if body := two.reason(t, "p-1"); !strings.Contains(body, `"outcome":"parsed"`) {
		t.Errorf("the other replica answers %s", body)
	}
}

const testToken = "a-token-for-these-tests"

// postEvent reports an error that a built-in parser knows.
func (p *process) postEvent(t *testing.T, profile string) {
	t.Helper()
	body := p.call(t, "POST", "/api/v1/events", fmt.Sprintf(`{"id": "1", "profile_id": %q, "network": "facebook", "http_status": 400,
		"error": {"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190, "error_subcode": 460}}}`, profile))
	if !strings.Contains(body, `"accepted":1`) {
		t.Fatalf("posting an event answers %s", body)
	}
}

func (p *process) reason(t *testing.T, profile string) string {
	t.Helper()
	return p.call(t, "GET", "/api/v1/profiles/"+profile+"/reason", "")
}

// call asks the API with the tests' token and returns the body of the answer.
func (p *process) call(t *testing.T, method, path, body string) string {
	t.Helper()
	return webtest.Call(t, p.url, testToken, method, path, body)
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	first := startProcess(t, t.TempDir())
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(first.url, "http://")
	out, err := exec.Command(path, "serve", "--listen", address, "--data-dir", t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), address) || !strings.Contains(string(out), "address already in use") {
		t.Errorf("error %v, said %s", err, out)
	}
}

// The running program, not a handler in a test, sends the headers, writes the
// lines and counts the requests.
func TestTheProgramIsGuarded(t *testing.T) {
	t.Parallel()
	listen := freeAddress(t)
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+storetest.URL(t), "WHEREFORE_LISTEN="+listen, "WHEREFORE_BASE_URL=https://wherefore.example.com")
	at := "http://" + listen
	answer, err := http.Get(at + "/sign-in?back=%2Fprofiles")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	for name, want := range map[string]string{
		"Content-Security-Policy":   "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":    "nosniff",
		"X-Frame-Options":           "DENY",
		"Referrer-Policy":           "same-origin",
		"Strict-Transport-Security": "max-age=31536000",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	counted, err := http.Get(at + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer counted.Body.Close()
	figures, err := io.ReadAll(counted.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := `wherefore_http_request_seconds_count{route="GET /sign-in",status="200"} 1`; !strings.Contains(string(figures), want) {
		t.Errorf("no line %s in /metrics", want)
	}
	if err := p.end(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`msg=request method=GET path=/sign-in status=200 bytes=\d+ took=\S+ request=` + answer.Header.Get("X-Request-Id") + "\n")
	if !want.MatchString(p.stderr.String()) {
		t.Errorf("no line %s in the log:\n%s", want, p.stderr)
	}
}

// A service without its database would answer 503 for ever.
func TestServeEndsWithItsPostgres(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startProcess(t, dir)
	if err := syscall.Kill(storetest.Postmaster(dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err == nil || !strings.Contains(p.stderr.String(), errDatabaseEnded.Error()) {
		t.Errorf("ended with %v and said %s", err, p.stderr)
	}
	again := startProcess(t, dir)
	if got := again.status(t, "/readyz"); got != http.StatusOK {
		t.Errorf("started again, /readyz answers %d", got)
	}
}

// A database that accepts connections and says nothing keeps the program starting.
func TestStartingProgramSaysSo(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	listen := freeAddress(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(path, "serve"), url: "http://" + listen}
	p.cmd.Env = []string{"WHEREFORE_LISTEN=" + listen, "WHEREFORE_DATA_DIR=" + t.TempDir(),
		"DATABASE_URL=postgres://nobody@" + silent.Addr().String() + "/none?sslmode=disable"}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(syscall.SIGKILL) })
	client := http.Client{Timeout: 2 * time.Second}
	for {
		answer, err := client.Get(p.url + "/readyz")
		if errors.Is(err, syscall.ECONNREFUSED) {
			time.Sleep(20 * time.Millisecond) // it does not listen yet
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
			t.Errorf("/readyz answers %d %v", answer.StatusCode, answer.Header)
		}
		break
	}
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/": http.StatusServiceUnavailable, "/api/v1/events": http.StatusServiceUnavailable} {
		if got := p.status(t, path); got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().String()
}
