package api_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"wherefore/store"
	"wherefore/store/storetest"
)

// withDirectory is a server with a company's database of profiles, which is empty.
func withDirectory(t *testing.T) (server, *sql.DB, *lookupCounts) {
	t.Helper()
	s := newServer(t)
	address, db := storetest.MakeDirectory(t)
	s.api.Directory = storetest.Directory(t, address, storetest.DirectoryQuery)
	counts := &lookupCounts{counts: map[string]int{}}
	s.api.CountLookup = counts.add
	return s, db, counts
}

// lookupCounts are counts by source, field and result.
type lookupCounts struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *lookupCounts) add(source string, l store.Lookup) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[fmt.Sprint(source, " ", l.Field, " ", l.Result)]++
}

func (c *lookupCounts) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.TrimPrefix(fmt.Sprint(c.counts), "map")
}

// profile is what is known of a profile.
func (s server) profile(id string) string {
	s.t.Helper()
	p, err := s.store.Profile(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprint(p.Network, "|", p.Name, "|", p.OwnerID, "|", p.CredentialID)
}

func TestFieldsThatAreLeftOutComeFromTheDirectory(t *testing.T) {
	t.Parallel()
	s, db, counts1 := withDirectory(t)
	storetest.AddAccount(t, db, "p1", "facebook", "Corner Bakery", "shop-1", "login-1")
	storetest.AddAccount(t, db, "p2", "instagram", "Corner Bakery", "", "login-1")
	status, got := s.call("POST", "/api/v1/events", `[
		{"id":"e1","profile_id":"p1","error":`+password+`},
		{"id":"e2","profile_id":"p2","network":"instagram","owner_id":"shop-2","profile_name":"Harbour Books","error":1},
		{"id":"e3","profile_id":"p3","network":"instagram","owner_id":"shop-3","profile_name":"Oak","credential_id":"c","error":1},
		{"id":"e4","profile_id":"p4","error":1}]`)
	if status != 200 || counts(got) != "3 0 1" {
		t.Fatalf("%d %v", status, got)
	}
	for id, want := range map[string]string{
		"p1": "facebook|Corner Bakery|shop-1|login-1", "p2": "instagram|Harbour Books|shop-2|login-1", "p3": "instagram|Oak|shop-3|c",
	} {
		if p := s.profile(id); p != want {
			t.Errorf("%s is %s, want %s", id, p, want)
		}
	}
	want := "[planner credential_id found:2 planner credential_id unknown:1 planner network found:1 planner network unknown:1 " +
		"planner owner_id found:1 planner owner_id unknown:1 planner profile_name found:1 planner profile_name unknown:1]"
	if got := counts1.String(); got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
}
