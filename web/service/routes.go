package service

import (
	"context"
	"net/http"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/api"
	"wherefore/static"
)

// Handler is everything that is served: the routes, behind what every request
// passes. The program and its tests serve nothing else.
func (v *Service) Handler() http.Handler {
	return v.middleware(v.routes())
}

// routes is the whole surface of the service. Only Handler calls it.
func (v *Service) routes() *http.ServeMux {
	mux := http.NewServeMux()

	mux.HandleFunc("GET /healthz", showHealth)
	mux.HandleFunc("GET /readyz", v.showReadiness)
	mux.Handle("GET /metrics", v.metrics.handler())
	mux.Handle("GET "+static.Root, static.Handler())

	a := v.API()
	mux.HandleFunc("GET /api/v1/openapi.json", api.ShowDescription)
	mux.Handle("POST /api/v1/events", a.Handle(a.AddEvents))
	mux.Handle("GET /api/v1/profiles/{profile_id}/reason", a.Handle(a.ShowReason))
	mux.Handle("GET /api/v1/reason", a.Handle(a.ShowReason))
	mux.Handle("POST /api/v1/reasons", a.Handle(a.ListReasons))
	mux.Handle("POST /api/v1/parse", a.Handle(a.Parse))
	mux.Handle("GET /api/v1/catalogue", a.Handle(a.ShowCatalog))
	mux.Handle("/api/", handlers.Adapter{Log: v.log, Page: api.Problem}.Handle(handlers.Nothing(mux)))

	page := v.pages(mux)
	page("GET /sign-in", v.sessions.ShowSignIn)
	page("POST /sign-in", v.sessions.SignIn)
	page("POST /sign-out", v.sessions.SignOut)

	reports, events, profiles := v.reports(), v.events(), v.profiles()
	clusters, workbench := v.clusters(), v.workbench()
	rulesets, trials := v.rulesets(), v.trials()
	quarantine, administration := v.quarantine(), v.administration()
	var everyone, engineer, admin handlers.Permission = handlers.Everyone, domain.Role.Promotes, domain.Role.Administers
	signedIn := func(pattern string, may handlers.Permission, h handlers.Func) {
		page(pattern, handlers.Require(may, h))
	}

	signedIn("GET /{$}", everyone, reports.ShowOverview)

	signedIn("GET /password", everyone, v.sessions.ShowPassword)
	signedIn("POST /password", everyone, v.sessions.ChangePassword)

	signedIn("GET /disconnections", everyone, events.ListDisconnections)
	signedIn("GET /disconnections.csv", everyone, events.ListDisconnectionsCSV)
	signedIn("GET /needless", everyone, events.ListNeedless)
	signedIn("GET /needless.csv", everyone, events.ListNeedlessCSV)
	signedIn("GET /events/{id}", everyone, events.ShowEvent)
	signedIn("POST /events/{id}/pin", engineer, events.PinEvent)
	signedIn("POST /events/{id}/dispute", domain.Role.SeesErrors, events.DisputeEvent)
	signedIn("GET /profiles", everyone, profiles.FindProfiles)
	signedIn("GET /profiles.csv", everyone, profiles.FindProfilesCSV)
	signedIn("GET /profiles/{id}", everyone, profiles.ShowProfile)
	signedIn("GET /profiles/{id}/timeline.csv", everyone, profiles.ShowTimelineCSV)
	signedIn("GET /profile", everyone, profiles.ShowProfile)
	signedIn("GET /profile/timeline.csv", everyone, profiles.ShowTimelineCSV)

	signedIn("GET /clusters", engineer, clusters.ListClusters)
	signedIn("GET /clusters.csv", engineer, clusters.ListClustersCSV)
	signedIn("GET /clusters/{id}", engineer, clusters.ShowCluster)
	signedIn("GET /clusters/{id}/merge", engineer, clusters.CompareClusters)
	signedIn("POST /clusters/{id}/merge", engineer, clusters.MergeClusters)
	signedIn("GET /clusters/{id}/unmerge", engineer, clusters.ChooseShapes)
	signedIn("POST /clusters/{id}/unmerge", engineer, clusters.UnmergeShapes)
	signedIn("GET /clusters/{id}/split", engineer, clusters.ChooseSplit)
	signedIn("POST /clusters/{id}/split", engineer, clusters.SplitCluster)
	signedIn("GET /clusters/{id}/ignore", engineer, clusters.ChooseIgnoring)
	signedIn("POST /clusters/{id}/ignore", engineer, clusters.IgnoreCluster)
	signedIn("GET /clusters/{id}/reopen", engineer, clusters.AskToReopen)
	signedIn("POST /clusters/{id}/reopen", engineer, clusters.ReopenCluster)

	signedIn("GET /parsers", engineer, rulesets.ListParsers)
	signedIn("GET /parsers.csv", engineer, rulesets.ListParsersCSV)
	signedIn("GET /parsers/new", engineer, workbench.NewParser)
	signedIn("GET /parsers/{id}", engineer, workbench.ShowParser)
	signedIn("POST /parsers/form", engineer, workbench.EditForm)
	signedIn("POST /parsers/drafts", engineer, workbench.KeepDraft)
	signedIn("POST /parsers/drafts/{id}/discard", engineer, workbench.DiscardDraft)
	signedIn("POST /parsers/trial", engineer, workbench.TryParser)
	signedIn("POST /parsers/promote", engineer, workbench.PromoteParser)
	signedIn("POST /parsers/shadow", engineer, workbench.StartShadow)
	signedIn("POST /trials", engineer, workbench.StartTrial)
	signedIn("GET /trials/{id}", everyone, trials.ShowTrial)
	signedIn("GET /trials/{id}/events", everyone, trials.ListTrialEvents)
	signedIn("GET /trials/{id}/events.csv", everyone, trials.ListTrialEventsCSV)
	signedIn("POST /trials/{id}/cancel", engineer, trials.CancelTrial)
	signedIn("GET /shadows/{id}", engineer, trials.ShowShadow)
	signedIn("POST /shadows/{id}/end", engineer, trials.EndShadow)
	signedIn("GET /proposals/{id}", engineer, rulesets.ShowProposal)
	signedIn("POST /proposals/{id}/approve", engineer, rulesets.ApproveProposal)
	signedIn("POST /proposals/{id}/withdraw", engineer, rulesets.WithdrawProposal)
	signedIn("POST /parsers/pin", engineer, workbench.PinSample)
	signedIn("POST /pins/{id}/{do}", engineer, rulesets.DecidePin)
	signedIn("GET /rulesets/{network}", engineer, rulesets.ListRulesets)
	signedIn("GET /rulesets/{network}/versions.csv", engineer, rulesets.ListRulesetsCSV)
	signedIn("GET /rulesets/{network}/next", engineer, rulesets.ShowNextRuleset)
	signedIn("POST /rulesets/{network}/next", engineer, rulesets.ChangeRuleset)
	signedIn("GET /rulesets/{network}/{version}", engineer, rulesets.ShowRuleset)
	signedIn("GET /reparses/{id}", engineer, rulesets.ShowReparse)

	signedIn("GET /affected", everyone, events.ListAffected)
	signedIn("GET /affected.csv", everyone, events.ListAffectedCSV)
	signedIn("GET /trends", everyone, reports.ShowTrends)
	signedIn("GET /trends.csv", everyone, reports.ShowTrendsCSV)

	signedIn("GET /reasons", everyone, reports.ListReasons)
	signedIn("GET /reasons.csv", everyone, reports.ListReasonsCSV)
	signedIn("GET /reasons/{id}", everyone, reports.ShowReason)

	signedIn("GET /sources", engineer, quarantine.ListSources)
	signedIn("GET /sources.csv", engineer, quarantine.ListSourcesCSV)
	signedIn("GET /sources/fields.csv", engineer, quarantine.ListSourceFieldsCSV)
	signedIn("GET /sources/lookups.csv", engineer, quarantine.ListLookupsCSV)
	signedIn("GET /sources/{id}", engineer, quarantine.ShowSource)
	signedIn("GET /quarantine", engineer, quarantine.ListQuarantine)
	signedIn("GET /quarantine.csv", engineer, quarantine.ListQuarantineCSV)
	signedIn("POST /quarantine/replay", engineer, quarantine.ReplayKind)
	signedIn("POST /quarantine/discard", engineer, quarantine.DiscardKind)
	signedIn("GET /quarantine/{id}", engineer, quarantine.ShowQuarantined)
	signedIn("POST /quarantine/{id}/replay", engineer, quarantine.ReplayQuarantined)
	signedIn("POST /quarantine/{id}/discard", engineer, quarantine.DiscardQuarantined)
	signedIn("GET /replays/{id}", engineer, quarantine.ShowReplay)
	signedIn("GET /audit", admin, administration.ListAudit)
	signedIn("GET /audit.csv", admin, administration.ListAuditCSV)
	signedIn("GET /settings", admin, administration.ShowSettings)
	signedIn("POST /settings/users", admin, administration.AddUser)
	signedIn("POST /settings/users/role", admin, administration.SetRole)
	signedIn("POST /settings/users/password", admin, administration.SetPassword)
	signedIn("POST /settings/users/disable", admin, administration.DisableUser)
	signedIn("POST /settings/users/enable", admin, administration.EnableUser)
	signedIn("POST /settings/approval", admin, administration.SetApproval)
	signedIn("POST /settings/tokens", admin, administration.AddToken)
	signedIn("POST /settings/tokens/{id}/revoke", admin, administration.RevokeToken)

	page("/", handlers.Require(handlers.Everyone, handlers.Nothing(mux)))

	return mux
}

