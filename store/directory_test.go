package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// answer is what a directory says of one profile.
func answer(t *testing.T, d *store.Directory, id string) string {
	t.Helper()
	return fmt.Sprint(d.Profiles(t.Context(), []string{id})[id])
}

// eventually waits until a directory says something of a profile.
func eventually(t *testing.T, d *store.Directory, id, want string) {
	t.Helper()
	for range 600 {
		if answer(t, d, id) == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s is %s, want %s", id, answer(t, d, id), want)
}

func TestDirectoryKnowsAProfileOrNot(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "p1", "facebook", "Corner Bakery", "shop-1", "login-1")
	d := storetest.Directory(t, address, storetest.DirectoryQuery+" ;\n")
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(d.Profiles(t.Context(), []string{"p1", "p2", "p'3\"{},\\"}))
	if want := `map[p'3"{},\:{unknown {    }} p1:{found {p1 facebook Corner Bakery shop-1 login-1}} p2:{unknown {    }}]`; got != want {
		t.Errorf("says %s, want %s", got, want)
	}
}

// A query may leave columns out, and have values of any type.
func TestDirectoryColumnsOfAnyType(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "7", "facebook", "x", "y", "z")
	d := storetest.Directory(t, address, `SELECT ref::bigint AS profile_id, NULL::uuid AS owner_id, now() - now() AS credential_id
		FROM accounts WHERE ref::bigint = ANY($1::bigint[]) -- by number`)
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.Offers("network") || d.Offers("profile_name") || !d.Offers("owner_id") {
		t.Error("offers other fields than the query has")
	}
	got := d.Profiles(t.Context(), []string{"7", "8", "no number"})
	for id, want := range map[string]string{"7": "{found {7    00:00:00}}", "8": "{unknown {    }}", "no number": "{refused {    }}"} {
		if fmt.Sprint(got[id]) != want {
			t.Errorf("%s is %v, want %s", id, got[id], want)
		}
	}
	if _, failing := d.Failure(); failing {
		t.Error("an id that is no number fails the directory")
	}
}

// An id for which the query fails spoils the answer about no other.
func TestDirectoryRefusesOnlyTheIDThatFails(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	for _, ref := range []string{"p1", "p2", "p3", "spoilt"} {
		storetest.AddAccount(t, db, ref, "facebook", "x", "y", "z")
	}
	if _, err := db.Exec(`
		CREATE FUNCTION checked(ref text) RETURNS text LANGUAGE plpgsql AS $$
		BEGIN
		    IF ref = 'spoilt' THEN RAISE EXCEPTION 'boom'; END IF;
		    RETURN ref;
		END $$`); err != nil {
		t.Fatal(err)
	}
	d := storetest.Directory(t, address, `SELECT checked(ref) AS profile_id, platform AS network FROM accounts WHERE ref = ANY($1)`)
	for id, answer := range d.Profiles(t.Context(), []string{"p1", "spoilt", "p2", "p3"}) {
		want := store.LookupFound
		if id == "spoilt" {
			want = store.LookupRefused
		}
		if answer.Result != want {
			t.Errorf("%s is %s, want %s", id, answer.Result, want)
		}
	}
}

func TestDirectoryQueryWithOtherColumnsIsRefused(t *testing.T) {
	t.Parallel()
	address, _ := storetest.MakeDirectory(t)
	for query, want := range map[string]string{
		`SELECT ref, platform AS network FROM accounts WHERE ref = ANY($1)`:                   "profile_id, network, profile_name, owner_id, credential_id",
		`SELECT platform AS network FROM accounts WHERE ref = ANY($1)`:                        "no column profile_id",
		`SELECT ref AS profile_id, ref AS profile_id FROM accounts WHERE ref = ANY($1)`:       "profile_id twice",
		`SELECT ref AS profile_id, title AS "Profile_Name" FROM accounts WHERE ref = ANY($1)`: `"Profile_Name"`,
	} {
		err := storetest.Directory(t, address, query).Check(t.Context())
		if domain.KindOf(err) != domain.Invalid || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v, want %s", query, err, want)
		}
	}
}

