package cluster

import (
	"iter"
	"strings"
)

// Limits of a phrase, in bytes: a shorter phrase occurs in messages of another meaning,
// a longer one says no more.
const (
	minPhrase       = 6
	maxPhrase       = 100
	maxPhraseSource = 1000 // of a message, in which constant text is looked for
)

// CommonPhrase returns the longest run of whole words that all messages hold and that
// is not masked, "" if there is none. A parser's condition can ask for it: it is
// text that is always there, and no id that happens to be the same in all messages.
func CommonPhrase(messages []string) string { return DistinctivePhrase(messages, nil) }

// DistinctivePhrase returns the common phrase of messages that the fewest neighbours
// hold; the longest of several.
func DistinctivePhrase(messages, neighbours []string) string {
	if len(messages) == 0 {
		return ""
	}
	best, others := "", 0
	for _, piece := range unmaskedParts(wholeWords(messages[0])) {
		for phrase := range commonPhrases(piece, messages[1:]) {
			n := countContaining(phrase, neighbours)
			if best == "" || n < others || n == others && len(phrase) > len(best) {
				best, others = phrase, n
			}
		}
	}
	return best
}

// wholeWords returns the beginning of a message, up to the end of a word.
func wholeWords(message string) string {
	if len(message) <= maxPhraseSource {
		return message
	}
	return message[:max(0, strings.LastIndexByte(message[:maxPhraseSource], ' '))]
}

// countContaining counts the messages that hold a phrase.
func countContaining(phrase string, messages []string) int {
	n := 0
	for _, m := range messages {
		if strings.Contains(m, phrase) {
			n++
		}
	}
	return n
}

// unmaskedParts returns the parts of a message between its masks.
func unmaskedParts(message string) []string {
	var s Scanner
	_, spans := s.Scan(message)
	var pieces []string
	at := 0
	for _, span := range spans {
		pieces = append(pieces, message[at:span.Start])
		at = span.End
	}
	return append(pieces, message[at:])
}

// commonPhrases returns all runs of whole words of a text, neither too short nor too
// long, that all messages hold.
func commonPhrases(text string, messages []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		words := wordSpans(text)
		for i, first := range words {
			for _, last := range words[i:] {
				phrase := text[first.Start:last.End]
				if len(phrase) > maxPhrase || !inAllMessages(phrase, messages) {
					break // nor do longer ones
				}
				if len(phrase) >= minPhrase && !yield(phrase) {
					return
				}
			}
		}
	}
}

// wordSpans returns the spans of the words of a text.
func wordSpans(text string) []Span {
	var words []Span
	at := 0
	for word := range strings.FieldsSeq(text) {
		start := at + strings.Index(text[at:], word)
		at = start + len(word)
		words = append(words, Span{Start: start, End: at})
	}
	return words
}

func inAllMessages(phrase string, messages []string) bool {
	for _, m := range messages {
		if !strings.Contains(m, phrase) {
			return false
		}
	}
	return true
}
