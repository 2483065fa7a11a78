package input

import (
	"strconv"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
)

// What lists and charts are narrowed to.
var (
	Network   = oneOf("network", domain.Networks()...)
	Category  = oneOf("category", views.Categories()...)
	Side      = oneOf("side", views.Sides()...)
	Reason    = reasonID("reason", views.UnparsedReason)
	EventType = oneOf("type", domain.EventTypes()...)
	ErrorType = oneOf("type", domain.Disconnected, domain.Failed)
	Format    = oneOf("format", facts.JSON, facts.Text, facts.HTML, facts.Empty)
	Source    = anything("source") // its name, which is looked up
	Profile   = anything("profile")
	Cluster   = number[domain.ClusterID]("cluster", 1, aboveZero)
	OnArrival = flag("verdict", "arrival")
	Needless  = flag("needless", "1")
	Page      = anything("page") // a cursor, which its list reads

	Period      = periods(append(views.Periods(), views.AllTime))
	TrendPeriod = periods(views.TrendPeriods())
	SourceSpan  = oneOf("period", views.TrendPeriods()...)
	From        = dayOrTime("from")
	To          = dayOrTime("to")

	ClusterState = oneOf("state", "open", "new", "ignored", "merged", "all")
	ClusterSort  = oneOf("sort", store.ByProfiles, store.ByEvents, store.ByRecency)
	TrendBy      = oneOf("by", views.TrendByReason, views.TrendByNetwork, views.TrendByCategory)
	TrendAs      = oneOf("as", "count", "share")

	QuarantineState = oneOf("state", store.AnyEnding, store.Replayed, store.SentAgain, store.Expired, store.Discarded)
	EntryField      = anything("field")
	EntryProblem    = anything("problem")
	EntryID         = anything("id")

	Bucket     = oneOf("bucket", trial.Buckets()...)
	FromReason = reasonID("from")
	ToReason   = reasonID("to")
	SourceID   = number[int64]("source", 1, aboveZero)
	Day        = day("day")
	Holds      = flag("holds", "1")
	Failed     = flag("failed", "1")
	Stale      = flag("stale", "1")
	Unparsed   = oneOf("unparsed", store.UnparsedNow, store.UnparsedAfter)
)

// What pages are of, and what they say.
var (
	Wall         = flag("wall", "1")
	Locale       = language()
	Back         = anything("back") // the path to return to
	LookUp       = anything("q")
	ProfileID    = anything("id")
	APIProfileID = anything("profile_id")

	PasswordDone   = flag("done", "password")
	DisputeDone    = flag("done", "dispute")
	QuarantineDone = oneOf("done", "replay", "discard")
	SettingsDone   = oneOf("done", views.SettingsDone()...)

	Draft  = anything("draft")
	Event  = anything("event")
	Trial  = number[int64]("trial", 1, aboveZero)
	Shadow = number[int64]("shadow", 1, aboveZero)
)

// What forms ask for.
var (
	User        = line("user")
	Name        = line("name")
	Password    = anything("password")
	Current     = anything("current")
	Role        = oneOf("role", domain.Roles()...)
	Needed      = oneOf("needed", "yes", "no")
	TokenSource = line("source") // of a token

	Why     = line("why")
	Dispute = line("dispute")
	PinKind = oneOf("kind", domain.PinKinds()...)

	OtherCluster = anything("other")
	Mask         = number("mask", 0, "a whole number")
	MaskedValue  = anything("value")
	Shapes       = each(shape(views.ShapeField("")), isShape)

	IgnoreEvents   = number("events", 1, "a number of errors, from 1 on")
	IgnoreProfiles = number("profiles", 1, "a number of profiles, from 1 on")
	IgnoreUntil    = day("until")
	Escalates      = flag("escalates", "yes")
)

// What the forms that change a ruleset ask for.
var (
	RulesetAction = oneOf("do", "retire", "return", "move", "restore")
	Parser        = anything("parser")
	After         = anything("after")
	Version       = number("version", 0, "a whole number") // 0 for none
	Base          = number("base", 0, "a whole number")    // 0 for none

	Accepted = each(line(views.AcceptField("")), isAny)
	LeftOut  = each(flag(views.LeaveOutField(""), "yes"), isAny)
	NoEffect = flag(views.NoEffectField, "yes")
)

// What the workbench's form asks for. What makes no parser is shown at its field by
// whoever makes one of it.
var (
	Editing     = anything("editing") // the live parser that it replaces
	Condition   = anything("condition")
	FormReason  = word[domain.ReasonID]("reason")
	TrialPeriod = anything("period")
	Sample      = anything("sample")
	Shown       = anything("shown") // the sample whose facts it shows
	Tried       = anything("tried")
	ToPin       = each(flag(views.ToPinField(""), "yes"), isAny)

	Join     = oneOf("join", "all", "any")
	Mark     = anything("mark")
	RowFact  = each(line("fact-"), isRow)
	RowTest  = each(word[parse.RowTest]("test-"), isRow)
	RowValue = each(anything("value-"), isRow)

	Edit      = anything("do") // what is done to the rows
	Ask       = anything("ask")
	SamplePin = oneOf("pin", domain.PinKinds()...)
)

func isAny(rest string) bool { return rest != "" }

func isShape(rest string) bool {
	_, err := strconv.ParseUint(rest, 16, 64)
	return err == nil
}

func isRow(rest string) bool {
	n, err := strconv.Atoi(rest)
	return err == nil && n > 0 && n <= parse.MaxRows
}
