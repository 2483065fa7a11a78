package cluster

import "slices"

// maxLeafTemplates is how many templates of one beginning and length are told apart.
const maxLeafTemplates = 1000

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
	shapes    map[uint64]*node
	entries   map[uint64]entry // by the sum of a template's fields
	leaves    map[uint64]*leaf
	merged    []uint64 // by the Add that is under way
	leafLimit int      // of templates in a bucket
	scanner   Scanner
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
		shapes: map[uint64]*node{}, entries: map[uint64]entry{}, leaves: map[uint64]*leaf{},
		leafLimit: maxLeafTemplates,
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
	n = g.addTemplate(tokenize(s.Template))
	g.shapes[s.Hash] = n
	r := n.root()
	g.noteMerged(r)
	r.reported, r.reportedID = true, r.id
	slices.Sort(g.merged)
	return Assignment{r.id, slices.DeleteFunc(slices.Compact(g.merged), func(id uint64) bool { return id == r.id })}
}

// AddMessage adds the shape of a bare message and returns the shape's hash. For a
// shape seen before it allocates nothing.
func (g *Grouper) AddMessage(message string) uint64 {
	template, _ := g.scanner.Scan(message)
	hash := hashBytes(template)
	if g.shapes[hash] == nil {
		g.Add(newShape(template))
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
	return Cluster{r.id, joinTokens(r.template)}, true
}

// addTemplate returns the node of a template that was seen.
func (g *Grouper) addTemplate(list []token) *node {
	sum := templateSum(list)
	e := g.entries[sum]
	if e.node == nil {
		e.node = g.mergedLeaf(list)
	}
	if e.node == nil {
		e.node = newNode(sum, list)
		g.entries[sum] = e
	}
	n := e.node
	r := n.root()
	r.template = mergeTemplates(r.template, list)
	if !n.observed {
		n.observed = true
		if !g.addToLeaf(n) && !n.generalized {
			g.addMaskEvidence(n)
			g.generalize(n)
		}
	}
	return n
}

// mergedLeaf returns the node that stands for all of a template's bucket when that is
// beyond its bound, else nil.
func (g *Grouper) mergedLeaf(list []token) *node {
	if b := g.leaves[leafKey(list)]; b != nil {
		return b.merged
	}
	return nil
}

// addToLeaf puts n into its bucket and reports whether the bucket is beyond its bound:
// then all of it is one cluster, which keeps its beginning, and nothing more is
// learnt in it. No tree reaches beyond one bucket, since first words and facts
// are never opened; so it does not matter what was joined before.
func (g *Grouper) addToLeaf(n *node) bool {
	key := leafKey(n.tokens)
	b := g.leaves[key]
	if b == nil {
		b = &leaf{}
		g.leaves[key] = b
	}
	if b.merged != nil {
		g.merge(n, b.merged)
		return true
	}
	b.members = append(b.members, n)
	if len(b.members) <= g.leafLimit {
		return false
	}
	b.merged = newNode(key, n.tokens)
	b.merged.observed = true
	g.markGeneralized(b.merged, rankLeaf, b.members)
	b.members = nil
	return true
}

// markGeneralized marks a node as open and joins the members of its kind to it. The id that
// it may give to its tree is none that the node had when it was alone: else an
// id that was superseded could come back.
func (g *Grouper) markGeneralized(n *node, by rank, members []*node) {
	n.generalized = true
	n.root().offerID(mix(n.sum+uint64(by)), by)
	for _, m := range members {
		g.merge(m, n)
	}
}

// merge makes the trees of a and b one. Its id is that of the node of the highest
// rank with the least sum, so that it changes only when something new was proven.
func (g *Grouper) merge(a, b *node) {
	a, b = a.root(), b.root()
	if a == b {
		return
	}
	if a.size < b.size {
		a, b = b, a
	}
	g.noteMerged(a)
	g.noteMerged(b)
	a.offerID(b.id, b.rank)
	a.size += b.size
	a.template = mergeTemplates(a.template, b.template)
	b.parent, b.template = a, nil
}

// noteMerged notes that the id under which r is known may change.
func (g *Grouper) noteMerged(r *node) {
	if r.reported {
		g.merged = append(g.merged, r.reportedID)
		r.reported = false
	}
}
