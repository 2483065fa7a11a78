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
