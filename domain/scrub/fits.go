package scrub

import "strings"

// maxLook is how much of a value is looked at to tell what it is.
const maxLook = 512

// fits reports whether a value can be the secret of its kind: neither an error's
// word nor a sentence.
func (f *finder) fits(kind string, v value) bool {
	text := cutAt(f.s[v.from:v.to], maxLook)
	if strings.HasPrefix(text, markStart) || isHarmless(text) || v.quoted && f.isName(v) || v.form == prose && strings.HasSuffix(text, "=") && quoteAt(f.s, v.to).size > 0 {
		return false
	}
	free := v.form == loose || v.form == prose || v.form == tuple || v.form == table || v.form == line && (!f.name.compound || f.wordFollows(v))
	switch kind {
	case "cookie":
		return fitsCookie(text, free)
	case "authorization":
		return fitsAuthorization(text, free, v.form == prose)
	case "otp":
		return fitsOTP(text, v)
	case "authorization_code":
		return looksSecret(text, 8) || !free && len(text) > 15 && strings.IndexByte(text, ' ') < 0 && !likeCode(text)
	case "password", "passphrase":
		return f.fitsPassword(kind, text, v)
	case "key":
		return !free && looksSecret(text, 12) || looksSecret(text, 20)
	}
	switch {
	case strings.IndexByte(strings.TrimSpace(text), ' ') >= 0:
		return v.quoted && !free && strings.HasPrefix(text, keyBegin)
	case free:
		return looksSecret(text, 8) || v.form == line && looksUnusual(text)
	case len(text) < 6 && isNumber(text):
		return false
	}
	return !isErrorWord(text)
}

// isName reports whether a quoted value is the name of a member itself.
func (f *finder) isName(v value) bool {
	i := v.to
	for limit := min(len(f.s), i+8); i < limit && strings.IndexByte("\"'\\ ", f.s[i]) >= 0; {
		i++
	}
	return f.gapAt(i, ":") && !strings.HasPrefix(f.rest(i, 3), "://") || strings.HasPrefix(f.rest(i, 2), "=>")
}

// wordFollows reports whether prose goes on behind a value without quotes.
func (f *finder) wordFollows(v value) bool {
	return !v.quoted && v.to+1 < len(f.s) && f.s[v.to] == ' ' && isWordByte(f.s[v.to+1])
}

func fitsCookie(text string, free bool) bool {
	if free {
		return strings.IndexByte(text, '=') > 0
	}
	return strings.IndexByte(text, '=') > 0 || looksSecret(text, 12)
}

func fitsAuthorization(text string, free, inProse bool) bool {
	scheme, credentials, two := strings.Cut(text, " ")
	if two && isScheme(scheme) {
		return (!inProse || looksSecret(credentials, 8)) && !strings.HasPrefix(credentials, markStart) && !strings.HasPrefix(credentials, "auth")
	}
	return looksSecret(text, 16) || !free && looksSecret(text, 8)
}

// fitsOTP reports whether text is a code of a second factor, of four digits or more.
func fitsOTP(text string, v value) bool {
	digits, others := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case isLetter(c):
			others++
		case c != ' ' && c != '-':
			return false
		}
	}
	if others == 0 {
		return digits >= 4 && digits <= 10
	}
	if strings.IndexByte(text, ' ') >= 0 || len(text) > 40 || isErrorWord(text) {
		return false
	}
	return digits >= 4 && others < 4 || (v.form == strict || v.form == query || v.form == element || v.form == line) && looksSecret(text, 6)
}

// fitsPassword is asked of what may be anything, also plain words.
func (f *finder) fitsPassword(kind, text string, v value) bool {
	if isSentence(text) || isErrorWord(text) {
		return false
	}
	spaces := strings.Count(text, " ")
	switch v.form {
	case prose:
		if v.quoted && spaces == 0 {
			return looksSecret(text, 4) || len(text) > 5 && !isErrorWord(text) && strings.IndexByte(text, '_') < 0
		}
		if spaces > 0 {
			return v.quoted && spaces > 1 || kind == "passphrase" && spaces > 1 || spaces > 2 || appPassword.MatchString(text)
		}
		return mixed(text, 5) || looksSecret(text, 5)
	case tuple:
		return mixed(text, 4) || spaces > 1 || f.pairOnly(v) || f.isRow(v)
	case table:
		return mixed(text, 4) || spaces > 1 || f.startsLine(f.name.from) && len(text) > 4 && readNames().kind(f.folded(v.from, v.to)) == ""
	}
	return !isSentence(text)
}

// isRow reports whether the name and v are the two cells of a line, in quotes.
func (f *finder) isRow(v value) bool {
	start, end := f.lineOf(f.name)
	return start == f.name.from-1 && v.to-v.from > 4 && f.trimmed(start, end) == v.to+1 && readNames().kind(f.folded(v.from, v.to)) == ""
}

// pairOnly reports whether v is the second and last of two in brackets.
func (f *finder) pairOnly(v value) bool {
	i := f.spaces(min(len(f.s), v.to+1))
	if i >= len(f.s) || f.s[i] != ')' && f.s[i] != ']' {
		return false
	}
	start := f.name.from - 1
	if start > 0 && (f.s[start-1] == 'u' || f.s[start-1] == 'b') {
		start--
	}
	for limit := max(0, start-8); start > limit && isSpace(f.s[start-1]); {
		start--
	}
	return start > 0 && (f.s[start-1] == '(' || f.s[start-1] == '[') && readNames().kind(f.folded(v.from, v.to)) == ""
}

// isHarmless reports whether value says something about a secret, or that there is
// none, instead of being one.
func isHarmless(value string) bool {
	if harmlessValues[value] {
		return true
	}
	letters := false
	for i := range len(value) {
		c := value[i]
		letters = letters || isLetter(c) || isDigit(c) || c >= 0x80
	}
	return !letters || len(value) > 1 && (value[0] == '<' || value[0] == '[' || value[0] == '*') && isMasked(value)
}

// isMasked reports whether value is what stands in place of a secret: <hidden>,
// [FILTERED], ***.
func isMasked(value string) bool {
	inner := strings.Trim(value, "<>[]*")
	return inner == "" || len(inner) < 24 && isPlain(strings.ReplaceAll(inner, "_", ""))
}

var harmlessValues = set(`null nil None true false True False undefined invalid expired missing required revoked empty unknown incorrect
	wrong not is has was The the Invalid Expired Missing Bearer bearer string String Array Object REDACTED redacted FILTERED
	hidden none NULL N/A n/a`)

// isErrorWord reports whether value is an identifier that tells of an error, as the
// codes of OAuth do: words of letters, one of them of an error.
func isErrorWord(value string) bool {
	if len(value) > 80 {
		return false
	}
	for i := range len(value) {
		if c := value[i]; !isLetter(c) && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	if looksUnusual(value) {
		return false
	}
	from := 0
	for i := range len(value) {
		c := value[i]
		if i > 0 && (!isLetter(c) || isUpper(c) && isLower(value[i-1])) {
			if errorWords[strings.ToLower(strings.Trim(value[from:i], "_-."))] {
				return true
			}
			from = i
		}
	}
	return errorWords[strings.ToLower(strings.Trim(value[from:], "_-."))]
}

var errorWords = set(`invalid expired missing revoked unauthorized denied required mismatch unsupported insufficient pending malformed bad
	incorrect wrong error failed failure exception unknown empty blocked disabled rejected forbidden not no unavailable down nonce grant
	request token tokens scope scopes proof unverified short weak blank`)

func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return s != ""
}
