package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/handlers"
	"wherefore/handlers/workbench"
	"wherefore/store"
	"wherefore/store/storetest"
)

// desk is the dashboard as an engineer has it before her.
type desk struct {
	*site
	dashboard *dashboard
	pages     *workbench.Pages
}

// workbench answers the requests of the workbench on the desk's dashboard.
func (d *desk) workbench() *workbench.Pages {
	if d.pages == nil {
		d.pages = &workbench.Pages{Store: d.dashboard.Store, Engine: d.dashboard.Engine, Catalog: d.dashboard.Catalog}
	}
	return d.pages
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d, s := newDashboard(t)
	s.serve("GET /clusters", d.ListClusters)
	s.serve("GET /clusters.csv", d.ListClustersCSV)
	s.serve("GET /clusters/{id}", d.ShowCluster)
	s.signInAs(t, domain.Engineer)
	return &desk{site: s, dashboard: d}
}

// takes stores errors of a network, each of a profile of its own, as a service
// would send them, and returns the ids of their events.
func (d *desk) takes(t *testing.T, n domain.Network, errors ...string) []string {
	t.Helper()
	var events []store.NewEvent
	for _, raw := range errors {
		events = append(events, storetest.NewEvent(func(e *store.NewEvent) {
			e.Network, e.Raw, e.Cleaned, e.Status = n, []byte(raw), raw, 0
			x := d.dashboard.Engine.Explain(n, 0, e.Raw)
			e.Facts, e.Verdict = x.Facts, x.Verdict
			e.Shape = cluster.ShapeOf(n, e.Facts)
		}))
	}
	var ids []string
	for _, o := range storetest.Add(t, d.store, storetest.Source(t, d.store).ID, events...) {
		ids = append(ids, o.EventID)
	}
	return ids
}

func (d *desk) clusterOf(t *testing.T, event string) string {
	t.Helper()
	e, err := d.store.Event(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return e.ClusterID.String()
}

func quasar(n int) string {
	return fmt.Sprintf(`{"error":{"code":91,"type":"Odd","message":"The quasar of object %d is misaligned"}}`, 100000+n)
}

func TestClustersAreListedByProfiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.takes(t, domain.X, `plain words`)
	big := d.takes(t, domain.Facebook, quasar(1), quasar(2), quasar(3))
	id := d.clusterOf(t, big[0])
	root := pageOf(t, d.get("/clusters"), http.StatusOK)
	got := rows(root)
	if len(got) != 2 || !slices.Equal(got[0][1:5], []string{"Facebook", "3", "3", "100%"}) || got[1][1] != "X" {
		t.Fatalf("rows %q", got)
	}
	if want := "The quasar of object <num> is misaligned │ code=91 type=Odd"; got[0][0] != want {
		t.Errorf("template %q", got[0][0])
	}
	all := links(inside(root, "tbody")[0])
	from := url.QueryEscape(time.Now().UTC().Add(-7 * 24 * time.Hour).Truncate(time.Hour).Format(time.RFC3339))
	if rows := "?cluster=" + id + "&from=" + from + "&reason=unparsed"; all[0] != "/clusters/"+id || all[1] != "/affected"+rows || all[2] != "/disconnections"+rows {
		t.Errorf("links %q", all)
	}
	if total := reads(inside(root, "header")[1]); !strings.Contains(total, "2 clusters with unparsed errors in the last 7 days") {
		t.Errorf("heading %q", total)
	}
}

func TestClusterFilterIsInTheURL(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.takes(t, domain.Facebook, quasar(1), quasar(2), "other words")
	root := pageOf(t, d.get("/clusters?network=facebook&sort=events&period=30d"), http.StatusOK)
	if got := rows(root); len(got) != 2 || len(got[0]) != 7 {
		t.Errorf("rows %q", got)
	}
	if text := reads(root); !strings.Contains(text, "0% of Facebook’s errors are explained. A parser for each of the 2 biggest clusters would make it 100%.") {
		t.Errorf("says %s", text)
	}
	for _, empty := range []string{"?network=x", "?state=merged", "?state=new&from=2999-01-01"} {
		root := pageOf(t, d.get("/clusters"+empty), http.StatusOK)
		if !strings.Contains(reads(root), "No clusters match this filter") {
			t.Errorf("%s: %s", empty, reads(root))
		}
	}
	for _, wrong := range []string{"?sort=id", "?network=%00%ff", "?state=x", "?page=x", "?page=1.x", "?period=ever", "?to=2026-01-01"} {
		pageOf(t, d.get("/clusters"+wrong), http.StatusUnprocessableEntity)
	}
}

