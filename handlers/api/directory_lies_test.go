package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/store/storetest"
)

// A directory that lies harms no event but those of the profiles that it lies about, and
// what it says is cleaned as what sources send is.
func TestDirectoryThatLiesHarmsNoOtherEvents(t *testing.T) {
	t.Parallel()
	s, db, _ := withDirectory(t)
	token := "EAAB" + strings.Repeat("x1Y2z3", 20)
	storetest.AddAccount(t, db, "good", "facebook", "Corner Bakery", "shop-1", "login-1")
	storetest.AddAccount(t, db, "other", "instagram", "Of another network", "shop-2", "login-2")
	storetest.AddAccount(t, db, "unheard", "orkut", "Of no network", "shop-3", "login-3")
	storetest.AddAccount(t, db, "long", "facebook", strings.Repeat("ä", 1<<20), "shop-4", "login-4")
	storetest.AddAccount(t, db, "secret", "facebook", "Shop access_token="+token, "shop-5", "login-5")
	storetest.AddAccount(t, db, "marks", " Facebook\n", "Oak\u202e\tBooks\x1b[31m", "shop-6", "login-6")
	status, got := s.call("POST", "/api/v1/events", `[
		{"id":"e1","profile_id":"other","network":"facebook","error":1},
		{"id":"e2","profile_id":"unheard","error":1},
		{"id":"e3","profile_id":"long","error":1},
		{"id":"e4","profile_id":"secret","error":1},
		{"id":"e5","profile_id":"marks","error":1},
		{"id":"e6","profile_id":"good","error":1}]`)
	if status != 200 || counts(got) != "5 0 1" {
		t.Fatalf("%d %v", status, got)
	}
	if other := s.profile("other"); other != "facebook|||" {
		t.Errorf("of a profile of another network it is taken: %s", other)
	}
	if good := s.profile("good"); good != "facebook|Corner Bakery|shop-1|login-1" {
		t.Errorf("the one that it does not lie about is %s", good)
	}
	if secret := s.profile("secret"); strings.Contains(secret, token) || !strings.HasPrefix(secret, string(domain.Facebook)) {
		t.Errorf("a secret is kept: %s", secret)
	}
	if marks := s.profile("marks"); !strings.HasPrefix(marks, "facebook|Oak") || strings.ContainsAny(marks, "\u202e\t\x1b") {
		t.Errorf("marks are kept: %q", marks)
	}
	if long := s.profile("long"); len([]rune(long)) > 300 {
		t.Errorf("a text of %d characters is kept", len([]rune(long)))
	}
}

// Bytes that are no text, as a database of another encoding may answer them, and ids that
// no database can hold are no fault.
func TestDirectoryOfAnotherEncodingIsNoFault(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	address, db := storetest.MakeDirectory(t)
	name := "raw_" + nameOf(address)
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf(`CREATE DATABASE %q ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`, name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), fmt.Sprintf(`DROP DATABASE %q WITH (FORCE)`, name)); err != nil {
			t.Error(err)
		}
	})
	raw := strings.Replace(address, "/"+nameOf(address), "/"+name, 1)
	s.api.Directory = storetest.Directory(t, raw, `SELECT id AS profile_id, 'facebook' AS network, E'Caf\xe9\xff' AS profile_name FROM unnest($1::text[]) AS id`)
	status, got := s.call("POST", "/api/v1/events", `[
		{"id":"e1","profile_id":"p1","error":1},
		{"id":"e2","profile_id":"p\u0000nul","error":1},
		{"id":"e3","profile_id":"p3","network":"facebook","profile_name":"Oak","owner_id":"o","credential_id":"c","error":1}]`)
	if status != 200 {
		t.Fatalf("%d %v", status, got)
	}
	if known := s.profile("p3"); known != "facebook|Oak|o|c" {
		t.Errorf("the event that needs no look-up left %s", known)
	}
}

// nameOf is the name of the database at an address.
func nameOf(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address[strings.LastIndexByte(address, '/')+1:]
}
