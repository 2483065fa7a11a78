package clusters_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
)

// leads posts a form that must lead to another page, and returns its address.
func (d *desk) leads(t *testing.T, path string, fields ...string) string {
	t.Helper()
	w := d.Post(path, fields...)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s answers %d: %s", path, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// formOf is the form of a page that is sent by POST, with the page.
func (d *desk) formOf(t *testing.T, path string) (page, form *html.Node, fields []string) {
	t.Helper()
	page = htmltest.Page(t, d.Get(path), http.StatusOK)
	main := htmltest.Inside(page, "main")[0]
	for _, form := range htmltest.Inside(main, "form") {
		if htmltest.Attribute(form, "method") != "post" {
			continue
		}
		for _, in := range htmltest.Inside(form, "input") {
			if htmltest.Attribute(in, "type") == "hidden" {
				fields = append(fields, htmltest.Attribute(in, "name"), htmltest.Attribute(in, "value"))
			}
		}
		return page, form, fields
	}
	t.Fatalf("%s has no form to send: %s", path, htmltest.Text(main))
	return nil, nil, nil
}

func TestClusterPageCountsValuesBehindMasks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ids := d.AddErrors(t, domain.Facebook, quasar(1), quasar(2), quasar(2), quasar(3))
	values := htmltest.Rows(htmltest.Section(t, htmltest.Page(t, d.Get("/clusters/"+d.ClusterOf(t, ids[0])), http.StatusOK), "values"))
	want := [][]string{{"of object <num>", "100002", "2", "Split off…"}, {"of object <num>", "100001", "1", "Split off…"}, {"of object <num>", "100003", "1", "Split off…"}}
	if !slices.EqualFunc(values, want, slices.Equal) {
		t.Errorf("values %q", values)
	}
}

func TestValueIsSplitOffACluster(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ids := d.AddErrors(t, domain.Facebook, quasar(1), quasar(2), quasar(2))
	from := d.ClusterOf(t, ids[0])
	link := htmltest.Links(htmltest.Section(t, htmltest.Page(t, d.Get("/clusters/"+from), http.StatusOK), "values"))[0]
	page, form, fields := d.formOf(t, link)
	if text := htmltest.Text(page); !strings.Contains(text, "2 of the newest 3 errors") || !strings.Contains(text, "The quasar of object ⟨100002⟩ is misaligned") {
		t.Errorf("the page reads %s", text)
	}
	to := htmltest.Attribute(form, "action")
	again := htmltest.Page(t, d.Post(to, append(fields, "why", " ")...), http.StatusUnprocessableEntity)
	if alert := htmltest.Text(again); !strings.Contains(alert, "Say why") {
		t.Errorf("without a reason it reads %s", alert)
	}
	again = htmltest.Page(t, d.Post(to, append(fields, "why", "a bot", "nosuch", "1")...), http.StatusUnprocessableEntity)
	if form := htmltest.Form(again); form["why"] != "a bot" || !strings.Contains(htmltest.Text(again), "no field “nosuch”") {
		t.Errorf("with an unknown field it comes back with %q", form)
	}
	htmltest.Page(t, d.Post(to, "mask", "x", "why", "a bot"), http.StatusUnprocessableEntity)
	fresh := d.leads(t, to, append(fields, "why", "a bot")...)
	if text := htmltest.Text(htmltest.Page(t, d.Get(fresh), http.StatusOK)); !strings.Contains(text, "⟨100002⟩") || !strings.Contains(text, "No errors yet") {
		t.Errorf("the new cluster reads %s", text)
	}
	if w := d.Post(to, append(fields, "why", "a bot")...); w.Code != http.StatusConflict {
		t.Errorf("the same form again answers %d", w.Code)
	}
	history := htmltest.Text(htmltest.Section(t, htmltest.Page(t, d.Get("/clusters/"+from), http.StatusOK), "history"))
	if !strings.Contains(history, "engineer split off cluster "+strings.TrimPrefix(fresh, "/clusters/")) || !strings.Contains(history, "“a bot”") {
		t.Errorf("history reads %s", history)
	}
	for wrong, status := range map[string]int{"?mask=0&value=x": 404, "?mask=9&value=x": 404, "?mask=-1": 422, "": 404, "?mask=%00": 422} {
		htmltest.Page(t, d.Get("/clusters/"+from+"/split"+wrong), status)
	}
}

