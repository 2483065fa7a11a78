package scrub

import "strings"

const (
	maxColumns = 64
	maxHeading = 1024
)

// columns removes the cells under the name n in a table whose first line holds the
// names of its columns, with so many separators at least. It reports whether the
// name is one of those.
func (f *finder) columns(n name, least int) bool {
	start, end := f.lineOf(n)
	if end == len(f.s) || end-start > maxHeading {
		return false
	}
	heading := f.s[start:end]
	for _, separator := range []string{"\t", ",", ";", "|"} {
		count := strings.Count(heading, separator)
		if count < least || count > maxColumns || !isHeading(heading, separator) {
			continue
		}
		f.column(n.kind, end+1, separator[0], strings.Count(f.s[start:n.from], separator), count)
		return true
	}
	return false
}

// lineOf returns the bounds of the line on which n stands, if it is short.
func (f *finder) lineOf(n name) (start, end int) {
	for start = n.from; start > max(0, n.from-maxHeading) && f.s[start-1] != '\n'; {
		start--
	}
	end = f.next(n.to, '\n')
	return start, end
}

// isHeading reports whether all cells of a line are names: short, and no numbers.
func isHeading(line, separator string) bool {
	for cell := range strings.SplitSeq(strings.TrimRight(line, "\r"), separator) {
		cell = strings.Trim(cell, " \"'|")
		if cell == "" && separator == "|" {
			continue
		}
		if cell == "" || len(cell) > maxWord || strings.ContainsAny(cell, "=:<>{}()&?/!.") || looksSecret(cell, 12) || isNumber(cell) || strings.Count(cell, " ") > 4 {
			return false
		}
	}
	return true
}

// column removes the cell with the given index from each row that has as many
// separators as the heading.
func (f *finder) column(kind string, row int, separator byte, index, count int) {
	for row < len(f.s) {
		cells := f.cells(row, separator, count+1)
		if len(cells) != count+1 {
			return
		}
		if v := cells[index]; v.from < v.to && f.fits(kind, v) {
			f.add(kind, v.from, v.to)
		}
		row = cells[count].to
		for row < len(f.s) && f.s[row] != '\n' {
			row++
		}
		row++
	}
}

// cells returns the cells of the row that begins at i, at most n.
func (f *finder) cells(i int, separator byte, n int) []value {
	var all []value
	for len(all) < n && i < len(f.s) {
		v := value{from: i, to: i, form: strict}
		if f.s[i] == '"' {
			v.from, v.quoted = i+1, true
			v.to = f.quotedEnd(v.from, quote{1, `"`, false})
			if end, ok := f.keyBlockEnd(v.from); ok {
				v.to = end
			}
			i = min(len(f.s), v.to+1)
		} else {
			for i < len(f.s) && f.s[i] != separator && f.s[i] != '\n' {
				i++
			}
			v.to = f.trimmed(v.from, i)
		}
		all = append(all, v)
		if i == len(f.s) || f.s[i] != separator {
			break
		}
		i++
	}
	return all
}
