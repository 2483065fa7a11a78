package api

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http/httptest"
	"testing"

	"wherefore/domain"
)

// FuzzReadBody holds that a packed body is read as what it unpacks to, or refused as
// the sender's fault, within the limit, and that what it takes of the memory of all
// requests is what its share gives back.
func FuzzReadBody(f *testing.F) {
	const limit = 10_000
	for _, text := range []string{"", `{"id":"a"}`, string(make([]byte, limit)), string(make([]byte, limit+1))} {
		f.Add([]byte(gzipped(text)))
		f.Add([]byte(gzipped(text) + gzipped("more")))
		f.Add([]byte(gzipped(text))[:len(gzipped(text))/2])
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		var all inFlight
		held := share{of: &all}
		r := httptest.NewRequest("POST", "/", bytes.NewReader(sent))
		r.Header.Set("Content-Encoding", "gzip")
		got, err := readBody(httptest.NewRecorder(), r, limit, &held)
		want, wantErr := unzipped(sent, limit)
		var known *domain.Error
		switch {
		case err != nil && (!errors.As(err, &known) || known.Kind != domain.Malformed && known.Kind != domain.TooLarge):
			t.Errorf("%q is refused by %v", sent, err)
		case err == nil && (wantErr != nil || !bytes.Equal(got, want) || len(got) > limit):
			t.Errorf("%q is read as %d bytes, not as %d (%v)", sent, len(got), len(want), wantErr)
		case err != nil && wantErr == nil && len(want) <= limit && len(sent) <= limit:
			t.Errorf("%q is refused by %v", sent, err)
		}
		if n := all.bytes.Load(); n < int64(len(got)) || n > limit+1 {
			t.Errorf("%d bytes are held for %d", n, len(got))
		}
		if held.release(); all.bytes.Load() != 0 {
			t.Errorf("%d bytes stay held", all.bytes.Load())
		}
	})
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // to a buffer
	_ = w.Close()
	return b.String()
}

// unzipped is what a body unpacks to, of which more than limit is not read.
func unzipped(sent []byte, limit int) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, int64(limit)+1))
}
