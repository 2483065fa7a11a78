package scrub

import (
	"bytes"
	"regexp"
	"strings"
)

// places are the words at which something else than a name is read.
var places = map[string]func(f *finder, from, to int){
	markStart:      (*finder).mark,
	"://":          (*finder).userInfo,
	"-----begin":   (*finder).keyBlock,
	"ls0tls1crudj": (*finder).encodedBlock,
	"kty":          (*finder).webKey,
	"httponly":     (*finder).browserCookie,
	"curl ":        (*finder).curl,
	" -u":          (*finder).userOption,
	"--user":       (*finder).userOption,
	"--proxy-user": (*finder).userOption,
	"bearer ":      (*finder).scheme,
	"basic ":       (*finder).scheme,
	"oauth ":       (*finder).scheme,
	"dpop ":        (*finder).scheme,
	"apikey ":      (*finder).scheme,
	"?key=":        (*finder).queryKey,
	"&key=":        (*finder).queryKey,
	"-u ":          (*finder).userOption,
}

// userInfo removes the password of an address, https://name:password@host, or the
// token that stands in place of a name; from is at the colon behind the scheme.
func (f *finder) userInfo(_, to int) {
	rest := f.rest(to, 512)
	authority := upTo(rest, "/?# \t\r\n\"'<>\\")
	if colon := strings.IndexByte(authority, ':'); colon >= 0 && !isNumber(authority[colon+1:]) && !strings.Contains(authority, "@") { // a slash in the password
		authority = upTo(rest, " \t\r\n\"'<>\\")
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return
	}
	colon := strings.IndexByte(authority[:at], ':')
	switch {
	case colon < 0 && looksSecret(authority[:at], 16) && !isUUID(authority[:at]):
		f.add("token", to, to+at)
	case colon >= 0 && at > colon+1:
		f.add("password", to+colon+1, to+at)
	}
}

// upTo returns what stands in front of the first byte of a set.
func upTo(s, set string) string {
	if end := strings.IndexAny(s, set); end >= 0 {
		return s[:end]
	}
	return s
}

// curl reads the option -u among others in one word: curl -su name:password.
func (f *finder) curl(_, to int) {
	for _, m := range mergedOptions.FindAllStringIndex(f.rest(to, 1000), 4) {
		f.userOption(to, to+m[1])
	}
}

var mergedOptions = regexp.MustCompile(`(?:^|\s)-[a-zA-Z]+u\s*`)

// userOption removes the password of curl -u name:password.
func (f *finder) userOption(_, to int) {
	if f.doneTo > to {
		return
	}
	i := to
	if i < len(f.s) && (f.s[i] == '=' || f.s[i] == ' ') {
		i = f.spaces(i + 1)
	}
	m := userPassword.FindStringSubmatchIndex(f.rest(i, 300))
	if m == nil {
		return
	}
	for group := 2; group < len(m); group += 2 {
		if m[group] >= 0 && !isNumber(f.s[i:i+m[group+1]]) {
			f.add("password", i+m[group], i+m[group+1])
		}
	}
}

var userPassword = regexp.MustCompile(`^(?:\\?"[^"\s:]{1,100}:([^"\n\\]+)|'[^'\s:]{1,100}:([^'\n]+)|[^\s:"'/]{1,100}:([^\s"'/][^\s"']*))`)

// scheme removes what stands behind a scheme of the Authorization header.
func (f *finder) scheme(from, to int) {
	if from > 0 && isWordByte(f.s[from-1]) {
		return
	}
	end := f.tokenEnd(to)
	if text := f.s[to:end]; looksSecret(text, 12) && !isUUID(text) || looksSecret(text, 8) && f.s[from]|0x20 == 'b' && strings.HasSuffix(text, "=") {
		f.add("authorization", to, end)
	}
}

// queryKey removes the key of an address: ?key=….
func (f *finder) queryKey(_, to int) {
	if end := f.bareEnd("api_key", value{from: to, form: query}); looksSecret(f.s[to:end], 20) {
		f.add("api_key", to, end)
	}
}

// codeOfPlace removes an authorization code, which has the name of an error's code
// and is known by its place only: the query of an address that leads back from a
// sign-in, or a request that also names its grant.
func (f *finder) codeOfPlace(from, to int) {
	if !strings.EqualFold(f.s[from:to], "code") || f.joins(from) || f.joins(to) {
		return
	}
	n := name{kind: "code", from: from, to: to, compound: true}
	f.name = n
	s := f.site(n)
	v := f.valueAt(n.kind, s)
	text := cutAt(f.s[v.from:v.to], maxLook)
	if s.form == none || len(text) < 8 || strings.HasPrefix(text, markStart) || isNumber(text) || strings.IndexByte(text, ' ') >= 0 {
		return
	}
	switch {
	case f.granted(from):
		if likeCode(text) && !isUUID(text) || isErrorWord(text) {
			return
		}
	case s.form == query && f.leadsBack(from, v.to):
		if likeCode(text) || isErrorWord(text) {
			return
		}
	case s.form != query || !looksSecret(text, 16) || isUUID(text):
		return
	}
	f.add("code", v.from, v.to)
}

// maxGrant is how far from its code the type of a grant may stand.
const maxGrant = 600

// granted reports whether a grant_type stands near i.
func (f *finder) granted(i int) bool {
	if f.grant == 0 {
		f.grant = -1
		if strings.Contains(f.s, "grant_type") || strings.Contains(f.s, "grantType") || strings.Contains(f.s, "code_verifier") {
			f.grant = 1
		}
	}
	if f.grant < 0 {
		return false
	}
	near := f.s[max(0, i-maxGrant):min(len(f.s), i+maxGrant)]
	return strings.Contains(near, "grant_type") || strings.Contains(near, "grantType") || strings.Contains(near, "code_verifier")
}

// leadsBack reports whether the address round a code is one that leads back from a
// sign-in: it has a state, or its path says so.
func (f *finder) leadsBack(from, to int) bool {
	start := from
	for limit := max(0, from-300); start > limit && !isSpace(f.s[start-1]) && f.s[start-1] != '"' && f.s[start-1] != '\''; {
		start--
	}
	end := to
	for limit := min(len(f.s), to+200); end < limit && !isSpace(f.s[end]) && f.s[end] != '"'; {
		end++
	}
	address := bytes.ToLower([]byte(f.s[start:from] + f.s[to:end]))
	for _, sign := range []string{"state=", "callback", "redirect", "oauth", "/auth", "/cb", "/login", "connect", "iss=", "#_"} {
		if bytes.Contains(address, []byte(sign)) {
			return true
		}
	}
	return false
}
