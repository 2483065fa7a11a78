package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeExampleThroughAGeneratedClient generates a client from the API's
// description, and runs README.md's example with it against the program.
func TestReadmeExampleThroughAGeneratedClient(t *testing.T) {
	t.Parallel()
	client := buildClient(t)
	p := startProcess(t, t.TempDir(), "WHEREFORE_TOKEN="+testToken)
	cmd := exec.Command(client, p.url, testToken)
	cmd.Stderr = &bytes.Buffer{}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, cmd.Stderr)
	}
	sent, reason, _ := strings.Cut(string(out), "\n")
	if strings.TrimSpace(reason) != "facebook.user-changed-password fr" {
		t.Errorf("the reason is %q", reason)
	}
	if want := readmeEvent(t); !reflect.DeepEqual(decoded(t, sent), decoded(t, want)) {
		t.Errorf("the client sent %s, and README.md says %s", sent, want)
	}
}

// buildClient builds testdata/client with the client that is generated, in a
// module of its own with the versions of tools.mod.
func buildClient(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for from, to := range map[string]string{"../tools.mod": "go.mod", "../tools.sum": "go.sum", "testdata/client/main.go": "main.go"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte("module wherefore/tools"), []byte("module client"), 1)
		if err := os.WriteFile(filepath.Join(dir, to), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "wherefore"), 0o755); err != nil {
		t.Fatal(err)
	}
	runIn(t, "..", "go", "tool", "-modfile=tools.mod", "oapi-codegen", "-generate", "types,client", "-package", "wherefore",
		"-o", filepath.Join(dir, "wherefore", "client.go"), "handlers/api/openapi.json")
	runIn(t, dir, "go", "build", "-o", "client", ".")
	return filepath.Join(dir, "client")
}

func runIn(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", cmd, err, out)
	}
}

// readmeEvent is the body of README.md's call of curl.
func readmeEvent(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?s)/api/v1/events -d '(.*?)'\n`).FindSubmatch(readme)
	if m == nil {
		t.Fatal("README.md sends no event")
	}
	return string(m[1])
}

func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}
