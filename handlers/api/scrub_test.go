package api

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"wherefore/domain/scrub"
)

func TestScrubbedItemHasNoSecretOfItsTexts(t *testing.T) {
	t.Parallel()
	ids := scrub.NewHasher(make([]byte, 32))
	for sent, want := range map[string]string{
		`{"type":"none","error":"user,password\nbot,Tr4buvado9\n"}`: `{"type":"none","error":"user,password\nbot,[removed:password]\n"}`,
		`{"error":"access_token=abcDEF123456ghiJKL","type":7}`:      `{"error":"access_token=[removed:access_token]","type":7}`,
		`{"error":"no <b> & no \u00e9","type":7}`:                   `{"error":"no <b> & no \u00e9","type":7}`,
		`{"id":"a","error":["x"`:                                    `{"id":"a","error":["x"`,
	} {
		if got := scrubItem(ids, []byte(sent)); string(got) != want {
			t.Errorf("%s\nbecame %s\nwant   %s", sent, got, want)
		}
	}
}

// FuzzScrubItem holds that what is kept of an item is as a replay reads it: scrubbed
// again it is the same, of the same fields, and not much longer.
func FuzzScrubItem(f *testing.F) {
	for _, seed := range []string{
		`{"id":"password=Tr4buvado9","profile_id":"p","error":"user,password\nbot,Tr4buvado9"}`,
		`{"id":"ghp_abcdefghijABCDEFGHIJ0123456789abcdef","error":{"token":"abcDEF123456ghiJKL"}}`,
		`{"a":"token: |\n x9\n","a":"\ud800"`, "\xff", `{"id":"a","id":"a"}`,
	} {
		f.Add([]byte(seed))
	}
	ids := scrub.NewHasher(make([]byte, 32))
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean := scrubItem(ids, raw)
		if again := scrubItem(ids, clean); !bytes.Equal(again, clean) {
			t.Errorf("%q\nbecame %q\nthen   %q", raw, clean, again)
		}
		if utf8.Valid(raw) && !utf8.Valid(clean) {
			t.Errorf("%q became invalid UTF-8 %q", raw, clean)
		}
		if len(clean) > 64*len(raw)+64 {
			t.Errorf("%d bytes became %d", len(raw), len(clean))
		}
	})
}
