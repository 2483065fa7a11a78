package api

import (
	"bytes"
	"mime"

	"wherefore/domain"
)

// maxItems is how many events one request may hold.
const maxItems = 10_000

// batch is what a request holds: the items that could be told apart, and what
// was left after them.
type batch struct {
	items [][]byte
	rest  []byte
}

// readBatch splits a body into items: one event, a JSON array of them, or a
// line for each. Invalid when nothing can be read; TooLarge past maxItems.
func readBatch(contentType string, body []byte) (batch, error) {
	body = skipSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	var b batch
	switch kind, _, _ := mime.ParseMediaType(contentType); {
	case kind == "application/x-ndjson":
		b.items = lines(body)
	case len(body) > 0 && body[0] == '[':
		b.rest = elements(body, func(v []byte) { b.items = append(b.items, v) })
	case len(body) > 0:
		b.items = [][]byte{body}
	}
	if len(b.items) > maxItems {
		return batch{}, domain.Errorf(domain.TooLarge, "at most %d events fit into one request, not %d", maxItems, len(b.items))
	}
	if readable(b.items) == 0 && !bytes.Equal(body, []byte("[]")) {
		return batch{}, domain.Errorf(domain.Invalid, "no event can be read: send a JSON object, an array of them, "+
			"or one a line as application/x-ndjson")
	}
	return b, nil
}

func lines(body []byte) [][]byte {
	var items [][]byte
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			items = append(items, line)
		}
	}
	return items
}

func readable(items [][]byte) int {
	n := 0
	for _, item := range items {
		if _, ok := members(item); ok {
			n++
		}
	}
	return n
}
