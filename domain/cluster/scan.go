package cluster

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Limits of the scanner. Text beyond the limit of a template is ignored: the beginning
// of a message says what it is about.
const (
	maxTemplate = 2048 // bytes, give or take one token
	maxWord     = 64   // bytes; no word of a language is longer, so it is opaque
	maxQuoted   = 80   // bytes of a quoted name
	ellipsis    = "…"
)

// Scanner masks texts. The zero value is ready; it keeps its buffers, so that
// scanning costs no allocation. Not safe for concurrent use.
type Scanner struct {
	text     string
	template []byte
	spans    []Span

	spaceBefore    bool // white space since the last token
	afterCodeLabel bool // the last word is a code label, such as "error"
	afterWord      bool // the last token is a word or mask, so that a quote names something
	maskEnd        int  // len(template) after the last mask, 0 before the first
	maskAlone      bool // no letters stand right before the last mask
}

// Scan returns the template of a text and the spans of its masks, in order. Both are
// valid until the next call. The text may be any bytes; the template is valid UTF-8
// of about 2 KiB at most. The same text has the same template on every machine.
func (s *Scanner) Scan(text string) (template []byte, spans []Span) {
	*s = Scanner{text: text, template: s.template[:0], spans: s.spans[:0]}
	s.run()
	s.trimFullStop()
	return s.template, s.spans
}

// trimFullStop removes a full stop at the end, because not all messages have one.
func (s *Scanner) trimFullStop() {
	if n := len(s.template); n > 1 && s.template[n-1] == '.' && s.template[n-2] != '.' {
		s.template = s.template[:n-1]
	}
}

func (s *Scanner) run() {
	for i := 0; i < len(s.text); {
		if len(s.template) >= maxTemplate {
			s.template = append(s.template, ellipsis...)
			return
		}
		switch classes[s.text[i]] {
		case space:
			s.spaceBefore = true
			i++
		case letter:
			i = s.word(i)
		case digit:
			i = s.number(i, i)
		case punct:
			i = s.punctuation(i)
		case nonASCIIByte:
			i = s.nonASCII(i)
		default:
			i = s.binary(i)
		}
	}
}

func (s *Scanner) flushSpace() {
	if s.spaceBefore && len(s.template) > 0 {
		s.template = append(s.template, ' ')
	}
	s.spaceBefore = false
}

// literal keeps text[i:j].
func (s *Scanner) literal(i, j int) int {
	s.flushSpace()
	s.template = append(s.template, s.text[i:j]...)
	return j
}

// keepWord keeps the word text[i:j], and notes whether it is a code label.
func (s *Scanner) keepWord(i, j int) int {
	s.afterCodeLabel = isCodeLabel(s.text[i:j])
	s.afterWord = true
	return s.literal(i, j)
}

// mask puts m in place of text[i:j].
func (s *Scanner) mask(m Mask, i, j int) int {
	s.afterCodeLabel, s.afterWord = false, true
	if s.continuesList(m) {
		s.template, s.spaceBefore = s.template[:s.maskEnd], false
		s.spans[len(s.spans)-1].End = j
		return j
	}
	s.flushSpace()
	s.maskAlone = len(s.template) == 0 || !isWord(s.template[len(s.template)-1])
	s.template = append(s.template, maskTexts[m]...)
	s.maskEnd = len(s.template)
	s.spans = append(s.spans, Span{m, i, j})
	return j
}

// continuesList reports whether the last mask is of kind m too, with only spaces or a
// comma between.
func (s *Scanner) continuesList(m Mask) bool {
	if s.maskEnd == 0 || !s.maskAlone || s.spans[len(s.spans)-1].Mask != m {
		return false
	}
	between := s.template[s.maskEnd:]
	return len(between) == 0 && s.spaceBefore || len(between) == 1 && between[0] == ','
}

