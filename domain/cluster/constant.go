package cluster

import (
	"iter"
	"strings"
)

// Bounds of a constant text, in bytes: a shorter one stands in messages of
// another meaning, a longer one says no more.
const (
	minPhrase       = 6
	maxPhrase       = 100
	maxPhraseSource = 1000 // of a message, in which constant text is looked for
)

// CommonPhrase returns the longest run of whole words that all messages hold and no
// mask covers in the first of them, "" if there is none of use. A condition made
// from it asks for what is always said and not for an id that happens to be the same.
func CommonPhrase(messages []string) string { return DistinctivePhrase(messages, nil) }

// DistinctivePhrase is Constant, but of all such runs the longest of those that the
// fewest neighbours hold: what the messages say and others like them don't.
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

// wholeWords returns the whole words that a message begins with.
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

// unmaskedParts returns the parts of a message that no mask covers.
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

// wordSpans finds what white space parts.
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
