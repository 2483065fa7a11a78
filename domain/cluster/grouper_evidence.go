package cluster

import "slices"

// maxPositions is how many positions of a template may be generalized: only the
// first ones are tried. It limits the work for a shape to 78 look-ups: 12 single
// positions and 66 pairs.
const maxPositions = 12

// position is the position of a token that may be variable.
type position struct {
	index  int
	weight weight // as evidence for it
}

// noPosition is the second position where only one is generalized.
var noPosition = position{index: -1}

// positions returns the positions of a template that may be variable.
func positions(list []token) []position {
	var found []position
	first := firstWord(list)
	for i := range list {
		if w := wordWeight(list, i, first); w != weightConstant && len(found) < maxPositions {
			found = append(found, position{i, w})
		}
	}
	return found
}

// generalizedSum returns the sum of a template with a wildcard at p.
func (p position) generalizedSum(sum uint64, list []token) uint64 {
	return sum - positionHash(p.index, list[p.index].hash) + positionHash(p.index, wildcardHash)
}

// evidence is a template that speaks for a generalization: the one that has
// wildcards at these positions.
type evidence struct {
	node      *node
	positions [2]position
}

// entry is what is known about the template with one sum. There are many entries,
// and most only ever have one piece of evidence; so the first one is stored here,
// without its weights, to save memory.
type entry struct {
	node           *node           // the template itself, nil unless it was observed or confirmed
	first          *node           // the only evidence for generalizing it
	indexes        [2]int16        // the positions of first
	generalization *generalization // when there is more evidence
}

// firstEvidence returns the entry's only evidence, with its weights.
func (e entry) firstEvidence() evidence {
	v := evidence{e.first, [2]position{noPosition, noPosition}}
	first := firstWord(e.first.tokens)
	for i, at := range e.indexes {
		if at != int16(noPosition.index) {
			v.positions[i] = position{int(at), wordWeight(e.first.tokens, int(at), first)}
		}
	}
	return v
}

// generalization is a template with wildcards that is not confirmed yet.
type generalization struct {
	members    []*node
	hypotheses []hypothesis
}

// hypothesis says that one or two positions of a template are variable. It holds
// the evidence for it, without pointers, because there are many hypotheses.
type hypothesis struct {
	indexes [2]int
	weights [2]weight // sum over the different words at each position
	counts  [2]uint8  // how many different words
	words   [2][threshold / weightAny]uint32
}

// add adds evidence and returns the hypothesis that it supports.
func (t *generalization) add(v evidence) *hypothesis {
	t.members = append(t.members, v.node)
	at := [2]int{v.positions[0].index, v.positions[1].index}
	i := slices.IndexFunc(t.hypotheses, func(h hypothesis) bool { return h.indexes == at })
	if i < 0 {
		i = len(t.hypotheses)
		t.hypotheses = append(t.hypotheses, hypothesis{indexes: at})
	}
	h := &t.hypotheses[i]
	for i, p := range v.positions {
		if p != noPosition {
			h.addWord(i, v.node.tokens[p.index].hash, p.weight)
		}
	}
	return h
}

// addWord adds the weight of a word at the hypothesis's position i. Each different
// word counts once.
func (h *hypothesis) addWord(i int, hash uint64, w weight) {
	word := uint32(hash)
	if w <= 0 || h.weights[i] >= threshold || slices.Contains(h.words[i][:h.counts[i]], word) {
		return
	}
	h.words[i][h.counts[i]] = word
	h.counts[i]++
	h.weights[i] += w
}

// addMask adds a mask that was observed at the position of a hypothesis that has
// only one.
func (h *hypothesis) addMask() {
	if h.indexes[1] == noPosition.index {
		h.addWord(0, wildcardHash, weightMask)
	}
}

// confirmed reports whether the evidence for each position reaches the threshold.
func (h *hypothesis) confirmed() bool {
	return h.weights[0] >= threshold && (h.indexes[1] == noPosition.index || h.weights[1] >= threshold)
}

