package parse

import "wherefore/domain/pattern"

// windowSize is the length in bytes of the window of a literal by which a
// literals finds it.
const windowSize = 4

// literals finds which of many literals stand in a text, without regard to the
// case of ASCII letters, in one pass over the text: a window of four bytes is
// held against a bitmap, and only where that says maybe are literals compared.
//
// An automaton (Aho and Corasick) would do the same in one step a byte, but its
// table for a thousand literals is too large for a processor's nearest cache.
type literals struct {
	windows  [1 << 16 / 64]uint64 // one bit per hash of a window that some literal has
	byWindow map[uint32][]needle
}

type needle struct {
	text    string // folded
	at      int    // where in text its window begins
	parsers []int32
}

// newLiterals indexes folded literals of at least windowSize bytes.
func newLiterals(parsersOf map[string][]int32) *literals {
	ls := &literals{byWindow: map[uint32][]needle{}}
	common := map[uint32]int{}
	for text := range parsersOf {
		for at := range len(text) - windowSize + 1 {
			common[window(text, at)]++
		}
	}
	for text, parsers := range parsersOf {
		at := rarest(text, common)
		w := window(text, at)
		ls.byWindow[w] = append(ls.byWindow[w], needle{text, at, parsers})
		ls.windows[hashOf(w)/64] |= 1 << (hashOf(w) % 64)
	}
	return ls
}

// rarest returns where the window of text begins that the fewest literals share.
func rarest(text string, common map[uint32]int) int {
	best := 0
	for at := range len(text) - windowSize + 1 {
		if common[window(text, at)] < common[window(text, best)] {
			best = at
		}
	}
	return best
}

func window(s string, at int) uint32 {
	return uint32(s[at])<<24 | uint32(s[at+1])<<16 | uint32(s[at+2])<<8 | uint32(s[at+3])
}

func hashOf(w uint32) uint32 { return w * 0x9E3779B1 >> 16 }

// find adds the parsers of every literal in text to found.
func (ls *literals) find(text string, found bitset) {
	text = pattern.FoldSpecial(text)
	var w uint32
	for i := range len(text) {
		w = w<<8 | uint32(pattern.Lower(text[i]))
		h := hashOf(w)
		if ls.windows[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, l := range ls.byWindow[w] {
			if l.standsAt(text, i+1-windowSize-l.at) {
				found.addAll(l.parsers)
			}
		}
	}
}

// standsAt reports whether the literal begins at a place in text.
func (l *needle) standsAt(text string, begin int) bool {
	if begin < 0 || begin+len(l.text) > len(text) {
		return false
	}
	for i := range len(l.text) {
		if pattern.Lower(text[begin+i]) != l.text[i] {
			return false
		}
	}
	return true
}
