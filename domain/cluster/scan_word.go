package cluster

// isCodeLabel reports whether the word w stands before a code. A code is not masked,
// because it is part of the meaning: "error 403" and "error 401" are different,
// "port 403" and "port 401" are not. Compounds such as "HttpError" and "status_code"
// are labels too; "postcode" is not.
func isCodeLabel(w string) bool {
	if len(w) < 4 {
		return false
	}
	switch tail := w[len(w)-4:]; {
	case foldEqual(tail, "code"):
		return len(w) == 4 || tail[0] == 'C' || w[len(w)-5] == '_' || foldEqual(w[:3], "err") || foldEqual(w, "subcode")
	case foldEqual(tail, "rror"):
		return len(w) > 4 && w[len(w)-5]|0x20 == 'e'
	}
	return foldEqual(w, "errno") || foldEqual(w, "http")
}

// wordEnd returns the end of the word at i: letters, digits and underscores, joined by
// single hyphens, points and dollar signs.
func wordEnd(text string, i int) int {
	for i < len(text) {
		switch c := text[i]; {
		case isWord(c):
			i++
		case (c == '-' || c == '.' || c == '$') && isWord(byteAt(text, i+1)):
			i += 2
		default:
			return i
		}
	}
	return i
}

// plainWordEnd returns the end of the letters and underscores at i.
func plainWordEnd(text string, i int) int {
	for i < len(text) && classes[text[i]] == letter {
		i++
	}
	return i
}

// word reads what begins with an ASCII letter or an underscore.
func (s *Scanner) word(i int) int {
	text := s.text
	j := plainWordEnd(text, i)
	switch byteAt(text, j) {
	case ' ', 0, ',', ')', ']', '=', ';', '}', '"', '\'', '(', '\n', '\r', '\t':
		if j-i <= maxWord && !mayBeTime(text[i:j]) {
			return s.keepWord(i, j)
		}
	}
	if mayBeTime(text[i:j]) {
		if end := timeEnd(text, i); end > i {
			return s.mask(Time, i, end)
		}
	}
	j = wordEnd(text, i)
	if end := s.address(i, j); end > 0 {
		return end
	}
	return s.name(i, j)
}

// address masks a URL, an e-mail address, a path or a hardware or IPv6 address that
// begins with the word text[i:j], and returns its end; 0 if there is none.
func (s *Scanner) address(i, j int) int {
	text := s.text
	switch byteAt(text, j) {
	case ':':
		if byteAt(text, j+1) == '/' && byteAt(text, j+2) == '/' {
			return s.mask(URL, i, urlEnd(text, j+3))
		}
		if isNameScheme(text[i:j]) && isWord(byteAt(text, j+1)) {
			return s.mask(ID, i, urlEnd(text, j+1))
		}
		if j-i == 1 && (byteAt(text, j+1) == '\\' || byteAt(text, j+1) == '/') {
			return s.mask(Path, i, pathRunEnd(text, j+1))
		}
		if end, m := colonHex(text, i); end > 0 {
			return s.mask(m, i, end)
		}
	case '@', '+':
		if end := emailEnd(text, i, j); end > 0 {
			return s.mask(Email, i, end)
		}
	case '/', '\\':
		if end := relativePath(text, i, j); end > 0 {
			return s.mask(Path, i, end)
		}
	}
	return 0
}

// name reads the word text[i:j], which begins with a letter.
func (s *Scanner) name(i, j int) int {
	word := s.text[i:j]
	l := featuresOf(word)
	switch {
	case len(word) == 36 && isUUID(word):
		return s.mask(UUID, i, j)
	case l.dots > 0 && isHost(word):
		return s.mask(Host, i, portEnd(s.text, j))
	case l.opaque(len(word)):
		return s.mask(Opaque, i, base64End(s.text, j))
	case l.hex && (l.digits >= 3 && len(word) >= 6 || l.digits == 0 && (len(word) == 8 || len(word) >= 16)):
		return s.mask(Hex, i, j)
	case l.digits == 0:
		return s.keepWord(i, j)
	}
	return s.wordWithDigits(i, j)
}
