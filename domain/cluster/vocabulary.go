package cluster

import "strings"

// The lists hold English words, because most errors are in English. Words of other
// languages need more evidence before they are taken for names.

// wordSet is a set of lower-case words.
type wordSet map[string]struct{}

func newWordSet(lists ...string) wordSet {
	s := wordSet{}
	for _, list := range lists {
		for _, w := range strings.Fields(list) {
			s[w] = struct{}{}
		}
	}
	return s
}

func (s wordSet) has(w string) bool {
	_, ok := s[w]
	return ok
}

// stopWords are function words. They are never variable, and many of them, such as
// "not", change the meaning.
var stopWords = newWordSet(`a an the this that these those it its you your we our they their he she his her i my me`,
	`is are was were be been being am has have had do does did don doesn isn aren wasn can could cannot will would shall`,
	`should may might must not no nor never and or but if then else when while because as than whether`,
	`in on at by for from of to with without within into onto over under between through during before after above below`,
	`up down out off again once only same so too very just already yet still also all any both each every few more most`,
	`other some such via per about against until since there here what which who why how`)

// nameCues stand before names: the word after "user", "from" or "by" is variable far
// more often than the word after "is".
var nameCues = newWordSet(`user users for from to by of in on at with via host server client node name named called id file`,
	`class as into account page field parameter param key table device interface domain method function service package`)

// topicLabels stand before what a message is about: another word after "reason" or
// "state" makes another message.
var topicLabels = newWordSet(`error errors code codes subcode errno reason cause exception type kind status state event action result`,
	`response level severity permission problem warning error_type`)

// stateWords say how something is or how it ended. They are never variable.
var stateWords = newWordSet(`true false yes no null nil none ok okay ready busy idle normal warning critical fatal full empty missing`,
	`timeout online offline active inactive valid open close start stop begin end enter exit read write get set put post`,
	`send sent receive add remove delete create destroy load unload lock unlock connect attach detach mount unmount enable`,
	`disable accept reject allow deny grant revoke expire high low min max minimum maximum first last new old left right`,
	`long short large small many unknown dead alive done lost found pass success public private login logout abort retry`,
	`reset shutdown restart suspend resume bad good wrong`)

// stateSuffixes end state words: "started", "running", "available", "successful",
// "verification".
var stateSuffixes = [...]string{"ed", "ing", "able", "ible", "tion", "ful", "less", "ure"}

// statePrefixes begin words that say whether something succeeded.
var statePrefixes = [...]string{"succe", "fail", "err", "invalid", "unavail", "unauthor", "disconnect", "unsupp"}

// namesState reports whether a word, or the first or last part of an identifier, is a
// state word: "expired", "TokenExpired", "invalid_grant". Parts in the middle of a
// long identifier do not count.
func namesState(w string) bool {
	first, last := "", ""
	for i := 0; i < len(w); {
		j := identifierPartEnd(w, i)
		if part := w[i:j]; part != "" {
			if last = part; first == "" {
				first = part
			}
		}
		i = max(j, i+1)
	}
	return isStateWord(strings.ToLower(first)) || isStateWord(strings.ToLower(last))
}

// identifierPartEnd returns the end of the part of an identifier that begins at i:
// letters up to punctuation, a digit, or a capital after a small letter.
func identifierPartEnd(w string, i int) int {
	for j := i; j < len(w); j++ {
		c := w[j]
		if !isLower(c) && !isUpper(c) && c < 0x80 || j > i && isUpper(c) && isLower(w[j-1]) {
			return j
		}
	}
	return len(w)
}

// isStateWord reports whether a lower-case word is a state word. A suffix needs a stem
// of three letters before it: "king" is none.
func isStateWord(w string) bool {
	if stateWords.has(w) {
		return true
	}
	for _, end := range stateSuffixes {
		if len(w) >= len(end)+3 && strings.HasSuffix(w, end) {
			return true
		}
	}
	for _, begin := range statePrefixes {
		if strings.HasPrefix(w, begin) {
			return true
		}
	}
	return false
}

// isAllCaps reports whether w is written as constants are: "TASK_ABORT".
func isAllCaps(w string) bool {
	capitals := 0
	for i := range len(w) {
		switch {
		case isUpper(w[i]):
			capitals++
		case w[i] != '_' && w[i] != '-' && !isDigit(w[i]):
			return false
		}
	}
	return capitals >= 2
}

// isIdentifier reports whether w is an identifier rather than a word of a language: it
// holds underscores, points or digits, or capitals after small letters. A mask at its
// end does not count: "eth<num>" is none.
func isIdentifier(w string) bool {
	if i := strings.IndexByte(w, '<'); i > 0 && strings.IndexByte(w, '>') == len(w)-1 {
		w = strings.TrimRight(w[:i], "-_.")
	}
	for i := range len(w) {
		if c := w[i]; c == '_' || c == '.' || c == '$' || c == '<' || isDigit(c) || i > 0 && isUpper(c) && isLower(w[i-1]) {
			return true
		}
	}
	return false
}
