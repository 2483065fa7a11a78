package domain

import "slices"

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

// Known reports whether n is one of Networks.
func (n Network) Known() bool { return slices.Contains(networks, n) }