// punct handles the punctuation at i.
func (s *Scanner) punctuation(i int) int {
	c, next := s.text[i], byteAt(s.text, i+1)
	afterLetter := i > 0 && isWord(s.text[i-1])
	switch {
	case c == '"' || c == '\'' || c == '`':
		if end := s.quoteEnd(i, afterLetter); end > 0 {
			return s.mask(Quoted, i, end)
		}
	case c == '/' && !afterLetter || c == '~' && next == '/' || c == '.' && next == '/' && !afterLetter:
		if end := s.pathEnd(i); end > 0 {
			return end
		}
	case (c == '-' || c == '+') && isDigit(next) && !afterLetter:
		return s.number(i, i+1)
	case c == '<' && isDigit(next):
		if end := s.boundedDurationEnd(i); end > 0 {
			return end
		}
	case c == '@' && classes[next] == letter && !afterLetter:
		return s.mask(Mention, i, wordEnd(s.text, i+1))
	case c == ':' && next == ':':
		if end, m := colonHex(s.text, i); end > 0 {
			return s.mask(m, i, end)
		}
	}
	return s.keepPunctuation(i)
}

// keepPunctuation keeps the punctuation at i. It keeps at most three of one character
// in a row, because the length of rules such as "=====" does not matter.
func (s *Scanner) keepPunctuation(i int) int {
	c := s.text[i]
	j := i + 1
	for j < len(s.text) && s.text[j] == c {
		j++
	}
	if c != ':' && c != '=' && c != '(' && c != '#' && c != '.' && c != '-' && c != '"' && c != '\'' && c != '[' {
		s.afterCodeLabel = false
	}
	s.afterWord = false
	if c == '>' {
		s.literal(i, i+1)
		s.escapeMask()
		i++
	}
	s.literal(i, min(j, i+3))
	return j
}

// escapeMask replaces the angle bracket of literal text that looks like a mask, such
// as "<num>" in a message, by "‹".
func (s *Scanner) escapeMask() {
	i := bytes.LastIndexByte(s.template[max(0, len(s.template)-maxMask):], '<')
	if i < 0 {
		return
	}
	i += max(0, len(s.template)-maxMask)
	if text := string(s.template[i:]); maskLength(text) == len(text) {
		s.template = append(append(s.template[:i], "‹"...), text[1:]...)
	}
}

// boundedDurationEnd masks a duration with a bound, such as "<1 sec", and returns its
// end; 0 if there is none.
func (s *Scanner) boundedDurationEnd(i int) int {
	j := digitsEnd(s.text, i+1)
	if end, m := unitAfter(s.text, j); m == Duration {
		return s.mask(m, i, end)
	}
	return 0
}

// nonASCII reads a character beyond ASCII. Letters of all scripts are kept, digits of
// all scripts are masked as numbers, and invisible format characters are dropped.
func (s *Scanner) nonASCII(i int) int {
	r, n := utf8.DecodeRuneInString(s.text[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return s.binary(i)
	case unicode.IsSpace(r):
		s.spaceBefore = true
		return i + n
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		return i + n
	case unicode.IsDigit(r):
		return s.mask(Num, i, unicodeDigitsEnd(s.text, i))
	case r == separator:
		return s.literalText("|", i+n)
	case r == fixedOpen:
		return s.literalText("‹", i+n)
	case r == fixedClose:
		return s.literalText("›", i+n)
	case closingQuote(r) != 0:
		if end := s.typographicQuoteEnd(i, n, closingQuote(r)); end > 0 {
			return s.mask(Quoted, i, end)
		}
	}
	s.afterCodeLabel, s.afterWord = false, unicode.IsLetter(r)
	return s.literal(i, i+n)
}

func (s *Scanner) literalText(text string, next int) int {
	s.flushSpace()
	s.template = append(s.template, text...)
	return next
}

func unicodeDigitsEnd(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsDigit(r) {
			break
		}
		i += n
	}
	return i
}

// binary masks control characters and bytes that are not UTF-8.
func (s *Scanner) binary(i int) int {
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
	return s.mask(Binary, i, j)
}
