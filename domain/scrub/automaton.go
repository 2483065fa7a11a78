package scrub

// automaton finds many words in one pass over a text, without regard to the case of
// ASCII letters (Aho-Corasick, every transition worked out in advance).
type automaton struct {
	class   [256]uint8 // the column of a byte; 0 for bytes of no word
	columns int
	next    []uint16   // next[state*columns+class]
	words   [][]uint16 // the words that end in a state
	lengths []int
}

func newAutomaton(words []string) *automaton {
	a := &automaton{columns: 1, words: [][]uint16{nil}}
	for _, word := range words {
		a.lengths = append(a.lengths, len(word))
		for i := range len(word) {
			if c := lower(word[i]); a.class[c] == 0 {
				a.class[c] = uint8(a.columns)
				a.columns++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		a.class[c] = a.class[lower(c)]
	}
	a.next = make([]uint16, a.columns)
	for id, word := range words {
		a.insert(uint16(id), word)
	}
	a.link()
	return a
}

func (a *automaton) insert(id uint16, word string) {
	state := 0
	for i := range len(word) {
		at := state*a.columns + int(a.class[word[i]])
		if a.next[at] == 0 {
			a.next[at] = uint16(len(a.words))
			a.words = append(a.words, nil)
			a.next = append(a.next, make([]uint16, a.columns)...)
		}
		state = int(a.next[at])
	}
	a.words[state] = append(a.words[state], id)
}

// link replaces each missing transition by that of the longest ending which begins
// a word, state by state in the order of their depth.
func (a *automaton) link() {
	ending := make([]uint16, len(a.words))
	var queue []uint16
	for _, state := range a.next[:a.columns] {
		if state != 0 {
			queue = append(queue, state)
		}
	}
	for i := 0; i < len(queue); i++ {
		state := queue[i]
		a.words[state] = append(a.words[state], a.words[ending[state]]...)
		for c := range a.columns {
			at := int(state)*a.columns + c
			other := a.next[int(ending[state])*a.columns+c]
			if a.next[at] == 0 {
				a.next[at] = other
				continue
			}
			ending[a.next[at]] = other
			queue = append(queue, a.next[at])
		}
	}
}

// find calls hit for each occurrence of a word, in the order of their ends.
func (a *automaton) find(s string, hit func(id uint16, from, to int)) {
	state := uint16(0)
	for i := range len(s) {
		state = a.next[int(state)*a.columns+int(a.class[s[i]])]
		for _, id := range a.words[state] {
			hit(id, i+1-a.lengths[id], i+1)
		}
	}
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
