package static

import (
	"io"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAddressFollowsContent(t *testing.T) {
	url := func(css, font string) string {
		return load(fstest.MapFS{
			"css/base.css":  {Data: []byte(css)},
			"fonts/a.woff2": {Data: []byte(font)},
		})[sheet].url
	}
	const css = `@font-face { src: url("../fonts/a.woff2") }`
	if again := url(css, "1"); again != url(css, "1") {
		t.Error("the same content has two addresses")
	}
	if url(css, "1") == url(css+" ", "1") {
		t.Error("a changed sheet keeps its address")
	}
	if url(css, "1") == url(css, "2") {
		t.Error("a sheet keeps its address though it names another font")
	}
}

func TestSheetNamesWhatIsServed(t *testing.T) {
	css := string(assets[sheet].body)
	for _, m := range regexp.MustCompile(`url\("([^"]*)"\)`).FindAllStringSubmatch(css, -1) {
		got := httptest.NewRecorder()
		serve(got, httptest.NewRequest("GET", m[1], nil))
		if got.Code != 200 || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", m[1], got.Code, got.Header().Get("Cache-Control"))
		}
	}
	if strings.Contains(css, "../") || !strings.Contains(css, "url(") {
		t.Error("the sheet's addresses were not put in")
	}
}

// What stands outside the layers wins over all of them, so nothing may but the
// order of the layers and the fonts.
func TestEverySheetIsInItsLayer(t *testing.T) {
	layers := map[string]string{"css/reset.css": "reset", "css/tokens.css": "tokens", "css/base.css": "base", "css/print.css": "print"}
	comment := regexp.MustCompile(`(?s)/\*.*?\*/`)
	for _, name := range list(files) {
		if path.Ext(name) != ".css" || name == "css/layers.css" || name == "css/fonts.css" {
			continue
		}
		layer := layers[name]
		if layer == "" {
			layer = "parts"
		}
		css := strings.TrimSpace(comment.ReplaceAllString(string(read(files, name)), ""))
		if !strings.HasPrefix(css, "@layer "+layer+" {") || closes(css) != len(css) {
			t.Errorf("%s is not all in @layer %s", name, layer)
		}
	}
	if !strings.HasPrefix(comment.ReplaceAllString(string(assets[sheet].body), ""), "\n@layer reset, tokens, base, parts, print;") {
		t.Error("the sheet does not begin with the order of the layers")
	}
}

// closes returns where the first brace is closed.
func closes(css string) int {
	depth := 0
	for i, r := range css {
		switch r {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func TestFilesAreServedWithTheirCaching(t *testing.T) {
	url := URL(sheet)
	const kept, asked = "public, max-age=31536000, immutable", "no-cache"
	tests := []struct {
		name, url, accept string
		status            int
		cache, kind, pack string
	}{
		{"its own hash", url, "", 200, kept, "text/css; charset=utf-8", ""},
		{"packed", url, "br, gzip", 200, kept, "text/css; charset=utf-8", "gzip"},
		{"another replica's hash", "/static/css/app.0000000000.css", "", 200, asked, "text/css; charset=utf-8", ""},
		{"no hash", "/static/css/app.css", "", 200, asked, "text/css; charset=utf-8", ""},
		{"script", URL("js/keyboard.js"), "", 200, kept, "text/javascript; charset=utf-8", ""},
		{"fonts are packed already", URL("fonts/plex-sans-latin.woff2"), "gzip", 200, kept, "font/woff2", ""},
		{"not in any sheet", "/static/css/base.css", "", 404, "", "text/plain; charset=utf-8", ""},
		{"not there", "/static/js/nothing.js", "", 404, "", "text/plain; charset=utf-8", ""},
		{"outside", "/static/../static.go", "", 404, "", "text/plain; charset=utf-8", ""},
		{"the folder", "/static/", "", 404, "", "text/plain; charset=utf-8", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.URL.Path = test.url
			r.Header.Set("Accept-Encoding", test.accept)
			w := httptest.NewRecorder()
			Handler().ServeHTTP(w, r)
			h := w.Header()
			got := []string{h.Get("Cache-Control"), h.Get("Content-Type"), h.Get("Content-Encoding")}
			want := []string{test.cache, test.kind, test.pack}
			if w.Code != test.status || strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("got %d %q, want %d %q", w.Code, got, test.status, want)
			}
			if body, _ := io.ReadAll(w.Body); len(body) == 0 {
				t.Error("empty body")
			}
		})
	}
}

func TestEveryFileHasAKind(t *testing.T) {
	for name, a := range assets {
		if a.kind == "" {
			t.Errorf("%s has no content type", name)
		}
	}
}
