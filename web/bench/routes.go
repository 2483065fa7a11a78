package bench

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storebench"
	"wherefore/web/service"
)

const (
	routesEvents = 1_000_000
	routesAsks   = 20
	pageLimit    = 300.0 // milliseconds, at the 95th percentile
	ratioFrom    = 30.0  // milliseconds of a page, below which it is not compared with its SQL
	password     = "a password of the bench"
)

// routesBench asks every page that a signed-in user has, with each of its filters, on
// a database with a long history.
type routesBench struct {
	ctx    context.Context // of the command: a figure takes none
	out    io.Writer       // of the table
	events int             // that the database gets

	profiles int
	base     *storebench.Base
	server   *httptest.Server
	client   *http.Client
	asked    []askedPage
}

// askedPage is what a page cost.
type askedPage struct {
	address    string
	status     int
	p50, p95   float64 // milliseconds until the last byte
	first      float64 // milliseconds until the first byte, at the 95th percentile
	sql        float64 // milliseconds of its statements, on average
	bytes      int
	statements int
}

// judged is the time that the limit is for. A CSV streams all rows, so it's as long as
// its rows are many: its limit is for the first byte.
func (a askedPage) judged() float64 {
	if path, _, _ := strings.Cut(a.address, "?"); strings.HasSuffix(path, ".csv") {
		return a.first
	}
	return a.p95
}

func (b *routesBench) close() error {
	if b.server != nil {
		b.server.Close()
	}
	if b.base == nil {
		return nil
	}
	return b.base.Close()
}

