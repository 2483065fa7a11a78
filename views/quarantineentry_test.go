package views

import (
	"strings"
	"testing"

	"wherefore/views/ui"
)

// What is advised can be done.
func TestRemedyFitsTheProblem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, profile, network string
		says                    string
		weight                  ui.Weight
	}{
		{"id", "p", "x", "under an id that can be used", ui.Ordinary},
		{"error", "p", "x", "corrected and with the same id", ui.Ordinary},
		{"network", "p", "instagram", "A profile keeps its network", ui.Ordinary},
		{"network", "p", "", "tells the profile’s network", ui.Primary},
		{"network", "p", "friendster", "once this network is known here", ui.Primary},
	} {
		entry := QuarantineEntryProps{QuarantinedProps: QuarantinedProps{Field: c.field, ProfileID: c.profile}, Network: c.network}
		if got := entry.remedy(); !strings.Contains(got, c.says) {
			t.Errorf("%+v is told %q", c, got)
		}
		if got := entry.replayWeight(); got != c.weight {
			t.Errorf("%+v has a %q button", c, got)
		}
	}
}
