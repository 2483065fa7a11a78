package cluster

// number reads what begins with a digit at d; its sign, if any, is text[i:d].
func (s *Scanner) number(i, d int) int {
	text := s.text
	j := digitsEnd(text, d)
	switch byteAt(text, j) {
	case ' ':
		if i == d && j-d <= 4 { // "14 Jun 2015"
			if end := timeEnd(text, i); end > i {
				return s.mask(Time, i, end)
			}
		}
		return s.quantity(i, d, j)
	case 0, ',', ')', ']', ';', '}', '=', '"', '\'', '\n', '#', '|':
		return s.quantity(i, d, j)
	case '-', '/', ':', '.', 'T', "年"[0], "년"[0]:
		if i == d {
			if end := timeEnd(text, i); end > i {
				return s.mask(Time, i, end)
			}
		}
	}
	if text[d] == '0' && (byteAt(text, d+1) == 'x' || byteAt(text, d+1) == 'X') {
		end := d + 2
		for isHex(byteAt(text, end)) {
			end++
		}
		return s.mask(Hex, i, end)
	}
	if end, m := colonHex(text, d); end > 0 {
		return s.mask(m, i, end)
	}
	return s.digitWord(i, d)
}

// quantity masks the number text[i:j] with its unit, and keeps it if it is a code.
func (s *Scanner) quantity(i, d, j int) int {
	if j-d <= 7 && (s.afterCodeLabel || isCodeInParentheses(s.text, i, j)) {
		s.afterCodeLabel, s.afterWord = false, true
		return s.literal(i, j)
	}
	if end, m := unitAfter(s.text, j); m != 0 {
		return s.mask(m, i, end)
	}
	return s.mask(Num, i, j)
}

// isCodeInParentheses reports whether the number text[i:j] is written as "(#190)".
func isCodeInParentheses(text string, i, j int) bool {
	return byteAt(text, j) == ')' && byteAt(text, i-1) == '#' && byteAt(text, i-2) == '('
}

// digitWord reads words that begin with a digit.
func (s *Scanner) digitWord(i, d int) int {
	text := s.text
	j := wordEnd(text, d)
	word := text[d:j]
	l := featuresOf(word)
	if byteAt(text, j) == '@' {
		if end := emailEnd(text, d, j); end > 0 {
			return s.mask(Email, i, end)
		}
	}
	switch {
	case l.dots >= 3 && ipv4End(text, d) == j:
		return s.mask(IP, i, networkEnd(text, j))
	case l.dots > 0 && isHost(word):
		return s.mask(Host, i, portEnd(text, j))
	case l.digits+l.dots == len(word):
		return s.decimals(i, d, j, l.dots)
	case len(word) == 36 && isUUID(word):
		return s.mask(UUID, i, j)
	case l.opaque(len(word)):
		return s.mask(Opaque, i, base64End(text, j))
	}
	return s.digitsWithSuffix(i, d, j, l)
}

// decimals masks digits with points: a number such as 1.5 or a version such as 1.5.2.
func (s *Scanner) decimals(i, d, j, dots int) int {
	if byteAt(s.text, j) == '%' {
		j++
	}
	if dots > 1 {
		return s.mask(Version, i, j)
	}
	return s.quantity(i, d, j)
}

// digitsWithSuffix masks digits with letters behind them: 12ms, 3rd, 04DN8IQ.
func (s *Scanner) digitsWithSuffix(i, d, j int, l features) int {
	text := s.text
	k := digitGroupsEnd(text, d, j)
	tail := text[k:j]
	if m := unitMask(tail); m != 0 {
		return s.mask(m, i, j)
	}
	switch {
	case k == j || len(tail) == 1, tail == "st" || tail == "nd" || tail == "rd" || tail == "th":
		return s.mask(Num, i, j)
	case l.hex && len(text[d:j]) >= 6:
		return s.mask(Hex, i, j)
	case l.dots > 0 && tail[0] == '-':
		return s.mask(Version, i, j)
	}
	return s.mask(ID, i, identifierEnd(text, d, j))
}
