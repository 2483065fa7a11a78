package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/store"
)

const (
	historyDays  = 62
	shopCount    = 220
	meanGap      = 60 * time.Hour // between two troubles of a profile, at the busiest hours
	meanCure     = 11 * time.Hour // until a customer reconnects
	neglect      = 0.015          // of the disconnected profiles, the share nobody reconnects
	unknownShare = 0.08           // of the errors, the share that no parser knows
)

// historyEvent is an event of the made-up history, with the source that reports it.
type historyEvent struct {
	Source string
	domain.Event
	lookups []store.Lookup
}

// newHistory makes up the two months before end, oldest event first: shops with
// profiles on several networks, whose errors are the catalogue's samples. It
// has the rhythm of working weeks, an hour of outage, a reason that grows, errors
// that no parser knows, and a network that has changed an answer since yesterday,
// so that a parser falls silent and a new cluster spreads. Some disconnections are
// needless, more and more in the last days. One source tells only the ids of profiles,
// and the rest is looked up in the directory. The same seed gives the same history.
func newHistory(c *catalog.Catalog, seed uint64, end time.Time) []historyEvent {
	d := &demo{random: newRandom(seed), end: end.UTC().Truncate(time.Hour), troubles: newTroubles(c)}
	d.growing = d.pickGrowing()
	d.outage = d.pickOutage()
	for _, p := range d.profiles() {
		d.live(p)
	}
	d.relay()
	slices.SortStableFunc(d.events, func(a, b historyEvent) int { return a.OccurredAt.Compare(b.OccurredAt) })
	for i := range d.events {
		d.events[i].SourceEventID = fmt.Sprintf("demo-%06d", i+1)
	}
	return d.events
}

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// demo is a history in the making.
type demo struct {
	random   *rand.Rand
	end      time.Time
	troubles map[domain.Network][]likelyTrouble
	growing  domain.ReasonID
	outage   domain.Network
	events   []historyEvent
}

// A likelyTrouble is something that goes wrong on a network, with what the
// network says then.
type likelyTrouble struct {
	reason  domain.ReasonID
	weight  float64
	samples []domain.Sample
}

// categoryWeights says how often troubles of a category come.
var categoryWeights = map[domain.Category]float64{
	domain.Reconnect: 10, domain.Access: 4, domain.Content: 6, domain.Limit: 5, domain.Platform: 1, domain.App: 1,
}

// newTroubles are the catalogue's reasons with the samples of their parsers.
// Earlier causes of a category are the more common ones.
func newTroubles(c *catalog.Catalog) map[domain.Network][]likelyTrouble {
	troubles := map[domain.Network][]likelyTrouble{}
	for _, n := range c.Networks() {
		seen := map[domain.Category]float64{}
		for _, reason := range n.Reasons {
			t := likelyTrouble{reason: reason.ID}
			for _, p := range n.Parsers {
				if p.Reason == reason.ID {
					t.samples = append(t.samples, p.Match...)
				}
			}
			if len(t.samples) > 0 {
				seen[reason.Category]++
				t.weight = categoryWeights[reason.Category] / seen[reason.Category]
				if t.reason == changedAnswer.reason {
					t.weight, t.samples = changedAnswer.weight, t.samples[:1]
				}
				troubles[n.Network] = append(troubles[n.Network], t)
			}
		}
	}
	return troubles
}

// pickGrowing chooses a reason that a product manager should notice: one of
// access, on the busiest network that has one.
func (d *demo) pickGrowing() domain.ReasonID {
	for _, n := range networkShares {
		for _, t := range d.troubles[n.network] {
			if info, _ := t.reason.Cause().Info(); info.Category == domain.Access {
				return t.reason
			}
		}
	}
	return ""
}

// pickOutage chooses the busiest network that has words for an outage.
func (d *demo) pickOutage() domain.Network {
	for _, n := range networkShares {
		if d.trouble(domain.Reason(n.network, "platform-outage")) != nil {
			return n.network
		}
	}
	return ""
}

func (d *demo) trouble(reason domain.ReasonID) *likelyTrouble {
	troubles := d.troubles[reason.Network()]
	i := slices.IndexFunc(troubles, func(t likelyTrouble) bool { return t.reason == reason })
	if i < 0 {
		return nil
	}
	return &troubles[i]
}

// live makes up two months of one profile.
func (d *demo) live(p shopProfile) {
	at := d.end.AddDate(0, 0, -historyDays)
	if p.network == changedAnswer.reason.Network() && d.random.Float64() < changedAnswer.atOnce {
		d.report(p, d.turned().Add(d.within(time.Hour)), changedAnswer.answer.event, d.saying(changedAnswer.answer))
	}
	outage := d.outageHour()
	for {
		before := at
		at = at.Add(d.around(meanGap))
		if p.network == d.outage && before.Before(outage) && !at.Before(outage) {
			d.sufferOutage(p, outage)
		}
		if !at.Before(d.end) {
			return
		}
		if d.random.Float64() > rhythm(at) {
			continue
		}
		if disconnected := d.trip(p, at); !disconnected {
			continue
		}
		cured := at.Add(d.around(meanCure))
		d.refute(p, at, cured)
		if d.random.Float64() < neglect || !cured.Before(d.end) {
			return
		}
		d.report(p, cured, domain.Reconnected, domain.Sample{})
		at = cured
	}
}

