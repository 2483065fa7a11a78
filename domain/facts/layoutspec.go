package facts

// LayoutSpec says where a network puts its facts, as its catalogue file has it,
// before NewLayout compiles it.
type LayoutSpec struct {
	JSON []ShapeSpec // tried in order; the first that yields a code, type or message wins
	Text []string    // RE2 patterns with named groups code, subcode, type and message, tried in order

	// IgnoreCodes are codes and types that say "no error" or say nothing, such as
	// "ok": they are read as absent. "0" always is.
	IgnoreCodes []string
}

// ShapeSpec is one JSON shape of an error: for each fact the paths at which it
// may stand, the first present one winning. A path is dotted, with indexes:
// "errors[0].code". A fact without paths is not part of the shape.
//
// Names are compared exactly first and else without regard to case. Each shape
// is tried on the whole body and then on the objects in it, also those in its
// strings, before the next shape is. An object that yields a code, subcode or
// type goes before one that yields a message only. Code, subcode and type hold
// a number or one word; a sentence at their path is passed over, so that
// {type: [error], message: [message, error]} reads both {"error": "expired_token"}
// and {"error": "The access token is invalid"}.
type ShapeSpec struct {
	Code    []string
	Subcode []string
	Type    []string
	Message []string
}
