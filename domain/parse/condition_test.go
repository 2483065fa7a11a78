package parse

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// factsOf reads facts with a layout like most networks have.
func factsOf(t testing.TB, status int, raw string) facts.Facts {
	t.Helper()
	l, err := facts.NewLayout(facts.LayoutSpec{JSON: []facts.ShapeSpec{{
		Code: []string{"error.code"}, Subcode: []string{"error.subcode"},
		Type: []string{"error.type"}, Message: []string{"error.message"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return facts.Read(l, status, []byte(raw))
}

const sampleBody = `{"error": {"code": 190, "subcode": "460", "type": "OAuthException", "message": "The Session is over",
	"ratio": 1.5, "final": true, "nothing": null, "tags": ["a", "b"], "errors": [{"reason": "quota", "@type": "x"}]}}`

func TestConditionHoldsOfItsFacts(t *testing.T) {
	t.Parallel()
	f := factsOf(t, 400, sampleBody)
	for _, tt := range []struct {
		condition string
		want      bool
	}{
		{`code == "190"`, true},
		{`"190" == code`, true},
		{`code != "190"`, false},
		{`code in ["4", "190"]`, true},
		{`code in []`, false},
		{`status == 400`, true},
		{`status in [401, 403]`, false},
		{`status >= 400 && status < 500`, true},
		{`status > 400 || status <= 399`, false},
		{`!(status == 401)`, true},
		{`message.contains("Session")`, true},
		{`message.contains("session")`, false},
		{`message.lowerAscii().contains("session")`, true},
		{`message.startsWith("The") && message.endsWith("over")`, true},
		{`message.matches("(?i)^the session")`, true},
		{`size(message) == 19 && message.size() > 3`, true},
		{`format == "json" && type == "OAuthException" && subcode == "460"`, true},
		{`body.error.code == 190`, true},
		{`body.error.code == 190.0`, true},
		{`body.error.code == "190"`, false},
		{`body.error.ratio == 1.5`, true},
		{`body.error.ratio > 1.0 && body.error.code > 100`, true},
		{`body.error.final == true`, true},
		{`body.error.final && true`, true},
		{`body.error.nothing == null`, true},
		{`body != null`, true},
		{`body.error.tags[1] == "b"`, true},
		{`"a" in body.error.tags`, true},
		{`body.error.errors.exists(e, e.reason == "quota")`, true},
		{`body.error.errors[0]["@type"] == "x"`, true},
		{`body.error.subcode.startsWith("4")`, true},
		{`has(body.error.code)`, true},
		{`has(body.error.nothing)`, true},
		{`has(body.error.absent)`, false},
		{`has(body.absent.code.deeper)`, false},
		{`has(body.error.code.deeper)`, false},
		{`has(body.error.errors[0].reason)`, true},
		{`!has(body.error.errors[4].reason)`, true},
		{`body.absent == 1 || code == "190"`, true},
		{`code == "190" || body.absent == 1`, true},
		{`body.absent == 1 && code == "4"`, false},
		{`true`, true},
	} {
		c, err := Compile(tt.condition)
		if err != nil {
			t.Errorf("%s: %v", tt.condition, err)
			continue
		}
		if got, err := c.Holds(f); got != tt.want || err != nil {
			t.Errorf("%s = %v, %v; want %v", tt.condition, got, err, tt.want)
		}
	}
}

func TestConditionThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	f := factsOf(t, 400, sampleBody)
	long := factsOf(t, 0, `{"error": {"list": [`+strings.Repeat("1,", 300_000)+`1]}}`)
	for _, tt := range []struct {
		condition string
		facts     facts.Facts
		want      string
	}{
		{`body.absent == 1`, f, "body.absent is not there"},
		{`!(body.absent == 1)`, f, "body.absent is not there"},
		{`body.error.code.contains("1")`, f, "body.error.code is not there, or of another kind"},
		{`body.error.tags[2] == "c"`, f, "body.error.tags[2] is not there"},
		{`body.error == 1`, factsOf(t, 0, "plain text"), "body.error is not there"},
		{`body.error.code.lowerAscii() == "a"`, f, "body.error.code is not there, or of another kind"},
		{`body.absent.matches("a")`, f, "body.absent is not there"},
		{`body.absent > 1`, f, "no such key"},
		{`body.error.list.exists(x, x > 1 && x > 2 && x > 3)`, long, "cost limit exceeded"},
		{`!body.error.code`, f, "neither true nor false"},
	} {
		c, err := Compile(tt.condition)
		if err != nil {
			t.Errorf("%s: %v", tt.condition, err)
			continue
		}
		if got, err := c.Holds(tt.facts); got || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s = %v, %v; want the failure %q", tt.condition, got, err, tt.want)
		}
	}
}

func TestCompileNamesLineAndColumn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		condition    string
		line, column int
		words        string
	}{
		{``, 1, 1, "Syntax error"},
		{`code == 190`, 1, 6, "no matching overload"},
		{"code == \"1\" &&\n  coed == \"2\"", 2, 3, "undeclared reference to 'coed'"},
		{`message.matches("(")`, 1, 17, "invalid matches argument"},
		{`code`, 1, 1, "yields string, not true or false"},
		{`body`, 1, 1, "yields dyn, not true or false"},
		{`code == "1" &&`, 1, 15, "Syntax error"},
		{`body.all(a, body.all(b, body.all(c, body.all(d, a == b))))`, 1, 1, "may cost up to"},
		{`code == "` + strings.Repeat("x", MaxCondition) + `"`, 1, 1, "the longest allowed"},
		{strings.Repeat("(", 200) + `true` + strings.Repeat(")", 200), 1, 1, "recursion"},
		{strings.Repeat("!(", 4000) + `true` + strings.Repeat(")", 4000), 1, 1, "recursion"},
		{`message.matches("(((a{30}){10}b){5}c){2}")`, 1, 17, "invalid matches argument"},
	} {
		name := tt.condition[:min(30, len(tt.condition))]
		_, err := Compile(tt.condition)
		found := ConditionErrors(err)
		if len(found) == 0 {
			t.Errorf("%s: error %v is no ConditionError", name, err)
			continue
		}
		if e := found[0]; e.Line != tt.line || e.Column != tt.column || !strings.Contains(e.Message, tt.words) {
			t.Errorf("%s: %v, want line %d, column %d, %s", name, e, tt.line, tt.column, tt.words)
		}
	}
}

func TestFieldsAndRequires(t *testing.T) {
	t.Parallel()
	c, err := Compile(`code in ["1", "2"] && (type == "a" || type == "b") && status == 400 &&
		(code == "1" || message.contains("long enough")) && has(body.error.x) && body.list.exists(i, i.code == subcode)`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"code", "type", "status", "message", "body.error.x", "body.list", "subcode"}
	if got := c.Fields(); !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	got := c.Requires()
	if len(got) != 3 || got[0].Fact != "code" || !slices.Equal(got[0].Values, []string{"1", "2"}) ||
		got[1].Fact != "type" || !slices.Equal(got[1].Values, []string{"a", "b"}) ||
		got[2].Fact != "status" || !slices.Equal(got[2].Values, []string{"400"}) {
		t.Errorf("requires %+v", got)
	}
}

func TestNewParserNamesTheField(t *testing.T) {
	t.Parallel()
	valid := domain.ParserSpec{Network: "facebook", Name: "p", Reason: "facebook.token-expired", Condition: `code == "1"`}
	for _, tt := range []struct {
		name, field string
		change      func(*domain.ParserSpec)
	}{
		{"network", "network", func(s *domain.ParserSpec) { s.Network = "myspace" }},
		{"no name", "name", func(s *domain.ParserSpec) { s.Name = "" }},
		{"reason of another network", "reason", func(s *domain.ParserSpec) { s.Reason = "x.token-expired" }},
		{"unknown cause", "reason", func(s *domain.ParserSpec) { s.Reason = "facebook.gremlins" }},
		{"no reason", "reason", func(s *domain.ParserSpec) { s.Reason = "" }},
		{"empty condition", "condition", func(s *domain.ParserSpec) { s.Condition = "" }},
		{"bad condition", "condition", func(s *domain.ParserSpec) { s.Condition = "code ==" }},
		{"both", "func", func(s *domain.ParserSpec) { s.Func = "f" }},
		{"unknown function", "func", func(s *domain.ParserSpec) { s.Condition, s.Func = "", "f" }},
	} {
		spec := valid
		tt.change(&spec)
		_, err := NewParser(spec)
		var e *domain.Error
		if !errors.As(err, &e) || e.Kind != domain.Invalid || e.Field != tt.field {
			t.Errorf("%s: %v, want an invalid %s", tt.name, err, tt.field)
		}
	}
	if _, err := NewParser(valid); err != nil {
		t.Error(err)
	}
}

func TestEvidenceIsWhereTheConditionMatched(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 400) + "needle" + strings.Repeat("ü", 400)
	for _, tt := range []struct {
		condition string
		facts     facts.Facts
		want      []domain.Evidence
	}{
		{`code == "190" && message.contains("Session")`, factsOf(t, 400, sampleBody), []domain.Evidence{
			{Fact: "code", Value: "190", Match: "190"}, {Fact: "message", Value: "The Session is over", Match: "Session"}}},
		{`code == "4" || message.matches("(?i)SESSION|x")`, factsOf(t, 400, sampleBody), []domain.Evidence{
			{Fact: "message", Value: "The Session is over", Match: "Session"}}},
		{`message.lowerAscii().endsWith("is over")`, factsOf(t, 400, sampleBody), []domain.Evidence{
			{Fact: "message", Value: "The Session is over", Match: "is over"}}},
		{`body.error.code == 190 && status >= 400 && has(body.error.final)`, factsOf(t, 400, sampleBody), []domain.Evidence{
			{Fact: "body.error.code", Value: "190", Match: "190"}, {Fact: "status", Value: "400"},
			{Fact: "body.error.final", Value: "true"}}},
		{`code != "4" && subcode != "5" && !(type == "a")`, facts.Facts{Code: "190"}, []domain.Evidence{{Fact: "code", Value: "190"}}},
		{`body.error.tags.exists(x, x == "a")`, factsOf(t, 0, sampleBody), nil},
		{`message.contains("needle")`, facts.Facts{Message: long}, []domain.Evidence{
			{Fact: "message", Value: long[554:1052], Match: "needle"}}},
	} {
		p, err := NewParser(domain.ParserSpec{Network: "facebook", Name: "p", Reason: "facebook.token-expired", Condition: tt.condition})
		if err != nil {
			t.Fatal(err)
		}
		v, ok := p.Try(tt.facts)
		if !ok {
			t.Errorf("%s does not match", tt.condition)
		}
		if !slices.Equal(v.Evidence, tt.want) {
			t.Errorf("%s:\n%+v, want\n%+v", tt.condition, v.Evidence, tt.want)
		}
	}
}

// A condition is compiled once while somebody uses it, and forgotten afterwards.
func TestConditionInUseIsShared(t *testing.T) {
	const source = `code == "of a test that shares"`
	c, err := Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Compile(source); err != nil || again != c {
		t.Errorf("compiled again it is %p, %v, before it was %p", again, err, c)
	}
	runtime.KeepAlive(c)
	gone := func() bool {
		runtime.GC()
		_, there := compiled.Load(source)
		return !there
	}
	for !gone() {
		runtime.Gosched()
	}
}
