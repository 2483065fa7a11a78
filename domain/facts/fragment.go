package facts

import "strings"

// keyBefore returns the name in front of a structure that stands under it without
// the braces around both: the text begins in the middle of a structure. In prose
// ("an error: {…}") nothing is named.
func keyBefore(text string, at int) string {
	start := lineKey(text, at)
	if start == at {
		return ""
	}
	for start < at && !isNameByte(text[start]) {
		start++
	}
	return text[start:nameEnd(text, start)]
}

// lineKey returns where the name and separator begin that stand in front of at, if
// the name is quoted or the first of its line, else at.
func lineKey(text string, at int) int {
	separatorEnd := spacesStart(text, at)
	separator := back(text, separatorEnd, ":=>")
	if separator == separatorEnd {
		return at
	}
	end := spacesStart(text, separator)
	last := back(text, end, "\"'\\")
	first := last
	for first > 0 && last-first < maxName && isNameByte(text[first-1]) {
		first--
	}
	if first == last {
		return at
	}
	start := back(text, first, "\"'+")
	if quoted := last < end; quoted || firstOfLine(text, start) {
		return start
	}
	return at
}

func firstOfLine(text string, i int) bool {
	i = back(text, i, " \t")
	return i == 0 || text[i-1] == '\n'
}

// spacesStart returns where the white space begins that ends at i.
func spacesStart(s string, i int) int { return back(s, i, " \t\n\r") }

// lineSpacesStart is spacesStart within a line.
func lineSpacesStart(s string, i int) int { return back(s, i, " \t") }

// back returns where the bytes of set begin that end at i; it looks at no more than
// a name is long.
func back(s string, i int, set string) int {
	for stop := max(0, i-maxName); i > stop && strings.IndexByte(set, s[i-1]) >= 0; {
		i--
	}
	return i
}

// under returns an object whose one member is v.
func (v Value) under(key string) Value {
	nodes := make([]node, 1, len(v.nodes)+1)
	nodes[0] = node{kind: ObjectValue, size: int32(len(v.nodes) + 1)}
	nodes = append(nodes, v.nodes...)
	nodes[1].key = key
	return Value{nodes}
}
