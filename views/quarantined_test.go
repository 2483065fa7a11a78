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
		entry  QuarantineEntryProps
		says   string
		weight ui.Weight
	}{
		{QuarantineEntryProps{Field: "id"}, "under an id that can be used", ui.Ordinary},
		{QuarantineEntryProps{Field: "error"}, "corrected and with the same id", ui.Ordinary},
		{QuarantineEntryProps{Field: "network", Network: "instagram", ProfileID: "p"}, "A profile keeps its network", ui.Ordinary},
		{QuarantineEntryProps{Field: "network", ProfileID: "p"}, "tells the profile’s network", ui.Primary},
		{QuarantineEntryProps{Field: "network", Network: "friendster", ProfileID: "p"}, "once this network is known here", ui.Primary},
	} {
		if got := c.entry.remedy(); !strings.Contains(got, c.says) {
			t.Errorf("%+v is told %q", c.entry, got)
		}
		if got := c.entry.replayWeight(); got != c.weight {
			t.Errorf("%+v has a %q button", c.entry, got)
		}
	}
}
