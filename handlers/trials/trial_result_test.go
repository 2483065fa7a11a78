package trials

import (
	"testing"
	"time"

	"wherefore/domain/trial"
)

func TestTrialChartHasAllDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	days := []trial.Day{
		{Date: "2026-11-19", Buckets: map[trial.Bucket]int{trial.Unchanged: 2}}, {Date: "2026-11-21", Buckets: map[trial.Bucket]int{trial.Unchanged: 3}},
	}
	for _, back := range []int{6, 30, 34, 90} { // by the day, and by the week
		sum := 0.0
		for _, series := range trialChart(days, now.AddDate(0, 0, -back), now).Series {
			for _, n := range series.Values {
				sum += n
			}
		}
		if sum != 5 {
			t.Errorf("over %d days: the bars add up to %v of 5", back, sum)
		}
	}
}
