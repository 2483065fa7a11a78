package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
)

var engineer = store.Actor{Name: "ann"}

// replica is the grouping state of one process.
type replica struct {
	*store.Store
	grouping *store.Grouping
	shaper   *cluster.Shaper
}

func newReplica(s *store.Store) *replica {
	return &replica{s, newGrouping(s), &cluster.Shaper{}}
}

// refresh loads the splits into the replica.
func (r *replica) refresh(t testing.TB) {
	t.Helper()
	versions := must(r.SplitVersions(t.Context()))(t)
	r.shaper.SetSplits(must(r.Splits(t.Context()))(t), versions)
}

// takes stores errors of a code as the replica would give them their shapes.
func (r *replica) takes(t testing.TB, source store.Source, code string, messages ...string) []string {
	t.Helper()
	events := unparsedErrors(code, messages)
	for i := range events {
		events[i].Shape = r.shaper.ShapeOf(events[i].Network, events[i].Facts)
		events[i].Raw = []byte(code + "|" + messages[i])
	}
	var ids []string
	for _, o := range storetest.Add(t, r.Store, source.ID, events...) {
		ids = append(ids, o.EventID)
	}
	return ids
}

// regroup runs one step of a regrouping job.
func (r *replica) regroup(t testing.TB, size int) bool {
	t.Helper()
	return r.regroupStep(t, cluster.GroupingVersion, size, func(job store.Regrouping, events []store.StoredEvent) ([]cluster.Shape, error) {
		if r.shaper.SplitsVersion(job.Network) < job.Splits {
			r.refresh(t)
		}
		var shapes []cluster.Shape
		for _, e := range events {
			shapes = append(shapes, r.shaper.ShapeOf(e.Network, reread(e)))
		}
		return shapes, nil
	})
}

// regroupStep runs one step of a regrouping job by rules of a version; false when
// no job is due.
func (r *replica) regroupStep(t testing.TB, version, size int, shapes func(store.Regrouping, []store.StoredEvent) ([]cluster.Shape, error)) bool {
	t.Helper()
	claim, found := storetest.Claim(t, r.Store, store.JobFilter{Kind: store.JobRegrouping, GroupingVersion: version})
	if !found {
		return false
	}
	must(r.RegroupStep(t.Context(), claim, size, shapes))(t)
	must("", r.ReleaseJob(t.Context(), claim))(t)
	return true
}

// reread makes the facts of what takes has stored.
func reread(e store.StoredEvent) facts.Facts {
	code, message, _ := strings.Cut(string(e.Raw), "|")
	return unparsedError(code, message).Facts
}

// regroupAll runs all regrouping jobs, also those that wait for replicas to settle.
func (r *replica) regroupAll(t testing.TB, db *sql.DB) {
	t.Helper()
	for range 2 {
		for r.regroup(t, 100) {
		}
		if _, err := db.ExecContext(t.Context(), `UPDATE jobs SET created_at = created_at - interval '1 minute', scheduled_at = now() WHERE kind = 'regrouping'`); err != nil {
			t.Fatal(err)
		}
	}
}

