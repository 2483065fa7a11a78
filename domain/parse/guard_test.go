package parse

import (
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
)

func guardedRuleset(t *testing.T, open map[string][]domain.Cause, specs ...domain.ParserSpec) *Ruleset {
	t.Helper()
	var parsers []*Parser
	for _, spec := range Guarded(specs, open) {
		p, err := NewParser(spec)
		if err != nil {
			t.Fatal(err)
		}
		parsers = append(parsers, p)
	}
	r, err := NewRuleset(domain.TikTok, 1, parsers)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func guardSpec(name string, cause domain.Cause, condition string) domain.ParserSpec {
	return domain.ParserSpec{Network: domain.TikTok, Name: name, Reason: domain.Reason(domain.TikTok, cause), Condition: condition}
}

func TestGuardedParsersSkipCodesOfOtherCauses(t *testing.T) {
	t.Parallel()
	specs := []domain.ParserSpec{
		guardSpec("subcode", "user-changed-password", `subcode == "460" && code in ["190", ""]`),
		guardSpec("password", "user-changed-password", `message.contains("password")`),
		guardSpec("expired", "token-expired", `code == "exp" || subcode == "463" || message.contains("expired")`),
		guardSpec("spam", "blocked-by-policy", `code.endsWith("spam_risk") || message.contains("guidelines")`),
		guardSpec("limit", "rate-limited", `code in ["4", "17"] || type == "Throttled" || status == 429`),
		guardSpec("vague", "bad-request", `code == "100" && message.contains("parameter")`),
		guardSpec("class", "platform-outage", `subcode == "INTERNAL"`),
		guardSpec("pattern", "media-rejected", `code.matches("^63[0-9]$")`),
		guardSpec("token", "token-invalid", `code == "190" || status == 401`),
	}
	r := guardedRuleset(t, map[string][]domain.Cause{"190": {"token-expired"}}, specs...)
	for _, tt := range []struct {
		name  string
		facts facts.Facts
		want  string
	}{
		{"words without a code decide", facts.Facts{Message: "password"}, "password"},
		{"and with a code that nobody knows", facts.Facts{Code: "77", Message: "password"}, "password"},
		{"words of another code do not", facts.Facts{Code: "4", Message: "password"}, "limit"},
		{"nor beside a known type", facts.Facts{Type: "Throttled", Message: "password"}, "limit"},
		{"nor does the status", facts.Facts{Status: 429, Code: "exp"}, "expired"},
		{"a code's own words do", facts.Facts{Code: "190", Message: "expired"}, "expired"},
		{"and those of a parser that names it", facts.Facts{Code: "190", Message: "password"}, "password"},
		{"a code's default comes last", facts.Facts{Code: "190", Message: "guidelines"}, "token"},
		{"a code that needs words leaves them free", facts.Facts{Code: "100", Message: "password"}, "password"},
		{"a subcode is more exact than its code", facts.Facts{Code: "4", Subcode: "463"}, "expired"},
		{"and than words", facts.Facts{Code: "190", Subcode: "463", Message: "password"}, "expired"},
		{"a subcode in letters is a class", facts.Facts{Subcode: "INTERNAL", Message: "password"}, "password"},
		{"how a code ends is known, too", facts.Facts{Code: "v2_spam_risk", Message: "password"}, "spam"},
		{"and what pattern it has", facts.Facts{Code: "634", Message: "password"}, "pattern"},
		{"a guard is no match", facts.Facts{Code: "4x"}, ""},
	} {
		if got := r.Decide(tt.facts); got.Parser != tt.want {
			t.Errorf("%s: %q decides, want %q", tt.name, got.Parser, tt.want)
		}
	}
}

// Whoever reads a condition sees the guard; what needs none is left as it was, and
// so is what does not compile.
func TestGuardsAreWrittenIntoConditions(t *testing.T) {
	t.Parallel()
	specs := Guarded([]domain.ParserSpec{
		guardSpec("words", "token-expired", `message.contains("a")`),
		guardSpec("code", "rate-limited", `code == "4"`),
		guardSpec("broken", "rate-limited", `code ==`),
	}, nil)
	if got, want := specs[0].Condition, "(message.contains(\"a\"))\n&& !(code in [\"4\"])"; got != want {
		t.Errorf("guarded condition\n%s\nwant\n%s", got, want)
	}
	if specs[1].Condition != `code == "4"` || specs[2].Condition != `code ==` {
		t.Errorf("%+v", specs[1:])
	}
}

// The evidence of a guarded parser is what made it match, and names no fact twice.
func TestGuardAddsNoEvidence(t *testing.T) {
	t.Parallel()
	r := guardedRuleset(t, nil,
		guardSpec("limit", "rate-limited", `code == "4" || message.contains("slow down")`),
		guardSpec("token", "token-invalid", `code == "190"`))
	v := r.Decide(facts.Facts{Code: "4", Message: "slow down"})
	if len(v.Evidence) != 1 || v.Evidence[0].Fact != "code" || v.Evidence[0].Match != "4" {
		t.Errorf("evidence %+v", v.Evidence)
	}
	if !strings.Contains(r.Parser("limit").Spec().Condition, `!(code in ["190"])`) {
		t.Error("there is no guard")
	}
}
