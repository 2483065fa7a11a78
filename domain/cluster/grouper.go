package cluster

import "slices"

// Bounds of the grouper's work for one shape.
const (
	maxPlaces = 12   // places that may turn out to be variable, the first ones
	maxBucket = 1000 // templates of one beginning and length that are told apart
)

// Grouper merges shapes into clusters: two shapes that differ in one word, or in
// two, belong together once enough words were seen in that place. What a Grouper
// knows depends on which shapes it was given, never on their order or on how
// often they came, since all it does is add up evidence over different shapes
// and join what was proven to belong together; it never parts again. So replicas
// agree, and a Grouper given the stored shapes after a restart is the old one.
//
// The work for a shape does not grow with the number of shapes: every template
// is looked up under itself with one or two places left open. A Grouper is not
// safe for concurrent use.
type Grouper struct {
	shapes  map[uint64]*node
	nodes   map[uint64]*node   // by the sum of a template's fields
	targets map[uint64]*target // by the sum of the template that may be opened
	buckets map[uint64]*bucket
	merged  []uint64 // by the Add that is under way
	bound   int      // of templates in a bucket
	scanner Scanner
}

// Assignment says where a shape belongs.
type Assignment struct {
	Cluster uint64
	Merged  []uint64 // clusters that existed before and now lead to Cluster
}

// Cluster is a group of shapes. Its ID follows from its members alone.
type Cluster struct {
	ID       uint64
	Template string // "<*>" stands where members differ
}

// NewGrouper returns a Grouper that has seen nothing.
func NewGrouper() *Grouper {
	return &Grouper{
		shapes: map[uint64]*node{}, nodes: map[uint64]*node{},
		targets: map[uint64]*target{}, buckets: map[uint64]*bucket{},
		bound: maxBucket,
	}
}

// Add takes a shape and returns its cluster as of now. A shape that was added
// before changes nothing.
func (g *Grouper) Add(s Shape) Assignment {
	n := g.shapes[s.Hash]
	if n != nil {
		return Assignment{Cluster: n.root().id}
	}
	g.merged = nil
	n = g.template(fields(s.Template))
	g.shapes[s.Hash] = n
	r := n.root()
	g.supersede(r)
	r.shown, r.known = true, r.id
	slices.Sort(g.merged)
	return Assignment{r.id, slices.DeleteFunc(slices.Compact(g.merged), func(id uint64) bool { return id == r.id })}
}

// AddMessage adds the shape of a bare message and returns the shape's hash. For a
// shape seen before it allocates nothing.
func (g *Grouper) AddMessage(message string) uint64 {
	template, _ := g.scanner.Scan(message)
	hash := hashBytes(template)
	if g.shapes[hash] == nil {
		g.Add(Shape{Hash: hash, Template: string(template)})
	}
	return hash
}

// Cluster returns the cluster of a shape by its hash, false if it was not added.
func (g *Grouper) Cluster(shape uint64) (Cluster, bool) {
	n := g.shapes[shape]
	if n == nil {
		return Cluster{}, false
	}
	r := n.root()
	return Cluster{r.id, write(r.template)}, true
}

// template returns the node of a template that was seen.
func (g *Grouper) template(list []field) *node {
	sum := sumOf(list)
	n := g.nodes[sum]
	if n == nil {
		if all := g.full(list); all != nil {
			n = all
		} else {
			n = g.node(sum, list)
		}
	}
	r := n.root()
	r.template = unify(r.template, list)
	if !n.seen {
		n.seen = true
		if !g.fill(n) && !n.open {
			g.measure(n)
			g.leaveOpen(n)
		}
	}
	return n
}

// node makes the node of a template.
func (g *Grouper) node(sum uint64, list []field) *node {
	n := newNode(sum, list)
	g.nodes[sum] = n
	return n
}

// full returns the node that stands for all of a template's bucket when that is
// beyond its bound, else nil.
func (g *Grouper) full(list []field) *node {
	if b := g.buckets[beginning(list)]; b != nil {
		return b.all
	}
	return nil
}

