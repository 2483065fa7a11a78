package cluster

import "strings"

// endsAddress reports whether c must be escaped inside a URL or path.
func endsAddress(c byte) bool {
	return c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == '|' || c >= 0x7f
}

// urlEnd returns the end of a URL whose host begins at i. Punctuation at its end does
// not belong to it.
func urlEnd(text string, i int) int {
	j := i
	for j < len(text) && !endsAddress(text[j]) && !(text[j] == '\\' && byteAt(text, j+1) == '"') {
		j++
	}
	return trimPunctuation(text, i, j)
}

func trimPunctuation(text string, i, j int) int {
	for j > i && strings.IndexByte(".,;:!?)]}", text[j-1]) >= 0 {
		j--
	}
	return j
}

// isNameScheme reports whether w is the scheme of a globally unique name, such as
// "urn:isbn:1", "arn:aws:s3:::x" or "did:web:x".
func isNameScheme(w string) bool { return w == "urn" || w == "arn" || w == "did" }

// pathRunEnd returns the end of the path at i. It goes on behind a colon only where
// its last name is one for machines.
func pathRunEnd(text string, i int) int {
	j := i
	for j < len(text) && !endsAddress(text[j]) && strings.IndexByte(",;:()[]{}=", text[j]) < 0 {
		j++
	}
	if byteAt(text, j) == ':' && isWord(byteAt(text, j+1)) && isNameScheme(text[i+1+strings.LastIndexAny(text[i:j], "/\\"):j]) {
		return urlEnd(text, j)
	}
	return trimPunctuation(text, i, j)
}

// pathEnd masks the path at i, or the address behind a lone slash ("/10.0.0.1:80",
// as sockets are printed), and returns its end; 0 when there is neither.
func (s *Scanner) pathEnd(i int) int {
	if end := ipv4End(s.text, i+1); end > 0 {
		return s.mask(IP, i, networkEnd(s.text, end))
	}
	end := pathRunEnd(s.text, i)
	for k := i; k < end; k++ {
		if isWord(s.text[k]) {
			return s.mask(Path, i, end)
		}
	}
	return 0
}

// relativePath returns the end of a path that begins with the word text[i:j], 0 if it
// is none. A path has three slashes or more, or ends in a file extension, or begins
// with a word that holds a point; "and/or" and "application/json" are no paths.
func relativePath(text string, i, j int) int {
	end := pathRunEnd(text, j)
	slashes, dot := 0, 0
	for k := j; k < end; k++ {
		switch text[k] {
		case '/', '\\':
			slashes++
			dot = 0
		case '.':
			dot = k + 1
		}
	}
	extension := dot > 0 && lettersEnd(text, dot) == end && end-dot <= 5 && end > dot
	dotted := text[j] == '/' && strings.IndexByte(text[i:j], '.') > 0 && end > j+1
	if end-i < 4 || slashes < 3 && !extension && !dotted {
		return 0
	}
	return end
}

// ipv4End returns the end of the IPv4 address at i, 0 if there is none.
func ipv4End(text string, i int) int {
	for part := range 4 {
		j := digitsEnd(text, i)
		if j == i || j-i > 3 {
			return 0
		}
		if i = j; part < 3 {
			if byteAt(text, i) != '.' {
				return 0
			}
			i++
		}
	}
	if isWord(byteAt(text, i)) || byteAt(text, i) == '.' && isDigit(byteAt(text, i+1)) {
		return 0
	}
	return i
}

// portEnd adds a port to an address that ends at j.
func portEnd(text string, j int) int {
	if byteAt(text, j) == ':' {
		if end := digitsEnd(text, j+1); end > j+1 && end-j <= 6 && !isWord(byteAt(text, end)) {
			return end
		}
	}
	return j
}

// networkEnd adds a port or the length of a network prefix.
func networkEnd(text string, j int) int {
	if byteAt(text, j) == '/' {
		if end := digitsEnd(text, j+1); end > j+1 && end-j <= 3 && !isWord(byteAt(text, end)) {
			return end
		}
	}
	return portEnd(text, j)
}

// colonHex returns the end of a hardware address or an IPv6 address at i, 0 if
// there is none.
func colonHex(text string, i int) (int, Mask) {
	groups, pairs, double, j := 0, true, false, i
	for j < len(text) && j-i < maxWord {
		k := j
		for isHex(byteAt(text, k)) && k-j < 5 {
			k++
		}
		if k-j > 4 {
			return 0, 0
		}
		if k > j {
			groups++
			pairs = pairs && k-j == 2
		}
		if j = k; byteAt(text, j) != ':' {
			break
		}
		if byteAt(text, j+1) == ':' {
			if double {
				return 0, 0
			}
			double = true
			j++
		} else if !isHex(byteAt(text, j+1)) {
			break
		}
		j++
	}
	switch {
	case isWord(byteAt(text, j)):
		return 0, 0
	case groups >= 6 && pairs && !double:
		return j, ID
	case groups == 8 && !double, double && groups >= 2 && groups < 8:
		return j, IP
	}
	return 0, 0
}

// emailEnd returns the end of the e-mail address whose local part begins at i
// and whose name ends at j, 0 if there is none.
func emailEnd(text string, i, j int) int {
	if byteAt(text, j) == '+' {
		j = wordEnd(text, j+1)
	}
	if byteAt(text, j) != '@' || j-i > maxWord {
		return 0
	}
	end := wordEnd(text, j+1)
	if domain := text[j+1 : end]; !isHost(domain) {
		return 0
	}
	return end
}

// base64End adds the signs of base64 to an opaque token that ends at j.
func base64End(text string, j int) int {
	for j < len(text) && (isWord(text[j]) || strings.IndexByte("+/=-.", text[j]) >= 0) {
		j++
	}
	return trimPunctuation(text, j-1, j)
}

func isUUID(word string) bool {
	for i := range len(word) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (word[i] == '-') || !dash && !isHex(word[i]) {
			return false
		}
	}
	return true
}

// isHost reports whether a word with points is the name of a host: it ends in a
// top-level domain, and does not begin with one, as names of classes do
// ("org.apache…", "com.google…").
func isHost(name string) bool {
	first := strings.IndexByte(name, '.')
	last := strings.LastIndexByte(name, '.')
	if first <= 0 || last == len(name)-1 || strings.IndexByte(name, '_') >= 0 || strings.IndexByte(name, '$') >= 0 {
		return false
	}
	switch name[:first] {
	case "com", "org", "net", "edu", "gov", "mil":
		return false
	}
	return isTopLevelDomain(name[last+1:], strings.Count(name, "."))
}

// isTopLevelDomain reports whether a label is a known top-level domain. Those that are
// words or file extensions too need a name of three parts: "user.id" is no host.
func isTopLevelDomain(label string, dots int) bool {
	switch label {
	case "com", "org", "net", "edu", "gov", "mil", "biz", "arpa", "local", "io", "eu", "uk", "de", "fr", "es", "nl", "ch",
		"se", "fi", "dk", "pl", "cz", "ru", "ua", "tr", "cn", "jp", "kr", "tw", "hk", "sg", "vn", "au", "nz", "br", "ar", "mx",
		"ca", "za", "pt", "gr", "hu", "bg", "ie", "ae", "ir", "social":
		return true
	case "info", "int", "app", "dev", "cloud", "online", "site", "xyz", "co", "ai", "me", "tv", "cc", "us", "it", "be",
		"at", "no", "il", "in", "id", "th", "cl", "pe", "ng", "ro", "om", "sa", "pk", "bd", "lk", "my", "ph", "to", "lan",
		"corp", "internal":
		return dots > 1
	}
	return false
}
