package views

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wherefore/domain"
)

// Only this file makes templ.SafeURL. It is a promise that an address is ours
// or one the catalogue vouches for, and templ checks nothing after it.

// at joins the parts of a path, escaping each, and the query.
func at(q Query, parts ...string) templ.SafeURL {
	var b strings.Builder
	for _, part := range parts {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(part))
	}
	return templ.SafeURL(b.String() + q.suffix())
}

// OverviewURL is the first page.
func OverviewURL() templ.SafeURL { return "/" }

// WallURL is the first page for a screen on the wall.
func WallURL() templ.SafeURL { return "/?wall=1" }

// SignInURL is where a user signs in; back is the path to return to, "" for the first page.
func SignInURL(back string) templ.SafeURL { return at(Query{}.With("back", back), "sign-in") }

// PasswordURL is the form to change the own password, and does it by POST.
func PasswordURL() templ.SafeURL { return at(Query{}, "password") }

// PasswordChangedURL is the form after that was done.
func PasswordChangedURL() templ.SafeURL { return at(Query{}.With("done", "password"), "password") }

// SignOutURL ends the session by POST.
func SignOutURL() templ.SafeURL { return at(Query{}, "sign-out") }

// DisconnectionsURL lists events. The query filters by network, reason (an id
// or UnparsedReason), category, type, source (by name), format, profile, parser
// and cluster; verdict=arrival asks for the verdicts on arrival, not those of
// now. Its window is a period, or from and to: see ReadPeriod.
func DisconnectionsURL(q Query) templ.SafeURL { return at(q, "disconnections") }

// DisconnectionsCSVURL is the same list to take away.
func DisconnectionsCSVURL(q Query) templ.SafeURL { return at(q, "disconnections.csv") }

// AffectedURL lists the profiles that have the errors of a query for DisconnectionsURL.
func AffectedURL(q Query) templ.SafeURL { return at(q, "affected") }

// AffectedCSVURL is the same list to take away.
func AffectedCSVURL(q Query) templ.SafeURL { return at(q, "affected.csv") }

// NeedlessURL lists disconnections that were needless. The query filters by source
// (by name), network and reason; its window is that of DisconnectionsURL.
func NeedlessURL(q Query) templ.SafeURL { return at(q, "needless") }

// NeedlessCSVURL is the same list to take away.
func NeedlessCSVURL(q Query) templ.SafeURL { return at(q, "needless.csv") }

// EventURL is one event, by its own id.
func EventURL(id string) templ.SafeURL { return at(Query{}, "events", id) }

// ClustersURL lists unparsed clusters.
func ClustersURL(q Query) templ.SafeURL { return at(q, "clusters") }

// ClustersCSVURL is the same list to take away.
func ClustersCSVURL(q Query) templ.SafeURL { return at(q, "clusters.csv") }

// ClusterURL is one cluster.
func ClusterURL(id domain.ClusterID) templ.SafeURL { return at(Query{}, "clusters", id.String()) }

// MergeClusterURL compares a cluster with another one by its id, 0 for none yet,
// and makes that part of it by POST.
func MergeClusterURL(id, other domain.ClusterID) templ.SafeURL {
	return at(Query{}.With("other", other.String()), "clusters", id.String(), "merge")
}

// UnmergeClusterURL takes shapes out of a cluster, by POST.
func UnmergeClusterURL(id domain.ClusterID) templ.SafeURL {
	return at(Query{}, "clusters", id.String(), "unmerge")
}

// SplitClusterURL asks whether to split errors off a cluster: those with a value,
// known by its digest, behind a mask of its template.
func SplitClusterURL(id domain.ClusterID, mask int, value string) templ.SafeURL {
	return at(Query{}.With("mask", strconv.Itoa(mask)).With("value", value), "clusters", id.String(), "split")
}

// SplitURL splits them off, by POST.
func SplitURL(id domain.ClusterID) templ.SafeURL {
	return at(Query{}, "clusters", id.String(), "split")
}

// IgnoreClusterURL takes a cluster out of sight until it grows, by POST.
func IgnoreClusterURL(id domain.ClusterID) templ.SafeURL {
	return at(Query{}, "clusters", id.String(), "ignore")
}

// ReopenClusterURL brings an ignored cluster back, by POST.
func ReopenClusterURL(id domain.ClusterID) templ.SafeURL {
	return at(Query{}, "clusters", id.String(), "reopen")
}

// ParsersURL is the ruleset of a network; the query's network is the first one when absent.
func ParsersURL(q Query) templ.SafeURL { return at(q, "parsers") }

