package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/domain/ruleset"
	"wherefore/store/storetest"
)

// newerParser stands first in the catalogue of the program that buildNewer builds.
const newerParser = `
  - name: of-a-newer-program
    cause: app-misconfigured
    when: code == "987001"
    docs: https://developers.facebook.com/docs/graph-api/guides/error-handling/
    match:
      - {status: 400, error: {error: {message: The quasar is misaligned, code: 987001}}}`

// buildNewer builds the program as it will be with one more parser, in a catalogue
// of another version.
func buildNewer(t *testing.T, number int) string {
	t.Helper()
	dir, network, replaced := t.TempDir(), filepath.Join("networks", "facebook.yaml"), map[string]string{}
	file, err := os.ReadFile(filepath.Join("..", "domain", "catalog", network))
	if err != nil {
		t.Fatal(err)
	}
	parsers := strings.Replace(string(file), "\nparsers:", "\nparsers:"+newerParser, 1)
	for name, text := range map[string]string{network: parsers, "VERSION": fmt.Sprintf("%d 0123456789abcdef\n", number)} {
		from, err := filepath.Abs(filepath.Join("..", "domain", "catalog", name))
		if err != nil {
			t.Fatal(err)
		}
		replaced[from] = filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(replaced[from], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	list, path := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "wherefore-newer")
	if err := os.WriteFile(list, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-overlay", list, "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return path
}

// page shows a page to an admin and returns what it says.
func (p *process) page(t *testing.T, path string) string {
	t.Helper()
	answer, err := p.adminClient(t).Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d, %v", path, answer.StatusCode, err)
	}
	return string(text)
}

// A rolling restart that goes wrong: old, new, old, new. Once the newer program
// was there, its built-in parsers stay live, whatever is started beside it.
func TestOlderProgramBesideANewerOneTakesNoParserAway(t *testing.T) {
	t.Parallel()
	c, _, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	number := c.Version().Number
	older, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	newer := buildNewer(t, number+1)
	database := storetest.URL(t)
	s := storetest.Open(t, database)
	start := func(path string) *process {
		return startProgram(t, path, t.TempDir(), "DATABASE_URL="+database, "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD="+replicaPassword)
	}
	live := func() ruleset.Ruleset {
		r, err := s.LiveRuleset(t.Context(), domain.Facebook)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for i, step := range []struct {
		program string
		version int
		newer   bool
	}{{older, 1, false}, {newer, 2, true}, {older, 2, true}, {newer, 2, true}, {older, 2, true}} {
		p := start(step.program)
		if r := live(); r.Version != step.version || r.Has("of-a-newer-program") != step.newer {
			t.Errorf("start %d: ruleset %d, with the newer parser: %t", i, r.Version, r.Has("of-a-newer-program"))
		}
		text, conflicts := p.page(t, "/parsers?network=facebook"), step.newer && step.program == older
		if strings.Contains(text, "older than the live built-in parsers") != conflicts {
			t.Errorf("start %d: the page says %s", i, text)
		}
		p.waitForMetric(t, fmt.Sprintf(`wherefore_catalog_conflict{standing="older"} %d`, map[bool]int{true: 1}[conflicts]))
		const unknown = `{"network": "facebook", "error": {"error": {"code": 987001, "message": "The quasar is misaligned"}}}`
		if answer := p.call(t, "POST", "/api/v1/parse", unknown); strings.Contains(answer, "facebook.app-misconfigured") != step.newer {
			t.Errorf("start %d: it answers %s", i, answer)
		}
		if i == 0 || i == 3 {
			continue // goes on running beside those that follow
		}
		if err := p.end(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		if logged := strings.Contains(p.stderr.String(), "the built-in parsers of this program are not used"); logged != conflicts {
			t.Errorf("start %d: the log says %s", i, p.stderr)
		}
	}
}

// A program whose catalogue was changed without raising its version is told apart.
func TestCatalogOfTheSameVersionDiffers(t *testing.T) {
	t.Parallel()
	c, _, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	database, variables := storetest.URL(t), []string{"WHEREFORE_ADMIN_PASSWORD=" + replicaPassword}
	variables = append(variables, "DATABASE_URL="+database)
	startProcess(t, t.TempDir(), variables...)
	p := startProgram(t, buildNewer(t, c.Version().Number), t.TempDir(), variables...)
	if text := p.page(t, "/parsers?network=facebook"); !strings.Contains(text, "differ from the live ones") || strings.Contains(text, "of-a-newer-program") {
		t.Errorf("the page says %s", text)
	}
	p.waitForMetric(t, `wherefore_catalog_conflict{standing="differs"} 1`)
}

// waitForMetric waits until /metrics has a line: a worker writes it.
func (p *process) waitForMetric(t *testing.T, line string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		text := p.call(t, "GET", "/metrics", "")
		if strings.Contains(text, line+"\n") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %q in %s", line, text)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