// What the directory refuses is no fault of the configuration alone, and is said.
func TestDirectoryThatRefusesTheQuery(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	for query, want := range map[string]string{
		`SELEKT $1`: "syntax error",
		`SELECT missing AS profile_id FROM accounts WHERE ref = ANY($1)`:                                                 "missing",
		`SELECT ref AS profile_id FROM accounts WHERE ref = ANY($1) FOR UPDATE`:                                          "read-only",
		`WITH made AS (INSERT INTO accounts SELECT unnest($1::text[]) RETURNING ref) SELECT ref AS profile_id FROM made`: "top level",
	} {
		d := storetest.Directory(t, address, query)
		err := d.Check(t.Context())
		failure, failing := d.Failure()
		if err == nil || domain.KindOf(err) == domain.Invalid || !failing || failure.Result != store.LookupRefused || !strings.Contains(failure.Words, want) {
			t.Errorf("%s: %v, %+v", query, err, failure)
		}
		if got := answer(t, d, "p1"); got != "{refused {    }}" {
			t.Errorf("%s: a look-up is %s", query, got)
		}
	}
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM accounts`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows were written: %v", n, err)
	}
}

func TestOneQueryForManyCallersOfOneProfile(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "p1", "facebook", "Corner Bakery", "shop-1", "login-1")
	proxy, address := storetest.NewProxy(t, address)
	d := storetest.Directory(t, address, `SELECT ref AS profile_id, title AS profile_name FROM accounts WHERE ref = ANY($1)`)
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := proxy.Sent("numbered")
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			if got := answer(t, d, "p1"); got != "{found {p1  Corner Bakery  }}" {
				t.Errorf("a caller hears %s", got)
			}
		})
	}
	callers.Wait()
	if n := proxy.Sent("numbered") - before; n != 2 { // the word stands twice in a query
		t.Errorf("the word was sent %d times, so there was not one query", n)
	}
}

// 64 callers of different profiles share queries: at most directoryConnections run, and
// those that wait are put together.
func TestManyProfilesInFewQueries(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	var ids []string
	for i := range 3000 {
		ids = append(ids, fmt.Sprint("p", i))
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO accounts SELECT 'p' || n, 'facebook', 'Shop ' || n, '', '' FROM generate_series(0, 2999) n`); err != nil {
		t.Fatal(err)
	}
	proxy, address := storetest.NewProxy(t, address)
	d := storetest.Directory(t, address, storetest.DirectoryQuery)
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := proxy.Sent("numbered")
	for id, a := range d.Profiles(t.Context(), ids) {
		if want := "Shop " + id[1:]; a.Profile.ProfileName != want {
			t.Fatalf("%s is %v", id, a)
		}
	}
	if n := (proxy.Sent("numbered") - before) / 2; n != 3 {
		t.Errorf("%d queries for 3,000 profiles, want 3", n)
	}
}

func TestDirectoryKeepsABoundedNumberOfAnswers(t *testing.T) {
	t.Parallel()
	address, _ := storetest.MakeDirectory(t)
	d := storetest.Directory(t, address, storetest.DirectoryQuery)
	for i := 0; i < store.MaxDirectoryAnswers+2000; i += 1000 {
		var ids []string
		for n := range 1000 {
			ids = append(ids, fmt.Sprint("p", i+n))
		}
		d.Profiles(t.Context(), ids)
	}
	if n := d.Kept(); n == 0 || n > store.MaxDirectoryAnswers {
		t.Errorf("%d answers are kept", n)
	}
}

// A directory that hangs is asked a few times, then not for a while, and again.
func TestDirectoryThatHangsIsLeftAloneForAWhile(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "p1", "facebook", "Corner Bakery", "shop-1", "login-1")
	proxy, address := storetest.NewProxy(t, address)
	d := storetest.Directory(t, address, storetest.DirectoryQuery)
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	proxy.Hang()
	for i := range store.DirectoryFailures + 50 {
		if got := answer(t, d, fmt.Sprint("hung-", i)); got != "{unavailable {    }}" {
			t.Fatalf("a directory that hangs says %s", got)
		}
	}
	if failure, failing := d.Failure(); !failing || failure.Result != store.LookupUnavailable {
		t.Errorf("the failure is %+v", failure)
	}
	proxy.Pass()
	eventually(t, d, "p1", "{found {p1 facebook Corner Bakery shop-1 login-1}}")
	if _, failing := d.Failure(); failing {
		t.Error("it fails still")
	}
}

func TestDirectoryThatIsAwayAndComesBack(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "p1", "facebook", "", "", "")
	proxy, address := storetest.NewProxy(t, address)
	proxy.Refuse()
	d := storetest.Directory(t, address, storetest.DirectoryQuery)
	if err := d.Check(t.Context()); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("a directory that is away: %v", err)
	}
	if got := answer(t, d, "p1"); got != "{unavailable {    }}" {
		t.Errorf("a directory that is away says %s", got)
	}
	proxy.Pass()
	eventually(t, d, "p1", "{found {p1 facebook   }}")
}

// Rows of other profiles are none, equal rows are one, and different ones refused. What
// is too long is cut by the directory.
func TestDirectoryThatLies(t *testing.T) {
	t.Parallel()
	address, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "other", "facebook", "Not asked for", "", "")
	storetest.AddAccount(t, db, "twice", "facebook", "Once", "", "")
	storetest.AddAccount(t, db, "twice", "facebook", "Twice", "", "")
	storetest.AddAccount(t, db, "same", "facebook", "Same", "", "")
	storetest.AddAccount(t, db, "same", "facebook", "Same", "", "")
	storetest.AddAccount(t, db, "long", "facebook", strings.Repeat("ä", 5<<20), "", "")
	if _, err := db.ExecContext(t.Context(), `INSERT INTO accounts SELECT 'many', 'facebook', n::text, '', '' FROM generate_series(1, 5000) n`); err != nil {
		t.Fatal(err)
	}
	d := storetest.Directory(t, address, `SELECT ref AS profile_id, platform AS network, title AS profile_name FROM accounts WHERE cardinality($1::text[]) > 0`)
	got := d.Profiles(t.Context(), []string{"twice", "same", "long", "many", "none"})
	if len(got) != 5 {
		t.Errorf("%d answers to 5 ids", len(got))
	}
	for id, want := range map[string]store.LookupResult{
		"twice": store.LookupRefused, "same": store.LookupFound, "long": store.LookupFound, "many": store.LookupRefused, "none": store.LookupUnknown,
	} {
		if got[id].Result != want {
			t.Errorf("%s is %s, want %s", id, got[id].Result, want)
		}
	}
	if n := len(got["long"].Profile.ProfileName); n > 2*(store.MaxID+1) {
		t.Errorf("a name of 10 MB comes as %d bytes", n)
	}
}
