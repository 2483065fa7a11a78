package anomaly

import "testing"

func TestOutageHour(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                 string
		errors, week, others int
		want                 bool
	}{
		{"too few", 4, 0, 1, false},
		{"five where there were none", 5, 0, 9, true},
		{"as often as in other hours", 5, 840, 9, false},
		{"far more often", 40, 840, 9, true},
	} {
		if got := OutageHour(tt.errors, tt.week, tt.others); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestFirstHourIsMoreThanUsual(t *testing.T) {
	t.Parallel()
	usual := Spread{Profiles: 1680, Clusters: 10} // one profile an hour each
	got := Grown([]Comparison{FirstHour(5, Spread{}), FirstHour(2, usual), FirstHour(9, usual)}, 3)
	if !got[0] || got[1] || !got[2] {
		t.Errorf("5 where nothing is usual, 2 and 9 where 1 is: %v", got)
	}
}

func TestEscalationAbove(t *testing.T) {
	t.Parallel()
	for worst, want := range map[int]int{0: 10, 5: 10, 6: 12} {
		if got := EscalationAbove(worst); got != want {
			t.Errorf("after a day of %d: %d, want %d", worst, got, want)
		}
	}
}

func TestMovedIsAFifthAndThreeAtLeast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		now, before int
		want        bool
	}{{2, 0, false}, {3, 0, true}, {119, 99, false}, {120, 99, true}, {79, 99, false}, {78, 99, true}} {
		if got := Moved(tt.now, tt.before); got != tt.want {
			t.Errorf("%d after %d: %v", tt.now, tt.before, got)
		}
	}
}
