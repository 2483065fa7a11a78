package cluster

import "strings"

// timeEnd returns the end of the date, time of day, or both that begin at i; i if
// there is none. Its parts may come in any order, with separators between, as in
// "Mon, 11-Sep-23 04:00:00 PDT". A number or weekday alone is no time.
func timeEnd(text string, i int) int {
	end, sure := i, false
	for p := i; p < len(text); {
		next, part := timePart(text, p, end > i)
		if part == noTime {
			break
		}
		end = next
		sure = sure || part == wholeTime || part == monthAndDay
		p = skipTimeSeparator(text, next)
	}
	if !sure {
		return i
	}
	return end
}

// skipTimeSeparator skips what may stand between the parts of a time.
func skipTimeSeparator(text string, i int) int {
	switch c := byteAt(text, i); {
	case c == ',' && byteAt(text, i+1) == ' ':
		return i + 2
	case c == 'T' && isDigit(byteAt(text, i+1)), c == ' ' || c == '-' || c == '_' || c == ':' || c == '/':
		i++
	}
	for byteAt(text, i) == ' ' {
		i++
	}
	return i
}

type timePartKind uint8

const (
	noTime      timePartKind = iota
	timeHelper               // a year, a zone, a weekday: part of a time only beside others
	monthAndDay              // "Jun 14", "14-Jun"
	wholeTime                // "2015-10-18", "18:01", "10/18/15"
)

// timePart reads one part of a time at i. A year or a zone counts only after another
// part.
func timePart(text string, i int, after bool) (int, timePartKind) {
	if !isDigit(text[i]) {
		return namedTimePart(text, i, after)
	}
	j := digitsEnd(text, i)
	n := j - i
	if n <= 2 {
		if end := timeOfDayEnd(text, j); end > 0 {
			return end, wholeTime
		}
	}
	if end := numericDateEnd(text, j, n); end > 0 {
		return end, wholeTime
	}
	if end := cjkDateEnd(text, j); end > 0 && n == 4 {
		return end, wholeTime
	}
	if end := max(monthAfter(text, j), localDateEnd(text, j)); end > 0 && n <= 2 {
		return end, monthAndDay
	}
	compact := n == 8 && byteAt(text, j) == '-' && isDigit(byteAt(text, j+1)) && timeOfDayEnd(text, digitsEnd(text, j+1)) > 0
	year := after && (n == 4 || n == 2) && !isWord(byteAt(text, j)) && byteAt(text, j) != '.'
	if compact || year && plausibleYear(text[i:j]) {
		return j, timeHelper
	}
	return i, noTime
}

func plausibleYear(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20")
}

// namedTimePart reads a month with its day, a weekday or a zone.
func namedTimePart(text string, i int, after bool) (int, timePartKind) {
	j := lettersEnd(text, i)
	if end := monthEnd(text, i, j); end > 0 {
		return end, monthAndDay
	}
	word := text[i:j]
	if isWeekday(word) && timeFollows(text, j) {
		return j, timeHelper
	}
	if !after {
		return i, noTime
	}
	if isTimeZone(word) && !isWord(byteAt(text, j)) {
		return j, timeHelper
	}
	if c := text[i]; (c == '+' || c == '-') && digitsEnd(text, i+1) == i+5 {
		return i + 5, timeHelper
	}
	return i, noTime
}

func timeFollows(text string, j int) bool {
	j = skipTimeSeparator(text, j)
	return isDigit(byteAt(text, j)) || monthEnd(text, j, lettersEnd(text, j)) > 0
}

// monthEnd returns the end of a month's name at i and the day after it, 0 if
// they are not there.
func monthEnd(text string, i, j int) int {
	if !isMonth(text[i:j]) {
		return 0
	}
	gap := j
	if byteAt(text, gap) == '.' {
		gap++
	}
	for byteAt(text, gap) == ' ' || byteAt(text, gap) == '-' {
		gap++
	}
	day := digitsEnd(text, gap)
	if gap == j || day == gap || day-gap > 2 || byteAt(text, day) == ':' {
		return 0
	}
	return day
}

// monthAfter returns the end of the month, and the two-digit year after it, that
// follow a day's number, 0 if they do not.
func monthAfter(text string, j int) int {
	if c := byteAt(text, j); c != ' ' && c != '-' && c != '/' {
		return 0
	}
	end := lettersEnd(text, j+1)
	if !isMonth(text[j+1:end]) || isWord(byteAt(text, end)) {
		return 0
	}
	year := digitsEnd(text, end+1)
	if c := byteAt(text, end); (c == '-' || c == '/') && (year == end+3 || year == end+5) {
		return year
	}
	return end
}

