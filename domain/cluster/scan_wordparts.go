package cluster

// features count the kinds of characters of a word.
type features struct {
	digits, dots, upper, lower, separators int
	digitRuns                              int  // groups of digits
	hex                                    bool // only hex digits
}

// featuresOf counts the kinds of characters of a word.
func featuresOf(word string) features {
	f := features{hex: true}
	for i := range len(word) {
		switch c := word[i]; {
		case isDigit(c):
			f.digits++
			if i == 0 || !isDigit(word[i-1]) {
				f.digitRuns++
			}
		case isUpper(c):
			f.upper++
			f.hex = f.hex && c <= 'F'
		case isLower(c):
			f.lower++
			f.hex = f.hex && c <= 'f'
		default:
			f.separators++
			f.hex = false
			if c == '.' {
				f.dots++
			}
		}
	}
	return f
}

// opaque reports whether a word of n bytes is random text rather than a word of a
// language: very long, or long with digits and letters of both cases mixed.
func (f features) opaque(n int) bool {
	return n > maxWord && f.dots < 2 || n > 4*maxWord || n >= 20 && f.digitRuns >= 3 && f.upper >= 2 && f.lower >= 2 && f.separators <= 2 && f.dots == 0
}

// wordWithDigits keeps the prefix of a word and masks its number. Digits at the end
// are a number: "node-155" becomes "node-<num>". Digits in the middle make the rest
// of the word an identifier: "attempt_1445144423722_0020_m" becomes "attempt_<id>".
func (s *Scanner) wordWithDigits(i, j int) int {
	text := s.text
	for i < j {
		d := i
		for d < j && !isDigit(text[d]) {
			d++
		}
		if d == j {
			return s.keepWord(i, j)
		}
		end := digitGroupsEnd(text, d, j)
		switch {
		case d == i+1 && text[i]|0x20 == 'v' && byteAt(text, digitsEnd(text, d)) == '.':
			i = s.mask(Version, i, end)
		case end == j:
			return s.maskSuffix(Num, i, d, j)
		case text[end] == '.' || text[end] == '$':
			i = s.maskSuffix(Num, i, d, end)
		case isWordDigit(text[d:end]) && featuresOf(text[end:j]).digits == 0 && d > i && text[end] != '_' && text[end] != '-':
			return s.keepWord(i, j)
		default:
			i = s.maskSuffix(ID, i, s.prefixEnd(i, d, end), identifierEnd(text, end, j))
		}
	}
	return j
}

// isWordDigit reports whether digits stand for a word, as in "log4j" and "flush2disk".
func isWordDigit(digits string) bool { return digits == "2" || digits == "4" }

// digitGroupsEnd returns the end of the digits at d, with single hyphens or points
// between them.
func digitGroupsEnd(text string, d, j int) int {
	for d < j {
		d = digitsEnd(text, d)
		if d+1 < j && (text[d] == '.' || text[d] == '-') && isDigit(text[d+1]) {
			d++
			continue
		}
		break
	}
	return min(d, j)
}

// prefixEnd returns the end of the prefix of an identifier whose first digits are
// text[d:end]. Letters between digits belong to the identifier: the prefix of
// "job_a8f3" is "job_".
func (s *Scanner) prefixEnd(i, d, end int) int {
	if classes[s.text[end]] != letter || s.text[end] == '_' {
		return d
	}
	for d > i && (isLower(s.text[d-1]) || isUpper(s.text[d-1])) {
		d--
	}
	return d
}

// identifierEnd returns the end of an identifier: the end of its word, or a point
// before a letter, because an extension or a member follows.
func identifierEnd(text string, i, j int) int {
	for i < j {
		if text[i] == '.' && !isDigit(text[i+1]) {
			return i
		}
		i++
	}
	return j
}

// maskSuffix keeps text[i:d] and masks text[d:j], with a minus sign that follows an
// underscore, as in "blk_-17".
func (s *Scanner) maskSuffix(m Mask, i, d, j int) int {
	if d-2 >= i && s.text[d-1] == '-' && s.text[d-2] == '_' {
		d--
	}
	if d > i {
		s.literal(i, d)
	}
	return s.mask(m, d, j)
}
