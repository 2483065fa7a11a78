package store_test

import (
	"slices"
	"testing"

	"wherefore/domain"
	"wherefore/store/storetest"
)

// A cause that the network did not report so far becomes a reason with the
// promotion, and with nothing less.
func TestPromotionMakesANewReasonKnown(t *testing.T) {
	t.Parallel()
	database := storetest.URL(t)
	s := storetest.Open(t, database)
	if _, err := storetest.DB(t, database).ExecContext(t.Context(), `DELETE FROM reasons WHERE id = 'facebook.not-ready'`); err != nil {
		t.Fatal(err)
	}
	knows := func() bool {
		return slices.Contains(must(s.Reasons(t.Context()))(t), domain.ReasonID("facebook.not-ready"))
	}
	sync2(t, s, spec("a", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	if _, err := s.PromoteParser(t.Context(), by, promotion(7, spec("mine", "not-ready"))); domain.KindOf(err) != domain.Conflict || knows() {
		t.Fatalf("a refused promotion: %v, known: %t", err, knows())
	}
	must(s.PromoteParser(t.Context(), by, promotion(1, spec("mine", "not-ready"))))(t)
	if !knows() {
		t.Error("the reason is not known")
	}
	id := storetest.Event(t, s, storetest.Parsed("not-ready"))
	if got := must(s.Event(t.Context(), id))(t); got.Verdict.Reason != "facebook.not-ready" {
		t.Errorf("an event has %q", got.Verdict.Reason)
	}
}
