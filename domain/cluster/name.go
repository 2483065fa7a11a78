package cluster

// features are what a word looks like from afar.
type features struct {
	digits, dots, upper, lower, separators int
	digitRuns                              int  // of digits
	hex                                    bool // of hex digits only
}

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

// opaque tells whether a word of n bytes can't be of any language: too long, or
// long and mixed from both cases with figures again and again.
func (f features) opaque(n int) bool {
	return n > maxWord && f.dots < 2 || n > 4*maxWord || n >= 20 && f.digitRuns >= 3 && f.upper >= 2 && f.lower >= 2 && f.separators <= 2 && f.dots == 0
}

// wordWithDigits keeps what a name says and masks its number. Letters with figures
// behind them name one of many of a kind, "node-155", "eth0": the kind stays.
// Figures in the midst make an identifier, and all of it after the kind goes:
// "attempt_1445144423722_0020_m" is an attempt, "root29_local" a root.
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

// isWordDigit tells whether a figure stands for a word, as in "log4j" and "flush2disk".
func isWordDigit(figures string) bool { return figures == "2" || figures == "4" }

// digitGroupsEnd returns the end of the number at d: digits with single hyphens or
// points inside.
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

// prefixEnd returns where the kind in front of an identifier ends, whose first
// digitWord are text[d:end]. Letters glued to figures on both sides are part of
// the identifier: of "job_a8f3" only "job_" is the kind.
func (s *Scanner) prefixEnd(i, d, end int) int {
	if classes[s.text[end]] != letter || s.text[end] == '_' {
		return d
	}
	for d > i && (isLower(s.text[d-1]) || isUpper(s.text[d-1])) {
		d--
	}
	return d
}

// identifierEnd returns where an identifier ends: at its word's end, or before a point
// and a letter, since then an extension or a member follows.
func identifierEnd(text string, i, j int) int {
	for i < j {
		if text[i] == '.' && !isDigit(text[i+1]) {
			return i
		}
		i++
	}
	return j
}

// maskSuffix keeps text[i:d] and masks text[d:j], with the sign of a number that is
// joined by an underscore, as in "blk_-17".
func (s *Scanner) maskSuffix(m Mask, i, d, j int) int {
	if d-2 >= i && s.text[d-1] == '-' && s.text[d-2] == '_' {
		d--
	}
	if d > i {
		s.literal(i, d)
	}
	return s.mask(m, d, j)
}
