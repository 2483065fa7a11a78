package scrub

import (
	"strings"
	"sync"
)

// finder goes through a text once, from one known word to the next.
type finder struct {
	s     string
	found []secret // in the order found
	fold  []byte   // what folded returned last

	work   int  // the bytes looked at, but for those within reach of a name
	name   name // whose value is read
	doneTo int  // what lies in front was removed, or is a mark
	nameTo int  // the end of the last name

	// What was looked at last, so that many names in one text do not make for
	// looking at it many times.
	nexts              [3]nextByte
	vainTo             map[*rule]int
	headerFrom         int
	headerTo           int
	pairTo, pairBack   int // no value of a pair stands in front, or behind
	bareFrom, bareTo   int
	tokenFrom, tokenTo int
	webKeyTo           int
	listTo, exportTo   int
	grant              int // 1: there is a grant_type, -1: there is none
}

// reading is what is done where a word was found.
type reading struct {
	read  func(f *finder, from, to int)
	rules []*rule
}

// known holds all words that are looked for, and what each is for.
type known struct {
	automaton *automaton
	readings  []reading
}

var readKnown = sync.OnceValue(func() *known {
	k := &known{}
	index := map[string]int{}
	var words []string
	at := func(word string) *reading {
		word = lowerASCII(word)
		i, ok := index[word]
		if !ok {
			i = len(words)
			index[word] = i
			words = append(words, word)
			k.readings = append(k.readings, reading{})
		}
		return &k.readings[i]
	}
	for word, read := range places {
		at(word).read = read
	}
	for _, word := range readNames().triggers {
		at(word).read = (*finder).named
	}
	for _, r := range readRules() {
		for _, word := range r.Keywords {
			w := at(word)
			w.rules = append(w.rules, r)
		}
	}
	k.automaton = newAutomaton(words)
	return k
})

// run fills found.
func (f *finder) run() {
	f.tokens()
	k := readKnown()
	k.automaton.find(f.s, func(id uint16, from, to int) {
		if from < f.doneTo {
			return
		}
		r := &k.readings[id]
		for _, rule := range r.rules {
			f.rule(rule, from)
		}
		if r.read != nil {
			r.read(f, from, to)
		}
	})
}

// rule removes what a rule finds at a keyword. Text in which it found nothing is
// not looked at again.
func (f *finder) rule(r *rule, keyword int) {
	if keyword < f.vainTo[r] {
		return
	}
	from, to := r.match(f.s, keyword)
	f.work += max(1, to-keyword)
	switch {
	case from < to && from >= f.doneTo:
		f.add(r.Kind, from, to)
	case from == to && to > keyword:
		if f.vainTo == nil {
			f.vainTo = map[*rule]int{}
		}
		f.vainTo[r] = to
	}
}

// add notes a secret, but for one that is a mark already.
func (f *finder) add(kind string, from, to int) {
	if from >= to || strings.HasPrefix(f.s[from:], markStart) {
		return
	}
	if open := strings.LastIndex(f.s[max(0, from-maxMark):from], markStart); open >= 0 && strings.IndexByte(f.s[max(0, from-maxMark)+open:from], ']') < 0 {
		return
	}
	f.found = append(f.found, secret{kind, from, to})
	f.doneTo = max(f.doneTo, to)
}

// maxMark is how long a mark may be.
const maxMark = 64

// mark passes a mark of what was removed before.
func (f *finder) mark(_, to int) {
	if end := strings.IndexByte(f.rest(to, maxMark), ']'); end >= 0 {
		f.doneTo = max(f.doneTo, to+end+1)
	}
}

// named removes the secret whose name holds the word at from.
func (f *finder) named(from, to int) {
	if from < f.nameTo {
		return
	}
	n := f.nameAt(from, to)
	if n.kind == "" {
		f.codeOfPlace(from, to)
		return
	}
	f.nameTo = n.to
	f.name = n
	if n.plural {
		if at := f.structureAt(f.site(n)); at >= 0 {
			f.members(n.kind, at)
		}
		return
	}
	if f.pairOf(n) {
		return
	}
	s := f.site(n)
	if s.form == table && f.columns(n, 2) || s.form != none && f.valueOf(n.kind, s) {
		return
	}
	if s.form == none || s.form == table || s.form == tuple {
		f.columns(n, 1)
	}
}

// valueOf removes the value at a site, or the strings of a list there, if they can
// be secrets. It reports whether there were any.
func (f *finder) valueOf(kind string, s site) bool {
	if f.block(kind, s) || f.below(kind, s) {
		return true
	}
	s.at += len(flatHead.FindString(f.rest(s.at, maxGap)))
	if at := f.structureAt(s); at >= 0 {
		f.listOf(kind, at)
		f.bareList(kind, at)
		return true
	}
	v := f.valueAt(kind, s)
	if v.from < v.to && f.fits(kind, v) {
		f.add(f.kindOf(kind, v), v.from, v.to)
		return true
	}
	return false
}

// kindOf returns the kind of a value whose name says little, by how it begins.
func (f *finder) kindOf(kind string, v value) string {
	if kind != "token" && kind != "secret" && kind != "key" {
		return kind
	}
	for _, r := range readRules() {
		for _, word := range r.Keywords {
			if r.Before == 0 && len(word) <= v.to-v.from && strings.EqualFold(f.s[v.from:v.from+len(word)], word) {
				if from, to := r.match(f.s, v.from); from == v.from && to > from {
					return r.Kind
				}
			}
		}
	}
	return kind
}