// ParsersCSVURL is the same ruleset to take away.
func ParsersCSVURL(q Query) templ.SafeURL { return at(q, "parsers.csv") }

// NewParserURL is the workbench for a new parser. The query says what it
// starts from: a network, or a cluster or an event by its id.
func NewParserURL(q Query) templ.SafeURL { return at(q, "parsers", "new") }

// ParserURL is the workbench for a parser that exists. Its address is made like
// that of a reason, "facebook.session-expired", and holds across its versions.
func ParserURL(n domain.Network, name string) templ.SafeURL {
	return at(Query{}, "parsers", string(n)+"."+name)
}

// TrialURL runs a candidate over stored events and shows its buckets, by POST.
func TrialURL() templ.SafeURL { return at(Query{}, "parsers", "trial") }

// KeepDraftURL keeps the form of the workbench for its author, by POST.
func KeepDraftURL() templ.SafeURL { return at(Query{}, "parsers", "drafts") }

// DiscardDraftURL removes a draft of the viewer's, by POST.
func DiscardDraftURL(id string) templ.SafeURL { return at(Query{}, "parsers", "drafts", id, "discard") }

// FormURL changes a candidate's form and shows it again, by POST: a row more or
// less, or one more fact that its condition asks for.
func FormURL() templ.SafeURL { return at(Query{}, "parsers", "form") }

// StartTrialURL runs a candidate over all stored events of its window in the
// background, by POST.
func StartTrialURL() templ.SafeURL { return at(Query{}, "trials") }

// TrialRunURL is a trial in the background, or what came of it.
func TrialRunURL(id int64) templ.SafeURL { return at(Query{}, "trials", strconv.FormatInt(id, 10)) }

// CancelTrialURL ends a trial, by POST.
func CancelTrialURL(id int64) templ.SafeURL {
	return at(Query{}, "trials", strconv.FormatInt(id, 10), "cancel")
}

// TrialEventsURL lists events that a trial counted. The query chooses by bucket, from and
// to (reasons), parser (that would win), source (by id), cluster, day (2026-11-20),
// by holds, failed or stale, which are 1, and by unparsed, which is now or then.
func TrialEventsURL(id int64, q Query) templ.SafeURL {
	return at(q, "trials", strconv.FormatInt(id, 10), "events")
}

// TrialEventsCSVURL is the same list to take away.
func TrialEventsCSVURL(id int64, q Query) templ.SafeURL {
	return at(q, "trials", strconv.FormatInt(id, 10), "events.csv")
}

// TrialCandidateURL is the workbench with a trial's candidate.
func TrialCandidateURL(id int64) templ.SafeURL {
	return at(Query{}.With("trial", strconv.FormatInt(id, 10)), "parsers", "new")
}

// PromoteURL makes a candidate part of the next ruleset version, by POST.
func PromoteURL() templ.SafeURL { return at(Query{}, "parsers", "promote") }

// StartShadowURL runs a candidate in the shadow, by POST.
func StartShadowURL() templ.SafeURL { return at(Query{}, "parsers", "shadow") }

// ShadowURL is what a parser in the shadow would have said. The query's parser
// lists only what that one answered.
func ShadowURL(id int64, q Query) templ.SafeURL {
	return at(q, "shadows", strconv.FormatInt(id, 10))
}

// EndShadowURL ends it, by POST.
func EndShadowURL(id int64) templ.SafeURL {
	return at(Query{}, "shadows", strconv.FormatInt(id, 10), "end")
}

// ProposalURL is a version that waits for a second person.
func ProposalURL(id int64) templ.SafeURL {
	return at(Query{}, "proposals", strconv.FormatInt(id, 10))
}

// ApproveProposalURL makes it live, by POST.
func ApproveProposalURL(id int64) templ.SafeURL {
	return at(Query{}, "proposals", strconv.FormatInt(id, 10), "approve")
}

// WithdrawProposalURL ends it, by POST.
func WithdrawProposalURL(id int64) templ.SafeURL {
	return at(Query{}, "proposals", strconv.FormatInt(id, 10), "withdraw")
}

// SetApprovalURL switches the second person of a network on or off, by POST.
func SetApprovalURL() templ.SafeURL { return at(Query{}, "settings", "approval") }

// ParserPinsURL is the page of a parser at its pinned samples.
func ParserPinsURL(n domain.Network, name string) templ.SafeURL { return ParserURL(n, name) + "#pins" }

// PinSampleURL pins the sample of the workbench, by POST.
func PinSampleURL() templ.SafeURL { return at(Query{}, "parsers", "pin") }

