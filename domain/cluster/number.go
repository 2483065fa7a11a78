package cluster

// number handles what begins with a digit at d; the sign, if any, is text[i:d].
func (s *Scanner) number(i, d int) int {
	text := s.text
	j := digits(text, d)
	switch at(text, j) {
	case ' ':
		if i == d && j-d <= 4 { // "14 Jun 2015"
			if end := timeEnd(text, i); end > i {
				return s.mask(Time, i, end)
			}
		}
		return s.measure(i, d, j)
	case 0, ',', ')', ']', ';', '}', '=', '"', '\'', '\n', '#', '|':
		return s.measure(i, d, j)
	case '-', '/', ':', '.', 'T', "年"[0], "년"[0]:
		if i == d {
			if end := timeEnd(text, i); end > i {
				return s.mask(Time, i, end)
			}
		}
	}
	if text[d] == '0' && (at(text, d+1) == 'x' || at(text, d+1) == 'X') {
		end := d + 2
		for isHex(at(text, end)) {
			end++
		}
		return s.mask(Hex, i, end)
	}
	if end, m := colonHex(text, d); end > 0 {
		return s.mask(m, i, end)
	}
	return s.figures(i, d)
}

// measure masks the number text[i:j] together with a unit after it, unless it is
// a code.
func (s *Scanner) measure(i, d, j int) int {
	if j-d <= 7 && (s.names || isCode(s.text, i, j)) {
		s.names, s.prose = false, true
		return s.literal(i, j)
	}
	if end, m := unitAfter(s.text, j); m != 0 {
		return s.mask(m, i, end)
	}
	return s.mask(Num, i, j)
}

// isCode tells whether the number text[i:j] stands as codes are written, "(#190)".
func isCode(text string, i, j int) bool {
	return at(text, j) == ')' && at(text, i-1) == '#' && at(text, i-2) == '('
}

// figures handles names that begin with a digit.
func (s *Scanner) figures(i, d int) int {
	text := s.text
	j := wordEnd(text, d)
	word := text[d:j]
	l := look(word)
	if at(text, j) == '@' {
		if end := emailEnd(text, d, j); end > 0 {
			return s.mask(Email, i, end)
		}
	}
	switch {
	case l.dots >= 3 && ipEnd(text, d) == j:
		return s.mask(IP, i, networkEnd(text, j))
	case l.dots > 0 && isHost(word):
		return s.mask(Host, i, portEnd(text, j))
	case l.digits+l.dots == len(word):
		return s.decimals(i, d, j, l.dots)
	case len(word) == 36 && isUUID(word):
		return s.mask(UUID, i, j)
	case l.opaque(len(word)):
		return s.mask(Token, i, base64End(text, j))
	}
	return s.glued(i, d, j, l)
}

// decimals masks digits with points: a number or a version.
func (s *Scanner) decimals(i, d, j, dots int) int {
	if at(s.text, j) == '%' {
		j++
	}
	if dots > 1 {
		return s.mask(Version, i, j)
	}
	return s.measure(i, d, j)
}

// glued masks figures with letters behind them: measures, ordinals, ids.
func (s *Scanner) glued(i, d, j int, l features) int {
	text := s.text
	k := figuresEnd(text, d, j)
	tail := text[k:j]
	if m := unit(tail); m != 0 {
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
	return s.mask(ID, i, idEnd(text, d, j))
}
