package cluster

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Bounds of the scanner. What lies behind a template's end plays no part in it:
// the beginning of a text says what it is about, and a cut by length is the same
// everywhere.
const (
	maxTemplate = 2048 // bytes, give or take one token
	maxWord     = 64   // bytes; no word of a language is longer, so it is opaque
	maxQuoted   = 80   // bytes of a quoted name
	ellipsis    = "…"
)

// Scanner masks texts. The zero value is ready; it keeps its buffers, so that
// scanning costs no allocation. Not safe for concurrent use.
type Scanner struct {
	text  string
	out   []byte
	spans []Span

	gap     bool // white space since the last token
	names   bool // the latest word announces a code, an error or the like
	prose   bool // the latest token is a word, so that a quote is a mention
	maskEnd int  // len(out) after the latest mask, 0 before the first
	bare    bool // no letters are glued to the front of the latest mask
}

// Scan returns text's template and the spans its masks stand for, in order. Both
// are valid until the next call. It takes any bytes; the template is valid UTF-8
// of at most some 2 KiB, and the same text gives the same template everywhere.
func (s *Scanner) Scan(text string) (template []byte, spans []Span) {
	*s = Scanner{text: text, out: s.out[:0], spans: s.spans[:0]}
	s.run()
	s.trimStop()
	return s.out, s.spans
}

// trimStop takes the full stop off the end: some write it and some don't.
func (s *Scanner) trimStop() {
	if n := len(s.out); n > 1 && s.out[n-1] == '.' && s.out[n-2] != '.' {
		s.out = s.out[:n-1]
	}
}

func (s *Scanner) run() {
	for i := 0; i < len(s.text); {
		if len(s.out) >= maxTemplate {
			s.out = append(s.out, ellipsis...)
			return
		}
		switch classes[s.text[i]] {
		case space:
			s.gap = true
			i++
		case letter:
			i = s.word(i)
		case digit:
			i = s.number(i, i)
		case mark:
			i = s.mark(i)
		case high:
			i = s.rune(i)
		default:
			i = s.bytes(i)
		}
	}
}

func (s *Scanner) flushGap() {
	if s.gap && len(s.out) > 0 {
		s.out = append(s.out, ' ')
	}
	s.gap = false
}

// literal keeps text[i:j].
func (s *Scanner) literal(i, j int) int {
	s.flushGap()
	s.out = append(s.out, s.text[i:j]...)
	return j
}

// keep keeps the word text[i:j] and notes what it says about what follows.
func (s *Scanner) keep(i, j int) int {
	s.names = isCodeLabel(s.text[i:j])
	s.prose = true
	return s.literal(i, j)
}

// mask puts m in place of text[i:j].
func (s *Scanner) mask(m Mask, i, j int) int {
	s.names, s.prose = false, true
	if s.continuesList(m) {
		s.out, s.gap = s.out[:s.maskEnd], false
		s.spans[len(s.spans)-1].End = j
		return j
	}
	s.flushGap()
	s.bare = len(s.out) == 0 || !isWord(s.out[len(s.out)-1])
	s.out = append(s.out, maskTexts[m]...)
	s.maskEnd = len(s.out)
	s.spans = append(s.spans, Span{m, i, j})
	return j
}

// continuesList tells whether only spaces and a comma part a mask m from one of
// the same kind before it.
func (s *Scanner) continuesList(m Mask) bool {
	if s.maskEnd == 0 || !s.bare || s.spans[len(s.spans)-1].Mask != m {
		return false
	}
	between := s.out[s.maskEnd:]
	return len(between) == 0 && s.gap || len(between) == 1 && between[0] == ','
}

// mark handles the punctuation at i.
func (s *Scanner) mark(i int) int {
	c, next := s.text[i], at(s.text, i+1)
	glued := i > 0 && isWord(s.text[i-1])
	switch {
	case c == '"' || c == '\'' || c == '`':
		if end := s.quoteEnd(i, glued); end > 0 {
			return s.mask(Quoted, i, end)
		}
	case c == '/' && !glued || c == '~' && next == '/' || c == '.' && next == '/' && !glued:
		if end := s.pathEnd(i); end > 0 {
			return end
		}
	case (c == '-' || c == '+') && isDigit(next) && !glued:
		return s.number(i, i+1)
	case c == '<' && isDigit(next):
		if end := s.lessThan(i); end > 0 {
			return end
		}
	case c == '@' && classes[next] == letter && !glued:
		return s.mask(Mention, i, wordEnd(s.text, i+1))
	case c == ':' && next == ':':
		if end, m := colonHex(s.text, i); end > 0 {
			return s.mask(m, i, end)
		}
	}
	return s.punctuation(i)
}

// punctuation keeps the sign at i. Of a run of one sign three are kept, since
// rulers and leaders are as long as the line has room.
func (s *Scanner) punctuation(i int) int {
	c := s.text[i]
	j := i + 1
	for j < len(s.text) && s.text[j] == c {
		j++
	}
	if c != ':' && c != '=' && c != '(' && c != '#' && c != '.' && c != '-' && c != '"' && c != '\'' && c != '[' {
		s.names = false
	}
	s.prose = false
	if c == '>' {
		s.literal(i, i+1)
		s.disguise()
		i++
	}
	s.literal(i, min(j, i+3))
	return j
}

// disguise gives a template that ends in literal text like a mask a guillemet for
// its angle bracket.
func (s *Scanner) disguise() {
	i := bytes.LastIndexByte(s.out[max(0, len(s.out)-maxMask):], '<')
	if i < 0 {
		return
	}
	i += max(0, len(s.out)-maxMask)
	if text := string(s.out[i:]); maskLength(text) == len(text) {
		s.out = append(append(s.out[:i], "‹"...), text[1:]...)
	}
}

// lessThan masks a bound on a measure, "<1 sec", as the measure that it is.
func (s *Scanner) lessThan(i int) int {
	j := digits(s.text, i+1)
	if end, m := unitAfter(s.text, j); m == Duration {
		return s.mask(m, i, end)
	}
	return 0
}

// rune handles what lies beyond ASCII: letters of all scripts are words, digits
// of all scripts numbers, invisible marks of direction are dropped.
func (s *Scanner) rune(i int) int {
	r, n := utf8.DecodeRuneInString(s.text[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return s.bytes(i)
	case unicode.IsSpace(r):
		s.gap = true
		return i + n
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		return i + n
	case unicode.IsDigit(r):
		return s.mask(Num, i, foreignDigits(s.text, i))
	case r == separator:
		return s.literalText("|", i+n)
	case r == fixedOpen:
		return s.literalText("‹", i+n)
	case r == fixedClose:
		return s.literalText("›", i+n)
	case closing(r) != 0:
		if end := s.foreignQuoteEnd(i, n, closing(r)); end > 0 {
			return s.mask(Quoted, i, end)
		}
	}
	s.names, s.prose = false, unicode.IsLetter(r)
	return s.literal(i, i+n)
}

func (s *Scanner) literalText(text string, next int) int {
	s.flushGap()
	s.out = append(s.out, text...)
	return next
}

func foreignDigits(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsDigit(r) {
			break
		}
		i += n
	}
	return i
}

// bytes masks a run of control characters and bytes that are not UTF-8.
func (s *Scanner) bytes(i int) int {
	j := i + 1
	for j < len(s.text) {
		c := s.text[j]
		if classes[c] == control {
			j++
			continue
		}
		if r, n := utf8.DecodeRuneInString(s.text[j:]); r != utf8.RuneError || n != 1 {
			break
		}
		j++
	}
	return s.mask(Bytes, i, j)
}
