package views

import (
	"net/url"
	"testing"
	"time"

	"wherefore/domain"
)

func TestPeriodIsReadFromTheQuery(t *testing.T) {
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC) // and some minutes
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	for query, want := range map[string]Period{
		"":                              {Value: "7d", Words: "in the last 7 days", From: now.AddDate(0, 0, -7)},
		"period=24h":                    {Value: "24h", Words: "in the last 24 hours", From: now.AddDate(0, 0, -1)},
		"period=all":                    {Value: "all", Words: "of all time"},
		"from=2026-11-14&to=2026-11-15": {Value: "2026-11-14/2026-11-15", custom: true, Words: "on 14 Nov 2026 UTC", From: day(14), To: day(15)},
		"from=2026-11-14":               {Value: "2026-11-14/", custom: true, Words: "since 14 Nov 2026 00:00 UTC", From: day(14)},
		"to=2026-11-14":                 {Value: "/2026-11-14", custom: true, Words: "before 14 Nov 2026 00:00 UTC", To: day(14)},
		"period=2026-11-14/":            {Value: "2026-11-14/", custom: true, Words: "since 14 Nov 2026 00:00 UTC", From: day(14)},
		"from=2026-11-14T01:00:00%2B01:00&to=2026-11-16": {Value: "2026-11-14T01:00:00+01:00/2026-11-16", custom: true,
			Words: "from 14 Nov 2026 00:00 to 16 Nov 2026 00:00 UTC", From: day(14), To: day(16)},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ReadPeriod(QueryOf(values).FromForm(), now.Add(59*time.Minute)); err != nil || got != want {
			t.Errorf("%q: %+v, %v", query, got, err)
		}
	}
}

func TestReadPeriodNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, value string }{{"period", "7 days"}, {"period", "<b>"}, {"from", "yesterday"}, {"to", "2026-13-01"}} {
		_, err := ReadPeriod(Query{}.With(c.name, c.value), time.Now())
		if e, ok := err.(*domain.Error); !ok || e.Kind != domain.Invalid || e.Field != c.name {
			t.Errorf("%s=%s gives %v", c.name, c.value, err)
		}
	}
}

// A period beside from or to is refused: neither wins silently.
func TestPeriodAndBoundsExcludeEachOther(t *testing.T) {
	for _, period := range []string{"30d", "all", "2026-11-14/2026-11-15"} {
		for _, bound := range []string{"from", "to"} {
			q := Query{}.With("period", period).With(bound, "2026-11-14").FromForm()
			_, list := ReadPeriod(q, time.Now())
			_, chart := ReadTrendSpan(q, time.Now())
			for _, err := range []error{list, chart} {
				if e, ok := err.(*domain.Error); !ok || e.Kind != domain.Invalid || e.Field != "period" {
					t.Errorf("period=%s beside %s gives %v", period, bound, err)
				}
			}
		}
	}
}
