package cluster

import "slices"

// maxPlaces bounds how many places of a template may turn out to be variable: the
// first ones count. It bounds the work for a shape to 78 look-ups.
const maxPlaces = 12

// place is a field that may be variable, and what its word says for that.
type place struct {
	at     int
	weight weight
}

// nowhere stands for the second place where there is one only.
var nowhere = place{at: -1}

// places returns what may be variable in a template.
func places(list []field) []place {
	var found []place
	first := firstLettered(list)
	for i := range list {
		if w := speaks(list, i, first); w != apart && len(found) < maxPlaces {
			found = append(found, place{i, w})
		}
	}
	return found
}

// replaced returns what the sum of a template becomes when p is left open.
func (p place) replaced(sum uint64, list []field) uint64 {
	return sum - placed(p.at, list[p.at].hash) + placed(p.at, variableHash)
}

// witness is a template that would be stood for by another, in which its two
// places are open.
type witness struct {
	node   *node
	places [2]place
}

// entry is what is known about the template of one sum. It is a map's value, and
// most have one witness for ever: so that one is held here, without its weights.
type entry struct {
	node   *node    // the template itself, nil while nothing looks like it
	first  *node    // the only witness for opening it
	at     [2]int16 // the places of first
	target *target  // once there are more witnesses
}

// recall returns the entry's only witness.
func (e entry) recall() witness {
	w := witness{e.first, [2]place{nowhere, nowhere}}
	first := firstLettered(e.first.fields)
	for i, at := range e.at {
		if at != int16(nowhere.at) {
			w.places[i] = place{int(at), speaks(e.first.fields, int(at), first)}
		}
	}
	return w
}

// target is a template that may come to be opened.
type target struct {
	members []*node
	claims  []claim
}

// claim is the evidence that one or two places of a template are variable. It is
// small and flat, since there are many.
type claim struct {
	at      [2]int
	weights [2]weight // of the different words seen in each place
	seen    [2]uint8  // how many words
	words   [2][proof / plain]uint32
}

// add takes in a witness and returns the claim that it speaks for.
func (t *target) add(w witness) *claim {
	t.members = append(t.members, w.node)
	at := [2]int{w.places[0].at, w.places[1].at}
	i := slices.IndexFunc(t.claims, func(c claim) bool { return c.at == at })
	if i < 0 {
		i = len(t.claims)
		t.claims = append(t.claims, claim{at: at})
	}
	c := &t.claims[i]
	for i, p := range w.places {
		if p != nowhere {
			c.see(i, w.node.fields[p.at].hash, p.weight)
		}
	}
	return c
}

// see counts a word in the claim's place i, once.
func (c *claim) see(i int, hash uint64, w weight) {
	word := uint32(hash)
	if w <= 0 || c.weights[i] >= proof || slices.Contains(c.words[i][:c.seen[i]], word) {
		return
	}
	c.words[i][c.seen[i]] = word
	c.seen[i]++
	c.weights[i] += w
}

// measure counts a masked value in the place of a claim that has one only.
func (c *claim) measure() {
	if c.at[1] == nowhere.at {
		c.see(0, variableHash, measured)
	}
}

func (c *claim) proven() bool {
	return c.weights[0] >= proof && (c.at[1] == nowhere.at || c.weights[1] >= proof)
}

// open returns a template with the claim's places left open.
func (c *claim) open(list []field) []field {
	list = slices.Clone(list)
	for _, i := range c.at {
		if i != nowhere.at {
			list[i] = list[i].opening()
		}
	}
	return list
}

// leaveOpen takes n as evidence for its template with one of its places left
// open, and with two. Constant text must remain: a word, two beside two places.
func (g *Grouper) leaveOpen(n *node) {
	found, left := places(n.fields), constants(n.fields)
	for i, p := range found {
		one := p.replaced(n.sum, n.fields)
		leftOne := left - n.fields[p.at].constant()
		if leftOne >= 1 {
			g.testify(one, witness{n, [2]place{p, nowhere}})
		}
		for _, q := range found[i+1:] {
			if leftOne-n.fields[q.at].constant() >= 2 {
				g.testify(q.replaced(one, n.fields), witness{n, [2]place{p, q}})
			}
		}
	}
}

// testify adds a witness for the template of that sum.
func (g *Grouper) testify(sum uint64, w witness) {
	e := g.entries[sum]
	switch {
	case e.node != nil && e.node.open:
		g.join(w.node, e.node)
		return
	case e.node == nil && e.first == nil && e.target == nil:
		e.first, e.at = w.node, [2]int16{int16(w.places[0].at), int16(w.places[1].at)}
		g.entries[sum] = e
		return
	}
	t := g.target(sum, &e)
	c := t.add(w)
	if e.node != nil {
		c.measure()
	}
	if c.proven() {
		g.open(sum, e, c)
	}
}

// target makes the entry of that sum have a target.
func (g *Grouper) target(sum uint64, e *entry) *target {
	if e.target == nil {
		e.target = &target{}
		if e.first != nil {
			e.target.add(e.recall())
			e.first = nil
		}
		g.entries[sum] = *e
	}
	return e.target
}

// measure takes n, where masks stand at some places, as evidence for opening its
// own template to words in those places.
func (g *Grouper) measure(n *node) {
	e := g.entries[n.sum]
	if e.first == nil && e.target == nil {
		return
	}
	claims := g.target(n.sum, &e).claims
	for i := range claims {
		if c := &claims[i]; !n.open {
			c.measure()
			if c.proven() {
				g.open(n.sum, e, c)
			}
		}
	}
}

// open makes the proven target of an entry a template that stands for its
// members and for all that fit later.
func (g *Grouper) open(sum uint64, e entry, c *claim) {
	n, fresh := e.node, e.node == nil
	if fresh {
		n = newNode(sum, c.open(e.target.members[0].fields))
	}
	g.entries[sum] = entry{node: n}
	g.prove(n, proven, e.target.members)
	if fresh {
		g.leaveOpen(n)
	}
}
