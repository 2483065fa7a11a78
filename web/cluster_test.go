package main

import (
	"strings"
	"testing"
)

func TestClusterCommandAnswersMessagesInOrder(t *testing.T) {
	t.Parallel()
	in := "page 12 is gone\n\npage 9 is gone\r\nno such page\n\xff\xfe\npage 3 is gone"
	out, err := runWith(t, in, "cluster")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	want := []string{"page <num> is gone", "", "page <num> is gone", "no such page", "<bytes>", "page <num> is gone"}
	if len(lines) != len(want) {
		t.Fatalf("%d answers for %d lines: %q", len(lines), len(want), out)
	}
	ids := map[string]string{}
	for i, line := range lines {
		id, template, tab := strings.Cut(line, "\t")
		if !tab || len(id) != 16 || template != want[i] {
			t.Errorf("line %d: %q, want template %q", i, line, want[i])
		}
		if other, known := ids[template]; known && other != id {
			t.Errorf("%q has two ids", template)
		}
		ids[template] = id
	}
}

func TestClusterCommandUsesLaterMessages(t *testing.T) {
	t.Parallel()
	in := "login of user ann\nlogin of user bob\nlogin of user cleo\nlogin of user dora\nlogin of user emil\n"
	out, err := runWith(t, in, "cluster")
	if first, _, _ := strings.Cut(out, "\n"); err != nil || strings.Count(out, first) != 5 || !strings.HasSuffix(first, "\tlogin of user <*>") {
		t.Errorf("error %v, answers %q", err, out)
	}
}

func TestClusterCommandGroupsErrorsByFactsAndMessage(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"network":"facebook","http_status":400,"error":{"error":{"code":190,"message":"Session expired on 2020-01-02"}}}`,
		`{"network":"facebook","http_status":400,"error":"{\"error\":{\"message\":\"Session expired on 2021-03-04\",\"code\":190}}"}`,
		`{"network":"instagram","http_status":400,"error":{"error":{"code":190,"message":"Session expired on 2020-01-02"}}}`,
		`{"network":"facebook","http_status":401,"error":{"error":{"code":190,"message":"Session expired on 2020-01-02"}}}`,
		`{"network":"facebook","http_status":400,"error":{"error":{"code":102,"message":"Session expired on 2020-01-02"}}}`,
		`{"network":"x","error":""}`,
		`{"network":"x","error":null}`,
	}
	out, err := runWith(t, strings.Join(lines, "\n"), "cluster", "--events")
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(out, "\n")
	if answers[0] != answers[1] || answers[5] != answers[6] {
		t.Errorf("answers differ for one shape: %q", answers)
	}
	distinct := map[string]bool{}
	for _, i := range []int{0, 2, 3, 4, 5} {
		distinct[answers[i]] = true
	}
	if len(distinct) != 5 {
		t.Errorf("network, status, code or message do not tell apart: %q", answers)
	}
}

func TestClusterCommandSkipsUnusableLines(t *testing.T) {
	t.Parallel()
	in := "{\n\n{\"network\":\"myspace\",\"error\":\"x\"}\n{\"network\":\"x\",\"error\":\"down\"}\n{\"network\":\"x\"}"
	out, err := runWith(t, in, "cluster", "--events")
	if err == nil || !strings.Contains(err.Error(), "4 lines were not usable") {
		t.Errorf("error %v", err)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i, want := range []string{`{"error":"not JSON`, `{"error":"not JSON`, `{"error":"unknown network \"myspace\""}`, "│ down", `{"error":"error is missing"}`} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("line %d of %q, want %q", i, lines, want)
		}
	}
	if _, err := runWith(t, "", "cluster", "--evnets"); err == nil {
		t.Error("an unknown flag is taken")
	}
}