// shapesOf lists the shapes of a cluster.
func shapesOf(t testing.TB, db *sql.DB, id domain.ClusterID) []uint64 {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT hash FROM shapes WHERE cluster_id = $1 ORDER BY hash`, id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var hashes []uint64
	for rows.Next() {
		var hash int64
		if err := rows.Scan(&hash); err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, uint64(hash))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return hashes
}

func clusterAt(t testing.TB, s *store.Store, event string) domain.ClusterID {
	t.Helper()
	return must(s.Event(t.Context(), event))(t).ClusterID
}

// clustersOf lists the clusters that have shapes of a code.
func clustersOf(t testing.TB, db *sql.DB, code string) []domain.ClusterID {
	t.Helper()
	var ids pq.Int64Array
	err := db.QueryRowContext(t.Context(), `
		SELECT COALESCE(array_agg(DISTINCT cluster_id), '{}') FROM shapes WHERE strpos(template, $1) > 0`, " code="+code+" ").Scan(&ids)
	if err != nil {
		t.Fatal(err)
	}
	clusters := make([]domain.ClusterID, len(ids))
	for i, id := range ids {
		clusters[i] = domain.ClusterID(id)
	}
	return clusters
}

// TestEditsAreKeptByTheGrouping lets errors of a few kinds arrive at two replicas while
// people merge, unmerge and split clusters. Then it checks that all these decisions
// still hold and that each error is in the right cluster.
func TestEditsAreKeptByTheGrouping(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	replicas := []*replica{newReplica(storetest.Open(t, address)), newReplica(storetest.Open(t, address))}
	source, run := storetest.Source(t, replicas[0].Store), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		code := fmt.Sprint("e", run)
		decided := map[uint64]int{} // shapes that people have put together have one number
		decisions := 0
		any := func(rt *rapid.T) *replica { return rapid.SampledFrom(replicas).Draw(rt, "replica") }
		pick := func(rt *rapid.T, name string) domain.ClusterID {
			return rapid.SampledFrom(clustersOf(t, db, code)).Draw(rt, name) // there is one from the first arrival on
		}
		decide := func(shapes []uint64) {
			decisions++
			for _, hash := range shapes {
				decided[hash] = decisions
			}
		}
		arrive := func(rt *rapid.T) { any(rt).takes(t, source, code, drawMessages(rt)...) }
		arrive(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"arrive":  arrive,
			"group":   func(rt *rapid.T) { must(any(rt).grouping.Step(t.Context(), 30))(t) },
			"restart": func(rt *rapid.T) { r := any(rt); r.grouping = newGrouping(r.Store) },
			"refresh": func(rt *rapid.T) { any(rt).refresh(t) },
			"regroup": func(rt *rapid.T) { any(rt).regroup(t, 5) },
			"merge": func(rt *rapid.T) {
				a, b := pick(rt, "a"), pick(rt, "b")
				both := append(shapesOf(t, db, a), shapesOf(t, db, b)...)
				err := any(rt).MergeClusters(t.Context(), engineer, a, b, "alike")
				if (err == nil) != (a != b) {
					rt.Fatal(err)
				}
				if err == nil {
					decide(both)
				}
			},
			"unmerge": func(rt *rapid.T) {
				c := pick(rt, "cluster")
				shapes := shapesOf(t, db, c)
				n := rapid.IntRange(0, len(shapes)).Draw(rt, "taken")
				_, err := any(rt).UnmergeShapes(t.Context(), engineer, c, shapes[:n], "not alike")
				if (err == nil) != (n > 0 && n < len(shapes)) {
					rt.Fatal(err)
				}
				if err == nil {
					decide(shapes[:n])
					decide(shapes[n:])
				}
			},
			"split": func(rt *rapid.T) {
				c := pick(rt, "cluster")
				value := rapid.SampledFrom([]string{"ann", "7", "wal_a", "10.0.0.1"}).Draw(rt, "value")
				_, err := any(rt).SplitCluster(t.Context(), engineer, c, rapid.IntRange(0, 1).Draw(rt, "mask"), value, "another thing")
				if kind := domain.KindOf(err); err != nil && kind != domain.Invalid && kind != domain.Conflict {
					rt.Fatal(err)
				}
			},
		})
		for _, r := range replicas {
			r.refresh(t)
		}
		for range 3 { // regrouping finds shapes to split, and splitting finds shapes to group
			grouped(t, replicas[0].grouping, 100)
			replicas[1].regroupAll(t, db)
		}
		checkDecided(t, db, decided)
		checkPlacements(t, db)
		checkShapes(t, replicas[1], code)
	})
	checkClusters(t, replicas[0].Store, db)
}

// checkDecided fails unless those shapes share a cluster that people have put together,
// and no others that they have moved.
func checkDecided(t testing.TB, db *sql.DB, decided map[uint64]int) {
	t.Helper()
	clusters, numbers := map[int]domain.ClusterID{}, map[domain.ClusterID]int{}
	for hash, number := range decided {
		var id domain.ClusterID
		if err := db.QueryRowContext(t.Context(), `SELECT cluster_id FROM shapes WHERE hash = $1`, int64(hash)).Scan(&id); err != nil {
			t.Fatal(err)
		}
		if was, seen := clusters[number]; seen && was != id {
			t.Fatalf("shapes that were put together are in clusters %d and %d", was, id)
		}
		if was, seen := numbers[id]; seen && was != number {
			t.Fatalf("shapes that were taken apart are in cluster %d", id)
		}
		clusters[number], numbers[id] = id, number
	}
}

// checkPlacements fails unless each shape that people did not move is in the cluster of
// its group's anchor with the least hash or, without an anchor, in a cluster with all
// of its group and nothing else.
func checkPlacements(t testing.TB, db *sql.DB) {
	t.Helper()
	var astray, scattered, mixed int
	err := db.QueryRowContext(t.Context(), `
		WITH anchors AS (
		    SELECT DISTINCT ON (group_id) group_id, cluster_id FROM shapes WHERE placement = 'anchor' ORDER BY group_id, hash
		), loose AS (
		    SELECT s.group_id, s.cluster_id FROM shapes s
		    WHERE s.placement = 'grouped' AND NOT EXISTS (SELECT FROM anchors a WHERE a.group_id = s.group_id)
		)
		SELECT (SELECT count(*) FROM shapes s JOIN anchors a USING (group_id) WHERE s.placement = 'grouped' AND s.cluster_id <> a.cluster_id),
		    (SELECT count(*) FROM (SELECT FROM loose GROUP BY group_id HAVING count(DISTINCT cluster_id) > 1) AS x),
		    (SELECT count(*) FROM loose l JOIN shapes s USING (cluster_id) WHERE s.group_id IS DISTINCT FROM l.group_id)`).
		Scan(&astray, &scattered, &mixed)
	if err != nil {
		t.Fatal(err)
	}
	if astray+scattered+mixed > 0 {
		t.Fatalf("%d shapes are not with their anchor, %d groups are scattered, %d shapes are among others", astray, scattered, mixed)
	}
}

// checkShapes fails unless the stored errors of a code have the shapes that the replica
// computes for them.
func checkShapes(t testing.TB, r *replica, code string) {
	t.Helper()
	var ids []string
	for e, err := range r.AllEvents(t.Context(), store.EventFilter{Network: domain.Facebook}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	for _, e := range must(r.StoredEventsByID(t.Context(), ids))(t) {
		if !strings.HasPrefix(string(e.Raw), code+"|") {
			continue
		}
		if want := r.shaper.ShapeOf(e.Network, reread(e)); e.ShapeHash != want.Hash {
			t.Fatalf("%q has another shape than %q", e.Raw, want.Template)
		}
	}
}

func TestSplitMovesNewAndStoredErrors(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	r := newReplica(storetest.Open(t, address))
	source := storetest.Source(t, r.Store)
	var old []string
	for i := range 3 {
		old = append(old, r.takes(t, source, "1", fmt.Sprintf("page %d of user 7 is odd", i), fmt.Sprintf("page %d of user 8 is odd", i))...)
	}
	grouped(t, r.grouping, 10)
	from := clusterAt(t, r.Store, old[0])
	to := must(r.SplitCluster(t.Context(), engineer, from, 1, "7", "a bot"))(t)
	if c := must(r.Cluster(t.Context(), to))(t); c.Template != "facebook 400 code=1 │ page <num> of user ⟨7⟩ is odd" || c.Events != 0 {
		t.Errorf("the new cluster is %+v", c)
	}
	late := r.takes(t, source, "1", "page 9 of user 7 is odd") // by a replica that does not know yet
	r.refresh(t)
	fresh := r.takes(t, source, "1", "page 9 of user 7 is odd", "page 9 of user 8 is odd")
	if a, b := clusterAt(t, r.Store, fresh[0]), clusterAt(t, r.Store, fresh[1]); a != to || b != from {
		t.Errorf("new errors are in %d and %d, want %d and %d", a, b, to, from)
	}
	r.regroupAll(t, db)
	for i, id := range append(old, late...) {
		if want, got := []domain.ClusterID{to, from}[i%2], clusterAt(t, r.Store, id); got != want {
			t.Errorf("stored error %d is in %d, want %d", i, got, want)
		}
	}
	if _, err := r.SplitCluster(t.Context(), engineer, from, 1, "7", "again"); domain.KindOf(err) != domain.Conflict {
		t.Errorf("the same split again gives %v", err)
	}
	if err := r.MergeClusters(t.Context(), engineer, from, to, "no bot"); err != nil {
		t.Fatal(err)
	}
	if c := must(r.Cluster(t.Context(), from))(t); c.Events != 9 {
		t.Errorf("merged back it counts %d errors", c.Events)
	}
	checkClusters(t, r.Store, db)
}

// The template of a cluster that people merged is that of most of its errors, whichever
// was merged into which, and also when the errors change later.
func TestTemplateOfEditedClusterIsOfMostErrors(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	r := newReplica(storetest.Open(t, address))
	source := storetest.Source(t, r.Store)
	const zorble, quux = "Zorble widget %d refused by the flange", "Quux parcel %d evaporated"
	arrive := func(code, format string, n int) domain.ClusterID {
		var messages []string
		for i := range n {
			messages = append(messages, fmt.Sprintf(format, i))
		}
		ids := r.takes(t, source, code, messages...)
		grouped(t, r.grouping, 100)
		return clusterAt(t, r.Store, ids[0])
	}
	known := func(id domain.ClusterID, code, format, when string) {
		t.Helper()
		want := "facebook 400 code=" + code + " │ " + strings.Replace(format, "%d", "<num>", 1)
		if got := must(r.Cluster(t.Context(), id))(t).Template; got != want {
			t.Errorf("%s it is known as %q, want %q", when, got, want)
		}
	}
	for i, c := range []struct{ zorbles, quuxes int }{{9, 3}, {3, 9}, {30, 29}, {1, 2}} {
		code := strconv.Itoa(100 + i)
		many, few := zorble, quux
		if c.quuxes > c.zorbles {
			many, few = quux, zorble
		}
		for j, order := range []string{"into the many", "into the few"} {
			code := code + strconv.Itoa(j)
			into, other := arrive(code, many, max(c.zorbles, c.quuxes)), arrive(code, few, min(c.zorbles, c.quuxes))
			if order == "into the few" {
				into, other = other, into
			}
			if err := r.MergeClusters(t.Context(), engineer, into, other, "the same thing"); err != nil {
				t.Fatal(err)
			}
			known(into, code, many, "merged "+order)
			arrive(code, few, 60)
			if err := r.UpdateClusterTemplates(t.Context()); err != nil {
				t.Fatal(err)
			}
			known(into, code, few, "when the few have become the many")
			if _, err := db.ExecContext(t.Context(), `
				UPDATE events SET reason = (SELECT id FROM reasons WHERE network = 'facebook' ORDER BY id LIMIT 1), parser = 'p'
				WHERE code = $1 AND message LIKE $2`, code, few[:4]+"%"); err != nil {
				t.Fatal(err)
			}
			if err := r.UpdateClusterTemplates(t.Context()); err != nil {
				t.Fatal(err)
			}
			known(into, code, many, "when a parser explains the others")
		}
	}
}

func TestNewRulesRegroupStoredErrors(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	r := newReplica(storetest.Open(t, address))
	source := storetest.Source(t, r.Store)
	ids := r.takes(t, source, "1", "page 1 is odd", "page 2 is odd", "page 3 is even", "page 4 is grey", "page 5 is grey")
	storetest.Event(t, r.Store, storetest.Parsed("token-expired"))
	grouped(t, r.grouping, 10)
	odd, even, grey := clusterAt(t, r.Store, ids[0]), clusterAt(t, r.Store, ids[2]), clusterAt(t, r.Store, ids[3])
	if err := r.MergeClusters(t.Context(), engineer, grey, even, "alike"); err != nil {
		t.Fatal(err)
	}
	// The new rules tell pages apart.
	const version = cluster.GroupingVersion + 1
	shape := func(e store.StoredEvent) cluster.Shape {
		s := cluster.ShapeOfMessage(strings.NewReplacer("1", "one", "2", "two", "3", "three", "4", "four", "5", "five").Replace(string(e.Raw)))
		s.Version = version
		return s
	}
	next := r.NewGrouping(domain.Facebook, version, store.NewLeaves(store.MaxLeafBytes))
	if got := must(r.WaitingNetworks(t.Context(), version))(t); !slices.Equal(got, []domain.Network{domain.Facebook}) {
		t.Errorf("waiting are %v", got)
	}
	grouped(t, next, 10)
	if n := must(r.grouping.Step(t.Context(), 10))(t); n != 0 {
		t.Errorf("the old program groups %d shapes", n)
	}
	for range 3 {
		if err := r.QueueRegroupings(t.Context(), version); err != nil {
			t.Fatal(err)
		}
		if r.regroup(t, 10) {
			t.Error("the old program gives errors shapes by its older rules")
		}
		for more := true; more; {
			more = r.regroupStep(t, version, 2, func(_ store.Regrouping, events []store.StoredEvent) (shapes []cluster.Shape, _ error) {
				for _, e := range events {
					shapes = append(shapes, shape(e))
				}
				return shapes, nil
			})
			checkClusters(t, r.Store, db)
		}
		grouped(t, next, 1)
	}
	a, b := clusterAt(t, r.Store, ids[0]), clusterAt(t, r.Store, ids[1])
	if a == b || a != odd && b != odd {
		t.Errorf("the odd ones are in %d and %d, were in %d", a, b, odd)
	}
	for _, id := range ids[2:] {
		if got := clusterAt(t, r.Store, id); got != grey {
			t.Errorf("what was merged is in %d, was in %d", got, grey)
		}
	}
	checkClusters(t, r.Store, db)
}

func TestIgnoredClusterIsOpenedWhenItGrows(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	for name, c := range map[string]struct {
		until   store.Ignoring
		grow    int // errors that come then
		profile string
		sql     string
		back    bool
	}{
		"by nothing":        {store.Ignoring{}, 50, "", "", false},
		"by events":         {store.Ignoring{Events: 3}, 3, "", "", true},
		"by too few events": {store.Ignoring{Events: 3}, 2, "", "", false},
		"by profiles":       {store.Ignoring{Profiles: 3}, 3, "", "", true},
		"by one profile":    {store.Ignoring{Profiles: 2}, 9, "same", "", false},
		"until a date":      {store.Ignoring{Until: time.Now().Add(time.Hour)}, 9, "", "", false},
		"past the date":     {store.Ignoring{Until: time.Now().Add(time.Hour)}, 0, "", `UPDATE clusters SET ignored_until = now() WHERE id = $1`, true},
		"as usual":          {store.Ignoring{Escalates: true}, 24, "", "", false}, // twice the twelve of its worst day
		"escalating":        {store.Ignoring{Escalates: true}, 25, "", "", true},
	} {
		message := "an odd thing named " + strings.ReplaceAll(name, " ", "")
		add := func(n int) string {
			events := unparsedErrors(name, slices.Repeat([]string{message}, n))
			for i := range events {
				if c.profile != "" {
					events[i].ProfileID = c.profile
				}
			}
			return storetest.Add(t, s, source.ID, events...)[0].EventID
		}
		id := clusterAt(t, s, add(12))
		// What came in the same millisecond would count as having come since.
		if _, err := db.ExecContext(t.Context(), `SELECT pg_sleep(0.002)`); err != nil {
			t.Fatal(err)
		}
		if err := s.IgnoreCluster(t.Context(), engineer, id, c.until, "known"); err != nil {
			t.Fatal(err)
		}
		if c.grow > 0 {
			add(c.grow)
		}
		if c.sql != "" {
			if _, err := db.ExecContext(t.Context(), c.sql, id); err != nil {
				t.Fatal(err)
			}
		}
		back := must(s.ReopenGrown(t.Context()))(t)
		state := must(s.Cluster(t.Context(), id))(t).State
		if slices.Contains(back, id) != c.back || (state == "open") != c.back {
			t.Errorf("%s: %s", name, state)
		}
		history := must(s.ClusterHistory(t.Context(), id, 10))(t)
		if want := 1 + map[bool]int{true: 1}[c.back]; len(history) != want || history[len(history)-1].Actor != "ann" {
			t.Errorf("%s: history %+v", name, history)
		}
	}
}

func TestInvalidClusterEditsAreRefused(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	a, b := clusterOf(t, s, source, "1", 1), clusterOf(t, s, source, "2", 1)
	foreign := clusterAt(t, s, storetest.Event(t, s, on(domain.X)))
	ctx := t.Context()
	if err := s.MergeClusters(ctx, engineer, a, b, "alike"); err != nil {
		t.Fatal(err)
	}
	unmerge := func(id domain.ClusterID, shapes ...uint64) error {
		_, err := s.UnmergeShapes(ctx, engineer, id, shapes, "why")
		return err
	}
	split := func(mask int, value string) error {
		_, err := s.SplitCluster(ctx, engineer, a, mask, value, "why")
		return err
	}
	for name, c := range map[string]struct {
		err  error
		kind domain.Kind
	}{
		"merge without a reason":   {s.MergeClusters(ctx, engineer, a, foreign, " "), domain.Invalid},
		"merge again":              {s.MergeClusters(ctx, engineer, a, b, "x"), domain.Conflict},
		"merge into a merged one":  {s.MergeClusters(ctx, engineer, b, a, "x"), domain.Conflict},
		"merge with itself":        {s.MergeClusters(ctx, engineer, a, a, "x"), domain.Invalid},
		"merge with nothing":       {s.MergeClusters(ctx, engineer, a, 999, "x"), domain.Invalid},
		"merge nothing":            {s.MergeClusters(ctx, engineer, 999, a, "x"), domain.NotFound},
		"merge across networks":    {s.MergeClusters(ctx, engineer, a, foreign, "x"), domain.Invalid},
		"unmerge nothing":          {unmerge(a), domain.Invalid},
		"unmerge what is not here": {unmerge(a, 1), domain.Conflict},
		"split by no mask":         {split(9, "x"), domain.Invalid},
		"split by no value":        {split(0, ""), domain.Invalid},
		"reopen an open one":       {s.ReopenCluster(ctx, engineer, a, "x"), domain.Conflict},
		"ignore until yesterday":   {s.IgnoreCluster(ctx, engineer, a, store.Ignoring{Until: time.Now().Add(-time.Hour)}, "x"), domain.Invalid},
		"ignore until fewer":       {s.IgnoreCluster(ctx, engineer, a, store.Ignoring{Events: -1}, "x"), domain.Invalid},
	} {
		if domain.KindOf(c.err) != c.kind {
			t.Errorf("%s gives %v", name, c.err)
		}
	}
}
