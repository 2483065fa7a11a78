// Package static holds the style sheets, the little script there is, the
// fonts and the icon, and serves them under addresses that carry a hash of
// their content, so that browsers may keep them for ever.
package static

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Root is where the assets stand: register Handler under it.
const Root = "/static/"

//go:embed css fonts/*.woff2 img js
var files embed.FS

// sheet is the one style sheet of all pages, joined from the files below css.
const sheet = "css/app.css"

// An asset is one file as it is sent.
type asset struct {
	url     string
	kind    string // the content type
	body    []byte
	gzipped []byte // nil when packing saves nothing, as for fonts
}

// assets maps names such as "css/app.css" to what is sent. It is built once
// from embedded files and never changes.
var assets = load(files)

// URL returns the address of an asset, "/static/css/app.0a1b2c3d4e.css" for
// "css/app.css". It panics when there is no such asset: its callers name files
// of this folder, so that is a mistake in a template that any test finds.
func URL(name string) string {
	a, ok := assets[name]
	if !ok {
		panic("static: no asset " + name)
	}
	return a.url
}

// Handler serves all assets under Root. An address whose hash is this
// program's may be kept for ever. Another hash comes from a page of a replica
// with another version, while a new one is rolled out: it gets what there is
// under that name, to be kept by nobody.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[unhashed(strings.TrimPrefix(r.URL.Path, Root))]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.URL.Path == a.url {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.body
	if a.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.gzipped
		}
	}
	_, _ = w.Write(body) // a reader that went away is no fault of ours
}

// load reads all assets. The style sheet comes last, as it names the others.
func load(files fs.FS) map[string]asset {
	all := map[string]asset{}
	for _, name := range list(files) {
		if path.Ext(name) != ".css" {
			all[name] = newAsset(name, read(files, name))
		}
	}
	all[sheet] = newAsset(sheet, withURLs(join(files), all))
	return all
}

// list names all files, sorted.
func list(files fs.FS) []string {
	var names []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic(err) // embedded files are always there
	}
	return names
}

func read(files fs.FS, name string) []byte {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err)
	}
	return body
}

// first and last are the sheets whose place matters: the first declares the
// order of the layers. Those between, one a part, stand in order of their names.
var (
	first = []string{"css/layers.css", "css/fonts.css", "css/reset.css", "css/tokens.css", "css/base.css"}
	last  = []string{"css/print.css"}
)

// join makes one style sheet of all.
func join(files fs.FS) []byte {
	names := slices.DeleteFunc(list(files), func(name string) bool { return path.Ext(name) != ".css" })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	var out bytes.Buffer
	for _, name := range names {
		out.Write(read(files, name))
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func rank(name string) int {
	if i := slices.Index(first, name); i >= 0 {
		return i
	}
	return len(first) + slices.Index(last, name) + 1
}

// withURLs puts the hashed addresses in place of "../fonts/plex.woff2".
func withURLs(css []byte, all map[string]asset) []byte {
	for name, a := range all {
		css = bytes.ReplaceAll(css, []byte(`"../`+name+`"`), []byte(`"`+a.url+`"`))
	}
	return css
}

func newAsset(name string, body []byte) asset {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	a := asset{
		url:  Root + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:hashBytes]) + ext,
		kind: kinds[ext],
		body: body,
	}
	if packed := pack(body); len(packed) < len(body)*9/10 {
		a.gzipped = packed
	}
	return a
}

// hashBytes is how much of the hash an address carries: enough that two
// contents under one name never meet.
const hashBytes = 5

// unhashed turns "css/app.0a1b2c3d4e.css" into "css/app.css", and leaves other
// names as they are.
func unhashed(name string) string {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if hash := strings.TrimPrefix(path.Ext(stem), "."); len(hash) == 2*hashBytes {
		return strings.TrimSuffix(stem, "."+hash) + ext
	}
	return name
}

// kinds is written out because the tables of machines differ.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

func pack(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // a known level, and a buffer takes all
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}
