package workbench

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/handlers/rulesets"
	"wherefore/handlers/trials"
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
	toPin     []string // events that were offered to be pinned with the promotion, so that none is forgotten that was seen
	consent   ruleset.Consent
	editor    editor
}

// readForm reads the workbench's form. Only a network that is none is refused:
// everything else is checked where it can be shown at its field.
func readForm(r *http.Request) (form, error) {
	in := input.Of(r)
	d, err := formOf(in)
	if err != nil {
		return d, cmp.Or(in.Err(), err) // no page can be shown without a network
	}
	return d, nil
}

func formOf(in input.Values) (form, error) {
	d := form{
		id: input.Draft.In(in), network: input.Network.In(in), editing: input.Editing.In(in), name: input.Name.In(in),
		// Browsers send line breaks as CRLF, which would count as columns.
		condition: strings.TrimSpace(strings.ReplaceAll(input.Condition.In(in), "\r\n", "\n")),
		reason:    input.FormReason.In(in), after: input.After.In(in), why: input.Why.In(in),
		period: input.TrialPeriod.In(in), cluster: input.Cluster.In(in), sample: input.Sample.In(in), shown: input.Shown.In(in),
		base: input.Base.In(in), tried: input.Tried.In(in), toPin: slices.Sorted(maps.Keys(input.ToPin.In(in))), consent: rulesets.ReadConsent(in),
	}
	if d.editing != "" {
		d.name = d.editing
	}
	d.readEditor(in)
	if d.period == "" {
		d.period = trials.DefaultPeriod
	}
	if !d.network.Known() {
		return form{}, handlers.UnknownNetwork(d.network)
	}
	return d, nil
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
