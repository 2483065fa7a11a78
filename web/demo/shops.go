package demo

import (
	"fmt"
	"slices"
	"strings"

	"wherefore/domain"
)

// shopProfile is a made-up shopProfile's presence on one network.
type shopProfile struct {
	id, name, owner, credential string
	network                     domain.Network
}

// networkShares says how many of a hundred shops are on a network, busiest first.
var networkShares = []struct {
	network domain.Network
	percent int
}{
	{domain.Instagram, 85}, {domain.Facebook, 80}, {domain.LinkedIn, 40}, {domain.TikTok, 40},
	{domain.X, 30}, {domain.YouTube, 25}, {domain.GoogleBusiness, 25}, {domain.Pinterest, 20},
	{domain.Threads, 20}, {domain.Bluesky, 12}, {domain.Mastodon, 8}, {domain.Reddit, 6},
}

// The words of which shops are named.
var (
	demoFirst = strings.Fields("Amber Birch Blue Bright Cedar Clover Copper Corner Fern Garden Golden Green " +
		"Harbour Hazel Hill Honey Juniper Lantern Lemon Maple Meadow Mill Misty Morning North Oak Olive Orchard " +
		"Pebble Pine Plum Quiet River Rosemary Saffron Silver Stone Summer Thistle Willow")
	demoSecond = strings.Fields("Bakery Barbers Bikes Books Brewery Café Cakes Candles Ceramics Cycles Dental " +
		"Fabrics Fitness Florist Foods Furniture Gallery Gardens Hotel Interiors Kitchen Knitting Market Music " +
		"Optics Paper Pets Pharmacy Pizza Press Roasters Salon Shoes Studio Tailors Tea Toys Travel Wines Yoga")
)

// sender is a service that reports, with one of its operations.
type sender struct {
	name, operation string
	leavesOut       []string
	statusAsText    bool
	hasty           bool // disconnects profiles without need
}

// senders are the services that report, by how often. One leaves out what
// it does not know, and one sends statuses as texts, so that there is
// incomplete and mended data to see.
var senders = []sender{
	{name: "publisher", operation: "publish"}, {name: "publisher", operation: "publish"},
	{name: "publisher", operation: "upload-media", hasty: true},
	{name: "inbox", operation: "read-comments", leavesOut: []string{"profile_name", "owner_id"}, hasty: true},
	{name: "analytics", operation: "read-insights", statusAsText: true},
	{name: "token-refresher", operation: "refresh-token", hasty: true},
}

// senderNames lists the sources of a history once each.
func senderNames() []string {
	var names []string
	for _, s := range senders {
		if !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	return append(names, relayName)
}

// profiles makes up the shops and where they are. A shop's Facebook and
// Instagram profiles share one credential, as they do in life.
func (d *demo) profiles() []shopProfile {
	var profiles []shopProfile
	for shop := range shopCount {
		owner := fmt.Sprintf("shop-%03d", shop+1)
		name := pick(d.random, demoFirst) + " " + pick(d.random, demoSecond)
		for _, n := range networkShares {
			if d.random.IntN(100) >= n.percent || len(d.troubles[n.network]) == 0 {
				continue
			}
			family := string(n.network)
			if n.network == domain.Facebook || n.network == domain.Instagram {
				family = "meta"
			}
			profiles = append(profiles, shopProfile{
				id: fmt.Sprintf("p-%d", 1000+len(profiles)), name: name, owner: owner,
				credential: owner + "-" + family, network: n.network,
			})
		}
	}
	return profiles
}

// unknownError is an error that no parser knows. In its text # stands for a
// digit and @ for a hexadecimal one.
type unknownError struct {
	network domain.Network
	event   domain.EventType
	status  int
	days    int // how long ago it began; 0: always there
	text    string
}

// mysteries are made up, unlike everything else that the networks say in
// the demo: what is documented has a parser.
var mysteries = []unknownError{
	{domain.Instagram, domain.Disconnected, 400, 4, `{"error":{"message":"Link between profile 17841########## and workspace @@@@@@@@ was archived","type":"WorkspaceArchivedException","code":71002,"fbtrace_id":"A@@@@@@@@@@"}}`},
	{domain.Instagram, domain.Failed, 400, 0, `{"error":{"message":"Container 1789######### waits for curator ####","type":"CuratorQueueException","code":72004}}`},
	{domain.Facebook, domain.Disconnected, 400, 9, `{"error":{"message":"Page ############ moved to region eu-#","type":"RegionMovedException","code":73001,"fbtrace_id":"A@@@@@@@@@@"}}`},
	{domain.Facebook, domain.Failed, 400, 0, `{"error":{"message":"Story slot ## of page ############ is frozen","type":"SlotFrozenException","code":73117}}`},
	{domain.LinkedIn, domain.Failed, 0, 0, `Carousel urn:li:digitalmediaAsset:C4D@@@@@@@@ parked in lane ##`},
	{domain.TikTok, domain.Disconnected, 0, 6, `{"error":{"code":"creator_lane_switched","message":"Creator moved to lane ##","log_id":"2026##############@@@@"}}`},
	{domain.X, domain.Failed, 0, 0, `Draft ################### folded into thread ###################`},
	{domain.YouTube, domain.Failed, 0, 0, `Premiere slot @@@@@@@@@@@ drifted by ### frames`},
	{domain.Pinterest, domain.Failed, 0, 12, `{"code":8804,"message":"Board ################## is being re-shelved"}`},
	{domain.Threads, domain.Failed, 0, 0, `{"error":{"message":"Reply tree ################# pruned at depth ##","type":"TreePrunedException","code":74009}}`},
}

// changedAnswer is a reason that a network answers otherwise since yesterday.
var changedAnswer = struct {
	reason domain.ReasonID
	weight float64      // among the network's troubles
	atOnce float64      // of its profiles, the share that hear of it in the first hour
	answer unknownError // since then
}{
	"instagram.rate-limited", 40, 0.08,
	unknownError{domain.Instagram, domain.Failed, 403, 1, `{"error":{"message":"Call limit of account 17841########## is used up; calls are taken again in ### minutes","type":"CallLimitException","code":75020,"fbtrace_id":"A@@@@@@@@@@"}}`},
}
