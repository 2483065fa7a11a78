package scrub

import (
	"regexp"
	"strings"
)

// structureAt returns where the list or object begins that stands at a site, also
// one that is written as a string; -1 if there is none.
func (f *finder) structureAt(s site) int {
	if s.form == none {
		return -1
	}
	at := s.at
	if q := quoteAt(f.s, at); q.size > 0 && s.form != query {
		at = f.spaces(at + q.size)
	}
	if at >= len(f.s) || f.s[at] != '[' && f.s[at] != '{' || strings.HasPrefix(f.s[at:], markStart) {
		return -1
	}
	return at
}

// listOf removes the strings of a list or an object of secrets, such as that of
// Set-Cookie. In one of cookies all values are secrets.
func (f *finder) listOf(kind string, at int) {
	if kind != "cookie" {
		f.members(kind, at)
		return
	}
	if at >= f.listTo {
		f.listTo = f.bracketEnd(at)
		f.cookies(at+1, f.s[at+1:f.listTo])
	}
}

// bareList removes the secrets of a list without quotes, as Go prints those of headers:
// map[X-Api-Key:[abc def]].
func (f *finder) bareList(kind string, open int) {
	const most = 8
	if kind == "cookie" || f.s[open] != '[' {
		return
	}
	at := open + 1
	for range most {
		if at >= len(f.s) || !isTokenByte(f.s[at]) {
			return
		}
		v := f.valueAt(kind, site{at, loose})
		if v.from < v.to && f.fits(kind, v) {
			f.add(kind, v.from, v.to)
		}
		if at = v.to; !f.gapAt(at, " ") {
			return
		}
		at++
	}
}

// maxDepth is how deep lists and objects may lie in one that is a secret's value.
const maxDepth = 4

// members removes the secrets among the strings of the list or object at open. An
// escape ends it: what is in a string is read when its escapes are undone.
func (f *finder) members(kind string, open int) {
	member, depth := "", 0
	limit := open + maxPair
	for i := open; i < min(limit, len(f.s)) && f.s[i] != '\\'; {
		f.work++
		q := quoteAt(f.s, i)
		switch c := f.s[i]; {
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return
			}
			i++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return
			}
			if i++; c == '}' {
				member = ""
			}
		case q.size > 0:
			v := f.valueAt(kind, site{i, strict})
			if f.isName(v) {
				member = string(f.folded(v.from, v.to))
			} else if f.fitsMember(kind, member, v) {
				f.add(kind, v.from, v.to)
				limit = v.to + maxPair
			}
			i = v.to + q.size
		case isWordByte(c):
			end := f.wordOfPhrase(i)
			if isAssigned.MatchString(f.rest(end, 8)) {
				member = string(f.folded(i, end))
			}
			i = end
		default:
			i++
		}
	}
}

// isAssigned matches what follows the name of a member without quotes.
var isAssigned = regexp.MustCompile(`^ ?(?:=>|=|:)`)

// fitsMember reports whether a member of the object under a secret's name can be the
// secret: one that says so by its name or has none, or one that looks like a token.
// A list of tokens may also be one of words of a text.
func (f *finder) fitsMember(kind, member string, v value) bool {
	if v.from >= v.to || aboutSecret.MatchString(member) || !f.fits(kind, v) {
		return false
	}
	if member == "" && (!f.name.plural || isPassword(kind)) || holdsSecret.MatchString(member) {
		return true
	}
	text := cutAt(f.s[v.from:v.to], maxLook)
	return looksSecret(text, 12) && !isUUID(text) && !dateOrAddress.MatchString(text)
}

var (
	// aboutSecret matches the folded names of members that tell about a secret.
	aboutSecret = regexp.MustCompile(`code|message|msg|type|error|desc|reason|detail|hint|help|label|title|name|format|status|state|rule|` +
		`scope|user|login|account|mail|algorithm|pattern|path|field|param|ur[il]$|id$|^alg$`)
	// holdsSecret matches those of members that hold one.
	holdsSecret = regexp.MustCompile(`(?:value|values|token|secret|password|passwd|passwort)$|` +
		`^(?:val|v|string|str|s|text|t|raw|plain|plaintext|cleartext|content|data|current|new|old|confirmation)$`)
	dateOrAddress = regexp.MustCompile(`^\d{4}-\d\d-\d\d|://|@.+\.`)
)
