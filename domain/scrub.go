package domain

import (
	"slices"
	"strings"
)

// Scrub removes secrets (tokens, keys, cookies, passwords, authorization codes,
// signatures) from an error, in whatever shape they come: query strings, JSON at
// any depth of quoting, dumps, headers, form bodies, XML. Where one stood, a mark
// such as "[removed:access_token]" stands; clean names each kind once, sorted.
//
// A secret is known by its name ("access_token=…"), by the word in front of it
// ("Bearer …") or by how it begins ("eyJ…"). Codes, the error words of OAuth and
// sentences about tokens stay. Scrubbing what is scrubbed changes nothing. Without
// secrets, clean is raw itself. The work grows with the length of raw only.
func Scrub(raw []byte) (clean []byte, kinds []string) {
	s := scrubber{src: string(raw)}
	for i := 0; i < len(s.src); {
		i = s.step(i)
	}
	if s.kinds == nil {
		return raw, nil
	}
	slices.Sort(s.kinds)
	return append(s.out, s.src[s.done:]...), slices.Compact(s.kinds)
}

const (
	markStart = "[removed:"
	markEnd   = "]"
)

// scrubber goes through a text once, from one separator or word to the next.
type scrubber struct {
	src   string
	out   []byte // the clean text up to done
	done  int
	kinds []string

	// Texts up to here were looked at in vain for a value that has to look like a
	// secret. Parts of them would be no better, and looking again at each of many
	// names in a row would take quadratic time.
	plainTo, headersTo int
}

// step looks at what stands at i and returns where to go on.
func (s *scrubber) step(i int) int {
	switch c := s.src[i]; c {
	case '[':
		if strings.HasPrefix(s.src[i:], markStart) {
			return i + len(markStart)
		}
	case ':', '=', '>', ',', '\n':
		if next, ok := s.named(i); ok {
			return next
		}
		if c == ':' {
			return s.userInfo(i)
		}
	case '%':
		if next, ok := s.encoded(i); ok {
			return next
		}
	default:
		if isTokenByte(c) && (i == 0 || !isTokenByte(s.src[i-1])) {
			return s.word(i)
		}
	}
	return i + 1
}

// remove puts a mark in the place of src[from:to] and returns to.
func (s *scrubber) remove(kind string, from, to int) int {
	s.out = append(s.out, s.src[s.done:from]...)
	s.out = append(s.out, markStart...)
	s.out = append(s.out, kind...)
	s.out = append(s.out, markEnd...)
	s.done = to
	s.kinds = append(s.kinds, kind)
	return to
}

// named removes the value behind the separator at i if the name in front of it is
// that of a secret.
func (s *scrubber) named(i int) (next int, ok bool) {
	k := s.key(i)
	if k.kind == "" {
		return 0, false
	}
	at := i + 1
	if strings.HasPrefix(s.src[at:], ">") { // =>
		at++
	}
	at = s.valueStart(at, k)
	if at < s.done {
		return 0, false
	}
	if at < len(s.src) && s.src[at] == '[' && !strings.HasPrefix(s.src[at:], markStart) {
		return s.list(k, at+1), true
	}
	if s.seen(at, k) {
		return 0, false
	}
	from, to := s.value(at, k)
	if from == to || !k.fits(s.src[from:to]) {
		s.see(from == at, to, k)
		return 0, false
	}
	return s.remove(k.kind, from, to), true
}

// seen reports whether a value of k at i was looked at in vain.
func (s *scrubber) seen(i int, k secretKey) bool {
	if k.header() {
		return i < s.headersTo
	}
	return i < s.plainTo && (k.loose || k.kind == "code")
}

// see notes that the value up to the given end is no secret.
func (s *scrubber) see(bare bool, to int, k secretKey) {
	switch {
	case bare && k.header():
		s.headersTo = to
	case bare && (k.loose || k.kind == "code"):
		s.plainTo = to
	}
}

// list removes the strings of a list of secrets, such as that of Set-Cookie.
func (s *scrubber) list(k secretKey, at int) int {
	for at < len(s.src) {
		at = spacesEnd(s.src, at)
		if at == len(s.src) || quoteSize(s.src, at) == 0 {
			return at
		}
		from, to := s.value(at, k)
		if from < to && k.fits(s.src[from:to]) {
			s.remove(k.kind, from, to)
		}
		at = to + quoteSize(s.src, to)
		if next := spacesEnd(s.src, at); next < len(s.src) && s.src[next] == ',' {
			at = next + 1
		}
	}
	return at
}

// encoded does what named does for a separator that is percent-encoded, once or twice.
func (s *scrubber) encoded(i int) (next int, ok bool) {
	for _, equals := range [...]string{"%3D", "%3d", "%253D", "%253d", "%3A", "%3a"} {
		if !strings.HasPrefix(s.src[i:], equals) {
			continue
		}
		k := s.key(i)
		from := i + len(equals)
		if k.kind == "" || s.seen(from, k) {
			return 0, false
		}
		to := from
		for to < len(s.src) && isTokenByte(s.src[to]) && !strings.HasPrefix(s.src[to:], "%26") && !strings.HasPrefix(s.src[to:], "%2526") {
			to++
		}
		if from == to || !k.fits(s.src[from:to]) {
			s.see(true, to, k)
			return 0, false
		}
		return s.remove(k.kind, from, to), true
	}
	return 0, false
}

// userInfo removes the password of an address, https://name:password@host; i is
// at the colon behind the scheme.
func (s *scrubber) userInfo(i int) int {
	rest, ok := strings.CutPrefix(s.src[i:], "://")
	if !ok {
		return i + 1
	}
	authority := rest[:strings.IndexAny(rest[:min(len(rest), 256)]+" ", "/?# \t\r\n\"'<>\\")]
	at := strings.LastIndexByte(authority, '@')
	colon := strings.IndexByte(authority, ':')
	if colon < 0 || at <= colon+1 || strings.HasPrefix(authority[colon+1:], markStart) {
		return i + len("://")
	}
	start := i + len("://")
	return s.remove("password", start+colon+1, start+at)
}
