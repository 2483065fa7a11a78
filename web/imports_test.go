package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// allowedImports says which of our packages each package may import, by
// folder; a folder without an entry of its own has its parent's. Packages of
// others that have no place in a layer stand in .golangci.yml. static and
// migrations are leaves that hold files.
var allowedImports = map[string][]string{
	"domain":                  {},
	"domain/anomaly":          {},
	"domain/scrub":            {},
	"domain/pattern":          {},
	"domain/facts":            {"domain", "domain/pattern"},
	"domain/catalog":          {"domain", "domain/facts"},
	"domain/parse":            {"domain", "domain/facts", "domain/pattern"},
	"domain/cluster":          {"domain", "domain/facts"},
	"domain/explain":          {"domain", "domain/scrub", "domain/facts", "domain/catalog", "domain/parse", "domain/cluster"},
	"domain/trial":            {"domain", "domain/facts", "domain/parse"},
	"domain/ruleset":          {"domain", "domain/facts", "domain/parse", "domain/trial"},
	"domain/suggest":          {"domain", "domain/facts", "domain/catalog", "domain/cluster"},
	"store":                   {"domain", "domain/*", "migrations"},
	"store/storetest":         {"domain", "domain/*", "store", "store/embedded", "migrations"},
	"store/storebench":        {"domain", "domain/*", "store", "store/embedded"},
	"views":                   {"domain", "domain/anomaly", "domain/facts", "views/ui", "static"},
	"views/ui":                {"static"},
	"handlers":                {"handlers/input", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/administration": {"handlers", "handlers/input", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/api":            {"handlers", "handlers/input", "store", "domain", "domain/*"},
	"handlers/clusters":       {"handlers", "handlers/input", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/events":         {"handlers", "handlers/input", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/input":          {"store", "views", "domain", "domain/*"},
	"handlers/profiles":       {"handlers", "handlers/input", "handlers/events", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/quarantine":     {"handlers", "handlers/input", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/reports":        {"handlers", "handlers/input", "handlers/clusters", "handlers/events", "handlers/quarantine", "handlers/rulesets", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/rulesets":       {"handlers", "handlers/input", "handlers/trials", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/trials":         {"handlers", "handlers/input", "handlers/events", "store", "views", "views/ui", "domain", "domain/*"},
	"handlers/workbench":      {"handlers", "handlers/input", "handlers/clusters", "handlers/rulesets", "handlers/trials", "store", "views", "views/ui", "domain", "domain/*"},
	"static":                  {},
	"migrations":              {},
	"web":                     {"*"},
	"web/bench":               {"domain", "domain/*", "store", "store/storebench", "web/service"},
	"web/datadir":             {},
	"web/demo":                {"domain", "domain/*", "handlers/api", "store", "web/datadir", "web/service"},
	"web/jobs":                {"store"},
	"web/service":             {"domain", "domain/*", "handlers", "handlers/*", "static", "store", "web/jobs"},
	"web/webtest":             {"domain", "store", "store/storetest"},

	"web/htmltest":            {},
	"web/service/servicetest": {"domain", "domain/*", "store", "store/storetest", "web/htmltest", "web/service"},
}

func TestImportsPointOneWay(t *testing.T) {
	for _, name := range goFiles(t) {
		checkImports(t, name)
	}
}

// goFiles lists the Go sources but for tests.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != ".." {
			return fs.SkipDir
		}
		if d.IsDir() && d.Name() == "data" {
			return fs.SkipDir // the embedded Postgres: not ours to read
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files found")
	}
	return files
}

func checkImports(t *testing.T, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	folder := path.Dir(strings.TrimPrefix(filepath.ToSlash(name), "../"))
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if !mayImport(folder, imported) {
			t.Errorf("%s imports %s, against the order of layers", name, imported)
		}
	}
}

func mayImport(folder, imported string) bool {
	ours, isOurs := strings.CutPrefix(imported, "wherefore/")
	return !isOurs || matchesAny(ruleFor(folder), ours)
}

// ruleFor looks the folder up, then its parents.
func ruleFor(folder string) []string {
	for ; folder != "."; folder = path.Dir(folder) {
		if rule, ok := allowedImports[folder]; ok {
			return rule
		}
	}
	return nil
}

// matchesAny knows three kinds of pattern: a name, "name/*" for what lies
// below it, and "*" for everything.
func matchesAny(patterns []string, name string) bool {
	for _, pattern := range patterns {
		below, wild := strings.CutSuffix(pattern, "*")
		if pattern == name || (wild && strings.HasPrefix(name, below)) {
			return true
		}
	}
	return false
}

func TestImportRulesHoldForExamples(t *testing.T) {
	for _, c := range []struct {
		folder, imported string
		want             bool
	}{
		{"domain/parse", "wherefore/domain", true},
		{"domain/parse", "wherefore/domain/catalog", false},
		{"domain/parse", "net/http", true}, // depguard's, in .golangci.yml
		{"store", "wherefore/domain/parse", true},
		{"store", "wherefore/views", false},
		{"views", "wherefore/store", false},
		{"handlers/api", "wherefore/views", false},
		{"handlers", "wherefore/web", false},
		{"web", "wherefore/handlers/api", true},
		{"newfolder", "wherefore/domain", false},
	} {
		if got := mayImport(c.folder, c.imported); got != c.want {
			t.Errorf("mayImport(%q, %q) = %t, want %t", c.folder, c.imported, got, c.want)
		}
	}
}
