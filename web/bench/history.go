package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/store/storebench"
)

// unknownKinds is how many kinds of errors there are that no parser knows.
const unknownKinds = 2000

// networkShares is how many of a hundred profiles are of each network.
var networkShares = map[domain.Network]int{
	domain.Instagram: 24, domain.Facebook: 22, domain.LinkedIn: 10, domain.TikTok: 10, domain.X: 9, domain.YouTube: 6,
	domain.GoogleBusiness: 5, domain.Pinterest: 5, domain.Threads: 4, domain.Bluesky: 2, domain.Mastodon: 2, domain.Reddit: 1,
}

// categoryShares is how much of its network's errors a category has, beside the others.
var categoryShares = map[domain.Category]int{
	domain.Reconnect: 1000, domain.Access: 400, domain.Content: 600, domain.Limit: 500, domain.Platform: 100, domain.App: 100,
}

// newHistory is a history of all networks, from the catalogue's samples and from
// errors that no parser knows.
func newHistory(words *catalog.Catalog, engine *explain.Engine, events int) storebench.History {
	h := storebench.History{Events: events, Days: 90, Profiles: max(1000, min(200_000, events/5))}
	for _, n := range words.Networks() {
		h.Networks = append(h.Networks, slices.Repeat([]domain.Network{n.Network}, networkShares[n.Network])...)
		h.Kinds = append(h.Kinds, knownKinds(engine, n)...)
	}
	random := rand.New(rand.NewPCG(9, 1))
	for i := range unknownKinds {
		n := h.Networks[i*37%len(h.Networks)]
		h.Kinds = append(h.Kinds, newKind(engine, n, 400, unknownError(random, i), 0))
	}
	return h
}

// knownKinds are the samples of a network's parsers. A reason's weight is shared by
// its samples.
func knownKinds(engine *explain.Engine, n *catalog.NetworkEntry) []storebench.Kind {
	var kinds []storebench.Kind
	samples := map[domain.ReasonID]int{}
	for _, p := range n.Parsers {
		for _, s := range p.Match {
			if k := newKind(engine, n.Network, s.Status, []byte(s.Error), 1); k.Verdict.Parsed() {
				samples[k.Verdict.Reason]++
				kinds = append(kinds, k)
			}
		}
	}
	for i, k := range kinds {
		info, _ := k.Verdict.Reason.Cause().Info() // of the catalogue
		kinds[i].Weight = max(1, categoryShares[info.Category]/samples[k.Verdict.Reason])
		kinds[i].Disconnects = info.Category.Disconnects()
	}
	return kinds
}

// newKind is an error with what the engine says of it, and with room for more if it is
// an object and its facts stay as they are.
func newKind(engine *explain.Engine, n domain.Network, status int, raw []byte, weight int) storebench.Kind {
	raw = bytes.TrimSpace(raw)
	message := func(padded []byte) string { return engine.ReadFacts(n, status, padded).Message }
	short, long := padded(raw, storebench.Filler), padded(raw, strings.Repeat(storebench.Filler, 20))
	if json.Valid(short) && message(short) == message(raw) && message(long) == message(raw) {
		raw = short
	}
	x := engine.Explain(n, status, raw)
	return storebench.Kind{
		Network: n, Status: status, Raw: string(x.Error), Cleaned: domain.CleanText(x.Error), Weight: weight,
		Facts: x.Facts, Verdict: x.Verdict, Shape: x.Shape,
	}
}

// padded gives an object two more members.
func padded(object []byte, filler string) []byte {
	return fmt.Appendf(bytes.TrimSuffix(slices.Clone(object), []byte("}")), `,"request_id":"%s","trace":["%s"]}`, storebench.Number, filler)
}

var vocabulary = strings.Fields(`account page session permission media upload publish request server limit window quota scope
	grant token member creator object container thread comment caption video reel story board channel playlist instance actor
	record organization share asset draft schedule queue batch gateway upstream cache replica region backend handler callback
	webhook listener topic feature policy review guideline ownership verification country audience failed refused denied
	expired missing invalid unsupported unavailable unknown duplicate stale locked quasar nebula pulsar comet meteor orbit
	zenith aurora eclipse horizon gravity photon lepton hadron boson quark plasma amber birch cedar clover copper fern garden
	harbour hazel honey juniper lantern lemon maple meadow olive orchard pebble plum saffron silver thistle willow marble`)

// unknownError is the i-th error that no parser knows: most have a code, some are text or pages.
func unknownError(random *rand.Rand, i int) []byte {
	said := make([]string, 6+random.IntN(9))
	for j := range said {
		said[j] = vocabulary[random.IntN(len(vocabulary))]
	}
	said[random.IntN(len(said))] += " " + storebench.Number
	message := strings.Join(said, " ")
	switch {
	case i%10 < 7:
		return fmt.Appendf(nil, `{"error":{"code":%d,"message":%q}}`, 880_000+i, message)
	case i%10 < 9:
		return []byte(message)
	}
	return fmt.Appendf(nil, `<html><head><title>%s</title></head><body><h1>%s</h1></body></html>`, said[0], message)
}
