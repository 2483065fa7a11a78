package rulesets_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestParsersPageShowsTheRulesetInOrder(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	root := htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	table := htmltest.Rows(htmltest.Inside(root, "table")[0])
	if len(table) != len(live.Parsers) || table[0][1] != live.Parsers[0].Name {
		t.Fatalf("%d rows, first %q", len(table), table[0])
	}
	matched := slices.IndexFunc(table, func(row []string) bool { return row[4] == "1" })
	if matched < 0 || table[matched][5] != "20%" || table[matched][7] != "built-in" {
		t.Errorf("no parser has the one match")
	}
	want := fmt.Sprintf("/disconnections?network=facebook&parser=%s&period=7d", table[matched][1])
	if all := htmltest.Links(htmltest.Inside(root, "table")[0]); !slices.Contains(all, want) || !slices.Contains(all, "/parsers/facebook."+table[matched][1]) {
		t.Errorf("no link to %s", want)
	}
	if file, err := csv.NewReader(d.Get("/parsers.csv?network=facebook").Body).ReadAll(); err != nil || len(file) != len(table)+1 {
		t.Errorf("the file has %d rows, %v", len(file), err)
	}
}