func TestClustersAreMergedAndUnmerged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.AddErrors(t, domain.Facebook, quasar(1), quasar(2))
	b := d.AddErrors(t, domain.Facebook, `{"error":{"code":91,"type":"Odd","message":"The pulsar of object 7 is misaligned"}}`)
	into, other := d.ClusterOf(t, a[0]), d.ClusterOf(t, b[0])
	similar := htmltest.Section(t, htmltest.Page(t, d.Get("/clusters/"+into), http.StatusOK), "similar")
	compare := "/clusters/" + into + "/merge?other=" + other
	if all := htmltest.Links(similar); !slices.Contains(all, compare) {
		t.Fatalf("similar clusters lead to %q", all)
	}
	page, form, fields := d.formOf(t, compare)
	side := htmltest.Rows(page)
	if side[0][1] != "The quasar of object <num> is misaligned │ code=91 type=Odd" || side[0][2] != "The pulsar of object <num> is misaligned │ code=91 type=Odd" || !slices.Equal(side[1], []string{"Errors", "2", "1"}) {
		t.Errorf("side by side %q", side)
	}
	for range 2 { // a form that is sent twice merges once
		if to := d.leads(t, htmltest.Attribute(form, "action"), append(fields, "why", "stars")...); to != "/clusters/"+into {
			t.Errorf("leads to %s", to)
		}
	}
	if d.Get("/clusters/"+other).Header().Get("Location") != "/clusters/"+into || d.ClusterOf(t, b[0]) != into {
		t.Error("the other cluster does not lead to the one")
	}
	merged := htmltest.Page(t, d.Get("/clusters/"+into), http.StatusOK)
	if shapes := htmltest.Rows(htmltest.Section(t, merged, "shapes")); len(shapes) != 2 || shapes[0][1] != "2" {
		t.Errorf("shapes %q", shapes)
	}
	page, form, _ = d.formOf(t, "/clusters/"+into+"/unmerge")
	var boxes, hashes []string
	for _, in := range htmltest.Inside(form, "input") {
		if htmltest.Attribute(in, "type") == "checkbox" {
			boxes, hashes = append(boxes, htmltest.Attribute(in, "name")), append(hashes, htmltest.Attribute(in, "value"))
		}
	}
	if len(boxes) != 2 {
		t.Fatalf("boxes %q: %s", boxes, htmltest.Text(page))
	}
	to := htmltest.Attribute(form, "action")
	htmltest.Page(t, d.Post(to, "why", "x"), http.StatusUnprocessableEntity)
	kept := htmltest.Page(t, d.Post(to, boxes[0], hashes[0], boxes[1], hashes[1], "why", "x"), http.StatusUnprocessableEntity)
	if text := htmltest.Text(kept); !strings.Contains(text, "At least one shape must stay") {
		t.Errorf("reads %s", text)
	}
	fresh := d.leads(t, to, boxes[1], hashes[1], "why", "not stars")
	if d.ClusterOf(t, b[0]) != strings.TrimPrefix(fresh, "/clusters/") || d.ClusterOf(t, a[0]) != into {
		t.Error("what was chosen is not in the new cluster")
	}
	if led := d.Get("/clusters/" + other).Header().Get("Location"); led != fresh {
		t.Errorf("what was merged leads to %s, and its errors are at %s", led, fresh)
	}
	if w := d.Post(to, boxes[1], hashes[1], "why", "x"); w.Code != http.StatusConflict {
		t.Errorf("the same form again answers %d", w.Code)
	}
	for typed, status := range map[string]int{"999": 422, "x": 422, into: 422, "": 200, "\x00": 422, " " + strings.TrimPrefix(fresh, "/clusters/") + " ": 200} {
		htmltest.Page(t, d.Get("/clusters/"+into+"/merge?other="+strings.ReplaceAll(strings.ReplaceAll(typed, " ", "+"), "\x00", "%00")), status)
	}
	htmltest.Page(t, d.Post("/clusters/"+into+"/merge", "other", "x", "why", "y"), http.StatusUnprocessableEntity)
}

