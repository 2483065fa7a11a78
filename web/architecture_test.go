package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	diagram = regexp.MustCompile("(?s)```mermaid\n(.*?)```")
	box     = regexp.MustCompile(`(\w+)\["([^"]+)"\]`)
)

// drawnImports are the arrows of the picture in docs/architecture.md.
func drawnImports(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	picture := diagram.FindStringSubmatch(string(text))
	if picture == nil {
		t.Fatal("docs/architecture.md has no picture")
	}
	packages := map[string]string{}
	for _, m := range box.FindAllStringSubmatch(picture[1], -1) {
		packages[m[1]] = m[2]
	}
	drawn := map[string][]string{}
	for _, line := range strings.Split(box.ReplaceAllString(picture[1], "$1"), "\n") {
		from, to, isArrow := strings.Cut(strings.TrimSpace(line), " --> ")
		if !isArrow {
			continue
		}
		for _, name := range strings.Split(to, " & ") {
			drawn[packages[from]] = append(drawn[packages[from]], packages[name])
		}
	}
	return drawn
}

// ourImports are the imports between our packages that the program consists of.
func ourImports(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	for dir, files := range sources(t) {
		if strings.HasSuffix(dir, "test") {
			continue // helpers of tests
		}
		imports[dir] = nil
		for _, name := range files {
			if filepath.Ext(name) != ".go" {
				name = strings.TrimSuffix(name, ".templ") + "_templ.go"
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", dir, name), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if ours, isOurs := strings.CutPrefix(path, "wherefore/"); isOurs && !slices.Contains(imports[dir], ours) {
					imports[dir] = append(imports[dir], ours)
				}
			}
		}
	}
	return imports
}

// reaches reports whether arrows lead from one package to another.
func reaches(arrows map[string][]string, from, to string) bool {
	return slices.ContainsFunc(arrows[from], func(next string) bool { return next == to || reaches(arrows, next, to) })
}

func TestArchitectureShowsTheImports(t *testing.T) {
	drawn, imports := drawnImports(t), ourImports(t)
	for from, list := range drawn {
		for _, to := range list {
			if !slices.Contains(imports[from], to) {
				t.Errorf("%s --> %s is drawn, but there is no such import", from, to)
			}
		}
	}
	for from, list := range imports {
		for _, to := range list {
			if !reaches(drawn, from, to) {
				t.Errorf("%s imports %s, and no arrows lead there", from, to)
			}
		}
	}
}
