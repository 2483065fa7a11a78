package views

import (
	"net/url"
	"testing"
	"time"

	"wherefore/domain"
)

func TestReadPeriod(t *testing.T) {
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	for query, want := range map[string]Period{
		"":                              {Value: "7d", Words: "in the last 7 days", From: now.AddDate(0, 0, -7)},
		"period=24h":                    {Value: "24h", Words: "in the last 24 hours", From: now.AddDate(0, 0, -1)},
		"period=all":                    {Value: "all", Words: "of all time"},
		"from=2026-11-14&to=2026-11-15": {Value: "custom", Words: "on 14 Nov 2026 UTC", From: day(14), To: day(15)},
		"from=2026-11-14":               {Value: "custom", Words: "since 14 Nov 2026 00:00 UTC", From: day(14)},
		"to=2026-11-14":                 {Value: "custom", Words: "before 14 Nov 2026 00:00 UTC", To: day(14)},
		"period=custom":                 {Value: "custom", Words: "of all time"},
		"period=30d&from=2026-11-14":    {Value: "30d", Words: "in the last 30 days", From: now.AddDate(0, 0, -30)},
		"period=custom&from=2026-11-14T01:00:00%2B01:00&to=2026-11-16": {Value: "custom",
			Words: "from 14 Nov 2026 00:00 to 16 Nov 2026 00:00 UTC", From: day(14), To: day(16)},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ReadPeriod(QueryOf(values), now); err != nil || got != want {
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
