package catalog_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wherefore/domain"
	"wherefore/domain/catalog"
)

const mastodon = `network: mastodon
# Errors of Mastodon.
account: account
docs: https://docs.joinmastodon.org/
reconnect: https://joinmastodon.org/
facts:
  json:
    - {code: "errors[0].code", message: [error.message, message]}
  text:
    - '\(#(?P<code>\d+)\) (?P<message>.*)'
  ignore: [ok, 200]
reasons:
  - cause: token-invalid
    docs: https://docs.joinmastodon.org/
    note: A note.
    side: user
    reconnect: no
    clears: true
    words:
      en: {title: "Own title of {network}"}
parsers:
  - name: access-token-invalid
    cause: token-invalid
    when: message.contains("invalid")
    docs: https://docs.joinmastodon.org/
    match:
      - {status: 401, error: {b: 1.10, a: [12345678901234567890, null, True, 2020-01-01, "<é>"]}}
      - {error: "The token is invalid"}
      - error: ""
    reject:
      - {error: [1]}
codes:
  - {code: [INVALID_PARAM, "100"], causes: [token-invalid]}
  - {code: "401"}
`

const english = `locale: en
causes:
  token-invalid:
    title: T
    message: Your {account} on {network}
    steps: ["Open {link}"]
    link: "{link}"
    past: P
    prevent: P
    support_say: S
    support_avoid: A
`

const french = `locale: fr
accounts: {mastodon: compte}
causes:
  token-invalid: {title: T, message: "Votre {account}", past: P, steps: [], prevent: P, support_say: S, support_avoid: A}
`

