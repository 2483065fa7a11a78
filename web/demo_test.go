package main

import (
	"strings"
	"testing"

	"wherefore/store/storetest"
)

func TestDemoCommand(t *testing.T) {
	t.Parallel()
	address, dir := storetest.URL(t), t.TempDir()
	for range 2 {
		var said strings.Builder
		e := testEnv([]string{"demo"}, "DATABASE_URL="+address, "WHEREFORE_DATA_DIR="+dir)
		e.stdout = &said
		if err := run(t.Context(), e); err != nil || !strings.HasPrefix(said.String(), "Sign in as admin or engineer or pm or support with the password ") {
			t.Errorf("said %q, %v", said.String(), err)
		}
	}
}

func TestDemoSaysWhyItAddedNothing(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	storetest.Event(t, storetest.Open(t, address))
	var out, log strings.Builder
	e := testEnv([]string{"demo"}, "DATABASE_URL="+address, "WHEREFORE_DATA_DIR="+t.TempDir())
	e.stdout, e.stderr = &out, &log
	if err := run(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "nothing added: the database holds events already") {
		t.Errorf("said %s%s", out.String(), log.String())
	}
}
