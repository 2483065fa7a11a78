package workbench

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/handlers"
	"wherefore/views"
)

// form is a parser as its form has it, unchecked.
type form struct {
	id        string // that it is kept by, "" for not at all
	network   domain.Network
	editing   string // the name of the live parser that it replaces, "" for a new one
	name      string
	condition string
	reason    domain.ReasonID
	after     string
	why       string
	period    string
	cluster   domain.ClusterID
	sample    string
	shown     string   // the sample whose facts the form shows
	base      int      // the ruleset version that its trial was made on, 0 for none
	tried     string   // the fingerprint of what the trial was made of
	toPin     []string // events that were offered to be pinned with the promotion
	consent   ruleset.Consent
	editor    editor
}

// defaultTrial is the window that a trial runs over unless another is chosen.
const defaultTrial = "30d"

// readForm reads the workbench's form. Only a network that is none is refused:
// everything else is checked where it can be shown at its field.
func readForm(r *http.Request) (form, error) {
	return formOf(r.PostForm)
}

func formOf(f url.Values) (form, error) {
	d := form{
		id:      f.Get("draft"),
		network: domain.Network(f.Get("network")), editing: f.Get("editing"), name: strings.TrimSpace(f.Get("name")),
		// Browsers send line breaks as CRLF, which would count as columns.
		condition: strings.TrimSpace(strings.ReplaceAll(f.Get("condition"), "\r\n", "\n")),
		reason:    domain.ReasonID(f.Get("reason")), after: f.Get("after"), why: strings.TrimSpace(f.Get("why")),
		period: f.Get("period"), cluster: domain.ParseClusterID(f.Get("cluster")), sample: f.Get("sample"), shown: f.Get("shown"),
		tried: f.Get("tried"), toPin: readToPin(f), consent: readConsent(f),
	}
	d.base, _ = strconv.Atoi(f.Get("base")) // what is no number is no trial
	if d.editing != "" {
		d.name = d.editing
	}
	d.readEditor(f)
	if d.period == "" {
		d.period = defaultTrial
	}
	if !d.network.Known() {
		return form{}, handlers.UnknownNetwork(d.network)
	}
	return d, nil
}

// readToPin reads which events the form offered to pin, so that none is forgotten
// that was seen.
func readToPin(f url.Values) []string {
	var events []string
	for field := range f {
		if event, is := strings.CutPrefix(field, views.ToPinField("")); is {
			events = append(events, event)
		}
	}
	slices.Sort(events)
	return events
}

// spec is the form as a parser. A new one without a name has one for its trial.
func (d form) spec() domain.ParserSpec {
	return domain.ParserSpec{Network: d.network, Name: d.name, Reason: d.reason, Condition: d.condition}
}

// fingerprint tells whether a trial was made of this candidate on that version.
func (d form) fingerprint(version int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q %q %q %q %q %q", version, d.network, d.editing, d.condition, d.reason, d.after, d.period))
	return hex.EncodeToString(sum[:8])
}

// window is what the trial runs over.
func (d form) window(now time.Time) (views.Period, error) {
	p, err := views.ReadPeriod(views.Query{}.With("period", d.period), now)
	if err == nil && (p.From.IsZero() || p.Value == "24h") {
		return views.Period{}, domain.InvalidField("period", "A trial runs over 7, 30 or 90 days.")
	}
	return p, err
}
