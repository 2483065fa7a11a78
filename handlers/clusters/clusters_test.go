package clusters_test

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
	"wherefore/handlers/clusters"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// desk is the dashboard as an engineer has it before her.
type desk struct{ *servicetest.Site }

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{servicetest.SignedIn(t, domain.Engineer)}
}

func quasar(n int) string {
	return fmt.Sprintf(`{"error":{"code":91,"type":"Odd","message":"The quasar of object %d is misaligned"}}`, 100000+n)
}

func TestClustersAreListedByProfiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.AddErrors(t, domain.X, `plain words`)
	big := d.AddErrors(t, domain.Facebook, quasar(1), quasar(2), quasar(3))
	id := d.ClusterOf(t, big[0])
	root := htmltest.Page(t, d.Get("/clusters"), http.StatusOK)
	got := htmltest.Rows(root)
	if len(got) != 2 || !slices.Equal(got[0][1:5], []string{"Facebook", "3", "3", "100%"}) || got[1][1] != "X" {
		t.Fatalf("rows %q", got)
	}
	if want := "The quasar of object <num> is misaligned │ code=91 type=Odd"; got[0][0] != want {
		t.Errorf("template %q", got[0][0])
	}
	all := htmltest.Links(htmltest.Inside(root, "tbody")[0])
	from := url.QueryEscape(time.Now().UTC().Add(-7 * 24 * time.Hour).Truncate(time.Hour).Format(time.RFC3339))
	if rows := "?cluster=" + id + "&from=" + from + "&reason=unparsed"; all[0] != "/clusters/"+id || all[1] != "/affected"+rows || all[2] != "/disconnections"+rows {
		t.Errorf("links %q", all)
	}
	if total := htmltest.Text(htmltest.Inside(root, "header")[1]); !strings.Contains(total, "2 clusters with unparsed errors in the last 7 days") {
		t.Errorf("heading %q", total)
	}
}

func TestClusterFilterIsInTheURL(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.AddErrors(t, domain.Facebook, quasar(1), quasar(2), "other words")
	root := htmltest.Page(t, d.Get("/clusters?network=facebook&sort=events&period=30d"), http.StatusOK)
	if got := htmltest.Rows(root); len(got) != 2 || len(got[0]) != 7 {
		t.Errorf("rows %q", got)
	}
	if text := htmltest.Text(root); !strings.Contains(text, "0% of Facebook’s errors are explained. A parser for each of the 2 biggest clusters would make it 100%.") {
		t.Errorf("says %s", text)
	}
	for _, empty := range []string{"?network=x", "?state=merged", "?state=new&from=2999-01-01"} {
		root := htmltest.Page(t, d.Get("/clusters"+empty), http.StatusOK)
		if !strings.Contains(htmltest.Text(root), "No clusters match this filter") {
			t.Errorf("%s: %s", empty, htmltest.Text(root))
		}
	}
	for _, wrong := range []string{"?sort=id", "?network=%00%ff", "?state=x", "?page=x", "?page=1.x", "?period=ever", "?to=2026-01-01"} {
		htmltest.Page(t, d.Get("/clusters"+wrong), http.StatusUnprocessableEntity)
	}
}

func TestClustersAsCSV(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range clusters.ClustersPerPage + 1 {
		d.AddErrors(t, domain.Facebook, fmt.Sprintf(`{"error":{"code":%d,"message":"=1+1"}}`, 70000+i))
	}
	file, err := csv.NewReader(d.Get("/clusters.csv?network=facebook").Body).ReadAll()
	if err != nil || len(file) != clusters.ClustersPerPage+2 || file[0][0] != "\ufeffid" || file[1][1] != "facebook" {
		t.Errorf("%d rows, %v", len(file), err)
	}
	root := htmltest.Page(t, d.Get("/clusters?network=facebook"), http.StatusOK)
	older := htmltest.Links(htmltest.Inside(root, "nav")[len(htmltest.Inside(root, "nav"))-1])[0]
	if got := htmltest.Rows(htmltest.Page(t, d.Get(older), http.StatusOK)); len(got) != 1 {
		t.Errorf("the second page %s has %d rows", older, len(got))
	}
}

func TestClusterPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	events := d.AddErrors(t, domain.Facebook, quasar(1), quasar(2), quasar(2))
	id := d.ClusterOf(t, events[0])
	root := htmltest.Page(t, d.Get("/clusters/"+id), http.StatusOK)
	text := htmltest.Text(root)
	for _, want := range []string{"3 unparsed errors of 3 profiles", "The quasar of object <num> is misaligned", "Code 91", "Type Odd", "100% of Facebook"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	if samples := htmltest.Rows(htmltest.Inside(root, "table")[0]); len(samples) != 2 {
		t.Errorf("samples %q, want one of each text", samples)
	}
	if !slices.Contains(htmltest.Links(root), "/parsers/new?cluster="+id) {
		t.Error("no way to start a parser")
	}
}

func TestUnknownClustersAreNotFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, id := range []string{"0", "999999999", "-1", "99999999999999999999", "x", "%00", "1%27--"} {
		htmltest.Page(t, d.Get("/clusters/"+id), http.StatusNotFound)
	}
}

func TestHostileErrorsAreEscaped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	events := d.AddErrors(t, domain.Facebook, "<script>alert(1)</script>\u202e\x00 \xff odd", `{"error":{"message":"</td><img src=x onerror=alert(1)>\u0000"}}`)
	for _, path := range []string{"/clusters", "/clusters/" + d.ClusterOf(t, events[0]), "/clusters/" + d.ClusterOf(t, events[1])} {
		root := htmltest.Page(t, d.Get(path), http.StatusOK)
		if len(htmltest.Inside(root, "img")) > 0 || strings.ContainsAny(htmltest.Text(root), "\u202e\x00") {
			t.Errorf("%s obeys what an error says", path)
		}
		for _, script := range htmltest.Inside(root, "script") {
			if htmltest.Attribute(script, "src") == "" {
				t.Errorf("%s runs %s", path, htmltest.Text(script))
			}
		}
	}
}

func TestMergedClusterRedirectsToTheOther(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ids := d.AddErrors(t, domain.Facebook, oddSession("ann"), oddSession("bob"), oddSession("cleo"), oddSession("dora"), oddSession("emil"))
	var before []string
	for _, id := range ids {
		before = append(before, d.ClusterOf(t, id))
	}
	d.Group(t, domain.Facebook)
	now := d.ClusterOf(t, ids[0])
	for i, old := range before {
		if d.ClusterOf(t, ids[i]) != now {
			t.Errorf("event %d is in another cluster", i)
		}
		answer := d.Get("/clusters/" + old)
		if old == now {
			htmltest.Page(t, answer, http.StatusOK)
		} else if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/clusters/"+now {
			t.Errorf("cluster %s answers %d %q", old, answer.Code, answer.Header().Get("Location"))
		}
	}
}

// oddSession is an error that differs from its like in a name.
func oddSession(user string) string {
	return fmt.Sprintf(`{"error":{"code":92,"message":"The session of user %s is odd"}}`, user)
}