func TestClusterIsIgnoredAndReopened(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ClusterOf(t, d.AddErrors(t, domain.Facebook, quasar(1))[0])
	path := "/clusters/" + id + "/ignore"
	_, form, _ := d.formOf(t, path)
	if htmltest.Attribute(form, "action") != path {
		t.Errorf("the form goes to %s", htmltest.Attribute(form, "action"))
	}
	for field, value := range map[string]string{"events": "0", "profiles": "-1", "until": "soon", "why": ""} {
		fields := []string{"why", "known", field, value}
		if page := htmltest.Page(t, d.Post(path, fields...), http.StatusUnprocessableEntity); htmltest.Attribute(htmltest.ByID(page, "field-"+field), "aria-invalid") != "true" {
			t.Errorf("%s=%s is not marked", field, value)
		}
	}
	if to := d.leads(t, path, "why", "known", "events", "50", "until", "2999-01-01", "escalates", "yes"); to != "/clusters/"+id {
		t.Errorf("leads to %s", to)
	}
	text := htmltest.Text(htmltest.Page(t, d.Get("/clusters/"+id), http.StatusOK))
	if !strings.Contains(text, "Ignored until 1 January 2999 or 50 more errors have come or there are more than 10 in 24 hours") {
		t.Errorf("reads %s", text)
	}
	if open := htmltest.Rows(htmltest.Page(t, d.Get("/clusters"), http.StatusOK)); len(open) != 0 {
		t.Errorf("it is still open: %q", open)
	}
	again := htmltest.Page(t, d.Post("/clusters/"+id+"/reopen", "why", "news", "nosuch", "1"), http.StatusUnprocessableEntity)
	if form := htmltest.Form(again); form["why"] != "news" || !strings.Contains(htmltest.Text(again), "no field “nosuch”") {
		t.Errorf("with an unknown field it comes back with %q", form)
	}
	for range 2 {
		d.leads(t, "/clusters/"+id+"/reopen", "why", "news")
	}
	if open := htmltest.Rows(htmltest.Page(t, d.Get("/clusters"), http.StatusOK)); len(open) != 1 {
		t.Errorf("it is not open: %q", open)
	}
	if w := d.Get("/clusters/" + id + "/reopen"); w.Code != http.StatusSeeOther {
		t.Errorf("asks to open an open one again: %d", w.Code)
	}
}

// TestClusterPagesEscapeHostileText puts text of others everywhere that pages of
// clusters show any.
func TestClusterPagesEscapeHostileText(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	name := "</pre><script>alert(1)</script>"
	hostile := "\u202e" + name + "\x00⟨x⟩"
	var ids []string
	for i := range 3 {
		e := storetest.NewEvent(func(e *store.NewEvent) {
			e.Raw, e.Cleaned, e.ProfileName = []byte(hostile), hostile, name
			e.Facts = facts.Facts{Format: facts.Text, Code: hostile, Message: fmt.Sprintf("user '%s' of %d %s", hostile, i, hostile)}
		})
		ids = append(ids, storetest.Add(t, d.Store, storetest.Source(t, d.Store).ID, e)[0].EventID)
	}
	id := d.ClusterOf(t, ids[0])
	n := domain.ParseClusterID(id)
	other := domain.ParseClusterID(d.ClusterOf(t, d.AddErrors(t, domain.Facebook, quasar(1))[0]))
	if err := d.Store.MergeClusters(t.Context(), store.Actor{Name: name}, n, other, name); err != nil {
		t.Fatal(err)
	}
	if err := d.Store.IgnoreCluster(t.Context(), store.Actor{Name: "ann"}, n, store.Ignoring{}, name); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/merge", "/unmerge", "/ignore", "/reopen"} {
		page := htmltest.Page(t, d.Get("/clusters/"+id+path), http.StatusOK)
		for _, script := range htmltest.Inside(page, "script") {
			if htmltest.Attribute(script, "src") == "" {
				t.Errorf("%s holds a script: %s", path, htmltest.Text(script))
			}
		}
		if strings.Contains(htmltest.Text(page), "\u202e") {
			t.Errorf("%s turns its text round", path)
		}
	}
}
