package service

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestDocsTellEveryInterval(t *testing.T) {
	text, err := os.ReadFile("../../docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	var i Intervals
	for _, one := range i.all() {
		if row := fmt.Sprintf("| `%s` | `%s` | %s |\n", one.name, shortDuration(one.def), one.does); !strings.Contains(string(text), row) {
			t.Errorf("docs/jobs.md has no row %s", row)
		}
	}
}
