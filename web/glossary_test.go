package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	term     = regexp.MustCompile(`(?m)^\| <a id="([a-z-]+)"></a>([^|]+) \|.*\| ([^|]*) \|$`)
	codeWord = regexp.MustCompile("`([^`]+)`")
	notAWord = regexp.MustCompile(`[^a-z]`)
)

func glossary(t *testing.T) [][]string {
	t.Helper()
	text, err := os.ReadFile("../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	terms := term.FindAllStringSubmatch(string(text), -1)
	if rows := strings.Count(string(text), "\n| <a"); len(terms) == 0 || len(terms) != rows {
		t.Fatalf("of %d rows, %d can be read", rows, len(terms))
	}
	return terms
}

func TestGlossaryIsAlphabetical(t *testing.T) {
	var words []string
	for _, m := range glossary(t) {
		words = append(words, notAWord.ReplaceAllString(strings.ToLower(m[2]), ""))
	}
	if !slices.IsSorted(words) {
		t.Errorf("not in alphabetical order: %q", words)
	}
	if len(slices.Compact(slices.Clone(words))) != len(words) {
		t.Errorf("a word stands twice: %q", words)
	}
}

// avoided finds a word where a word or a part of a name begins with it, in any case
// of its first letter.
func avoided(word string) *regexp.Regexp {
	title := strings.ToUpper(word[:1]) + word[1:]
	return regexp.MustCompile(`(?:\b|_)` + word + `|` + title)
}

func TestWordsToAvoidStandInNoSource(t *testing.T) {
	patterns := map[string]*regexp.Regexp{} // by the word in lower case
	for _, m := range glossary(t) {
		for _, word := range codeWord.FindAllStringSubmatch(m[3], -1) {
			patterns[strings.ToLower(word[1])] = avoided(word[1])
		}
	}
	if len(patterns) == 0 {
		t.Fatal("the glossary names no word to avoid")
	}
	for _, name := range projectFiles(t) {
		if ext := filepath.Ext(name); ext != ".go" && ext != ".templ" && ext != ".sql" || strings.Contains(name, "testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		lower := strings.ToLower(string(text)) // looking for a pattern takes longer
		for word, pattern := range patterns {
			if !strings.Contains(lower, word) {
				continue
			}
			if at := pattern.FindIndex(text); at != nil {
				line := 1 + strings.Count(string(text[:at[0]]), "\n")
				t.Errorf("%s:%d: %q is a word to avoid: see docs/glossary.md", name, line, text[at[0]:at[1]])
			}
		}
	}
}

func TestAvoidedFindsWordsInNames(t *testing.T) {
	for text, want := range map[string]bool{
		"wor": false, "word": true, "words": true, "Word": true, "newWord": true, "a_word": true, "sword": false,
	} {
		if got := avoided("word").MatchString(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}