// fill puts n into its bucket and reports whether the bucket is beyond its bound:
// then all of it is one cluster, which keeps its beginning, and nothing more is
// learnt in it. No tree reaches beyond one bucket, since first words and facts
// are never opened; so it does not matter what was joined before.
func (g *Grouper) fill(n *node) bool {
	key := beginning(n.fields)
	b := g.buckets[key]
	if b == nil {
		b = &bucket{}
		g.buckets[key] = b
	}
	if b.all != nil {
		g.join(n, b.all)
		return true
	}
	b.members = append(b.members, n)
	if len(b.members) <= g.bound {
		return false
	}
	b.all = newNode(key, n.fields)
	b.all.seen = true
	g.prove(b.all, whole, b.members)
	b.members = nil
	return true
}

// place is a field that may be variable.
type place struct {
	at     int
	weight weight
}

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

// leaveOpen takes n as evidence for its template with one of its places left
// open, and with two. Constant text must remain: a word, two beside two places.
func (g *Grouper) leaveOpen(n *node) {
	found, left := places(n.fields), constants(n.fields)
	for i, p := range found {
		one := n.sum - p.in(n.fields) + p.opened()
		leftOne := left - n.fields[p.at].constant()
		if leftOne >= 1 {
			g.testify(n, one, p)
		}
		for _, q := range found[i+1:] {
			if leftOne-n.fields[q.at].constant() >= 2 {
				g.testify(n, one-q.in(n.fields)+q.opened(), p, q)
			}
		}
	}
}

// in and opened are what a place adds to its template's sum, as it is and left open.
func (p place) in(list []field) uint64 { return placed(p.at, list[p.at].hash) }
func (p place) opened() uint64         { return placed(p.at, variableHash) }

// testify adds n to the evidence for the template of that sum, which is n's with
// places left open.
func (g *Grouper) testify(n *node, sum uint64, places ...place) {
	open := g.nodes[sum]
	if open != nil && open.open {
		g.join(n, open)
		return
	}
	t := g.targets[sum]
	if t == nil {
		t = &target{}
		g.targets[sum] = t
	}
	t.members = append(t.members, n)
	c := t.claim(places)
	for i, p := range places {
		c.see(i, n.fields[p.at].hash, p.weight)
	}
	if open != nil && len(places) == 1 {
		c.see(0, variableHash, measured)
	}
	if c.proven() {
		g.open(sum, t, c.at)
	}
}

// measure takes n, where masks stand at some places, as evidence for opening its
// own template to words in those places.
func (g *Grouper) measure(n *node) {
	t := g.targets[n.sum]
	if t == nil {
		return
	}
	for i := range t.claims {
		if c := &t.claims[i]; len(c.at) == 1 {
			c.see(0, variableHash, measured)
			if c.proven() {
				g.open(n.sum, t, c.at)
				return
			}
		}
	}
}

// open makes the proven target a template that stands for its members and for
// all that fit later.
func (g *Grouper) open(sum uint64, t *target, at []int) {
	delete(g.targets, sum)
	n := g.nodes[sum]
	fresh := n == nil
	if fresh {
		n = g.node(sum, opened(t.members[0].fields, at))
	}
	g.prove(n, proven, t.members)
	if fresh {
		g.leaveOpen(n)
	}
}

func opened(list []field, at []int) []field {
	list = slices.Clone(list)
	for _, i := range at {
		list[i] = field{text: anything, hash: variableHash, kind: variable, gap: list[i].gap}
	}
	return list
}

// prove marks a node as open and joins the members of its kind to it.
func (g *Grouper) prove(n *node, by rank, members []*node) {
	n.open = true
	n.root().name(n.sum, by)
	for _, m := range members {
		g.join(m, n)
	}
}

// join makes the trees of a and b one. Its id is that of the node of the highest
// rank with the least sum, so that it changes only when something new was proven.
func (g *Grouper) join(a, b *node) {
	a, b = a.root(), b.root()
	if a == b {
		return
	}
	if a.size < b.size {
		a, b = b, a
	}
	g.supersede(a)
	g.supersede(b)
	a.name(b.id, b.rank)
	a.size += b.size
	a.template = unify(a.template, b.template)
	b.parent, b.template = a, nil
}

// supersede notes that the id under which r is known may change.
func (g *Grouper) supersede(r *node) {
	if r.shown {
		g.merged = append(g.merged, r.known)
		r.shown = false
	}
}
