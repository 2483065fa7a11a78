package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
)

// NetworkCount is what happened on a network in a period.
type NetworkCount struct {
	Network           domain.Network
	Errors            int // disconnected and failed
	Disconnections    int
	Reconnections     int
	UnparsedOnArrival int // of Errors
	UnparsedNow       int // of Errors
}

// NetworkCounts counts events by network, in the hours from one time to
// another (its hour not included). Networks without any are absent.
func (s *Store) NetworkCounts(ctx context.Context, from, to time.Time) ([]NetworkCount, error) {
	var counts []NetworkCount
	err := s.db.SelectContext(ctx, &counts, `
		SELECT network,
		    COALESCE(sum(current) FILTER (WHERE type IN ('disconnected', 'failed')), 0) AS errors,
		    COALESCE(sum(current) FILTER (WHERE type = 'disconnected'), 0) AS disconnections,
		    COALESCE(sum(current) FILTER (WHERE type = 'reconnected'), 0) AS reconnections,
		    COALESCE(sum(arrived) FILTER (WHERE type IN ('disconnected', 'failed') AND reason = ''), 0) AS unparsed_on_arrival,
		    COALESCE(sum(current) FILTER (WHERE type IN ('disconnected', 'failed') AND reason = ''), 0) AS unparsed_now
		FROM hourly_counts WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2
		GROUP BY network ORDER BY 2 DESC, 1`, from, to)
	return counts, translate(err)
}

// ReasonChange compares a reason's errors in a period with the same time
// before it, and with the same time a week earlier.
type ReasonChange struct {
	Reason     domain.ReasonID
	Now        int
	Before     int
	WeekBefore int
}

// GrownReasons lists the reasons with more errors in the hours from one time to
// another than both in the same time before and in the same time a week
// earlier, beyond chance of all the reasons that are compared; those that grew
// most first. Unparsed errors are no reason.
func (s *Store) GrownReasons(ctx context.Context, from, to time.Time, limit int) ([]ReasonChange, error) {
	var changes []ReasonChange
	err := s.db.SelectContext(ctx, &changes, `
		WITH bounds AS (
		    SELECT date_trunc('hour', $1::timestamptz, 'UTC') AS since, $2::timestamptz AS until,
		        $2::timestamptz - date_trunc('hour', $1::timestamptz, 'UTC') AS span
		), counted AS (
		    SELECT c.reason,
		        COALESCE(sum(c.current) FILTER (WHERE c.hour >= b.since), 0) AS now,
		        COALESCE(sum(c.current) FILTER (WHERE c.hour >= b.since - b.span AND c.hour < b.since), 0) AS before,
		        COALESCE(sum(c.current) FILTER (WHERE c.hour >= b.since - interval '7 days' AND c.hour < b.until - interval '7 days'), 0) AS week_before
		    FROM hourly_counts c CROSS JOIN bounds b
		    WHERE c.hour >= $1::timestamptz - interval '7 days 1 hour' AND c.hour < $2 AND c.reason <> ''
		    GROUP BY c.reason
		)
		SELECT r.id AS reason, COALESCE(now, 0) AS now, COALESCE(before, 0) AS before, COALESCE(week_before, 0) AS week_before
		FROM reasons r LEFT JOIN counted c ON c.reason = r.id`, from, to)
	return grown(changes, limit), translate(err)
}

func (c ReasonChange) growth() int { return c.Now - max(c.Before, c.WeekBefore) }

// grown chooses from the changes of all reasons.
func grown(all []ReasonChange, limit int) []ReasonChange {
	comparisons := make([]anomaly.Comparison, len(all))
	for i, c := range all {
		comparisons[i] = anomaly.Daily(c.Now, c.Before, c.WeekBefore)
	}
	var chosen []ReasonChange
	for i, beyond := range anomaly.Grown(comparisons, len(all)) {
		if beyond {
			chosen = append(chosen, all[i])
		}
	}
	slices.SortFunc(chosen, func(a, b ReasonChange) int {
		return cmp.Or(b.growth()-a.growth(), cmp.Compare(a.Reason, b.Reason))
	})
	return chosen[:min(limit, len(chosen))]
}

// Bucket is the width of a chart's column.
type Bucket string

// The buckets. Weeks begin on Monday; all are in UTC.
const (
	Hour Bucket = "hour"
	Day  Bucket = "day"
	Week Bucket = "week"
)

