package scrub

import (
	"regexp"
	"strings"
)

// maxPair is how far the name and the value of a pair may be apart.
const maxPair = 4096

var (
	// pairValue matches what stands in front of its value.
	pairValue = regexp.MustCompile(`(?i)(?:^|[^\w-])(?:value|val|content|data|v|text|string|secret)(?:["'\]\\]*\s*(?:=>|[:=])\s*|>)`)
)

// pairOf removes the value of a pair whose name is n, and reports whether n is the
// name of a pair.
func (f *finder) pairOf(n name) bool {
	if !f.namesPair(n.from) {
		return false
	}
	i, _ := f.closers(n)
	from, end := max(i, f.pairTo), f.objectEnd(i)
	if from < end {
		if m := pairValue.FindStringIndex(f.s[from:end]); m != nil {
			f.pairValue(n.kind, from+m[1], f.s[from+m[1]-1] == '>')
			return true
		}
		f.pairTo = end
	}
	start := f.objectStart(n.from)
	matches := pairValue.FindAllStringIndex(f.s[start:n.from], 4)
	if matches == nil {
		f.pairBack = n.from
	}
	for _, m := range matches {
		f.pairValue(n.kind, start+m[1], f.s[start+m[1]-1] == '>')
	}
	if i < len(f.s) && f.s[i] == '>' && matches == nil { // <string name="access_token">value</string>
		f.valueOf(n.kind, site{i + 1, element})
		return true
	}
	return len(matches) > 0
}

// pairNames are the names of the members that hold the name of a pair.
var pairNames = set("name key field header param parameter property attribute variable label id k n for itemprop type")

// namesPair reports whether what begins at i is the value of a member that holds
// the name of a pair: {"name": "access_token", "value": …}, <input name=…>,
// <name>access_token</name>.
func (f *finder) namesPair(i int) bool {
	limit := max(0, i-maxWord)
	at := f.back(i, limit, `"'\bu:`+" \t")
	if at == limit || strings.IndexByte("=:>", f.s[at-1]) < 0 && (at == i || f.s[at] != ':' && !strings.Contains(f.s[at:i], ":")) {
		return false
	}
	element := f.s[at-1] == '>'
	at = f.back(at, limit, "=:> ")
	end := f.back(at, limit, `"'\] `)
	start := end
	for start > limit && isLetter(f.s[start-1]) {
		start--
	}
	return start < end && (!element || f.s[max(0, start-1)] == '<' || f.s[end] != '>') && pairNames[lowerASCII(f.s[start:end])]
}

// back passes the bytes of a set towards the beginning.
func (f *finder) back(i, limit int, set string) int {
	for i > limit && strings.IndexByte(set, f.s[i-1]) >= 0 {
		i--
	}
	return i
}

func (f *finder) pairValue(kind string, at int, isElement bool) {
	if isElement {
		f.valueOf(kind, site{at, element})
		return
	}
	f.valueOf(kind, site{f.valueStart(at, true), strict})
}

// objectEnd returns where the object ends in which i lies, at most maxPair away.
func (f *finder) objectEnd(i int) int {
	limit := min(len(f.s), i+maxPair)
	window := f.s[i:limit]
	f.work += len(window)
	for at := range len(window) {
		switch window[at] {
		case '{', '}', ')':
			return i + at
		case '>':
			if at == 0 || window[at-1] != '=' && !strings.HasPrefix(window[at:], "><") && !f.closesName(i+at) {
				return i + at + 1
			}
		case '\n':
			if strings.HasPrefix(window[at:], "\n\n") || strings.HasPrefix(window[at:], "\r\n\r") {
				return i + at
			}
		}
	}
	return limit
}

// closesName reports whether the sign at i ends </name>, behind which the value of
// the pair follows.
func (f *finder) closesName(i int) bool {
	open := strings.LastIndexByte(f.s[max(0, i-16):i], '<')
	return open >= 0 && f.s[max(0, i-16)+open+1] == '/'
}

// objectStart returns where the object begins in which i lies, at most maxPair in
// front.
func (f *finder) objectStart(i int) int {
	limit := max(f.doneTo, f.pairBack, i-maxPair)
	f.work += max(0, i-limit)
	for at := i; at > limit; at-- {
		if c := f.s[at-1]; c == '{' || c == '}' || c == '<' || c == '(' || c == '\n' && at > 1 && f.s[at-2] == '\n' {
			return at
		}
	}
	return min(limit, i)
}

// browserCookie removes the value of a cookie as browsers export it; i is in the
// object that describes it.
func (f *finder) browserCookie(i, to int) {
	start, end := max(f.exportTo, f.objectStart(i)), f.objectEnd(to)
	if start >= end {
		return
	}
	f.exportTo = end
	for _, m := range pairValue.FindAllStringIndex(f.s[start:end], 2) {
		f.pairValue("cookie_value", start+m[1], false)
	}
}

// cookies removes the values in a list or an object of cookies.
func (f *finder) cookies(start int, inside string) {
	matches := pairValue.FindAllStringIndex(inside, -1)
	if first := f.rest(f.valueStart(start, true), 1); matches == nil && first != "\"" && first != "'" || matches == nil && f.s[start-1] == '{' {
		matches = memberValue.FindAllStringIndex(inside, -1)
	}
	if matches == nil {
		for _, m := range quotedString.FindAllStringSubmatchIndex(inside, -1) {
			if strings.IndexByte(inside[m[2]:m[3]], '=') > 0 {
				f.add("cookie", start+m[2], start+m[3])
			}
		}
		return
	}
	for _, m := range matches {
		if at := start + m[1]; at >= f.doneTo {
			f.pairValue("cookie_value", at, false)
		}
	}
}

var (
	memberValue  = regexp.MustCompile(`["']?[\w.-]+["'\\]*\s*(?:=>|[:=])\s*`)
	quotedString = regexp.MustCompile(`["']([^"'\n]*)["']`)
)

// bracketEnd returns where the bracket closes that opens at i, at most maxValue away.
func (f *finder) bracketEnd(i int) int {
	limit := min(len(f.s), i+maxValue)
	f.work += limit - i
	depth := 0
	for ; i < limit; i++ {
		switch f.s[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return limit
}
