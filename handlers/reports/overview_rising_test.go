package reports

import (
	"testing"

	"wherefore/views"
)

func TestNetworksRiseBeyondChance(t *testing.T) {
	t.Parallel()
	networks := []views.NetworkDayProps{
		{Disconnections: 3}, {Disconnections: 14}, {Disconnections: 9, DayBefore: 4}, {Disconnections: 130, DayBefore: 60, WeekBefore: 70},
		{Disconnections: 130, DayBefore: 60, WeekBefore: 125},
	}
	markRising(networks)
	for i, want := range []bool{false, true, false, true, false} {
		if networks[i].Rising != want {
			t.Errorf("%+v: %v", networks[i], !want)
		}
	}
}
