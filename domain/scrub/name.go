package scrub

// name is the name of a secret in a text.
type name struct {
	kind     string
	from, to int  // where its identifier begins, with other words in front, and ends
	compound bool // written as programs write names, not as prose: access_token, X-Api-Key
	plural   bool // access_tokens: only what is in a list or an object can be a secret
}

// word is one word of a name: letters in one case, capitalised, or digits.
type word struct {
	from, to int
	joined   bool // to the word in front as in an identifier; else by a space or an apostrophe
}

// maxWords is how many words are looked at on each side of the one that was found.
const maxWords = 5

// nameAt reads the name in which the word at from was found. Its kind is empty if
// that is no secret's. The name is the longest that ends where an identifier ends.
func (f *finder) nameAt(from, to int) name {
	var buffer [2*maxWords + 2]word
	words, hit := f.wordsAround(buffer[:0], from, to)
	if len(words) == 0 {
		return name{}
	}
	for last := len(words) - 1; last >= hit; last-- {
		if !f.endsIdentifier(words, last) {
			continue
		}
		if n := f.longestName(words, hit, last); n.kind != "" {
			return n
		}
	}
	return name{}
}

// endsIdentifier reports whether what follows the word at i is not part of the
// identifier any more, but for words that change nothing: password_confirmation.
func (f *finder) endsIdentifier(words []word, i int) bool {
	for i++; i < len(words) && words[i].joined; i++ {
		if !tailWords[string(appendFolded(f.fold[:0], f.s[words[i].from:words[i].to]))] {
			return false
		}
	}
	return true
}

var tailWords = map[string]bool{
	"value": true, "confirmation": true, "confirm": true, "hash": true, "raw": true, "plain": true, "text": true, "new": true, "old": true, "current": true,
	"string": true, "1": true, "2": true, "3": true, "256": true, "sha256": true, "again": true, "repeat": true, "field": true, "input": true,
}

// longestName looks the words up that end with the one at last and begin at or
// before the one at hit.
func (f *finder) longestName(words []word, hit, last int) name {
	d := readNames()
	start := hit
	for start > 0 && words[start].joined {
		start--
	}
	n := name{from: words[start].from, to: words[last].to, compound: last > start && words[last].joined}
	for i := last + 1; i < len(words) && words[i].joined; i++ {
		n.to, n.compound = words[i].to, true
	}
	for first := max(0, last-maxWords); first <= hit; first++ {
		switch kind := d.kind(f.folded(words[first].from, words[last].to)); {
		case kind == harmless && first >= start:
			return name{}
		case kind != "" && kind != harmless:
			n.kind = kind
			n.from = min(n.from, words[first].from)
			return n
		}
	}
	if last == hit {
		n.kind = d.endsLike(f.folded(words[last].from, words[last].to))
	}
	if n.kind == "" {
		n.kind = f.pluralKind(words[:last+1], hit)
		n.plural = n.kind != ""
	}
	return n
}

func (f *finder) folded(from, to int) []byte {
	f.fold = appendFolded(f.fold[:0], f.s[from:to])
	return f.fold
}

// wordsAround returns the word that holds what was found and those round it, and
// which of them it is.
func (f *finder) wordsAround(words []word, from, to int) (all []word, hit int) {
	middle := f.wordAt(from, to)
	words = append(words, middle)
	for len(words) <= maxWords {
		next := words[len(words)-1].to
		at, joined := f.joint(next)
		if at < 0 {
			break
		}
		end := f.wordEnd(at)
		if end == at {
			break
		}
		words = append(words, word{at, end, joined})
	}
	first := words[0]
	for hit < maxWords {
		at, joined := f.jointBefore(first.from)
		if at < 0 {
			break
		}
		start := f.wordStart(at)
		if start == at {
			break
		}
		words[0].joined = joined
		words = append(words, word{})
		copy(words[1:], words)
		first = word{start, at, false}
		words[0] = first
		hit++
	}
	return words, hit
}

