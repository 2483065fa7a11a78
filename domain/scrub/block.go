package scrub

import (
	"regexp"
	"strings"
)

// blockHead matches what stands on the line of the name in front of a block of YAML.
var blockHead = regexp.MustCompile(`^[|>](?:[+-]?\d?|\d[+-])[ \t]*(?:#[^\n]*)?\r?\n`)

// nextLine matches what stands on the line of the name in front of a plain value of
// YAML that begins on the line below.
var nextLine = regexp.MustCompile(`^(?:#[^\n]*)?\r?\n`)

// flatHead matches the head of a block whose line breaks became spaces.
var flatHead = regexp.MustCompile(`^[|>](?:[+-]?\d?|\d[+-])[ \t]{2,}`)

// below removes the single word that stands alone on the line below its name,
// indented more than the name, if it can be a secret. It reports whether it did.
func (f *finder) below(kind string, s site) bool {
	head := nextLine.FindString(f.rest(s.at, maxGap))
	if head == "" || s.form != line && s.form != loose {
		return false
	}
	lines := f.blockLines(s.at+len(head), f.indentOf(f.name))
	if len(lines) != 1 {
		return false
	}
	v := lines[0]
	v.form = loose
	word := f.s[v.from:v.to]
	if v.from >= f.doneTo && !strings.ContainsAny(word, " \t") && !strings.HasSuffix(word, ":") && f.fits(kind, v) {
		f.add(kind, v.from, v.to)
		return true
	}
	return false
}

// block removes the lines of a block of YAML (name: |, and lines that are indented
// more than the name), if they can be secrets. It reports whether there is a block.
func (f *finder) block(kind string, s site) bool {
	head := blockHead.FindString(f.rest(s.at, maxGap))
	if head == "" || s.form != line && s.form != loose && s.form != strict {
		return false
	}
	lines := f.blockLines(s.at+len(head), f.indentOf(f.name))
	if len(lines) == 0 {
		return false
	}
	all := f.s[lines[0].from:lines[len(lines)-1].to]
	if isPassword(kind) && isSentence(all) {
		return true
	}
	prose := anySpace(f.s, lines)
	for _, v := range lines {
		if prose {
			v.form = loose
		}
		if v.from < f.doneTo {
			continue
		}
		if end, ok := f.keyBlockEnd(v.from); ok {
			f.add(kind, v.from, end)
		} else if f.fits(kind, v) {
			f.add(kind, v.from, v.to)
		}
	}
	return true
}

// anySpace reports whether a line has several words.
func anySpace(s string, lines []value) bool {
	for _, v := range lines {
		if strings.IndexByte(s[v.from:v.to], ' ') >= 0 {
			return true
		}
	}
	return false
}

// blockLines returns the lines from i on that are indented as the first of them is
// and more than outer; empty lines may stand between them.
func (f *finder) blockLines(i, outer int) []value {
	var lines []value
	indent := outer + 1
	for limit := min(len(f.s), i+maxValue); i < limit; {
		from, end := f.spaces(i), f.next(i, '\n')
		v := value{from: from, to: f.trimmed(from, end), form: strict}
		if v.from < v.to {
			if from-i < indent {
				break
			}
			if len(lines) == 0 {
				indent = from - i
			}
			lines = append(lines, v)
		}
		i = end + 1
	}
	return lines
}

// indentOf returns how far the line of n is indented.
func (f *finder) indentOf(n name) int {
	start, _ := f.lineOf(n)
	return f.spaces(start) - start
}
