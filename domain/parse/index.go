package parse

import (
	"math/bits"
	"slices"
	"strconv"
)

// index proposes which parsers of a ruleset can match, so that a thousand cost
// about what ten do. It never leaves out one that does match.
type index struct {
	facts    [factCount]map[string][]int32
	status   map[int][]int32
	literals *literals // nil when no parser needs one
	guards   []guarded
	always   bitset // the parsers that nothing can be said about
}

type guarded struct {
	guard  *guard
	parser int32
}

// newIndex files each parser under the one of its needs that the fewest others share.
func newIndex(parsers []*Parser) index {
	shared := map[atom]int{}
	for _, p := range parsers {
		for _, n := range p.needs {
			for _, a := range n {
				shared[a]++
			}
		}
	}
	x := index{status: map[int][]int32{}, always: newBitset(len(parsers))}
	inMessage := map[string][]int32{}
	for i, p := range parsers {
		if len(p.needs) == 0 {
			x.always.add(int32(i))
			continue
		}
		rarest := slices.MinFunc(p.needs, func(a, b need) int { return a.load(shared) - b.load(shared) })
		for _, a := range rarest {
			x.file(a, int32(i), inMessage)
		}
	}
	if len(inMessage) > 0 {
		x.literals = newLiterals(inMessage)
	}
	return x
}

// guardLoad is the load of a guard: it costs its test for every error, which a
// few parsers brought up for some errors do not.
const guardLoad = 16

// load estimates how many parsers a need brings up beside its own. Of equal
// ones exact facts go first, as looking them up costs no reading of the message.
func (n need) load(shared map[atom]int) int {
	load := 0
	for _, a := range n {
		switch a.of {
		case guardIn:
			load = max(load, guardLoad)
		case literalIn:
			load = max(load, 2*shared[a]+1)
		default:
			load = max(load, 2*shared[a])
		}
	}
	return load
}

func (x *index) file(a atom, parser int32, inMessage map[string][]int32) {
	switch a.of {
	case literalIn:
		inMessage[a.value] = append(inMessage[a.value], parser)
	case guardIn:
		x.guards = append(x.guards, guarded{a.guard, parser})
	case statusIn:
		status, _ := strconv.Atoi(a.value) // written by statusIs.needs
		x.status[status] = append(x.status[status], parser)
	default:
		if x.facts[a.of] == nil {
			x.facts[a.of] = map[string][]int32{}
		}
		x.facts[a.of][a.value] = append(x.facts[a.of][a.value], parser)
	}
}

// candidates adds to found every parser that can match.
func (x *index) candidates(in *input, found bitset) {
	copy(found, x.always)
	for f, values := range x.facts {
		if len(values) > 0 {
			found.addAll(values[fact(f).of(in)])
		}
	}
	if len(x.status) > 0 {
		found.addAll(x.status[in.Status])
	}
	if x.literals != nil {
		x.literals.find(in.Message, found)
	}
	for _, g := range x.guards {
		if g.guard.holds(in) == yes {
			found.add(g.parser)
		}
	}
}

// bitset is a set of the parsers of a ruleset by their position.
type bitset []uint64

func newBitset(size int) bitset { return make(bitset, (size+63)/64) }

func (s bitset) add(i int32) { s[i/64] |= 1 << (i % 64) }

func (s bitset) addAll(of []int32) {
	for _, i := range of {
		s.add(i)
	}
}

// next returns the first member that is i or more, negative if there is none.
func (s bitset) next(i int) int {
	for word := i / 64; word < len(s); word++ {
		rest := s[word]
		if word == i/64 {
			rest &= ^uint64(0) << (i % 64)
		}
		if rest != 0 {
			return word*64 + bits.TrailingZeros64(rest)
		}
	}
	return -1
}
