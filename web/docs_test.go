package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mapped is how many files a package has without a map of them.
const mapped = 10

// sources returns the written files of each package: without tests, and without
// Go code that templ generates.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	for _, name := range projectFiles(t) {
		isTest, isGenerated := strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, "_templ.go")
		if ext := filepath.Ext(name); (ext == ".go" || ext == ".templ") && !isTest && !isGenerated && !strings.Contains(name, "testdata/") {
			files[filepath.Dir(name)] = append(files[filepath.Dir(name)], filepath.Base(name))
		}
	}
	return files
}

var (
	mapLine  = regexp.MustCompile(`(?m)^//\t.*$`)
	filename = regexp.MustCompile(`(?:^|[ \t])([\w*]+\*|[\w*]+\.(?:go|templ))(?:[; ]|$)`)
)

// filesNamed are the patterns of files that the map in a doc.go names.
func filesNamed(doc string) []string {
	var named []string
	for _, line := range mapLine.FindAllString(doc, -1) {
		for _, word := range strings.Fields(strings.TrimPrefix(line, "//")) {
			if m := filename.FindStringSubmatch(strings.TrimRight(word, ",;")); m != nil {
				named = append(named, m[1])
			}
		}
	}
	return named
}

func TestEachLargePackageHasAMapOfItsFiles(t *testing.T) {
	for dir, files := range sources(t) {
		doc, err := os.ReadFile(filepath.Join("..", dir, "doc.go"))
		if err != nil {
			if len(files) > mapped {
				t.Errorf("%s has %d files and no doc.go", dir, len(files))
			}
			continue
		}
		checkMap(t, dir, files, filesNamed(string(doc)))
	}
}

func checkMap(t *testing.T, dir string, files, patterns []string) {
	t.Helper()
	if len(patterns) == 0 {
		return // a package of few files
	}
	var found []string
	for _, pattern := range patterns {
		before := len(found)
		for _, file := range files {
			if ok, err := filepath.Match(pattern, file); err != nil {
				t.Errorf("%s/doc.go: %q: %v", dir, pattern, err)
			} else if ok {
				found = append(found, file)
			}
		}
		if len(found) == before {
			t.Errorf("%s/doc.go names %s, which is not there", dir, pattern)
		}
	}
	for _, file := range files {
		if file != "doc.go" && !slices.Contains(found, file) {
			t.Errorf("%s/doc.go does not name %s", dir, file)
		}
	}
}

func TestPackageCommentsStandInDocGo(t *testing.T) {
	for dir, files := range sources(t) {
		if !slices.Contains(files, "doc.go") {
			continue
		}
		for _, name := range files {
			if name == "doc.go" || filepath.Ext(name) != ".go" {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if file.Doc != nil {
				t.Errorf("%s/%s has a package comment beside doc.go", dir, name)
			}
		}
	}
}

// projectFiles are the files of the project, by their paths in it.
func projectFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("..", func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != ".." && (d.Name() == "data" || d.Name() == "bin" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			files = append(files, filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator))))
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	return files
}

// What a document calls by its name in the code is there.
func TestDocumentsNameWhatIsInTheCode(t *testing.T) {
	var code strings.Builder
	for _, name := range projectFiles(t) {
		if filepath.Ext(name) == ".go" {
			text, err := os.ReadFile(filepath.Join("..", name))
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	words := map[string]bool{}
	for _, word := range regexp.MustCompile(`\w+`).FindAllString(code.String(), -1) {
		words[word] = true
	}
	identifier := regexp.MustCompile("`([A-Za-z]*[a-z][A-Z][A-Za-z]*)`")
	for _, name := range []string{"architecture.md", "jobs.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		found := identifier.FindAllSubmatch(text, -1)
		if len(found) == 0 {
			t.Errorf("%s names nothing of the code", name)
		}
		for _, m := range found {
			if !words[string(m[1])] {
				t.Errorf("%s names %s, which is not in the code", name, m[1])
			}
		}
	}
}