// TrendFilter chooses errors to count. Zero fields choose all.
type TrendFilter struct {
	Network  domain.Network
	Reason   domain.ReasonID
	Type     domain.EventType // one with an error
	From, To time.Time        // of occurrence, in whole hours, To exclusive
	Bucket   Bucket           // Day, if empty
}

func (f TrendFilter) chooses(k listKey) bool {
	return k.kind != spellList && (f.Type == "" || k.kind == listOf(f.Type)) && (f.Reason == "" || k.reason == f.Reason)
}

// TrendPoint is a reason's errors in one bucket.
type TrendPoint struct {
	At      time.Time // the start of the bucket
	Network domain.Network
	Reason  domain.ReasonID // "" for unparsed
	Events  int             // by the verdict of now
}

// Trend counts the errors that a filter chooses by bucket, network and reason,
// in order of time; buckets without any are absent. The period before is had
// by another call with From and To moved.
func (s *Store) Trend(ctx context.Context, f TrendFilter) ([]TrendPoint, error) {
	switch f.Bucket {
	case "":
		f.Bucket = Day
	case Hour, Day, Week:
	default:
		return nil, domain.InvalidField("bucket", "Choose hour, day or week.")
	}
	if f.Network == "" && f.Reason != "" {
		f.Network = f.Reason.Network()
	}
	counts := make(trendCounts)
	err := s.eachList(ctx, f.Network, f.From, f.To, func(d impactDay, l dayList) error {
		if !f.chooses(l.listKey) {
			return nil
		}
		return counts.add(d, l, f.Bucket)
	})
	return counts.points(), translate(err)
}

// trendCounts are errors by what makes a point.
type trendCounts map[TrendPoint]int

// add counts the entries of a list.
func (c trendCounts) add(d impactDay, l dayList, b Bucket) error {
	p := TrendPoint{At: d.day, Network: d.network, Reason: l.reason}
	if b == Hour {
		byHour, err := l.byHour()
		for hour, n := range byHour {
			p.At = d.day.Add(time.Duration(hour) * time.Hour)
			c[p] += n
		}
		return err
	}
	if b == Week {
		p.At = d.day.Truncate(7 * hours * time.Hour) // time's zero was a Monday
	}
	n, err := l.count()
	c[p] += n
	return err
}

func (c trendCounts) points() []TrendPoint {
	var points []TrendPoint
	for p, n := range c {
		if p.Events = n; n > 0 {
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b TrendPoint) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Network, b.Network), cmp.Compare(a.Reason, b.Reason))
	})
	return points
}

// ReasonVolumes counts errors by reason in the hours from one time to another.
// Reasons without any are absent.
func (s *Store) ReasonVolumes(ctx context.Context, from, to time.Time) (map[domain.ReasonID]int, error) {
	var rows []struct {
		Reason domain.ReasonID
		Events int
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT reason, sum(current) AS events FROM hourly_counts
		WHERE reason <> '' AND hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2
		GROUP BY reason HAVING sum(current) > 0`, from, to)
	volumes := make(map[domain.ReasonID]int, len(rows))
	for _, r := range rows {
		volumes[r.Reason] = r.Events
	}
	return volumes, translate(err)
}

// ParserUse is what a parser explains.
type ParserUse struct {
	Matches   int
	Share     float64    // of all errors of the network in the same period, 0 to 1
	LastMatch *time.Time // the hour in which its last match occurred, ever; nil without one
}

// ParserUses counts what the parsers of a network explain since a time, by
// name. Parsers that never matched are absent.
func (s *Store) ParserUses(ctx context.Context, network domain.Network, since time.Time) (map[string]ParserUse, error) {
	var rows []struct {
		Parser string
		ParserUse
	}
	err := s.db.SelectContext(ctx, &rows, `
		WITH counted AS (
		    SELECT parser, COALESCE(sum(current) FILTER (WHERE hour >= date_trunc('hour', $2::timestamptz, 'UTC')), 0) AS matches,
		        max(hour) FILTER (WHERE current > 0) AS last_match
		    FROM hourly_counts WHERE network = $1 AND type IN ('disconnected', 'failed') GROUP BY parser
		)
		SELECT parser, matches, COALESCE(matches / NULLIF(sum(matches) OVER (), 0), 0) AS share, last_match
		FROM counted`, network, since)
	uses := make(map[string]ParserUse, len(rows))
	for _, r := range rows {
		if r.Parser != "" && r.LastMatch != nil { // "" are the unparsed, which count in the share
			uses[r.Parser] = r.ParserUse
		}
	}
	return uses, translate(err)
}