// generalize returns a template with wildcards at the hypothesis's positions.
func (h *hypothesis) generalize(list []token) []token {
	list = slices.Clone(list)
	for _, i := range h.indexes {
		if i != noPosition.index {
			list[i] = list[i].generalized()
		}
	}
	return list
}

// addToEvidence adds n to the evidence. One template alone is no evidence: it is
// added together with the second. Most leaves of random text never get one, and so
// take little memory.
func (l *Leaf) addToEvidence(n *node) {
	if len(l.members) == 1 {
		return
	}
	if len(l.members) == 2 {
		l.addEvidenceOf(l.members[0])
	}
	l.addEvidenceOf(n)
}

func (l *Leaf) addEvidenceOf(n *node) {
	l.addMaskEvidence(n)
	l.generalize(n)
}

// generalize adds n as evidence for each generalization of its template by one
// position and by two. Constant words must remain in the generalization: at least
// one, or two when it has two new wildcards. For example "user ann left page x"
// is evidence for "user <*> left page x" and "user <*> left page <*>".
func (l *Leaf) generalize(n *node) {
	found, left := positions(n.tokens), countConstants(n.tokens)
	for i, p := range found {
		one := p.generalizedSum(n.sum, n.tokens)
		leftOne := left - n.tokens[p.index].constant()
		if leftOne >= 1 {
			l.addEvidence(one, evidence{n, [2]position{p, noPosition}})
		}
		for _, q := range found[i+1:] {
			if leftOne-n.tokens[q.index].constant() >= 2 {
				l.addEvidence(q.generalizedSum(one, n.tokens), evidence{n, [2]position{p, q}})
			}
		}
	}
}

// addEvidence adds evidence for the template with that sum, and generalizes the
// template when that confirms a hypothesis.
func (l *Leaf) addEvidence(sum uint64, v evidence) {
	l.size += evidenceBytes
	e := l.entries[sum]
	switch {
	case e.node != nil && e.node.generalized:
		l.merge(v.node, e.node)
		return
	case e.node == nil && e.first == nil && e.generalization == nil:
		e.first, e.indexes = v.node, [2]int16{int16(v.positions[0].index), int16(v.positions[1].index)}
		l.set(sum, e)
		return
	}
	h := l.generalizationOf(sum, &e).add(v)
	if e.node != nil {
		h.addMask()
	}
	if h.confirmed() {
		l.confirm(sum, e, h)
	}
}

// generalizationOf returns the entry's generalization, which it makes if needed.
func (l *Leaf) generalizationOf(sum uint64, e *entry) *generalization {
	if e.generalization == nil {
		e.generalization = &generalization{}
		if e.first != nil {
			e.generalization.add(e.firstEvidence())
			e.first = nil
		}
		l.set(sum, *e)
	}
	return e.generalization
}

// addMaskEvidence adds n as evidence for generalizing its own template: n has masks
// at some positions, where other templates have words.
func (l *Leaf) addMaskEvidence(n *node) {
	e := l.entries[n.sum]
	if e.first == nil && e.generalization == nil {
		return
	}
	hypotheses := l.generalizationOf(n.sum, &e).hypotheses
	for i := range hypotheses {
		if h := &hypotheses[i]; !n.generalized {
			h.addMask()
			if h.confirmed() {
				l.confirm(n.sum, e, h)
			}
		}
	}
}

// confirm makes the entry's generalization a template of its own. All its members
// are merged with it, and so is each template that fits it later.
func (l *Leaf) confirm(sum uint64, e entry, h *hypothesis) {
	n, fresh := e.node, e.node == nil
	if fresh {
		n = newNode(sum, h.generalize(e.generalization.members[0].tokens))
	}
	l.set(sum, entry{node: n})
	l.markGeneralized(n, rankGeneralized, e.generalization.members)
	if fresh {
		l.generalize(n)
	}
}
