package cluster

// unitMask returns the mask of a number with the unit w: Duration, Size, or 0 if w is
// no unit. Numbers and units are masked together, because "2 hours" and "40 minutes"
// say the same.
func unitMask(w string) Mask {
	switch w {
	case "ns", "us", "µs", "ms", "s", "m", "h", "d", "sec", "secs", "min", "mins", "hr", "hrs",
		"second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks",
		"month", "months", "year", "years", "msec", "msecs", "millis", "millisecond", "milliseconds",
		"microsecond", "microseconds", "nanosecond", "nanoseconds":
		return Duration
	case "B", "b", "KB", "kB", "kb", "K", "k", "MB", "Mb", "mb", "M", "GB", "gb", "G", "TB", "T", "KiB", "MiB", "GiB",
		"byte", "bytes", "Bytes", "kilobytes", "megabytes":
		return Size
	}
	return 0
}

// unitAfter looks for a unit one space after a number that ends at j, and
// returns its end; 0 when there is none. Of the units of one letter only bytes
// may stand apart from the number: "5 m" may be anything.
func unitAfter(text string, j int) (int, Mask) {
	if byteAt(text, j) != ' ' {
		return 0, 0
	}
	end := lettersEnd(text, j+1)
	if n := end - j - 1; n > 12 || isWord(byteAt(text, end)) || n == 1 && text[j+1] != 'B' {
		return 0, 0
	}
	if m := unitMask(text[j+1 : end]); m != 0 {
		return end, m
	}
	return 0, 0
}