// maxForm is the size of the largest form: a parser with its samples.
const maxForm = 1 << 20

// pages returns how to add a page of the dashboard. Pages take forms of their
// own site only, and of a fair size.
func (v *Service) pages(mux *http.ServeMux) func(pattern string, h handlers.Func) {
	sameSite := http.NewCrossOriginProtection()
	if err := sameSite.AddTrustedOrigin(v.config.BaseURL.String()); err != nil {
		panic(err) // the configuration has checked it
	}
	sameSite.SetDenyHandler(v.adapter().Handle(refuseForeignForm))
	return func(pattern string, h handlers.Func) {
		page := v.sessions.Identify(v.adapter().Handle(handlers.ReadForm(h)))
		mux.Handle(pattern, sameSite.Handler(http.MaxBytesHandler(page, maxForm)))
	}
}

func (v *Service) adapter() handlers.Adapter {
	return handlers.Adapter{Log: v.log, Page: handlers.ErrorPage}
}

// middleware is what every request passes, outermost first. Only Handler calls it.
func (v *Service) middleware(router http.Handler) http.Handler {
	guarded := recoverPanics(v.log, v.fail, limitQuery(v.fail, router))
	logged := limitTime(leastPace, logRequests(v.log, v.metrics, guarded))
	return secureHeaders(v.config.BaseURL.Scheme == "https", requestID(scrubIDs(v.ids, logged)))
}

// fail answers with an error as its reader takes it: a page or problem+json.
func (v *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	adapter := v.adapter()
	if strings.HasPrefix(r.URL.Path, "/api/") {
		adapter.Page = api.Problem
	}
	adapter.Fail(w, r, err)
}

func refuseForeignForm(http.ResponseWriter, *http.Request) error {
	return domain.Errorf(domain.Forbidden, "The form came from another site.")
}

// showHealth says that the process answers.
func showHealth(w http.ResponseWriter, _ *http.Request) { showText(w, http.StatusOK, "ok") }

// readyWithin leaves the store time to give up within the two seconds that
// whoever asks may count on.
const readyWithin = time.Second

// showReadiness says whether requests can be served: the database answers.
func (v *Service) showReadiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := v.Store.Ready(ctx); err != nil {
		v.log.WarnContext(ctx, "not ready", "error", err)
		w.Header().Set("Retry-After", handlers.RetryAfter)
		showText(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	showText(w, http.StatusOK, "ready")
}

func showText(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words + "\n")) // nobody to tell when the asker has left
}
