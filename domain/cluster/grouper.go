package cluster

import "slices"

// maxLeafTemplates is how many templates a leaf holds before they are merged into one group.
const maxLeafTemplates = 1000

// Grouper merges shapes into groups. Two shapes that differ in one word, or in
// two, are merged when there is enough evidence that the position is variable: when
// enough different words were observed there. For example "user ann left" and "user
// bob left" become one group "user <*> left" after a few more names.
//
// The result depends on the set of shapes only, not on their order or on how often
// each was added: a Grouper only adds up evidence over different shapes and merges
// templates; it never splits a group. So replicas agree, and a Grouper that is
// given the stored shapes after a restart has the same groups as before.
//
// The work for a shape does not grow with the number of shapes: each template is
// looked up under its generalizations by one and by two positions. A Grouper is not
// safe for concurrent use.
type Grouper struct {
	shapes    map[uint64]*node
	entries   map[uint64]entry // by template sum
	leaves    map[uint64]*leaf
	merged    []uint64 // by the Add that is under way
	leafLimit int      // how many templates a leaf holds
	scanner   Scanner
}

// Assignment is the group of a shape that was added.
type Assignment struct {
	Group  uint64
	Merged []uint64 // former ids of groups that are part of Group now
}

// Group is what shapes are merged into. Its ID depends on its members only.
type Group struct {
	ID       uint64
	Template string // "<*>" stands where members differ
}

// NewGrouper returns a Grouper without shapes.
func NewGrouper() *Grouper {
	return &Grouper{
		shapes: map[uint64]*node{}, entries: map[uint64]entry{}, leaves: map[uint64]*leaf{},
		leafLimit: maxLeafTemplates,
	}
}

// Add adds a shape and returns its group. Adding a shape again changes nothing.
func (g *Grouper) Add(s Shape) Assignment {
	n := g.shapes[s.Hash]
	if n != nil {
		return Assignment{Group: n.root().id}
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

// AddMessage adds the shape of a message without facts and returns the shape's
// hash. It allocates nothing when the shape was added before.
func (g *Grouper) AddMessage(message string) uint64 {
	template, _ := g.scanner.Scan(message)
	hash := hashBytes(template)
	if g.shapes[hash] == nil {
		g.Add(newShape(template))
	}
	return hash
}

// Group returns the group of a shape by the shape's hash, and false if the
// shape was not added.
func (g *Grouper) Group(shape uint64) (Group, bool) {
	n := g.shapes[shape]
	if n == nil {
		return Group{}, false
	}
	r := n.root()
	return Group{r.id, joinTokens(r.template)}, true
}

// addTemplate adds an observed template and returns its node.
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

// mergedLeaf returns the node that stands for all templates of a template's leaf, or
// nil while the leaf is below its limit.
func (g *Grouper) mergedLeaf(list []token) *node {
	if l := g.leaves[leafKey(list)]; l != nil {
		return l.merged
	}
	return nil
}

// addToLeaf adds n to its leaf and reports whether the leaf is above its limit. Then
// all its templates are one group, of which facts and first word remain, and it
// takes no more evidence. No tree reaches beyond a leaf, because first words and
// facts are never generalized; so it does not matter what was merged before.
func (g *Grouper) addToLeaf(n *node) bool {
	key := leafKey(n.tokens)
	l := g.leaves[key]
	if l == nil {
		l = &leaf{}
		g.leaves[key] = l
	}
	if l.merged != nil {
		g.merge(n, l.merged)
		return true
	}
	l.members = append(l.members, n)
	if len(l.members) <= g.leafLimit {
		return false
	}
	l.merged = newNode(key, n.tokens)
	l.merged.observed = true
	g.markGeneralized(l.merged, rankLeaf, l.members)
	l.members = nil
	return true
}

// markGeneralized marks n as generalized and merges its members with it. The id that
// n offers to its tree differs from the id that n had as an observed template: so an
// id that was given up never comes back.
func (g *Grouper) markGeneralized(n *node, by rank, members []*node) {
	n.generalized = true
	n.root().offerID(mix(n.sum+uint64(by)), by)
	for _, m := range members {
		g.merge(m, n)
	}
}

// merge makes the trees of a and b one. The id of the tree is the least of its nodes
// of the highest rank, so that it changes only when a generalization is confirmed.
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

// noteMerged notes that the id may change which Add has returned for r.
func (g *Grouper) noteMerged(r *node) {
	if r.reported {
		g.merged = append(g.merged, r.reportedID)
		r.reported = false
	}
}
