package service

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// A role that is lost between a trial and its promotion is lost: nothing of what
// is on the screen can be sent any more.
func TestRoleIsLostInMidFlow(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	server := httptest.NewServer(newService(t, s, testToken).Handler())
	t.Cleanup(server.Close)
	site := server.URL
	by := store.Actor{Name: "test"}
	if _, err := s.AddUser(t.Context(), by, "ada", domain.Engineer, storetest.Hash(t, "correct horse")); err != nil {
		t.Fatal(err)
	}
	event := storetest.Event(t, s)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	submit := func(path string, form url.Values, want int) {
		t.Helper()
		answer, err := browser.PostForm(site+path, form)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, answer.StatusCode, want)
		}
	}
	candidate := url.Values{"network": {"facebook"}, "name": {"odd"}, "condition": {`code == "7"`}, "reason": {"facebook.bad-request"}, "why": {"to try"}}
	submit("/sign-in", url.Values{"user": {"ada"}, "password": {"correct horse"}}, http.StatusSeeOther)
	submit("/parsers/trial", candidate, http.StatusOK)
	if err := s.SetRole(t.Context(), by, "ada", domain.PM); err != nil {
		t.Fatal(err)
	}
	const written = `SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM ruleset_versions) + (SELECT count(*) FROM parser_revisions)
		+ (SELECT count(*) FROM shadows) + (SELECT count(*) FROM pins) + (SELECT count(*) FROM proposals) + (SELECT count(*) FROM reparses)`
	var before, after int
	if err := db.QueryRowContext(t.Context(), written).Scan(&before); err != nil {
		t.Fatal(err)
	}
	for path, form := range map[string]url.Values{
		"/parsers/promote": candidate, "/parsers/shadow": candidate, "/parsers/pin": candidate, "/pins/1/accept": nil,
		"/rulesets/facebook/next": {"do": {"retire"}, "parser": {"service-codes"}}, "/proposals/1/approve": nil,
		"/events/" + event + "/pin": nil, "/events/" + event + "/dispute": {"dispute": {"wrong"}}, "/settings/approval": {"network": {"facebook"}},
	} {
		submit(path, form, http.StatusForbidden)
	}
	if err := db.QueryRowContext(t.Context(), written).Scan(&after); err != nil || after != before {
		t.Errorf("%d rows were written, %v", after-before, err)
	}
}

// Who may not do a thing is refused it by a direct POST, whatever it is sent with.
func TestWritesNeedTheirRole(t *testing.T) {
	t.Parallel()
	v := replica(t, storetest.URL(t))
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	may := map[string]handlers.Permission{"/events/1/dispute": domain.Role.SeesErrors}
	for _, path := range []string{
		"/events/1/pin", "/pins/1/accept", "/pins/1/dismiss", "/pins/1/remove", "/parsers/form", "/parsers/drafts", "/parsers/drafts/1/discard", "/parsers/trial", "/parsers/promote",
		"/parsers/shadow", "/parsers/pin", "/shadows/1/end", "/proposals/1/approve", "/proposals/1/withdraw", "/rulesets/facebook/next",
		"/clusters/1/merge", "/clusters/1/unmerge", "/clusters/1/split", "/clusters/1/ignore", "/clusters/1/reopen",
	} {
		may[path] = domain.Role.Promotes
	}
	for _, path := range []string{
		"/settings/users", "/settings/users/role", "/settings/users/password", "/settings/users/disable", "/settings/users/enable", "/settings/approval",
		"/settings/tokens", "/settings/tokens/1/revoke",
	} {
		may[path] = domain.Role.Administers
	}
	for _, role := range domain.Roles() {
		browser := webtest.Visit(t, v.Store, server.URL, role).HTTP
		for path, allowed := range may {
			answer, err := browser.PostForm(server.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if forbidden := answer.StatusCode == http.StatusForbidden; forbidden == allowed(role) || answer.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s answers %d to %s", path, answer.StatusCode, role)
			}
		}
	}
}