// outageHour is three days before the end, in the afternoon.
func (d *demo) outageHour() time.Time {
	return d.end.AddDate(0, 0, -3).Truncate(24 * time.Hour).Add(14 * time.Hour)
}

// turned is when the network's new answer is first heard. Of a day ago and more
// there is only the old one, and of the hours between neither.
func (d *demo) turned() time.Time { return d.end.Add(-20 * time.Hour) }

func (d *demo) sufferOutage(p shopProfile, hour time.Time) {
	trouble := d.trouble(domain.Reason(p.network, "platform-outage"))
	for range d.random.IntN(4) {
		d.report(p, hour.Add(d.within(time.Hour)), domain.Failed, pick(d.random, trouble.samples))
	}
}

// trip makes up one error, and says whether it ended the connection.
func (d *demo) trip(p shopProfile, at time.Time) bool {
	if d.random.Float64() < unknownShare {
		if u, ok := d.unknown(p.network, at); ok {
			d.report(p, at, u.event, d.saying(u))
			return u.event == domain.Disconnected
		}
	}
	trouble := d.chooseTrouble(p.network, at)
	if trouble.reason == changedAnswer.reason && at.After(d.turned()) {
		d.report(p, at, changedAnswer.answer.event, d.saying(changedAnswer.answer))
		return false
	}
	info, _ := trouble.reason.Cause().Info()
	event, source := domain.Failed, pick(d.random, senders)
	if info.Category.Disconnects() || d.needless(source, info.Cause, at) {
		event = domain.Disconnected
	}
	d.reportBy(source, p, at, event, pick(d.random, trouble.samples))
	if event == domain.Failed {
		d.sample(p, at)
	}
	return event == domain.Disconnected
}

func (d *demo) chooseTrouble(n domain.Network, at time.Time) likelyTrouble {
	troubles := d.troubles[n]
	sum := 0.0
	for _, t := range troubles {
		sum += d.weight(t, at)
	}
	left := d.random.Float64() * sum
	for _, t := range troubles {
		if left -= d.weight(t, at); left < 0 {
			return t
		}
	}
	return troubles[len(troubles)-1]
}

// weight lets the growing reason become eight times as common in the last ten days.
func (d *demo) weight(t likelyTrouble, at time.Time) float64 {
	if t.reason == changedAnswer.reason && at.After(d.end.AddDate(0, 0, -1)) && at.Before(d.turned()) {
		return 0
	}
	if t.reason != d.growing {
		return t.weight
	}
	const growth = 10 * 24 * time.Hour
	progress := 1 - float64(min(d.end.Sub(at), growth))/float64(growth)
	return t.weight * (1 + 7*progress)
}

// report adds an event, as one of the sources would report it.
func (d *demo) report(p shopProfile, at time.Time, event domain.EventType, said domain.Sample) {
	d.reportBy(pick(d.random, senders), p, at, event, said)
}

func (d *demo) reportBy(s sender, p shopProfile, at time.Time, event domain.EventType, said domain.Sample) {
	e := domain.Event{
		Type: event, ProfileID: p.id, Network: p.network, OccurredAt: at.Truncate(time.Microsecond),
		Status: said.Status, Raw: said.Error, Operation: s.operation,
		ProfileName: p.name, OwnerID: p.owner, CredentialID: p.credential, Defaulted: s.leavesOut,
	}
	if s.statusAsText && said.Status != 0 {
		e.Mended = []string{"http_status"}
	}
	d.events = append(d.events, historyEvent{Source: s.name, Event: e})
}

// around draws a duration with the given mean, as between accidents.
func (d *demo) around(mean time.Duration) time.Duration {
	return time.Duration(d.random.ExpFloat64() * float64(mean))
}

func (d *demo) within(most time.Duration) time.Duration {
	return time.Duration(d.random.Int64N(int64(most)))
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// rhythm is how busy an hour is, 1 at most: people post by day and in the week.
func rhythm(at time.Time) float64 {
	busy := 1.0
	if hour := at.Hour(); hour < 6 || hour > 20 {
		busy = 0.25
	}
	switch at.Weekday() {
	case time.Saturday:
		busy *= 0.5
	case time.Sunday:
		busy *= 0.4
	}
	return busy
}

// unknown chooses an error that no parser knows, if the network has one by
// then. What began lately comes often, as it does when a network changes.
func (d *demo) unknown(n domain.Network, at time.Time) (unknownError, bool) {
	var known []unknownError
	for _, m := range mysteries {
		switch {
		case m.network != n || at.Before(d.end.AddDate(0, 0, -cmp.Or(m.days, historyDays))):
		case m.days > 0:
			known = append(known, m, m, m, m)
		default:
			known = append(known, m)
		}
	}
	if len(known) == 0 {
		return unknownError{}, false
	}
	return pick(d.random, known), true
}

// saying writes a mystery's text with its numbers filled in.
func (d *demo) saying(m unknownError) domain.Sample {
	text := []byte(m.text)
	for i, c := range text {
		switch c {
		case '#':
			text[i] = byte('1' + d.random.IntN(9))
		case '@':
			text[i] = "abcdef0123456789"[d.random.IntN(16)]
		}
	}
	return domain.Sample{Status: m.status, Error: text}
}
