package parse

import (
	"testing"

	"wherefore/domain/facts"
)

func TestSecondFactorAsked(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"two_factor_required": true}`:                                              true,
		`{"response": {"body": [{"message": "", "two_factor_required": true}]}}`:     true,
		`{"two_factor_required": 1}`:                                                 true,
		`{"two_factor_required": false, "message": "two_factor_required"}`:           false,
		`{"two_factor_info": {"username": "two_factor_required"}, "status": "fail"}`: false,
		`[]`:             false,
		`login_required`: false,
	} {
		cause, got := secondFactorAsked(facts.Read(nil, 400, []byte(body)))
		if got != want || got && cause != "login-checkpoint" {
			t.Errorf("%s: %q, %v", body, cause, got)
		}
	}
}
