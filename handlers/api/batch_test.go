package api

import (
	"bytes"
	"runtime"
	"testing"

	"wherefore/domain"
)

// TestReadingEndsAtTheFirstItemTooMany holds for bodies of millions of items,
// whose reading must not take much more than the body. It can't run beside
// other tests, as it looks at all that is allocated.
func TestReadingEndsAtTheFirstItemTooMany(t *testing.T) {
	for name, c := range map[string]struct{ contentType, begin, item string }{
		"lines":    {"application/x-ndjson", "", "1\n"},
		"elements": {"application/json", "[", "1,"},
		"objects":  {"", "{}\n", "{}\n"},
	} {
		body := append([]byte(c.begin), bytes.Repeat([]byte(c.item), maxEvents/len(c.item))...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		items, err := readBatch(c.contentType, body)
		runtime.ReadMemStats(&after)
		if domain.KindOf(err) != domain.TooLarge || items != nil {
			t.Errorf("%s: %d items, %v", name, len(items), err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > maxEvents {
			t.Errorf("%s: reading %d bytes took %d bytes more", name, len(body), took)
		}
	}
}
