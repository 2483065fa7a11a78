package cluster

import "slices"

// maxPositions bounds how many places of a template may turn out to be variable: the
// first ones count. It bounds the work for a shape to 78 look-ups.
const maxPositions = 12

// position is a field that may be variable, and what its word says for that.
type position struct {
	index  int
	weight weight
}

// noPosition stands for the second place where there is one only.
var noPosition = position{index: -1}

// positions returns what may be variable in a template.
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

// generalizedSum returns what the sum of a template becomes when p is left open.
func (p position) generalizedSum(sum uint64, list []token) uint64 {
	return sum - positionHash(p.index, list[p.index].hash) + positionHash(p.index, wildcardHash)
}

// evidence is a template that would be stood for by another, in which its two
// positions are open.
type evidence struct {
	node      *node
	positions [2]position
}

// entry is what is known about the template of one sum. It is a map's value, and
// most have one witness for ever: so that one is held here, without its weights.
type entry struct {
	node           *node           // the template itself, nil while nothing looks like it
	first          *node           // the only witness for opening it
	indexes        [2]int16        // the places of first
	generalization *generalization // once there are more witnesses
}

// firstEvidence returns the entry's only witness.
func (e entry) firstEvidence() evidence {
	w := evidence{e.first, [2]position{noPosition, noPosition}}
	first := firstWord(e.first.tokens)
	for i, at := range e.indexes {
		if at != int16(noPosition.index) {
			w.positions[i] = position{int(at), wordWeight(e.first.tokens, int(at), first)}
		}
	}
	return w
}

// generalization is a template that may come to be opened.
type generalization struct {
	members    []*node
	hypotheses []hypothesis
}

// hypothesis is the evidence that one or two places of a template are variable. It is
// small and flat, since there are many.
type hypothesis struct {
	indexes [2]int
	weights [2]weight // of the different words seen in each place
	counts  [2]uint8  // how many words
	words   [2][threshold / weightAny]uint32
}

// add takes in a witness and returns the claim that it speaks for.
func (t *generalization) add(w evidence) *hypothesis {
	t.members = append(t.members, w.node)
	at := [2]int{w.positions[0].index, w.positions[1].index}
	i := slices.IndexFunc(t.hypotheses, func(c hypothesis) bool { return c.indexes == at })
	if i < 0 {
		i = len(t.hypotheses)
		t.hypotheses = append(t.hypotheses, hypothesis{indexes: at})
	}
	c := &t.hypotheses[i]
	for i, p := range w.positions {
		if p != noPosition {
			c.addWord(i, w.node.tokens[p.index].hash, p.weight)
		}
	}
	return c
}

// addWord counts a word in the claim's place i, once.
func (c *hypothesis) addWord(i int, hash uint64, w weight) {
	word := uint32(hash)
	if w <= 0 || c.weights[i] >= threshold || slices.Contains(c.words[i][:c.counts[i]], word) {
		return
	}
	c.words[i][c.counts[i]] = word
	c.counts[i]++
	c.weights[i] += w
}

// addMask counts a masked value in the place of a claim that has one only.
func (c *hypothesis) addMask() {
	if c.indexes[1] == noPosition.index {
		c.addWord(0, wildcardHash, weightMask)
	}
}

func (c *hypothesis) confirmed() bool {
	return c.weights[0] >= threshold && (c.indexes[1] == noPosition.index || c.weights[1] >= threshold)
}

// generalize returns a template with the claim's places left open.
func (c *hypothesis) generalize(list []token) []token {
	list = slices.Clone(list)
	for _, i := range c.indexes {
		if i != noPosition.index {
			list[i] = list[i].generalized()
		}
	}
	return list
}

// generalize takes n as evidence for its template with one of its places left
// open, and with two. Constant text must remain: a word, two beside two places.
func (g *Grouper) generalize(n *node) {
	found, left := positions(n.tokens), countConstants(n.tokens)
	for i, p := range found {
		one := p.generalizedSum(n.sum, n.tokens)
		leftOne := left - n.tokens[p.index].constant()
		if leftOne >= 1 {
			g.addEvidence(one, evidence{n, [2]position{p, noPosition}})
		}
		for _, q := range found[i+1:] {
			if leftOne-n.tokens[q.index].constant() >= 2 {
				g.addEvidence(q.generalizedSum(one, n.tokens), evidence{n, [2]position{p, q}})
			}
		}
	}
}

// addEvidence adds a witness for the template of that sum.
func (g *Grouper) addEvidence(sum uint64, w evidence) {
	e := g.entries[sum]
	switch {
	case e.node != nil && e.node.generalized:
		g.merge(w.node, e.node)
		return
	case e.node == nil && e.first == nil && e.generalization == nil:
		e.first, e.indexes = w.node, [2]int16{int16(w.positions[0].index), int16(w.positions[1].index)}
		g.entries[sum] = e
		return
	}
	t := g.generalizationOf(sum, &e)
	c := t.add(w)
	if e.node != nil {
		c.addMask()
	}
	if c.confirmed() {
		g.confirm(sum, e, c)
	}
}

// generalizationOf makes the entry of that sum have a target.
func (g *Grouper) generalizationOf(sum uint64, e *entry) *generalization {
	if e.generalization == nil {
		e.generalization = &generalization{}
		if e.first != nil {
			e.generalization.add(e.firstEvidence())
			e.first = nil
		}
		g.entries[sum] = *e
	}
	return e.generalization
}

// addMaskEvidence takes n, where masks stand at some places, as evidence for opening its
// own template to words in those places.
func (g *Grouper) addMaskEvidence(n *node) {
	e := g.entries[n.sum]
	if e.first == nil && e.generalization == nil {
		return
	}
	claims := g.generalizationOf(n.sum, &e).hypotheses
	for i := range claims {
		if c := &claims[i]; !n.generalized {
			c.addMask()
			if c.confirmed() {
				g.confirm(n.sum, e, c)
			}
		}
	}
}

// confirm makes the proven target of an entry a template that stands for its
// members and for all that fit later.
func (g *Grouper) confirm(sum uint64, e entry, c *hypothesis) {
	n, fresh := e.node, e.node == nil
	if fresh {
		n = newNode(sum, c.generalize(e.generalization.members[0].tokens))
	}
	g.entries[sum] = entry{node: n}
	g.markGeneralized(n, rankGeneralized, e.generalization.members)
	if fresh {
		g.generalize(n)
	}
}
