package views

import (
	"testing"
	"time"
)

// The bars of a trial add up to its errors, also to those of senders whose clocks
// are ahead.
func TestTrialChartHasAllDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	trial := TrialProps{Buckets: []BucketProps{Bucket("unchanged")}, Days: []TrialDayProps{
		{Day: time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC), Buckets: []int{2}}, {Day: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Buckets: []int{3}},
	}}
	for _, back := range []int{6, 30, 34, 90} { // by the day, and by the week
		sum := 0.0
		trial.Window = Window{now.AddDate(0, 0, -back), now}
		for _, series := range trial.chart().Series {
			for _, n := range series.Values {
				sum += n
			}
		}
		if sum != 5 {
			t.Errorf("over %d days: the bars add up to %v of 5", back, sum)
		}
	}
}