// PinEventURL pins an event to a parser, by POST.
func PinEventURL(id string) templ.SafeURL { return at(Query{}, "events", id, "pin") }

// DisputeEventURL says that an event's explanation is wrong, by POST.
func DisputeEventURL(id string) templ.SafeURL { return at(Query{}, "events", id, "dispute") }

// EventDisputedURL is an event after that was said.
func EventDisputedURL(id string) templ.SafeURL {
	return at(Query{}.With("done", "dispute"), "events", id)
}

// DecidePinURL does something with a pinned sample, by POST: accept, dismiss or remove.
func DecidePinURL(id int64, do string) templ.SafeURL {
	return at(Query{}, "pins", strconv.FormatInt(id, 10), do)
}

// RulesetsURL lists the versions of a network's ruleset.
func RulesetsURL(n domain.Network) templ.SafeURL { return at(Query{}, "rulesets", string(n)) }

// RulesetURL is one version of a ruleset, compared with the one before it.
func RulesetURL(n domain.Network, version int) templ.SafeURL {
	return at(Query{}, "rulesets", string(n), strconv.Itoa(version))
}

// RulesetsCSVURL is the same list to take away.
func RulesetsCSVURL(n domain.Network) templ.SafeURL {
	return at(Query{}, "rulesets", string(n), "versions.csv")
}

// NextRulesetURL shows what would follow the live ruleset, and makes it so by
// POST. The query's do is retire, return, move or restore; parser, after and
// version say what.
func NextRulesetURL(n domain.Network, q Query) templ.SafeURL {
	return at(q, "rulesets", string(n), "next")
}

// ReparseURL is the progress of parsing stored events again.
func ReparseURL(id int64) templ.SafeURL {
	return at(Query{}, "reparses", strconv.FormatInt(id, 10))
}

// ProfilesURL looks profiles up: the query's q is an id, a name, an event or an owner.
func ProfilesURL(q Query) templ.SafeURL { return at(q, "profiles") }

// ProfileURL is one profile.
func ProfileURL(id string) templ.SafeURL { return profileAt(id, Query{}) }

// ProfilesCSVURL is what a look-up finds, to take away.
func ProfilesCSVURL(q Query) templ.SafeURL { return at(q, "profiles.csv") }

// ProfileReplyURL is one profile at the reply to its customer, in a language.
func ProfileReplyURL(id, locale string) templ.SafeURL {
	return profileAt(id, Query{}.With("locale", locale)) + "#reply"
}

// ProfileTimelineURL is one profile at a page of its timeline.
func ProfileTimelineURL(id, locale, page string) templ.SafeURL {
	return profileAt(id, Query{}.With("locale", locale).With("page", page)) + "#timeline"
}

// TimelineCSVURL is all of a profile's timeline, to take away.
func TimelineCSVURL(id string) templ.SafeURL { return profileAt(id, Query{}, "timeline.csv") }

// profileAt is an address of a profile. Its id is the sender's own, and not every
// id can stand in a path: browsers and proxies resolve "." and "..", and some
// proxies take %2F for "/" or unescape twice. Those stand in the query.
func profileAt(id string, q Query, rest ...string) templ.SafeURL {
	if inPath(id) {
		return at(q, append([]string{"profiles", id}, rest...)...)
	}
	return at(q.With("id", id), append([]string{"profile"}, rest...)...)
}

func inPath(id string) bool {
	return id != "" && id != "." && id != ".." && !strings.ContainsAny(id, `/\%`)
}

// TrendsURL shows reasons over time.
func TrendsURL(q Query) templ.SafeURL { return at(q, "trends") }

// TrendsCSVURL is the chart's numbers to take away.
func TrendsCSVURL(q Query) templ.SafeURL { return at(q, "trends.csv") }

// ReasonsURL is the catalogue.
func ReasonsURL(q Query) templ.SafeURL { return at(q, "reasons") }

// ReasonsCSVURL is the same list to take away.
func ReasonsCSVURL(q Query) templ.SafeURL { return at(q, "reasons.csv") }

// ReasonURL is one reason of the catalogue.
func ReasonURL(id domain.ReasonID) templ.SafeURL { return ReasonLocaleURL(id, "") }

// ReasonLocaleURL is a reason with its words in a language; "" is English.
func ReasonLocaleURL(id domain.ReasonID, locale string) templ.SafeURL {
	return at(Query{}.With("locale", locale), "reasons", string(id))
}

// SourcesURL lists the services that send events, and what their data lacks.
func SourcesURL(q Query) templ.SafeURL { return at(q, "sources") }

