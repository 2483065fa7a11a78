package parse

import (
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
)

func TestPinsAreBroken(t *testing.T) {
	parser := func(name, condition, cause string) *Parser {
		p, err := NewParser(domain.ParserSpec{Network: domain.X, Name: name, Reason: domain.Reason(domain.X, domain.Cause(cause)), Condition: condition})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	r, err := NewRuleset(domain.X, 1, []*Parser{
		parser("first", `code == "1"`, "rate-limited"), parser("same", `code in ["1", "2"]`, "rate-limited"),
		parser("other", `code in ["1", "3"]`, "token-expired"), parser("fails", `body.a.b == 1`, "token-expired"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		parser string
		kind   domain.PinKind
		code   string
		want   string
	}{
		{"first", domain.MustMatch, "1", ""},
		{"first", domain.MustMatch, "2", "must match and does not"},
		{"first", domain.MustNotMatch, "1", "must not match and does"},
		{"first", domain.MustNotMatch, "2", ""},
		{"first", domain.KnownGap, "2", ""},
		{"same", domain.MustMatch, "1", ""}, // another parser says the same
		{"other", domain.MustMatch, "1", "first explains the error before it, as x.rate-limited"},
		{"other", domain.MustNotMatch, "1", "must not match and does"}, // also when another one wins
		{"fails", domain.MustMatch, "1", "its condition fails"},
		{"fails", domain.MustNotMatch, "1", ""},
		{"gone", domain.MustMatch, "1", ""},
	} {
		got := r.Breaks(domain.Pin{Network: domain.X, Parser: test.parser, Kind: test.kind}, facts.Facts{Code: test.code})
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s %s of code %s: %q, want %q", test.parser, test.kind, test.code, got, test.want)
		}
	}
}
