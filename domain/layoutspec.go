package domain

// LayoutSpec says where a network puts its facts, as its catalogue file has it,
// before NewLayout compiles it.
type LayoutSpec struct {
	JSON []ShapeSpec // tried in order; the first that yields a code, type or message wins
	Text []string    // RE2 patterns with named groups code, subcode, type and message, tried in order
}

// ShapeSpec is one JSON shape of an error: for each fact the paths at which it
// may stand, the first present one winning. A path is dotted, with indexes:
// "errors[0].code". A fact without paths is not part of the shape.
type ShapeSpec struct {
	Code    []string
	Subcode []string
	Type    []string
	Message []string
}
