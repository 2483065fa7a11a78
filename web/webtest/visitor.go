package webtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// Visitor is somebody with a browser on a service.
type Visitor struct {
	T    *testing.T
	URL  string
	HTTP *http.Client
}

// Visit signs a new user of a role in.
func Visit(t *testing.T, s *store.Store, address string, role domain.Role) Visitor {
	t.Helper()
	const password = "correct horse battery"
	if _, err := s.AddUser(t.Context(), store.Actor{Name: "test"}, string(role), role, storetest.Hash(t, password)); err != nil {
		t.Fatal(err)
	}
	return SignedInAs(t, address, string(role), password)
}

// SignedInAs signs in a user that there is.
func SignedInAs(t *testing.T, address, user, password string) Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := Visitor{T: t, URL: address, HTTP: &http.Client{Jar: jar}}
	res, err := v.HTTP.PostForm(address+"/sign-in", url.Values{"user": {user}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return v
}

// Get returns a page's status and, if it is one, its tree.
func (v Visitor) Get(path string) (int, []byte, *html.Node) {
	v.T.Helper()
	res, err := v.HTTP.Get(v.URL + path)
	if err != nil {
		v.T.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return res.StatusCode, body, nil
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		v.T.Fatal(err)
	}
	return res.StatusCode, body, root
}

// Call sends a request of a service with its API token, and returns the body of the
// answer.
func Call(t *testing.T, address, token, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
