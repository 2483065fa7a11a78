package input

import "slices"

// parameters are what each route reads from its query. A route that is not here
// reads nothing, and an address with more is refused. What only the database can
// know, such as the name of a source, is checked where it is looked up.
var parameters = map[string]set{
	"GET /{$}":      {Wall},
	"GET /sign-in":  {Back},
	"GET /password": {PasswordDone},

	"GET /disconnections":     eventList.with(Page),
	"GET /disconnections.csv": eventList,
	"GET /affected":           eventList.with(Page),
	"GET /affected.csv":       eventList,
	"GET /needless":           needlessList.with(Page),
	"GET /needless.csv":       needlessList,
	"GET /events/{id}":        {DisputeDone},

	"GET /profiles":             {LookUp},
	"GET /profiles.csv":         {LookUp},
	"GET /profiles/{id}":        {Locale, Page},
	"GET /profile":              {ProfileID, Locale, Page},
	"GET /profile/timeline.csv": {ProfileID},

	"GET /clusters":                {Network, ClusterState, ClusterSort, Period, From, To, Page},
	"GET /clusters.csv":            {Network, ClusterState, ClusterSort, Period, From, To, Page},
	"GET /clusters/{id}/merge":     {OtherCluster},
	"GET /clusters/{id}/split":     {Mask, MaskedValue},
	"GET /parsers":                 {Network},
	"GET /parsers.csv":             {Network},
	"GET /parsers/new":             {Network, Draft, Cluster, Event, Trial, Shadow},
	"GET /trials/{id}/events":      trialEventList.with(Page),
	"GET /trials/{id}/events.csv":  trialEventList,
	"GET /shadows/{id}":            {Parser},
	"GET /rulesets/{network}/next": {RulesetAction, Parser, After, Version},

	"GET /trends":       trendChart,
	"GET /trends.csv":   trendChart,
	"GET /reasons":      {Network, Category, Side},
	"GET /reasons.csv":  {Network, Category, Side},
	"GET /reasons/{id}": {Locale},

	"GET /sources":             {SourceSpan},
	"GET /sources.csv":         {SourceSpan},
	"GET /sources/fields.csv":  {SourceSpan},
	"GET /sources/lookups.csv": {SourceSpan},
	"GET /sources/{id}":        {SourceSpan},
	"GET /quarantine":          quarantineList,
	"GET /quarantine.csv":      quarantineList,
	"GET /quarantine/{id}":     {QuarantineDone},
	"GET /audit":               {Page},
	"GET /settings":            {User, SettingsDone},

	"GET /api/v1/profiles/{profile_id}/reason": {Locale},
	"GET /api/v1/reason":                       {APIProfileID, Locale},
	"GET /api/v1/catalogue":                    {Locale},
}

var (
	eventList = set{
		Network, Reason, Category, EventType, Source, Format, Profile, Parser, Cluster, OnArrival, Needless, Period, From, To,
	}
	needlessList   = set{Network, Reason, Source, Period, From, To}
	trialEventList = set{
		Bucket, FromReason, ToReason, Parser, SourceID, Cluster, Day, Holds, Failed, Stale, Unparsed,
	}
	quarantineList = set{Source, EntryField, EntryProblem, EntryID, Page, QuarantineDone, QuarantineState, Period, From, To}
	trendChart     = set{TrendPeriod, From, To, Network, Category, Side, ErrorType, Reason, TrendBy, TrendAs}
)

// forms are the fields of the form that each route takes. A route that is not here
// takes a form without fields.
var forms = map[string]form{
	"POST /sign-in":  {names: set{User, Password, Back}},
	"POST /password": {names: set{User, Current, Password}, shown: true}, // the user is for password managers

	"POST /events/{id}/pin":     {names: set{Parser, PinKind, Why}},
	"POST /events/{id}/dispute": {names: set{Parser, Dispute}},

	"POST /clusters/{id}/merge":   {names: set{OtherCluster, Why}, shown: true},
	"POST /clusters/{id}/unmerge": {names: set{Shapes, Why}, shown: true},
	"POST /clusters/{id}/split":   {names: set{Mask, MaskedValue, Why}, shown: true},
	"POST /clusters/{id}/ignore":  {names: set{IgnoreEvents, IgnoreProfiles, IgnoreUntil, Escalates, Why}, shown: true},
	"POST /clusters/{id}/reopen":  {names: set{Why}, shown: true},

	"POST /parsers/form":            {names: Workbench.with(Edit, Ask), shown: true},
	"POST /parsers/drafts":          {names: Workbench, shown: true},
	"POST /parsers/trial":           {names: Workbench, shown: true},
	"POST /parsers/promote":         {names: Workbench, shown: true},
	"POST /parsers/shadow":          {names: Workbench, shown: true},
	"POST /parsers/pin":             {names: Workbench.with(SamplePin), shown: true},
	"POST /pins/{id}/{do}":          {names: Workbench}, // its buttons stand in that form
	"POST /trials":                  {names: Workbench, shown: true},
	"POST /proposals/{id}/approve":  {names: set{LeftOut}},
	"POST /proposals/{id}/withdraw": {names: set{LeftOut}},
	"POST /rulesets/{network}/next": {names: set{RulesetAction, Parser, After, Version, Base, Why, Accepted, LeftOut, NoEffect}, shown: true},

	"POST /quarantine/replay":  {names: set{SourceID, EntryField, EntryProblem}},
	"POST /quarantine/discard": {names: set{SourceID, EntryField, EntryProblem}},

	"POST /settings/users":          {names: set{Name, Role, Password}, shown: true},
	"POST /settings/users/role":     {names: set{User, Role}, shown: true},
	"POST /settings/users/password": {names: set{User, Password}, shown: true},
	"POST /settings/users/disable":  {names: set{User}, shown: true},
	"POST /settings/users/enable":   {names: set{User}, shown: true},
	"POST /settings/approval":       {names: set{Network, Needed}, shown: true},
	"POST /settings/tokens":         {names: set{TokenSource}, shown: true},
}

// Workbench is the fields of the workbench's form, which is sent to many routes.
var Workbench = set{
	Draft, Network, Editing, Name, Condition, FormReason, After, Why, TrialPeriod, Cluster, Sample, Shown, Base, Tried,
	Join, Mark, RowFact, RowTest, RowValue, ToPin, Accepted, LeftOut, NoEffect,
}

func (s set) with(more ...name) set { return slices.Concat(s, set(more)) }
