package domain

import (
	"cmp"
	"slices"
)

// Network is a social network, by its short name.
type Network string

// The networks that Wherefore knows.
const (
	Facebook       Network = "facebook"
	Instagram      Network = "instagram"
	Threads        Network = "threads"
	X              Network = "x"
	LinkedIn       Network = "linkedin"
	YouTube        Network = "youtube"
	TikTok         Network = "tiktok"
	Pinterest      Network = "pinterest"
	Bluesky        Network = "bluesky"
	Mastodon       Network = "mastodon"
	Reddit         Network = "reddit"
	GoogleBusiness Network = "google-business"
)

var networks = []Network{
	Facebook, Instagram, Threads, X, LinkedIn, YouTube, TikTok, Pinterest,
	Bluesky, Mastodon, Reddit, GoogleBusiness,
}

// Networks lists all networks in the order in which pages show them.
func Networks() []Network { return slices.Clone(networks) }

var networkNames = map[Network]string{
	Facebook: "Facebook", Instagram: "Instagram", Threads: "Threads", X: "X", LinkedIn: "LinkedIn", YouTube: "YouTube",
	TikTok: "TikTok", Pinterest: "Pinterest", Bluesky: "Bluesky", Mastodon: "Mastodon", Reddit: "Reddit",
	GoogleBusiness: "Google Business Profile",
}

// Name is what people read: "Google Business Profile" for google-business. A
// network that is not known has its id only.
func (n Network) Name() string { return cmp.Or(networkNames[n], string(n)) }

// Known reports whether n is one of Networks.
func (n Network) Known() bool { return slices.Contains(networks, n) }
