package views

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

func TestAddressesAreEscaped(t *testing.T) {
	q := Query{}.With("network", "facebook")
	for _, test := range []struct{ got, want string }{
		{string(OverviewURL()), "/"},
		{string(SignInURL("")), "/sign-in"},
		{string(SignInURL("/clusters?network=x&a=b")), "/sign-in?back=%2Fclusters%3Fnetwork%3Dx%26a%3Db"},
		{string(DisconnectionsURL(Query{})), "/disconnections"},
		{string(DisconnectionsCSVURL(q)), "/disconnections.csv?network=facebook"},
		{string(EventURL("0193")), "/events/0193"},
		{string(MergeClusterURL(7, 0)), "/clusters/7/merge"},
		{string(NewParserURL(q.With("cluster", "7"))), "/parsers/new?cluster=7&network=facebook"},
		{string(ParserURL("x", "token-expired")), "/parsers/x.token-expired"},
		{string(ReparseURL(7)), "/reparses/7"},
		{string(RulesetURL("x", 12)), "/rulesets/x/12"},
		{string(NextRulesetURL("x", Query{}.With("do", "restore").With("version", "12"))), "/rulesets/x/next?do=restore&version=12"},
		{string(ReasonURL("x.token-expired")), "/reasons/x.token-expired"},
		{string(ProfileURL("a b")), "/profiles/a%20b"},
		{string(ProfileURL("")), "/profile"},
		{string(ProfileURL("..")), "/profile?id=.."},
		{string(ProfileURL("../../settings")), "/profile?id=..%2F..%2Fsettings"},
		{string(ProfileURL("a?b#c")), "/profiles/a%3Fb%23c"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// A profile's id is the sender's own: whatever it is, its page gets it back.
func TestProfileAddressKeepsItsID(t *testing.T) {
	var got string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /profiles/{id}", func(_ http.ResponseWriter, r *http.Request) { got = r.PathValue("id") })
	mux.HandleFunc("GET /profile", func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Query().Get("id") })
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[./?#%&+ ]{0,4}`)).Draw(t, "id")
		u, err := url.Parse(string(ProfileURL(id)))
		if err != nil {
			t.Fatal(err)
		}
		got = "nothing"
		mux.ServeHTTP(httptest.NewRecorder(), &http.Request{Method: "GET", URL: u, RequestURI: u.RequestURI()})
		if got != id {
			t.Fatalf("%q came back as %q by %s", id, got, u)
		}
	})
}

func TestNetworkSiteURL(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.facebook.com/settings?tab=business_tools": "https://www.facebook.com/settings?tab=business_tools",
		"":                       "",
		"javascript:alert(1)":    "",
		"http://plain.example":   "",
		"//no.scheme.example":    "",
		"https:///no-host":       "",
		"data:text/html,x":       "",
		" https://x.example":     "",
		"https://bad host/%zz":   "",
		"https://x.example/a\"b": "https://x.example/a%22b",
	} {
		if got := string(NetworkSiteURL(address)); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestQueryIsCopied(t *testing.T) {
	q := QueryOf(url.Values{"network": {"x"}, "after": {"7"}})
	if got := q.With("network", "facebook").Without("after").suffix(); got != "?network=facebook" {
		t.Errorf("changed: %q", got)
	}
	if got := q.Only("after", "missing").suffix(); got != "?after=7" {
		t.Errorf("only: %q", got)
	}
	if got := q.suffix(); got != "?after=7&network=x" {
		t.Errorf("the query itself became %q", got)
	}
	if got := q.Without("network", "after"); !got.Empty() || got.suffix() != "" {
		t.Errorf("emptied: %q", got.suffix())
	}
}