func tree(files ...string) fs.FS {
	t := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		t[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return t
}

func load(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.LoadFrom(tree("networks/mastodon.yaml", mastodon, "words/en.yaml", english, "words/fr.yaml", french))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFilesAreReadWhole(t *testing.T) {
	t.Parallel()
	entry := load(t).Network(domain.Mastodon)
	if entry.Account != "account" || len(entry.Parsers) != 1 {
		t.Fatalf("entry = %+v", entry)
	}
	shape := entry.Layout.JSON[0]
	if !slices.Equal(shape.Code, []string{"errors[0].code"}) || !slices.Equal(shape.Message, []string{"error.message", "message"}) ||
		shape.Type != nil || !slices.Equal(entry.Layout.IgnoreCodes, []string{"ok", "200"}) {
		t.Errorf("shape = %+v", shape)
	}
	reason := entry.Reasons[0]
	if reason.ID != "mastodon.token-invalid" || reason.Side != domain.SideUser || reason.Reconnect != domain.HelpsNo ||
		!reason.ClearsItself || reason.Category != domain.Reconnect {
		t.Errorf("reason = %+v", reason)
	}
	if codes := entry.Codes; len(codes) != 2 || !slices.Equal(codes[0].Codes, []string{"INVALID_PARAM", "100"}) ||
		!slices.Equal(codes[0].Causes, []domain.Cause{"token-invalid"}) || len(codes[1].Causes) != 0 {
		t.Errorf("codes = %+v", codes)
	}
	p := entry.Parsers[0]
	if p.Reason != reason.ID || p.Origin.File != "networks/mastodon.yaml" || p.Origin.Line != 22 {
		t.Errorf("parser = %+v", p)
	}
}

func TestSamplesKeepTheBytesOfTheFile(t *testing.T) {
	t.Parallel()
	p := load(t).Network(domain.Mastodon).Parsers[0]
	var got []string
	for _, s := range slices.Concat(p.Match, p.Reject) {
		got = append(got, string(s.Error))
	}
	want := []string{
		`{"b":1.10,"a":[12345678901234567890,null,true,"2020-01-01","<é>"]}`, "The token is invalid", "", "[1]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("samples\n%q, want\n%q", got, want)
	}
	if p.Match[0].Status != 401 || p.Match[1].Status != 0 || p.Match[1].Origin.Line != 28 {
		t.Errorf("match = %+v", p.Match)
	}
}

func TestLoadFromNamesFileLineAndEntry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, old, new, want string }{
		{"unknown key", "    note: A note.", "    nota: A note.", `:15: reason token-invalid: unknown key "nota"`},
		{"unknown cause", "parsers:\n  - name: access-token-invalid\n    cause: token-invalid",
			"parsers:\n  - name: access-token-invalid\n    cause: token-odd", `:23: parser access-token-invalid: unknown cause "token-odd"`},
		{"foreign reason", "access-token-invalid\n    cause: token-invalid", "access-token-invalid\n    cause: facebook.token-invalid",
			`:23: parser access-token-invalid: "facebook.token-invalid" is a reason of network "facebook"`},
		{"reason not described", "access-token-invalid\n    cause: token-invalid", "access-token-invalid\n    cause: token-expired",
			`:22: parser access-token-invalid: cause "token-expired" has no entry under reasons`},
		{"code of an unknown cause", "causes: [token-invalid]", "causes: [token-odd]", `:33: codes: unknown cause "token-odd"`},
		{"code of a cause not described", "causes: [token-invalid]", "causes: [token-expired]",
			`:33: codes: cause "token-expired" has no entry under reasons`},
		{"codes without a code", "- {code: \"401\"}", "- {causes: []}", `:34: codes: code is missing`},
		{"two parsers of one name", "parsers:\n", "parsers:\n  - {name: access-token-invalid, cause: token-invalid, func: f, docs: 'https://a.b', match: [{error: x}]}\n",
			`:23: parser access-token-invalid: its name is taken by the parser at line 22`},
		{"two reasons of one cause", "reasons:\n", "reasons:\n  - {cause: token-invalid, docs: 'https://a.b', note: x}\n",
			`:14: reason token-invalid: is described at line 13 already`},
		{"no samples", "    match:\n", "    match: []\n    reject:\n", `parser access-token-invalid: has no sample that it must match`},
		{"match missing", "    match:\n", "    x-match:\n", `:22: parser access-token-invalid: match is missing`},
		{"docs missing", "    docs: https://docs.joinmastodon.org/\n    match:", "    match:", `:22: parser access-token-invalid: docs is missing`},
		{"docs no link", "    docs: https://docs.joinmastodon.org/\n    match:", "    docs: below\n    match:", `parser access-token-invalid: "below" is not a web address`},
		{"when and func", "    when: ", "    func: f\n    when: ", `:22: parser access-token-invalid: want either when or func`},
		{"name form", "- name: access-token-invalid", "- name: Access Token", `the name is not in lower-case`},
		{"key twice", "account: account\n", "account: account\naccount: a\n", `:4: key "account" stands here twice`},
		{"wrong network", "network: mastodon", "network: reddit", `:1: network "reddit" in a file named for "mastodon"`},
		{"bad status", "status: 401", "status: 4010", `:27: parser access-token-invalid: status "4010" (int) is not an HTTP status`},
		{"not JSON", "1.10", "0x1f", `:27: parser access-token-invalid: 0x1f is not a value of JSON; quote it`},
		{"bad pattern", `\(#(?P<code>`, `\(#((?P<code>`, ":10: facts: error parsing regexp: missing closing )"},
		{"pattern without facts", `(?P<code>\d+)\) (?P<message>.*)`, `\d+`, ":10: facts: the pattern has no group"},
		{"pattern of another fact", `?P<code>`, `?P<status>`, `:10: facts: group "status" is none of`},
		{"bad path", `"errors[0].code"`, `"errors[x].code"`, `:8: facts: "errors[x].code" is not a path`},
		{"placeholder", "Own title of", "Own {title} of", `:20: reason token-invalid: {title} is none of`},
		{"bad side", "side: user", "side: them", `:16: reason token-invalid: "them" is none of user`},
		{"bad flag", "clears: true", "clears: maybe", `:18: reason token-invalid: want true or false`},
		{"alias", "docs: https://docs.joinmastodon.org/\nreconnect: https://joinmastodon.org/", "docs: &x https://docs.joinmastodon.org/\nreconnect: *x", ":5: write *x out"},
		{"alias of itself", "{error: [1]}", "{error: &x [*x]}", ":31: write *x out"},
		{"not YAML", "account: account", "account: [", `networks/mastodon.yaml:`},
		{"list for mapping", "facts:\n", "facts: []\nx:\n", `:6: facts: want a mapping, have a list`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			broken := strings.Replace(mastodon, tt.old, tt.new, 1)
			if broken == mastodon {
				t.Fatal("the test changes nothing")
			}
			_, err := catalog.LoadFrom(tree("networks/mastodon.yaml", broken))
			var problem *catalog.Problem
			if !errors.As(err, &problem) || !strings.Contains(err.Error(), "networks/mastodon.yaml:") ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("error:\n%v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestLoadFromRefusesWordsFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, text, want string }{
		{"unknown cause", "words/en.yaml", "locale: en\ncauses:\n  odd: {title: T}\n", `words/en.yaml:3: unknown key "odd"`},
		{"unknown locale", "words/xx.yaml", "locale: xx\ncauses: {}\n", `words/xx.yaml:1: unknown locale "xx"`},
		{"wrong locale", "words/fr.yaml", "locale: en\ncauses: {}\n", `words/fr.yaml:1: locale "en" in a file named for "fr"`},
		{"placeholder", "words/en.yaml", "locale: en\ncauses:\n  token-expired: {title: 'T {acount}'}\n",
			`words/en.yaml:3: cause token-expired: {acount} is none of`},
		{"placeholder of others", "words/en.yaml", "locale: en\ncauses:\n  token-expired: {message: 'M {ago}'}\n",
			`words/en.yaml:3: cause token-expired: {ago} is none of`},
		{"placeholder of over", "words/en.yaml", "locale: en\ncauses: {}\nover: {message: 'M {when}'}\n", `words/en.yaml:3: over: {when} is none of`},
		{"one way of a day ago", "words/en.yaml", "locale: en\ncauses: {}\nago: {minute: [a, b], hour: [a, b], day: [a]}\n", `words/en.yaml:3: ago: want two texts`},
		{"no hours", "words/en.yaml", "locale: en\ncauses: {}\nago: {minute: [a, b], day: [a, b]}\n", `words/en.yaml:3: ago: hour is missing`},
		{"empty file", "words/en.yaml", "", `words/en.yaml:1: not YAML`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.LoadFrom(tree(tt.file, tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestWordsFallBackFromReasonToLocaleToEnglish(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, tt := range []struct{ locale, title, message, in string }{
		{"en", "Own title of Mastodon", "Your account on Mastodon", "en"},
		{"fr", "T", "Votre compte", "fr"},
		{"fr-CA", "T", "Votre compte", "fr"},
		{"ja", "Own title of Mastodon", "Your account on Mastodon", "en"},
		{"", "Own title of Mastodon", "Your account on Mastodon", "en"},
	} {
		got := c.Words("mastodon.token-invalid", tt.locale)
		if got.Title != tt.title || got.Message != tt.message || got.Locale != tt.in {
			t.Errorf("%q: %+v", tt.locale, got)
		}
	}
	if w := c.Words("mastodon.token-invalid", "en"); w.Link != "https://joinmastodon.org/" || w.Steps[0] != "Open https://joinmastodon.org/" {
		t.Errorf("links: %+v", w)
	}
	if w := c.Words("mastodon.unheard-of", "en"); w.Title != "" {
		t.Errorf("words of an unknown reason: %+v", w)
	}
}

// A reason that somebody found since has its cause's words, and is listed after
// those of the file.
func TestReasonsThatWereFoundSince(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, network := range c.Networks() {
		for _, info := range domain.Causes() {
			id := domain.Reason(network.Network, info.Cause)
			entry, ok := c.Entry(id)
			if words := c.Words(id, "de"); !ok || entry.ID != id || words.Title == "" || words.Locale != "de" || strings.Contains(words.Message, "{") {
				t.Errorf("%s: %v, %+v", id, ok, words)
			}
		}
	}
	file := c.Network("x").Reasons
	all := c.Entries("x", []domain.ReasonID{file[0].ID, "x.user-changed-password", "x.full-moon", "facebook.token-expired"})
	if len(all) != len(file)+1 || all[len(file)].ID != "x.user-changed-password" || all[len(file)].Category != domain.Reconnect {
		t.Errorf("%d of %d, the last %+v", len(all), len(file), all[len(all)-1])
	}
	if _, ok := c.Entry("nowhere.token-expired"); ok || c.Entries("nowhere", nil) != nil {
		t.Error("an unknown network has reasons")
	}
}

// Words that name no link have the reason's, if it has one.
func TestLinkOfAReason(t *testing.T) {
	t.Parallel()
	linked := strings.Replace(mastodon, "note: A note.", "note: A note.\n    link: https://joinmastodon.org/apps", 1)
	c, err := catalog.LoadFrom(tree("networks/mastodon.yaml", linked, "words/en.yaml", english, "words/fr.yaml", french))
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range []string{"en", "fr"} {
		if w := c.Words("mastodon.token-invalid", locale); w.Link != "https://joinmastodon.org/apps" {
			t.Errorf("link in %s: %q", locale, w.Link)
		}
	}
	if w := load(t).Words("mastodon.token-invalid", "fr"); w.Link != "" {
		t.Errorf("link of a reason without one: %q", w.Link)
	}
}

func TestMissingWordsAreListedByLocale(t *testing.T) {
	t.Parallel()
	got := map[string]catalog.Missing{}
	for _, m := range load(t).Missing() {
		got[m.Locale] = m
	}
	if _, has := got["en"]; has {
		t.Error("English is whole and listed")
	}
	if m := got["fr"]; !m.Own || len(m.Fields) > 0 {
		t.Errorf("fr has only general words: %+v", m)
	}
	if m := got["ja"]; !slices.Equal(m.Fields, []string{"all"}) {
		t.Errorf("ja has none: %+v", m)
	}
}

func TestShippedFilesLoad(t *testing.T) {
	t.Parallel()
	if _, err := catalog.Load(); err != nil {
		t.Fatal(err)
	}
}

func FuzzLoadFrom(f *testing.F) {
	f.Add(mastodon, english)
	f.Fuzz(func(t *testing.T, network, words string) {
		c, err := catalog.LoadFrom(tree("networks/mastodon.yaml", network, "words/en.yaml", words))
		if (c == nil) == (err == nil) {
			t.Fatalf("catalog %v, error %v", c, err)
		}
	})
}

func TestWordsForTheUnparsed(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range domain.Networks() {
		w := c.Unparsed(n, "xx")
		if w.Locale != catalog.English || w.Title == "" || w.Message == "" || strings.Contains(w.Title+w.Message, "{") {
			t.Errorf("%s: %+v", n, w)
		}
	}
}
