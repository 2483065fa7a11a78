package workbench_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/suggest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// TestLikelyIsHowOftenItIsRight takes the samples of some parsers for unknown errors.
func TestLikelyIsHowOftenItIsRight(t *testing.T) {
	t.Parallel()
	d := servicetest.New(t)
	examples := suggest.Examples(d.Catalog, d.Engine.ReadFacts)
	var parsers []string
	for _, e := range examples {
		if !e.IsText && !slices.Contains(parsers, e.Source) {
			parsers = append(parsers, e.Source)
		}
	}
	sure, right, promised := 0, 0, 0.0
	for i := 0; i < len(parsers); i += 20 {
		own := func(e suggest.Example) bool { return e.Source == parsers[i] }
		learned := suggest.NewClassifier(slices.DeleteFunc(slices.Clone(examples), own))
		for _, e := range examples {
			if likely := learned.Causes([]facts.Facts{e.Facts}, 1); own(e) && len(likely) > 0 && likely[0].Probability > 0.5 {
				sure++
				promised += likely[0].Probability
				if likely[0].Cause == e.Cause {
					right++
				}
			}
		}
	}
	if sure == 0 || float64(right) < 0.8*promised {
		t.Errorf("of %d causes %d are right, and %.1f were promised", sure, right, promised)
	}
}

// TestParserStartedFromAClusterIsTriedAlready has a neighbour that begins alike:
// the condition asks for more than the beginning.
func TestParserStartedFromAClusterIsTriedAlready(t *testing.T) {
	t.Parallel()
	d := servicetest.NewDesk(t)
	said := func(words string) string {
		return `{"error":{"code":91,"type":"Odd","message":"The quasar ` + words + `"}}`
	}
	ids := d.AddErrors(t, domain.Facebook, said("made many calls in an hour, slow down and try later"), said("made many calls in an hour, slow down and try later"))
	d.AddErrors(t, domain.Facebook, said("sleeps"))
	id := d.ClusterOf(t, ids[0])
	page := htmltest.Page(t, d.Get("/parsers/new?cluster="+id), http.StatusOK)
	form := htmltest.Form(page)
	if !strings.Contains(form["condition"], `slow down and try later")`) {
		t.Errorf("condition %s", form["condition"])
	}
	if reasons := htmltest.Text(htmltest.Section(t, page, "field-reason")); !strings.Contains(reasons, "% likely · rate-limited") {
		t.Errorf("reasons read %s", reasons)
	}
	if trial := htmltest.Text(htmltest.Section(t, page, "trial")); form["reason"] == "" || !strings.Contains(trial, "Newly explained") {
		t.Errorf("reason %q, and the trial reads %s", form["reason"], trial)
	}
	if pins := htmltest.Rows(htmltest.ByID(page, "pins")); len(pins) != 1 || pins[0][2] != "holds" || !strings.Contains(pins[0][3], "with the promotion") {
		t.Errorf("to be pinned: %q", pins)
	}
}

func TestClusterWithoutALikelyReasonIsTried(t *testing.T) {
	t.Parallel()
	d := servicetest.NewDesk(t)
	ids := d.AddErrors(t, domain.Facebook, `{"error":{"code":91,"message":"zzyzx qwrt"}}`, `{"error":{"code":91,"message":"zzyzx qwrt"}}`)
	page := htmltest.Page(t, d.Get("/parsers/new?cluster="+d.ClusterOf(t, ids[0])), http.StatusOK)
	if trial := htmltest.Text(htmltest.Section(t, page, "trial")); htmltest.Form(page)["reason"] != "" || !strings.Contains(trial, "holds on 2 of") || !strings.Contains(trial, "of which 2 are unparsed") {
		t.Errorf("the trial reads %s", trial)
	}
	if pins := htmltest.Rows(htmltest.ByID(page, "pins")); len(pins) != 1 {
		t.Errorf("to be pinned: %q", pins)
	}
}

func TestPromotionPinsSamplesOfItsCluster(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	form := d.Tried(t, "cluster", d.ClusterOf(t, events[0]))
	if w := d.SendForm("/parsers/promote", form, "why", "seen daily"); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d: %s", w.Code, w.Body)
	}
	pins, err := d.Store.Pins(t.Context(), domain.Facebook, form["name"])
	if err != nil || len(pins) == 0 || pins[0].Kind != domain.MustMatch || pins[0].Disputed || pins[0].Why != "seen daily" {
		t.Errorf("pinned are %+v, %v", pins, err)
	}
}
