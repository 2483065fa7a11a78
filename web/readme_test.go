package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestReadmeTellsEverySetting(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings() {
		row := fmt.Sprintf("| `%s` | `--%s` |", s.env, s.flag)
		if s.flag == "" {
			row = fmt.Sprintf("| `%s` | |", s.env)
		}
		if !strings.Contains(string(readme), row) {
			t.Errorf("README.md has no row %s", row)
		}
	}
}

func TestDocsTellEveryInterval(t *testing.T) {
	text, err := os.ReadFile("../docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	var i intervals
	for _, one := range i.all() {
		if row := fmt.Sprintf("| `%s` | `%s` | %s |\n", one.name, shortDuration(one.def), one.does); !strings.Contains(string(text), row) {
			t.Errorf("docs/jobs.md has no row %s", row)
		}
	}
}
