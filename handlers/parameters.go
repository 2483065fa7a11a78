package handlers

import (
	"slices"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
)

// parameters are what each route reads from its query. A route that is not here
// reads nothing, and an address with more is refused. What only the database can
// know, such as the name of a source, is checked where it is looked up.
var parameters = map[string][]parameter{
	"GET /{$}":      {oneOf("wall", "1")},
	"GET /sign-in":  {anyText("back")},
	"GET /password": {oneOf("done", "password")},

	"GET /disconnections":     slices.Concat(eventParameters, []parameter{anyText("page")}),
	"GET /disconnections.csv": eventParameters,
	"GET /affected":           slices.Concat(eventParameters, []parameter{anyText("page")}),
	"GET /affected.csv":       eventParameters,
	"GET /needless":           slices.Concat(needlessParameters, []parameter{anyText("page")}),
	"GET /needless.csv":       needlessParameters,
	"GET /events/{id}":        {oneOf("done", "dispute")},

	"GET /profiles":             {anyText("q")},
	"GET /profiles.csv":         {anyText("q")},
	"GET /profiles/{id}":        {language(), anyText("page")},
	"GET /profile":              {anyText("id"), language(), anyText("page")},
	"GET /profile/timeline.csv": {anyText("id")},

	"GET /clusters":               clusterParameters,
	"GET /clusters.csv":           clusterParameters,
	"GET /clusters/{id}/merge":    {anyText("other")}, // what was typed is shown again
	"GET /clusters/{id}/split":    {anyText("mask"), anyText("value")},
	"GET /parsers":                {networks},
	"GET /parsers.csv":            {networks},
	"GET /parsers/new":            {networks, anyText("draft"), wholeNumber("cluster"), anyText("event"), wholeNumber("trial"), wholeNumber("shadow")},
	"GET /trials/{id}/events":     slices.Concat(trialEventParameters, []parameter{anyText("page")}),
	"GET /trials/{id}/events.csv": trialEventParameters,
	"GET /shadows/{id}":           {anyText("parser")},
	"GET /rulesets/{network}/next": {
		oneOf("do", "retire", "return", "move", "restore"), anyText("parser"), anyText("after"), wholeNumber("version"),
	},

	"GET /trends":       trendParameters,
	"GET /trends.csv":   trendParameters,
	"GET /reasons":      {networks, categories, sides},
	"GET /reasons.csv":  {networks, categories, sides},
	"GET /reasons/{id}": {language()},

	"GET /sources":            {oneOf("period", views.TrendPeriods()...)},
	"GET /sources.csv":        {oneOf("period", views.TrendPeriods()...)},
	"GET /sources/fields.csv": {oneOf("period", views.TrendPeriods()...)},
	"GET /sources/{id}":       {oneOf("period", views.TrendPeriods()...)},
	"GET /quarantine":         quarantineParameters,
	"GET /quarantine.csv":     quarantineParameters,
	"GET /quarantine/{id}":    {oneOf("done", "replay", "discard")},
	"GET /audit":              {anyText("page")},
	"GET /settings":           {anyText("user"), oneOf("done", views.SettingsDone()...)},

	"GET /api/v1/profiles/{profile_id}/reason": {language()},
	"GET /api/v1/reason":                       {anyText("profile_id"), language()},
	"GET /api/v1/catalogue":                    {language()},
}

var (
	networks   = oneOf("network", domain.Networks()...)
	categories = oneOf("category", views.Categories()...)
	sides      = oneOf("side", views.Sides()...)

	eventParameters = []parameter{
		networks, reasonID("reason", views.UnparsedReason), categories, oneOf("type", domain.EventTypes()...), anyText("source"),
		oneOf("format", facts.JSON, facts.Text, facts.HTML, facts.Empty), anyText("profile"), anyText("parser"), wholeNumber("cluster"), oneOf("verdict", "arrival"), oneOf("needless", "1"),
		periods(append(views.Periods(), views.AllTime)), dayOrTime("from"), dayOrTime("to"),
	}
	needlessParameters = []parameter{
		networks, reasonID("reason", views.UnparsedReason), anyText("source"),
		periods(append(views.Periods(), views.AllTime)), dayOrTime("from"), dayOrTime("to"),
	}
	clusterParameters = []parameter{
		networks, oneOf("state", "open", "new", "ignored", "merged", "all"), oneOf("sort", store.ByProfiles, store.ByEvents, store.ByRecency),
		periods(append(views.Periods(), views.AllTime)), dayOrTime("from"), dayOrTime("to"), anyText("page"),
	}
	trialEventParameters = []parameter{
		oneOf("bucket", trial.Buckets()...), reasonID("from"), reasonID("to"), anyText("parser"), wholeNumber("source"), wholeNumber("cluster"), oneDay("day"),
		oneOf("holds", "1"), oneOf("failed", "1"), oneOf("stale", "1"), oneOf("unparsed", store.UnparsedNow, store.UnparsedAfter),
	}
	quarantineParameters = []parameter{
		anyText("source"), anyText("field"), anyText("problem"), anyText("id"), anyText("page"), oneOf("done", "replay", "discard"),
		oneOf("state", store.AnyEnding, store.Replayed, store.SentAgain, store.Expired, store.Discarded),
		periods(append(views.Periods(), views.AllTime)), dayOrTime("from"), dayOrTime("to"),
	}
	trendParameters = []parameter{
		periods(views.TrendPeriods()), dayOrTime("from"), dayOrTime("to"), networks, categories, sides,
		oneOf("type", domain.Disconnected, domain.Failed), reasonID("reason", views.UnparsedReason),
		oneOf("by", views.TrendByReason, views.TrendByNetwork, views.TrendByCategory), oneOf("as", "count", "share"),
	}
)
