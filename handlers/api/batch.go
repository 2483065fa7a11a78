package api

import (
	"bytes"
	"mime"
	"strings"

	"wherefore/domain"
)

// maxItems is how many events one request may hold.
const maxItems = 10_000

// readBatch reads the items of a body: each JSON object that stands in it alone,
// in an array or on a line, and what is left between them. Malformed when there
// is no object; TooLarge at the first item past maxItems.
func readBatch(contentType string, body []byte) ([]item, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	var items []item
	objects := 0
	for raw, fields := range split(body, hasLines(contentType) || beginsWithLine(body)) {
		if len(items) == maxItems {
			return nil, domain.Errorf(domain.TooLarge, "At most %d events fit into one request. Send the others in another one.", maxItems)
		}
		if fields != nil {
			objects++
		}
		items = append(items, readFields(raw, fields))
	}
	if objects == 0 && !bytes.Equal(body, []byte("[]")) {
		return nil, domain.Errorf(domain.Malformed, "No event can be read: send a JSON object, an array of them, "+
			"or one a line as application/x-ndjson.")
	}
	return items, nil
}

// hasLines reports whether a content type is one of those in use for one JSON
// value a line.
func hasLines(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	_, kind, _ = strings.Cut(kind, "/")
	switch strings.TrimPrefix(kind, "x-") {
	case "ndjson", "jsonl", "jsonlines", "json-lines", "ldjson":
		return true
	}
	return false
}

// beginsWithLine reports whether a body is not one JSON value but its first
// line is an object.
func beginsWithLine(body []byte) bool {
	first, rest, _ := bytes.Cut(body, []byte("\n"))
	if len(skipSpace(rest)) == 0 {
		return false
	}
	_, ok := members(first)
	return ok
}
