package store_test

import (
	"testing"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestCompileLeavesOutWhatIsOfANewerProgram(t *testing.T) {
	t.Parallel()
	r := store.Ruleset{Network: domain.X, Version: 3, Parsers: []store.Parser{
		{ParserSpec: domain.ParserSpec{Network: domain.X, Name: "known", Reason: "x.token-expired", Condition: `code == "89"`}},
		{ParserSpec: domain.ParserSpec{Network: domain.X, Name: "newer", Reason: "x.token-expired", Func: "ofTheNextVersion"}},
	}}
	compiled, left := r.Compile()
	if compiled.Version() != 3 || len(compiled.Parsers()) != 1 || compiled.Parser("known") == nil || len(left) != 1 {
		t.Errorf("compiled %+v, left out %v", compiled.Parsers(), left)
	}
}

func TestReparseByItsID(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	spec := domain.ParserSpec{Network: domain.X, Name: "known", Reason: "x.token-expired", Condition: `code == "89"`}
	storetest.Builtins(t, s, domain.X, spec)
	all := must(s.Reparses(t.Context(), domain.X, 1))(t)
	if job := must(s.Reparse(t.Context(), all[0].ID))(t); job != all[0] || job.State != "waiting" {
		t.Errorf("job %+v, listed as %+v", job, all[0])
	}
	if _, err := s.Reparse(t.Context(), all[0].ID+1); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a job that is none: %v", err)
	}
}
