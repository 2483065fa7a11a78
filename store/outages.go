package store

import (
	"context"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
)

// Outage is a run of hours in which a network said far more often than usual
// that it is failing.
type Outage struct {
	Network domain.Network
	From    time.Time
	To      time.Time // the end of its last hour
	Errors  int
}

// Outages lists the suspected outages that have an hour between two times, the
// latest first. An hour is suspect when platform-outage was reported at least
// five times and beyond chance of the week before. Suspect hours less than two
// hours apart are one outage.
func (s *Store) Outages(ctx context.Context, from, to time.Time) ([]Outage, error) {
	var hours []outageHour
	err := s.db.SelectContext(ctx, &hours, `
		WITH hourly AS (
		    SELECT network, hour, sum(current) AS errors FROM hourly_counts
		    WHERE reason = network || '.platform-outage' AND hour < $2
		        AND hour >= date_trunc('hour', $1::timestamptz, 'UTC') - interval '7 days'
		    GROUP BY 1, 2
		), compared AS (
		    SELECT network, hour, errors, COALESCE(sum(errors) OVER week, 0) AS week FROM hourly
		    WINDOW week AS (PARTITION BY network ORDER BY hour RANGE BETWEEN '7 days' PRECEDING AND '1 hour' PRECEDING)
		)
		SELECT network, hour, errors, week FROM compared
		WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND errors >= $3
		ORDER BY hour DESC, network`, from, to, anomaly.MinOutage)
	var outages []Outage
	last := make(map[domain.Network]int) // where its earliest outage so far stands
	for _, h := range suspect(hours) {
		i, known := last[h.Network]
		if known && outages[i].From.Sub(h.Hour) <= 2*time.Hour {
			outages[i].From = h.Hour
			outages[i].Errors += h.Errors
			continue
		}
		last[h.Network] = len(outages)
		outages = append(outages, Outage{h.Network, h.Hour, h.Hour.Add(time.Hour), h.Errors})
	}
	return outages, translate(err)
}

// outageHour is an hour of a network, beside the week before it.
type outageHour struct {
	Network domain.Network
	Hour    time.Time
	Errors  int
	Week    int
}

// suspect leaves the hours in which an outage is suspected.
func suspect(hours []outageHour) []outageHour {
	return slices.DeleteFunc(hours, func(h outageHour) bool {
		return !anomaly.OutageHour(h.Errors, h.Week, len(domain.Networks()))
	})
}