func TestClustersAsCSV(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range handlers.ClustersPerPage + 1 {
		d.takes(t, domain.Facebook, fmt.Sprintf(`{"error":{"code":%d,"message":"=1+1"}}`, 70000+i))
	}
	file, err := csv.NewReader(d.get("/clusters.csv?network=facebook").Body).ReadAll()
	if err != nil || len(file) != handlers.ClustersPerPage+2 || file[0][0] != handlers.ByteOrderMark+"id" || file[1][1] != "facebook" {
		t.Errorf("%d rows, %v", len(file), err)
	}
	root := pageOf(t, d.get("/clusters?network=facebook"), http.StatusOK)
	older := links(inside(root, "nav")[len(inside(root, "nav"))-1])[0]
	if got := rows(pageOf(t, d.get(older), http.StatusOK)); len(got) != 1 {
		t.Errorf("the second page %s has %d rows", older, len(got))
	}
}

func TestClusterPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	events := d.takes(t, domain.Facebook, quasar(1), quasar(2), quasar(2))
	id := d.clusterOf(t, events[0])
	root := pageOf(t, d.get("/clusters/"+id), http.StatusOK)
	text := reads(root)
	for _, want := range []string{"3 unparsed errors of 3 profiles", "The quasar of object <num> is misaligned", "Code 91", "Type Odd", "100% of Facebook"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	if samples := rows(inside(root, "table")[0]); len(samples) != 2 {
		t.Errorf("samples %q, want one of each text", samples)
	}
	if !slices.Contains(links(root), "/parsers/new?cluster="+id) {
		t.Error("no way to start a parser")
	}
}

func TestUnknownClustersAreNotFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, id := range []string{"0", "999999999", "-1", "99999999999999999999", "x", "%00", "1%27--"} {
		pageOf(t, d.get("/clusters/"+id), http.StatusNotFound)
	}
}

func TestHostileErrorsAreEscaped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	events := d.takes(t, domain.Facebook, "<script>alert(1)</script>\u202e\x00 \xff odd", `{"error":{"message":"</td><img src=x onerror=alert(1)>\u0000"}}`)
	for _, path := range []string{"/clusters", "/clusters/" + d.clusterOf(t, events[0]), "/clusters/" + d.clusterOf(t, events[1])} {
		root := pageOf(t, d.get(path), http.StatusOK)
		if len(inside(root, "img")) > 0 || strings.ContainsAny(reads(root), "\u202e\x00") {
			t.Errorf("%s obeys what an error says", path)
		}
		for _, script := range inside(root, "script") {
			if attribute(script, "src") == "" {
				t.Errorf("%s runs %s", path, reads(script))
			}
		}
	}
}

func TestMergedClusterRedirectsToTheOther(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ids := d.takes(t, domain.Facebook, oddSession("ann"), oddSession("bob"), oddSession("cleo"), oddSession("dora"), oddSession("emil"))
	var before []string
	for _, id := range ids {
		before = append(before, d.clusterOf(t, id))
	}
	d.group(t)
	now := d.clusterOf(t, ids[0])
	for i, old := range before {
		if d.clusterOf(t, ids[i]) != now {
			t.Errorf("event %d is in another cluster", i)
		}
		answer := d.get("/clusters/" + old)
		if old == now {
			pageOf(t, answer, http.StatusOK)
		} else if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/clusters/"+now {
			t.Errorf("cluster %s answers %d %q", old, answer.Code, answer.Header().Get("Location"))
		}
	}
}

// oddSession is an error that differs from its like in a name.
func oddSession(user string) string {
	return fmt.Sprintf(`{"error":{"code":92,"message":"The session of user %s is odd"}}`, user)
}

// group groups all errors of facebook.
func (d *desk) group(t *testing.T) {
	t.Helper()
	if _, err := d.store.NewGrouping(domain.Facebook, cluster.GroupingVersion).Step(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
}