// prepare fills a database, serves it and signs an admin in.
func (b *routesBench) prepare() error {
	var err error
	if b.base, err = storebench.New(b.ctx, false); err != nil {
		return err
	}
	if err := b.base.TrackStatements(b.ctx); err != nil {
		return err
	}
	config := service.Config{BaseURL: &url.URL{Scheme: "http", Host: "localhost"}, SessionKeys: [][]byte{make([]byte, 32)}, AdminPassword: password}
	v, err := service.New(b.ctx, config, b.base.Store, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	begin := time.Now()
	history := newHistory(v.Catalog, v.Engine, b.events)
	b.profiles = history.Profiles
	if err := b.base.Fill(b.ctx, history); err != nil {
		return err
	}
	size, err := b.base.Size(b.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%d events in %.0f s, %.0f bytes each:\n%s\n", b.events, time.Since(begin).Seconds(), float64(size.Bytes)/float64(b.events), size.Tables)
	b.server = httptest.NewServer(v.Handler())
	jar, _ := cookiejar.New(nil) // has no options that could be wrong
	b.client = &http.Client{Jar: jar}
	answer, err := b.client.PostForm(b.server.URL+"/sign-in", url.Values{"user": {"admin"}, "password": {password}})
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// measure asks all pages, once.
func (b *routesBench) measure() error {
	if b.asked != nil {
		return nil
	}
	if err := b.prepare(); err != nil {
		return err
	}
	ids, err := b.ids()
	if err != nil {
		return err
	}
	for _, address := range addresses(ids) {
		a, err := b.askMany(address)
		if err != nil {
			return err
		}
		b.asked = append(b.asked, a)
	}
	b.print()
	return nil
}

// print shows all pages, with those first that took longest.
func (b *routesBench) print() {
	slices.SortFunc(b.asked, func(x, y askedPage) int { return cmp.Compare(y.judged(), x.judged()) })
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "p50 ms\tp95 ms\tfirst ms\tSQL ms\tratio\tstatements\tKB\tverdict\t page")
	for _, a := range b.asked {
		verdict := "ok"
		if a.judged() > pageLimit {
			verdict = "slow"
		}
		if a.status != http.StatusOK {
			verdict = strconv.Itoa(a.status)
		}
		fmt.Fprintf(w, "%.1f\t%.1f\t%.1f\t%.1f\t%.2f\t%d\t%d\t%s\t %s\n", a.p50, a.p95, a.first, a.sql, a.p50/a.sql, a.statements, a.bytes/1024, verdict, a.address)
	}
	_ = w.Flush() // as of all that is printed
}

// askMany asks for a page until enough is known of it. One that takes long is asked
// less often.
func (b *routesBench) askMany(address string) (askedPage, error) {
	a := askedPage{address: address}
	if _, err := b.ask(&a); err != nil { // fills the caches
		return a, err
	}
	before, err := b.base.Statements(b.ctx)
	if err != nil {
		return a, err
	}
	var took, first []float64
	for begin := time.Now(); len(took) < routesAsks && (len(took) < 5 || time.Since(begin) < 5*time.Second); {
		t, err := b.ask(&a)
		if err != nil {
			return a, err
		}
		f, w := t.milliseconds()
		took, first = append(took, w), append(first, f)
	}
	after, err := b.base.Statements(b.ctx)
	slices.Sort(took)
	slices.Sort(first)
	p95 := (len(took)*95 - 1) / 100
	a.p50, a.p95, a.first = took[len(took)/2], took[p95], first[p95]
	a.sql = (after.Milliseconds - before.Milliseconds) / float64(len(took))
	a.statements = int(after.Calls-before.Calls) / len(took)
	return a, err
}

// answerTimes is how long an answer took until its first byte and until its last.
type answerTimes struct{ first, whole time.Duration }

func (t answerTimes) milliseconds() (first, whole float64) {
	return float64(t.first) / float64(time.Millisecond), float64(t.whole) / float64(time.Millisecond)
}

func (b *routesBench) ask(a *askedPage) (answerTimes, error) {
	var t answerTimes
	r, err := http.NewRequestWithContext(b.ctx, http.MethodGet, b.server.URL+a.address, nil)
	if err != nil {
		return t, err
	}
	begin := time.Now()
	response, err := b.client.Do(r)
	if err != nil {
		return t, err
	}
	defer response.Body.Close()
	body := bufio.NewReader(response.Body)
	_, _ = body.Peek(1) // an error comes again from Copy
	t.first = time.Since(begin)
	n, err := io.Copy(io.Discard, body)
	t.whole = time.Since(begin)
	a.status, a.bytes = response.StatusCode, int(n)
	return t, err
}

// slowest compares the page that takes longest with the limit of all.
func (b *routesBench) slowest() (comparison, error) {
	if err := b.measure(); err != nil {
		return comparison{}, err
	}
	worst := b.asked[0].judged()
	return comparison{worst / pageLimit, worst, pageLimit, "ms"}, nil
}

// withSQL compares pages with the time of their statements, and takes the worst of those
// that are not over at once.
func (b *routesBench) withSQL() (comparison, error) {
	if err := b.measure(); err != nil {
		return comparison{}, err
	}
	var worst comparison
	for _, a := range b.asked {
		if r := a.p50 / a.sql; a.p50 >= ratioFrom && r > worst.ratio {
			worst = comparison{r, a.p50, a.sql, "ms"}
		}
	}
	return worst, nil
}

// addresses are those of all pages, with each of their filters.
func addresses(ids map[string]string) []string {
	var all []string
	for _, address := range strings.Fields(pages) {
		for name, id := range ids {
			address = strings.ReplaceAll(address, name, id)
		}
		all = append(all, alternatives(address)...)
	}
	return all
}

// alternatives are the addresses that one with choices such as period={7d|30d} stands for.
func alternatives(address string) []string {
	before, rest, found := strings.Cut(address, "{")
	if !found {
		return []string{address}
	}
	choices, after, _ := strings.Cut(rest, "}")
	var all []string
	for choice := range strings.SplitSeq(choices, "|") {
		all = append(all, alternatives(before+choice+after)...)
	}
	return all
}

// ids are what stands for words in pages: profiles and clusters with many events and
// with few.
func (b *routesBench) ids() (map[string]string, error) {
	clusters, err := b.base.Store.Clusters(b.ctx, store.ClusterFilter{Sort: store.ByEvents}, "", 1000)
	if err != nil {
		return nil, err
	}
	events, err := b.base.Store.Events(b.ctx, store.EventFilter{Network: domain.Facebook, Type: domain.Disconnected}, "", 1)
	if err != nil || len(clusters.Rows) == 0 || len(events.Rows) == 0 {
		return nil, cmp.Or(err, fmt.Errorf("the history has no clusters or no events"))
	}
	ruleset, err := b.base.Store.LiveRuleset(b.ctx, domain.Facebook)
	if err != nil {
		return nil, err
	}
	e := events.Rows[0]
	ids := map[string]string{
		":event": e.ID, ":reason": string(e.Reason), ":parser": e.Parser, ":version": strconv.Itoa(ruleset.Version),
		":busy": "p-1", ":quiet": fmt.Sprintf("p-%d", b.profiles*3/4), ":any": e.ProfileID,
		":many": clusters.Rows[0].ID.String(), ":few": clusters.Rows[len(clusters.Rows)/2].ID.String(),
	}
	return ids, nil
}

// pages are the addresses of all pages that only show something.
const pages = `
/ /?wall=1 /password
/disconnections?period={24h|7d|30d|90d|all} /disconnections
/disconnections?period={7d|30d|all}&network=facebook
/disconnections?period={7d|30d|all}&reason={:reason|unparsed}
/disconnections?period={7d|30d|all}&category=reconnect
/disconnections?period={7d|30d|all}&type={disconnected|failed|reconnected|succeeded}
/disconnections?period={7d|30d|all}&source=importer
/disconnections?period={7d|30d|all}&source=importer&type=disconnected
/disconnections?period={7d|30d|all}&format={json|html}
/disconnections?period={7d|30d|all}&profile=:busy
/disconnections?period={7d|30d|all}&parser=:parser
/disconnections?period={7d|30d|all}&cluster=:many
/disconnections?period={7d|30d|all}&verdict=arrival
/disconnections?period={7d|30d|all}&verdict=arrival&reason=unparsed
/disconnections?period={7d|30d|all}&needless=1
/disconnections?from=2000-01-01&to=2000-02-01
/affected?period={7d|30d|all} /affected?period=30d&reason={:reason|unparsed} /affected?period=30d&network=facebook
/needless?period={7d|30d|all} /needless?period=30d&source=importer /needless?period=30d&network=facebook&reason=:reason
/events/:event
/profiles /profiles?q={:busy|p-1|Shop+77|o-123|:event|nobody}
/profiles/:busy /profiles/:quiet /profiles/:any /profile?id=:busy
/clusters?period={24h|7d|30d|90d|all} /clusters?period=30d&network=facebook
/clusters?period=30d&state={open|new|ignored|merged|all} /clusters?period=30d&sort={profiles|events|recency}
/clusters/:many /clusters/:few /clusters/:many/merge?other=:few /clusters/:many/unmerge /clusters/:many/split?mask=0 /clusters/:many/ignore /clusters/:many/reopen
/parsers /parsers?network=instagram /parsers/new /parsers/new?network=facebook /parsers/new?cluster={:many|:few} /parsers/new?event=:event /parsers/facebook.:parser
/rulesets/facebook /rulesets/facebook/:version
/trends?period={7d|30d|90d} /trends?period=30d&by={reason|network|category} /trends?period=30d&network=facebook /trends?period=30d&reason=:reason /trends?period=30d&category=reconnect
/reasons /reasons?network=facebook /reasons?category=reconnect /reasons/:reason
/sources?period={7d|30d|90d} /sources/1?period=30d /quarantine /quarantine?state=any /audit /settings
/parsers.csv /reasons.csv /clusters.csv /sources.csv /sources/fields.csv /sources/lookups.csv /quarantine.csv /audit.csv /trends.csv?period=30d /rulesets/facebook/versions.csv
/profiles.csv?q=p-1 /profiles/:busy/timeline.csv /profile/timeline.csv?id=:quiet
/disconnections.csv?period=7d&reason=:reason /affected.csv?period=7d&reason=:reason /needless.csv?period=24h`
