package api

import (
	"bytes"
	"iter"
	"mime"
	"strings"

	"wherefore/domain"
)

// maxItems is how many events one request may hold.
const maxItems = 10_000

// readBatch reads the items of a body: one event, a JSON array of them, or a
// line for each. What can't be told apart counts as one item. Malformed when
// nothing is an object; TooLarge at the first item past maxItems.
func readBatch(contentType string, body []byte) ([]item, error) {
	body = skipSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	var items []item
	objects := 0
	for raw := range split(contentType, body) {
		if len(items) == maxItems {
			return nil, domain.Errorf(domain.TooLarge, "at most %d events fit into one request", maxItems)
		}
		read := readItem(raw)
		if read.err != errNoObject {
			objects++
		}
		items = append(items, read)
	}
	if objects == 0 && !bytes.Equal(body, []byte("[]")) {
		return nil, domain.Errorf(domain.Malformed, "no event can be read: send a JSON object, an array of them, "+
			"or one a line as application/x-ndjson")
	}
	return items, nil
}

// split yields the items of a body.
func split(contentType string, body []byte) iter.Seq[[]byte] {
	switch {
	case hasLines(contentType) || beginsWithLine(body):
		return lines(body)
	case len(body) > 0 && body[0] == '[':
		return elements(body)
	}
	return func(yield func([]byte) bool) {
		if len(body) > 0 {
			yield(body)
		}
	}
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

func lines(body []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for line := range bytes.Lines(body) {
			if line = bytes.TrimSpace(line); len(line) > 0 && !yield(line) {
				return
			}
		}
	}
}
