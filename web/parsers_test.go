package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"wherefore/domain/catalog"
	"wherefore/domain/explain"
)

// Every sample of the catalogue, as parsers test runs them.
func TestSamplesOfTheCatalog(t *testing.T) {
	t.Parallel()
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range checkSamples(c, engine) {
		if !check.ok() {
			t.Error(check)
		}
	}
}

const brokenCatalog = `network: x
account: account
docs: https://docs.x.com/
reconnect: https://x.com/settings
facts:
  json:
    - {code: code}
reasons:
  - {cause: token-invalid, docs: https://docs.x.com/, note: n}
  - {cause: token-expired, docs: https://docs.x.com/, note: n}
parsers:
  - name: first
    cause: token-invalid
    when: code in ["1", "2"]
    docs: https://docs.x.com/
    match:
      - {error: {code: 1}}
      - {error: {code: 3}}
    reject:
      - {error: {code: 2}}
  - name: second
    cause: token-expired
    when: code == "2"
    docs: https://docs.x.com/
    match:
      - {error: {code: 2}}
`

func TestChecksNameFileLineAndParser(t *testing.T) {
	t.Parallel()
	c, engine, err := loadFrom(t, brokenCatalog)
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, check := range checkSamples(c, engine) {
		if !check.ok() {
			failed = append(failed, check.String())
		}
	}
	want := []string{
		"networks/x.yaml:18: first: match: want x.token-invalid, got no match",
		"networks/x.yaml:18: first: ruleset: want x.token-invalid, got unparsed",
		"networks/x.yaml:20: first: reject: want no match, got x.token-invalid",
		"networks/x.yaml:26: second: ruleset: want x.token-expired, got x.token-invalid by first",
	}
	if got, want := strings.Join(failed, "\n"), strings.Join(want, "\n"); got != want {
		t.Errorf("failed:\n%s\nwant:\n%s", got, want)
	}
}

func TestEngineNamesFileLineAndEntry(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(brokenCatalog, `code == "2"`, `code == 2`, 1)
	_, _, err := loadFrom(t, broken)
	if err == nil || !strings.Contains(err.Error(), "networks/x.yaml:21: parser second: condition: ") ||
		!strings.Contains(err.Error(), "line 1, column 6: found no matching overload") {
		t.Errorf("error %v", err)
	}
	unknown := strings.Replace(brokenCatalog, `when: code == "2"`, `func: gone`, 1)
	if _, _, err := loadFrom(t, unknown); err == nil || !strings.Contains(err.Error(), `parser second: func: There is no Go function “gone”.`) {
		t.Errorf("error %v", err)
	}
}

func TestParsersCommandSaysItsUsage(t *testing.T) {
	t.Parallel()
	if _, err := runWith(t, "", "parsers"); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Errorf("error %v", err)
	}
}

func loadFrom(t *testing.T, network string) (*catalog.Catalog, *explain.Engine, error) {
	t.Helper()
	c, err := catalog.LoadFrom(fstest.MapFS{"networks/x.yaml": {Data: []byte(network)}})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := explain.FromCatalog(c)
	return c, engine, err
}
