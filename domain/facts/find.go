package facts

// find reads the facts of the first shape that fits in the documents: shape by
// shape, each tried on every object, so that a network's own shape in a wrapper
// goes before a vague one on the wrapper. It also returns the document that
// they stand in.
func find(shapes []shape, ignore []string, documents []Value) (Facts, Value, bool) {
	var words Facts // the first match that has a message only
	var in Value
	var buffer [24]place
	all := buffer[:0]
	for i, v := range documents {
		all = places(all, v, i)
	}
	for i := range shapes {
		for _, p := range all {
			v := documents[p.document]
			f := shapes[i].read(v.child(int(p.at)), ignore)
			if f.Code != "" || f.Subcode != "" || f.Type != "" {
				return f, v, true
			}
			if words.Message == "" && f.Message != "" {
				words, in = f, v
			}
		}
	}
	return words, in, words.Message != ""
}

// place is an object, or the root, of one of the documents.
type place struct{ document, at int32 }

// places adds v's root and objects, outer before inner; but those that only
// wrap an answer come last, and what was sent instead of answered is left out.
func places(all []place, v Value, document int) []place {
	var wrappers []place
	for at := 0; at < len(v.nodes); at++ {
		n := &v.nodes[at]
		if at > 0 && ofRequest(n.key) {
			at += int(n.size) - 1
			continue
		}
		if n.kind != ObjectValue && at > 0 {
			continue
		}
		p := place{int32(document), int32(at)}
		if wraps(v.child(at)) {
			wrappers = append(wrappers, p)
		} else {
			all = append(all, p)
		}
	}
	return append(all, wrappers...)
}

// wraps reports whether v is what an HTTP client made of an answer: its own code
// ("ERR_BAD_REQUEST") is not the network's.
func wraps(v Value) bool {
	if v.Kind() != ObjectValue {
		return false
	}
	for at := 1; at < len(v.nodes); at += int(v.nodes[at].size) {
		n := &v.nodes[at]
		if n.size > 1 && (ofRequest(n.key) || n.key == "response") {
			return true
		}
	}
	return false
}

// ofRequest reports whether a member of that name holds what was sent, or how.
func ofRequest(name string) bool {
	switch name {
	case "request", "config", "headers", "options", "req", "request_args", "_request", "requestBody", "request_body":
		return true
	}
	return false
}