// SourcesCSVURL is the same list to take away.
func SourcesCSVURL(q Query) templ.SafeURL { return at(q, "sources.csv") }

// SourceFieldsCSVURL is what sources leave out and what is mended, to take away.
func SourceFieldsCSVURL(q Query) templ.SafeURL { return at(q, "sources", "fields.csv") }

// SourceLookupsCSVURL is what was looked up in the directory, to take away.
func SourceLookupsCSVURL(q Query) templ.SafeURL { return at(q, "sources", "lookups.csv") }

// SourceURL is one source; the query's period is the window.
func SourceURL(id int64, q Query) templ.SafeURL { return at(q, "sources", strconv.FormatInt(id, 10)) }

// QuarantineURL lists entries in quarantine. The query filters by source (by
// name), field, problem, state, id (of the event or the profile) and period.
func QuarantineURL(q Query) templ.SafeURL { return at(q, "quarantine") }

// QuarantineCSVURL is the same list to take away.
func QuarantineCSVURL(q Query) templ.SafeURL { return at(q, "quarantine.csv") }

// QuarantinedURL is one entry.
func QuarantinedURL(id int64) templ.SafeURL { return QuarantinedDoneURL(id, "") }

// QuarantinedDoneURL is one entry, and says what was just done to it.
func QuarantinedDoneURL(id int64, done string) templ.SafeURL {
	return at(Query{}.With("done", done), "quarantine", strconv.FormatInt(id, 10))
}

// ReplayEntryURL reads an entry again, by POST.
func ReplayEntryURL(id int64) templ.SafeURL {
	return at(Query{}, "quarantine", strconv.FormatInt(id, 10), "replay")
}

// DiscardEntryURL ends an entry without an event, by POST.
func DiscardEntryURL(id int64) templ.SafeURL {
	return at(Query{}, "quarantine", strconv.FormatInt(id, 10), "discard")
}

// ReplayKindURL reads all open entries of a kind again, by POST. The form names
// the kind, as in the one below.
func ReplayKindURL() templ.SafeURL { return at(Query{}, "quarantine", "replay") }

// DiscardKindURL ends them without events, by POST.
func DiscardKindURL() templ.SafeURL { return at(Query{}, "quarantine", "discard") }

// ReplayURL is the progress of reading entries again.
func ReplayURL(id int64) templ.SafeURL { return at(Query{}, "replays", strconv.FormatInt(id, 10)) }

// AuditURL lists who did what.
func AuditURL(q Query) templ.SafeURL { return at(q, "audit") }

// AuditCSVURL is the same list to take away.
func AuditCSVURL(q Query) templ.SafeURL { return at(q, "audit.csv") }

// SettingsURL shows users and tokens.
func SettingsURL() templ.SafeURL { return SettingsDoneURL("") }

// SettingsDoneURL shows them and says what was just done.
func SettingsDoneURL(done string) templ.SafeURL { return at(Query{}.With("done", done), "settings") }

// UserURL shows them with what can be done to a user.
func UserURL(name string) templ.SafeURL { return at(Query{}.With("user", name), "settings") }

// AddUserURL makes a user, by POST.
func AddUserURL() templ.SafeURL { return at(Query{}, "settings", "users") }

// UserRoleURL gives a user another role, by POST. The form names the user, as
// in those below.
func UserRoleURL() templ.SafeURL { return at(Query{}, "settings", "users", "role") }

// UserPasswordURL gives a user another password, by POST.
func UserPasswordURL() templ.SafeURL { return at(Query{}, "settings", "users", "password") }

// DisableUserURL keeps a user from signing in, by POST.
func DisableUserURL() templ.SafeURL { return at(Query{}, "settings", "users", "disable") }

// EnableUserURL lets a user sign in again, by POST.
func EnableUserURL() templ.SafeURL { return at(Query{}, "settings", "users", "enable") }

// AddTokenURL makes a token of a source, by POST.
func AddTokenURL() templ.SafeURL { return at(Query{}, "settings", "tokens") }

// RevokeTokenURL ends a token's validity, by POST.
func RevokeTokenURL(id int64) templ.SafeURL {
	return at(Query{}, "settings", "tokens", strconv.FormatInt(id, 10), "revoke")
}

// APIURL is the description of the API.
func APIURL() templ.SafeURL { return at(Query{}, "api", "v1", "openapi.json") }

// NetworkSiteURL is an address on a network's site, as the catalogue gives it.
// Anything but https is refused, as "".
func NetworkSiteURL(address string) templ.SafeURL {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return templ.SafeURL(u.String())
}