// wordAt returns the word in which from to to lies. In scripts without spaces
// between words it is exactly that.
func (f *finder) wordAt(from, to int) word {
	for i := from; i < to; i++ {
		if f.s[i] > 0xCD {
			return word{from: from, to: to}
		}
	}
	start := from
	for limit := max(0, from-maxWord); start > limit && f.joins(start); {
		start--
	}
	return word{from: start, to: f.wordEnd(to)}
}

// maxWord is how long a word of a name may be, in bytes.
const maxWord = 40

// joins reports whether the bytes before and at i belong to one word.
func (f *finder) joins(i int) bool {
	if i <= 0 || i >= len(f.s) {
		return false
	}
	a, b := f.s[i-1], f.s[i]
	switch {
	case isUpper(b):
		return isUpper(a) && (i+1 == len(f.s) || !isLower(f.s[i+1]))
	case isLower(b) || isAccent(b):
		return isLetter(a) || isAccent(a)
	case isDigit(b):
		return isDigit(a)
	}
	return false
}

func (f *finder) wordEnd(i int) int {
	start := i
	if i < len(f.s) && isWordByte(f.s[i]) && (i == 0 || !f.joins(i)) {
		if f.s[i] >= 0xE0 { // a rune of a script without spaces between words
			i += 2
		}
		i++
	}
	for limit := min(len(f.s), start+maxWord); i < limit && f.joins(i); {
		i++
	}
	return min(i, len(f.s))
}

func (f *finder) wordStart(i int) int {
	if i == 0 || !isWordByte(f.s[i-1]) || f.s[i-1] >= 0x80 && !isAccent(f.s[i-1]) {
		return i
	}
	limit := max(0, i-maxWord)
	for i--; i > limit && f.joins(i); {
		i--
	}
	return i
}

// joint returns where the next word of a name begins if the last ends at i, and
// whether both are one identifier; -1 if none can follow.
func (f *finder) joint(i int) (at int, joined bool) {
	if i >= len(f.s) {
		return -1, false
	}
	switch c := f.s[i]; {
	case isLetter(c) || isDigit(c) || isAccent(c):
		return i, true
	case c == '_' || c == '-' || c == '.':
		if i+1 < len(f.s) && isWordByte(f.s[i+1]) {
			return i + 1, true
		}
		if c == '_' && i+2 < len(f.s) && f.s[i+1] == '_' && isWordByte(f.s[i+2]) {
			return i + 2, true
		}
	case c == ' ' || c == '\'' || c == '+':
		if i+1 < len(f.s) && isWordByte(f.s[i+1]) {
			return i + 1, false
		}
	case c == 0xE2 && i+3 < len(f.s) && f.s[i+1] == 0x80 && f.s[i+2] == 0x99: // ’
		return i + 3, false
	}
	return -1, false
}

// jointBefore does what joint does towards the beginning: it returns where the
// word in front ends.
func (f *finder) jointBefore(i int) (at int, joined bool) {
	if i == 0 {
		return -1, false
	}
	switch c := f.s[i-1]; {
	case isWordByte(c):
		return i, true
	case c == '_' || c == '-' || c == '.':
		if i > 1 && isWordByte(f.s[i-2]) {
			return i - 1, true
		}
		if c == '_' && i > 2 && f.s[i-2] == '_' && isWordByte(f.s[i-3]) {
			return i - 2, true
		}
	case c == ' ' || c == '\'' || c == '+':
		if i > 1 && isWordByte(f.s[i-2]) {
			return i - 1, false
		}
	case c == 0x99 && i > 2 && f.s[i-2] == 0x80 && f.s[i-3] == 0xE2:
		return i - 3, false
	}
	return -1, false
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// isAccent reports whether c is of a Latin letter with an accent or of a combining
// accent.
func isAccent(c byte) bool { return c == 0xC3 || c == 0xCC || c == 0xCD || c >= 0x80 && c < 0xC0 }

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c >= 0x80 }
