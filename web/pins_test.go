package main

import (
	"errors"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/service"
)

func TestParsersTestRunsPins(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	c, _, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.SyncCatalog(t.Context(), s, c); err != nil {
		t.Fatal(err)
	}
	by := store.Actor{Name: "test"}
	pinned := storetest.Event(t, s, func(e *store.NewEvent) {
		e.Raw = []byte(`{"error":{"message":"x","type":"OAuthException","code":190,"error_subcode":460}}`)
	})
	if err := s.PinEvent(t.Context(), by, pinned, "session-password-changed", domain.MustMatch, ""); err != nil {
		t.Fatal(err)
	}
	out, err := runWith(t, "", "parsers", "test", "--database", "--database-url", address)
	if err != nil || !strings.Contains(out, "ok   facebook.session-password-changed: pinned sample 1: must-match") || !strings.Contains(out, "1 pinned samples, 0 failed") {
		t.Errorf("error %v, said %s", err, out[max(0, len(out)-500):])
	}
	if err := s.PinEvent(t.Context(), by, pinned, "session-password-changed", domain.MustNotMatch, ""); err != nil {
		t.Fatal(err)
	}
	out, err = runWith(t, "", "parsers", "test", "--database", "--database-url", address)
	if !errors.Is(err, errFailed) || !strings.Contains(out, "FAIL facebook.session-password-changed: pinned sample 1: it must not match and does") {
		t.Errorf("error %v, said %s", err, out[max(0, len(out)-500):])
	}
	for _, args := range [][]string{{"parsers", "test", "--data"}, {"parsers", "test", "--database", "more"}} {
		if _, err := runWith(t, "", args...); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
