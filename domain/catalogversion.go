package domain

// CatalogVersion names the built-in networks, reasons and parsers of a program.
// The number is raised with every change of them; the digest tells apart two
// changes that were given the same number. A database without any has the zero
// CatalogVersion.
type CatalogVersion struct {
	Number int
	Digest string
}

// Standing says how a program's built-in parsers stand to those that are live.
type Standing string

// The standings.
const (
	StandingLive    Standing = "live"    // they are the live ones
	StandingNewer   Standing = "newer"   // they follow the live ones
	StandingOlder   Standing = "older"   // the live ones follow them
	StandingDiffers Standing = "differs" // they are others, of the same number
)

// Standing compares a program's version with the live one.
func (v CatalogVersion) Standing(live CatalogVersion) Standing {
	switch {
	case v.Number > live.Number:
		return StandingNewer
	case v.Number < live.Number:
		return StandingOlder
	case v.Digest != live.Digest:
		return StandingDiffers
	}
	return StandingLive
}

// Conflicts reports whether the program must leave the live ones as they are.
func (s Standing) Conflicts() bool { return s == StandingOlder || s == StandingDiffers }
