package store_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
)

// unparsedError makes an unparsed error of facebook with a message. Errors of different
// codes are never in one cluster, so that many runs can share a database.
func unparsedError(code, message string) store.NewEvent {
	return storetest.NewEvent(func(e *store.NewEvent) {
		e.Raw, e.Cleaned = []byte(message), message
		e.Facts = facts.Facts{Format: facts.Text, Status: 400, Code: code, Message: message}
	})
}

func unparsedErrors(code string, messages []string) []store.NewEvent {
	events := make([]store.NewEvent, len(messages))
	for i, m := range messages {
		events[i] = unparsedError(code, m)
	}
	return events
}

// drawMessages draws messages that differ in variable words, when enough of them were
// seen, and in constant words.
func drawMessages(t *rapid.T) []string {
	word := rapid.SampledFrom([]string{"ann", "bob", "cleo", "dora", "emil", "wal_a", "k.b", "idxC", "zD_e", "7", "10.0.0.1", "failed"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		format := rapid.SampledFrom([]string{"user %s left from %s", "login user=%s host=%s", "%s met %s here"}).Draw(t, "format")
		return fmt.Sprintf(format, word.Draw(t, "a"), word.Draw(t, "b"))
	}), 1, 60).Draw(t, "messages")
}

// clustering reads which shapes of a code share a cluster, and its template.
func clustering(t testing.TB, db *sql.DB, code string) map[string]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT string_agg(s.template, E'\n' ORDER BY s.hash), min(c.template), min(c.state)
		FROM shapes s JOIN clusters c ON c.id = s.cluster_id WHERE strpos(s.template, $1) > 0 GROUP BY c.id`, " code="+code+" ")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	together := map[string]string{}
	for rows.Next() {
		var shapes, template, state string
		if err := rows.Scan(&shapes, &template, &state); err != nil {
			t.Fatal(err)
		}
		if state != "open" {
			t.Errorf("shapes are in a cluster that is %s", state)
		}
		together[shapes] = template
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return together
}

// checkClusters fails unless each unparsed error is in one cluster, the counts of
// clusters add up to the errors, and ids of merged clusters lead to clusters with
// shapes.
func checkClusters(t testing.TB, s *store.Store, db *sql.DB) {
	t.Helper()
	var unparsed, astray, lost int
	err := db.QueryRowContext(t.Context(), `
		SELECT (SELECT count(*) FROM events WHERE reason IS NULL AND type IN ('disconnected', 'failed')),
		    (SELECT count(*) FROM shapes s JOIN clusters c ON c.id = s.cluster_id WHERE c.state = 'merged'),
		    (SELECT count(*) FROM clusters c JOIN clusters m ON m.id = c.merged_into
		        WHERE m.state = 'merged' OR NOT EXISTS (SELECT FROM shapes s WHERE s.cluster_id = m.id))`).
		Scan(&unparsed, &astray, &lost)
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, c := range must(s.Clusters(t.Context(), store.ClusterFilter{}, "", 100000))(t).Rows {
		counted += c.Events
	}
	if counted != unparsed || astray != 0 || lost != 0 {
		t.Errorf("%d of %d errors counted, %d shapes in merged clusters, %d ids lead nowhere", counted, unparsed, astray, lost)
	}
}

// grouped groups all waiting shapes, at most size at a time.
func grouped(t testing.TB, g *store.Grouping, size int) {
	t.Helper()
	for {
		n, err := g.Step(t.Context(), size)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func newGrouping(s *store.Store) *store.Grouping { return newGroupingWithin(s, store.MaxLeafBytes) }

// newGroupingWithin returns a Grouping whose leaves take so much memory.
func newGroupingWithin(s *store.Store, bytes int) *store.Grouping {
	return s.NewGrouping(domain.Facebook, cluster.GroupingVersion, store.NewLeaves(bytes))
}

// expected groups messages in memory with one Grouper.
func expected(code string, messages []string) map[string]string {
	g := cluster.NewGrouper()
	shapes := map[uint64]cluster.Shape{}
	for _, m := range messages {
		shape := unparsedError(code, m).Shape
		shapes[shape.Hash] = shape
		g.Add(shape)
	}
	members := map[uint64][]cluster.Shape{}
	for hash, shape := range shapes {
		group, _ := g.Group(hash)
		members[group.ID] = append(members[group.ID], shape)
	}
	together := map[string]string{}
	for _, list := range members {
		slices.SortFunc(list, func(a, b cluster.Shape) int { return compareSigned(a.Hash, b.Hash) })
		key := ""
		for i, shape := range list {
			if i > 0 {
				key += "\n"
			}
			key += shape.Template
		}
		group, _ := g.Group(list[0].Hash)
		together[key] = group.Template
	}
	return together
}

// compareSigned orders hashes as the database does.
func compareSigned(a, b uint64) int {
	switch {
	case int64(a) < int64(b):
		return -1
	case int64(a) > int64(b):
		return 1
	}
	return 0
}

// TestClustersDependOnTheShapesOnly lets two replicas group errors that arrive in any
// order and in any batches, and restarts the replicas now and then. Their memory holds
// no leaf, a few or all.
func TestClustersDependOnTheShapesOnly(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	replicas := []*store.Store{storetest.Open(t, address), storetest.Open(t, address)}
	limits := rapid.SampledFrom([]int{0, 20_000, store.MaxLeafBytes})
	groupings := []*store.Grouping{newGrouping(replicas[0]), newGrouping(replicas[1])}
	source, run := storetest.Source(t, replicas[0]), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		code, messages := strconv.Itoa(run), drawMessages(rt)
		for rest := messages; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "batch")
			storetest.Add(t, replicas[n%2], source.ID, unparsedErrors(code, rest[:n])...)
			rest = rest[n:]
			for range rapid.IntRange(0, 2).Draw(rt, "steps") {
				i := rapid.IntRange(0, 1).Draw(rt, "replica")
				if rapid.IntRange(0, 4).Draw(rt, "restart") == 0 {
					groupings[i] = newGroupingWithin(replicas[i], limits.Draw(rt, "bytes"))
				}
				if _, err := groupings[i].Step(t.Context(), rapid.IntRange(1, 20).Draw(rt, "size")); err != nil {
					rt.Fatal(err)
				}
			}
		}
		grouped(t, groupings[rapid.IntRange(0, 1).Draw(rt, "last")], 7)
		if got, want := clustering(t, db, code), expected(code, messages); !maps.Equal(got, want) {
			rt.Errorf("clusters %q, want %q", got, want)
		}
	})
	checkClusters(t, replicas[0], db)
}

// TestReplicasGroupConcurrently has two replicas store and group the same kinds of
// errors at the same time.
func TestReplicasGroupConcurrently(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	source := storetest.Source(t, storetest.Open(t, address))
	var messages []string
	for i := range 240 {
		messages = append(messages, fmt.Sprintf("session for user %s%c of page p_%c%d ended", string(rune('a'+i%20)), 'a'+i%7, 'a'+i%11, i%3))
	}
	var wg sync.WaitGroup
	for replica := range 2 {
		s := storetest.Open(t, address)
		g := newGrouping(s)
		wg.Go(func() {
			for batch := range slices.Chunk(messages[replica*120:(replica+1)*120], 10) {
				if _, err := s.AddEvents(t.Context(), source.ID, unparsedErrors("1", batch), nil); err != nil {
					t.Error(err)
				}
				if _, err := g.Step(t.Context(), 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := storetest.Open(t, address)
	grouped(t, newGrouping(s), 50)
	if got, want := clustering(t, db, "1"), expected("1", messages); !maps.Equal(got, want) {
		t.Errorf("clusters %q, want %q", got, want)
	}
	checkClusters(t, s, db)
}

// TestMemoryOfShapesIsBounded sends many random texts, of which each is a shape of its
// own, between errors of one cluster. Leaves are let go all the time, and the clusters
// are as if none had been.
func TestMemoryOfShapesIsBounded(t *testing.T) {
	t.Parallel()
	const limit = 200_000
	address := storetest.URL(t)
	db, s := storetest.DB(t, address), storetest.Open(t, address)
	source, leaves := storetest.Source(t, s), store.NewLeaves(limit)
	g := s.NewGrouping(domain.Facebook, cluster.GroupingVersion, leaves)
	random := rand.New(rand.NewPCG(1, 2))
	var all []string
	for round := range 8 {
		// The first half are words at random, the other begins alike and fills leaves.
		messages := []string{"session for user " + randomText(random, 1) + "x ended"}
		for i := range 400 {
			message := randomText(random, 4+random.IntN(6))
			if i%2 == 0 {
				message = "oops " + message
			}
			messages = append(messages, message)
		}
		all = append(all, messages...)
		storetest.Add(t, s, source.ID, unparsedErrors("1", messages)...)
		for taken := 1; taken > 0; {
			taken = must(g.Step(t.Context(), 100))(t)
			if leaves.Size() > limit {
				t.Fatalf("leaves take %d bytes in round %d", leaves.Size(), round)
			}
		}
	}
	got := clustering(t, db, "1")
	if want := expected("1", all); !maps.Equal(got, want) {
		t.Errorf("%d clusters of %d shapes are not those of all shapes together", len(got), len(all))
	}
	if !slices.Contains(slices.Collect(maps.Values(got)), "facebook 400 code=1 │ session for user <*> ended") {
		t.Error("the sessions of users are in no cluster of their own")
	}
	checkClusters(t, s, db)
}

// randomText makes a text of n random words.
func randomText(random *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		word := make([]byte, 3+random.IntN(6))
		for j := range word {
			word[j] = 'a' + byte(random.IntN(26))
		}
		words[i] = string(word)
	}
	return strings.Join(words, " ")
}