// localDateEnd returns the end of the year of a date whose day ends at j, 0 if it is
// none: "15 février 2015 09:49", "7 de mayo de 2014 10:00". In whatever language,
// what stands between a day and a year with a time of day is a month.
func localDateEnd(text string, j int) int {
	month := skipDateJoiner(text, j)
	end := month
	for end < len(text) && (classes[text[end]] == letter || text[end] >= 0x80) && end-month < maxWord {
		end++
	}
	year := skipDateJoiner(text, end)
	if end < month+3 || year == end || !plausibleYear(text[year:digitsEnd(text, year)]) {
		return 0
	}
	clock := skipTimeSeparator(text, year+4)
	if timeOfDayEnd(text, digitsEnd(text, clock)) == 0 {
		return 0
	}
	return year + 4
}

// skipDateJoiner skips a space, and the word with which some languages join a date.
func skipDateJoiner(text string, i int) int {
	if byteAt(text, i) != ' ' {
		return i
	}
	if strings.HasPrefix(text[i:], " de ") {
		return i + len(" de ")
	}
	return i + 1
}

// cjkDateEnd returns the end of the date whose year ends at j and has its character
// behind it, as in "2014年8月17日" and "2014년 8월 17일", 0 if it is none.
func cjkDateEnd(text string, j int) int {
	for i, signs := range [...][2]string{{"年", "년"}, {"月", "월"}, {"日", "일"}} {
		if i > 0 {
			for byteAt(text, j) == ' ' {
				j++
			}
			day := digitsEnd(text, j)
			if day == j {
				return 0
			}
			j = day
		}
		if !strings.HasPrefix(text[j:], signs[0]) && !strings.HasPrefix(text[j:], signs[1]) {
			return 0
		}
		j += len(signs[0]) // all are of three bytes
	}
	return j
}

// timeOfDayEnd returns the end of the time of day whose hour ends at j, 0 if it is
// none: "18:01", "18:01:47,978", "9:05:00.123456Z", "22:15:29:606", "9:54am".
func timeOfDayEnd(text string, j int) int {
	if byteAt(text, j) != ':' || digitsEnd(text, j+1) != j+3 {
		return 0
	}
	end := j + 3
	if byteAt(text, end) == ':' && digitsEnd(text, end+1) == end+3 {
		end += 3
		if c := byteAt(text, end); (c == '.' || c == ',' || c == ':') && isDigit(byteAt(text, end+1)) {
			end = digitsEnd(text, end+1)
		}
	}
	if half := text[end:lettersEnd(text, end)]; foldEqual(half, "am") || foldEqual(half, "pm") {
		end += len(half)
	} else if c := byteAt(text, end); c == 'Z' {
		end++
	} else if (c == '+' || c == '-') && digitsEnd(text, end+1) == end+3 {
		end += 3
		if byteAt(text, end) == ':' {
			end++
		}
		end = digitsEnd(text, end)
	}
	if isWord(byteAt(text, end)) || byteAt(text, end) == ':' && (isDigit(byteAt(text, end+1)) || isHexPair(text, end+1)) {
		return 0
	}
	return end
}

// isHexPair reports whether a pair of hex digits stands at i, as in the next part of a
// hardware address.
func isHexPair(text string, i int) bool {
	return isHex(byteAt(text, i)) && isHex(byteAt(text, i+1)) && !isWord(byteAt(text, i+2))
}

// numericDateEnd returns the end of a date in digits whose first n digits end at j, 0
// if it is none. A date with points needs a year of four digits, because versions have points too.
func numericDateEnd(text string, j, n int) int {
	sep := byteAt(text, j)
	if sep != '-' && sep != '/' && sep != '.' || n > 4 || n == 3 {
		return 0
	}
	k := digitsEnd(text, j+1)
	end := digitsEnd(text, k+1)
	if m := k - j - 1; m < 1 || m > 2 || byteAt(text, k) != sep {
		return 0
	}
	last := end - k - 1
	ok := n == 4 && (last == 1 || last == 2) || n <= 2 && (last == 4 || last == 2 && sep == '/')
	if !ok || byteAt(text, end) == sep && isWord(byteAt(text, end+1)) || isLetterNotT(byteAt(text, end)) {
		return 0
	}
	return end
}

func isLetterNotT(c byte) bool { return classes[c] == letter && c != 'T' && c != '_' }

func isMonth(w string) bool {
	switch w {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
		"January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December":
		return true
	}
	return false
}

func isWeekday(w string) bool {
	switch w {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
		"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday":
		return true
	}
	return false
}

func isTimeZone(w string) bool {
	switch w {
	case "UTC", "GMT", "Z", "AM", "PM", "am", "pm", "PST", "PDT", "EST", "EDT", "CST", "CDT", "MST", "MDT",
		"CET", "CEST", "BST", "IST", "JST", "WET", "EET":
		return true
	}
	return false
}

// mayBeTime quickly rules out most words, before timeEnd examines the rest.
func mayBeTime(word string) bool {
	return len(word) >= 3 && len(word) <= 9 && isUpper(word[0]) && isLower(word[1]) && isLower(word[2]) &&
		(isMonth(word) || isWeekday(word))
}
