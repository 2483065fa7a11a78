package scrub

import (
	"regexp"
	"strings"
)

// maxBlock bounds a private key, in bytes.
const maxBlock = 1 << 15

var (
	blockBegin = regexp.MustCompile(`(?i)^-----BEGIN[ +_][A-Z0-9 +_]{0,40}PRIVATE[ +_]KEY([ +_]BLOCK)?-----`)
	blockClose = regexp.MustCompile(`(?i)^-----END[ +_A-Z0-9]{0,60}-----`)
	// blockPart is what lies between the lines of a key, in any notation: line
	// breaks, spaces, quotes that end and begin a string, signs that join them.
	blockPart  = regexp.MustCompile(`^(?:\\+[nrt]|\\*["'][ \t\r\n]*[+.,\\]?[ \t\r\n]*\\*["']|<br ?/?>|[\s+\\,>#*|])+`)
	blockHead2 = regexp.MustCompile(`^(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): ?[^\r\n\\"]{0,80}`)
)

const keyBegin = "-----BEGIN"

// keyBlock removes the private key in PEM that begins at i.
func (f *finder) keyBlock(i, _ int) {
	if end, ok := f.keyBlockEnd(i); ok {
		f.add("private_key", i, end)
	}
}

// keyBlockEnd returns where the private key in PEM ends whose first line begins
// at i, or in the quotation marks there. One that was cut off ends with what may be
// part of it.
func (f *finder) keyBlockEnd(i int) (end int, ok bool) {
	if !strings.HasPrefix(f.rest(i, len(keyBegin)), "-----") {
		return 0, false
	}
	begin := blockBegin.FindString(f.rest(i, 90))
	if begin == "" {
		return 0, false
	}
	i += len(begin)
	window := f.rest(i, maxBlock)
	f.work += len(window)
	if at := strings.Index(window, "-----"); at >= 0 {
		if closing := blockClose.FindString(f.rest(i+at, 90)); closing != "" && !strings.Contains(window[:at], markStart) {
			return i + at + len(closing), true
		}
	}
	return f.cutBlockEnd(i, i+len(window)), true
}

// cutBlockEnd returns where a key without its last line ends.
func (f *finder) cutBlockEnd(i, limit int) int {
	end := i
	for i < limit {
		i += len(blockPart.FindString(f.rest(i, 200)))
		if head := blockHead2.FindString(f.rest(i, 120)); head != "" {
			i += len(head)
			end = i
			continue
		}
		start := i
		for i < limit && isBase64(f.s[i]) {
			i++
		}
		if i-start < 16 && (i == start || i < len(f.s) && !isSpace(f.s[i]) && f.s[i] != '\\' && f.s[i] != '"' && f.s[i] != '\'') {
			return end
		}
		if i-start < 16 && isPlain(f.s[start:i]) {
			return end
		}
		end = i
	}
	return end
}

func isBase64(c byte) bool { return isLetter(c) || isDigit(c) || c == '+' || c == '/' || c == '=' }

// encodedBlock removes a PEM key that is encoded in base64 as a whole. What begins
// in the same way and is public stays.
func (f *finder) encodedBlock(from, to int) {
	if from > 0 && isBase64(f.s[from-1]) {
		return
	}
	end := to
	for limit := min(len(f.s), from+maxBlock); end < limit && isBase64(f.s[end]); {
		end++
	}
	f.work += end - from
	if end-from > 40 && !strings.HasPrefix(f.s[from:], "LS0tLS1CRUdJTiBDRVJU") && !strings.HasPrefix(f.s[from:], "LS0tLS1CRUdJTiBQVUJM") {
		f.add("private_key", from, end)
	}
}

// member matches the private members of a JSON Web Key with their values.
var member = regexp.MustCompile(`(?:^|[^\w-])(?:d|p|q|dp|dq|qi|k|oth)(?:["'\]\\]*\s*(?:=>|[:=])\s*[\\ub]*["']*|["']\s*,\s*["'])([\w-]{16,}={0,2})`)

// maxJWK is how far from its type the members of a JSON Web Key may stand.
const maxJWK = 8192

// webKey removes the private members of the JSON Web Key whose type stands at i.
func (f *finder) webKey(i, _ int) {
	start := max(f.webKeyTo, i-maxJWK)
	end := min(len(f.s), i+maxJWK)
	if start >= end {
		return
	}
	f.webKeyTo = end
	f.work += end - start
	for _, m := range member.FindAllStringSubmatchIndex(f.s[start:end], -1) {
		f.add("private_key", start+m[2], start+m[3])
	}
}
