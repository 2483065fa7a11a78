package domain

import "strings"

// valueStart passes what may stand between a separator and the value.
func (s *scrubber) valueStart(at int, k secretKey) int {
	if k.query {
		return at
	}
	at = spacesEnd(s.src, at)
	rest := s.src[at:min(len(s.src), at+24)]
	if strings.HasPrefix(rest, "string(") { // var_dump's string(12) "…"
		if i := strings.Index(rest, ") "); i > 0 {
			at += i + len(") ")
		}
	}
	return at + literalPrefix(s.src, at)
}

// value returns the bounds of the value at i, without its quotes.
func (s *scrubber) value(i int, k secretKey) (from, to int) {
	if size := quoteSize(s.src, i); size > 0 {
		from = i + size
		return from, s.quotedEnd(from, s.src[from-1], size > 1)
	}
	switch {
	case k.kind == "cookie":
		return i, s.headerEnd(i)
	case k.kind == "authorization":
		return i, s.credentialsEnd(i)
	}
	return i, s.bareEnd(i, k)
}

// quoteSize returns the length of the quote at i and the backslashes in front of
// it, 0 if there is none.
func quoteSize(s string, i int) int {
	start := i
	for i < len(s) && i < start+8 && s[i] == '\\' {
		i++
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'' || s[i] == '`') {
		return i + 1 - start
	}
	return 0
}

// quotedEnd returns where the quoted value that begins at i ends: at its closing
// quote or, if the text was cut off before that, at white space.
func (s *scrubber) quotedEnd(i int, quote byte, escaped bool) int {
	start, space := i, -1
	for ; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == quote:
			for escaped && i > start && s.src[i-1] == '\\' {
				i--
			}
			return i
		case c == '\\' && !escaped:
			i++
		case c == '\n' || c == ' ' && space < 0:
			if c == '\n' {
				return i
			}
			space = i
		}
	}
	if space >= 0 {
		return space
	}
	return len(s.src)
}

// headerEnd returns where the header's value at i ends: with its line, or with the
// string that the headers stand in. Quotes behind an equals sign are its own.
func (s *scrubber) headerEnd(i int) int {
	start := i
	for ; i < len(s.src); i++ {
		switch c := s.src[i]; c {
		case '\r', '\n', '{', '}', '[', ']', '<', '>':
			return i
		case '\\', '"', '\'':
			size := quoteSize(s.src, i)
			if i == start || size == 0 || s.src[i-1] != '=' {
				return i
			}
			i += size
			for i < len(s.src) && s.src[i] != '\n' && quoteSize(s.src, i) == 0 {
				i++
			}
			i += max(0, quoteSize(s.src, i)-1)
		}
	}
	return len(s.src)
}

// credentialsEnd returns where the value of an Authorization header at i ends:
// behind the word that follows the scheme, or with the line if there are several.
func (s *scrubber) credentialsEnd(i int) int {
	end := tokenEnd(s.src, i)
	scheme := s.src[i:end]
	if end == len(s.src) || s.src[end] != ' ' || !isScheme(scheme) {
		return end
	}
	if next := tokenEnd(s.src, end+1); next == end+1 || next == len(s.src) || s.src[next] != '=' {
		return next
	}
	return s.headerEnd(i)
}

// isScheme reports whether word is an authentication scheme of HTTP.
func isScheme(word string) bool {
	switch strings.ToLower(word) {
	case "bearer", "basic", "oauth", "oauth2", "dpop", "token", "digest", "aws4-hmac-sha256", "sapisidhash", "negotiate":
		return true
	}
	return false
}

// bareEnd returns where the unquoted value at i ends.
func (s *scrubber) bareEnd(i int, k secretKey) int {
	for ; i < len(s.src); i++ {
		switch c := s.src[i]; c {
		case ' ', '\t', '\r', '\n', '"', '\'', '`', '&', '<', '>', '\\', '[', ']', '{', '}', '(', ')':
			return i
		case ',', ';':
			if k.kind != "password" || k.query || i+1 == len(s.src) || s.src[i+1] == ' ' {
				return i
			}
		case '#':
			if k.query {
				return i
			}
		case '%':
			if strings.HasPrefix(s.src[i:], "%26") {
				return i
			}
		}
	}
	return i
}

// wordKinds are the beginnings of secrets that are known without a name, with the
// length in bytes that they have at least.
var wordKinds = []struct {
	start, kind string
	length      int
}{
	{"eyJ", "jwt", 24},
	{"EAA", "access_token", 24}, {"IGQ", "access_token", 24}, {"IGAA", "access_token", 24}, {"THAA", "access_token", 24},
	{"ya29.", "access_token", 20}, {"1//", "refresh_token", 24}, {"AIza", "api_key", 30}, {"GOCSPX-", "client_secret", 20},
	{"act.", "access_token", 24}, {"rft.", "refresh_token", 24}, {"clt.", "access_token", 24},
	{"pina_", "access_token", 24}, {"pinc_", "access_token", 24}, {"pinr.", "refresh_token", 24}, {"pinr_", "refresh_token", 24},
	{"AAAAAAAAAA", "access_token", 40}, {"sk_live_", "api_key", 20}, {"xoxb-", "token", 20}, {"ghp_", "token", 30},
}

// schemes are the words of the Authorization header in front of a secret.
var schemes = []string{"Bearer ", "bearer ", "BEARER ", "Basic ", "basic ", "OAuth ", "DPoP ", "Token "}

// word removes the secret that begins at i, the first byte of a word, if it is
// known by how it begins or by the scheme in front, and returns where to go on.
func (s *scrubber) word(i int) int {
	rest := s.src[i:]
	for _, known := range wordKinds {
		if rest[0] == known.start[0] && strings.HasPrefix(rest, known.start) {
			if end := tokenEnd(s.src, i); end-i >= known.length && looksRandom(s.src[i:end], known.length) {
				return s.remove(known.kind, i, end)
			}
		}
	}
	for _, scheme := range schemes {
		if rest[0] == scheme[0] && strings.HasPrefix(rest, scheme) {
			from := i + len(scheme)
			end := tokenEnd(s.src, from)
			if looksRandom(s.src[from:end], 12) {
				return s.remove("authorization", from, end)
			}
			return from
		}
	}
	return i + 1
}

// tokenEnd passes a token and its padding.
func tokenEnd(s string, i int) int {
	start := i
	for i < len(s) && isTokenByte(s[i]) {
		i++
	}
	end := i
	for i > start && i < len(s) && i < end+2 && s[i] == '=' {
		i++
	}
	if i < len(s) && i > end && (isTokenByte(s[i]) || s[i] == '"') { // name=value
		return end
	}
	return i
}

// isTokenByte reports whether c can be part of a token, also one percent-encoded.
func isTokenByte(c byte) bool { return tokenBytes[c] }

var tokenBytes = func() (table [256]bool) {
	for c := range table {
		table[c] = isLetter(byte(c)) || isDigit(byte(c)) || strings.IndexByte("_-.~+/%|", byte(c)) >= 0
	}
	return table
}()
