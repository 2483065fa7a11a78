package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	inlineCode = regexp.MustCompile("`([^`\n]+)`")
	anchorID   = regexp.MustCompile(`<a id="([^"]+)">`)
	heading    = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInSlug  = regexp.MustCompile(`[^\w\- ]`)
	namesFile  = regexp.MustCompile(`^\.?[\w*.-]+(/[\w*.-]+)*\.(go|templ|sql|yaml|yml|md|json)$`)
	namesPath  = regexp.MustCompile(`^[\w*.-]+(/[\w*.-]+)+$`)
)

// documents are those whose links and paths must be right.
func documents(t *testing.T) []string {
	t.Helper()
	var docs []string
	for _, name := range projectFiles(t) {
		if filepath.Ext(name) == ".md" && (strings.HasPrefix(name, "docs/") || name == "README.md" || name == "CONTRIBUTING.md") {
			docs = append(docs, name)
		}
	}
	return docs
}

func readDocument(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchors are what a link into a document can name behind #.
func anchors(text string) []string {
	var found []string
	for _, m := range anchorID.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		found = append(found, strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return found
}

func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	for _, name := range documents(t) {
		text := readDocument(t, name)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target, content := name, text
			if file != "" {
				target = path.Join(path.Dir(name), file)
				if _, err := os.Stat(filepath.Join("..", target)); err != nil {
					t.Errorf("%s links to %s, which is not there", name, m[1])
					continue
				}
			}
			if anchor == "" {
				continue
			}
			if target != name {
				content = readDocument(t, target)
			}
			if !slices.Contains(anchors(content), anchor) {
				t.Errorf("%s links to %s, and %s has no such anchor", name, m[1], target)
			}
		}
	}
}

// isPath reports whether code in a document names a file or folder of the project.
func isPath(code string) bool {
	if strings.HasPrefix(code, "./") || strings.Contains(code, "...") {
		return false // what commands take and make
	}
	top, _, _ := strings.Cut(code, "/")
	if _, err := os.Stat(filepath.Join("..", top)); err == nil && namesPath.MatchString(code) {
		return true
	}
	return namesFile.MatchString(code)
}

// pathExists reports whether files of the project have a path. One without a
// folder may be anywhere, and may be an end of their names.
func pathExists(files []string, code string) bool {
	if !strings.Contains(code, "/") {
		return slices.ContainsFunc(files, func(name string) bool { return strings.HasSuffix(name, code) })
	}
	matches, err := filepath.Glob(filepath.Join("..", code))
	return err == nil && len(matches) > 0
}

func TestPathsInDocumentsExist(t *testing.T) {
	found, files := 0, projectFiles(t)
	for _, name := range documents(t) {
		for _, m := range inlineCode.FindAllStringSubmatch(readDocument(t, name), -1) {
			code := strings.ReplaceAll(m[1], "NETWORK", "*") // any network's
			if !isPath(code) {
				continue
			}
			found++
			if !pathExists(files, code) {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
	}
	if found == 0 {
		t.Error("no paths found")
	}
}
