package cluster

import "slices"

// maxLeafTemplates is how many templates a leaf holds before they are merged into one group.
const maxLeafTemplates = 1000

// Leaf groups the shapes that have one key: the same facts, first word and number of
// tokens. It is like a leaf of Drain's parse tree. Which shapes of a leaf share a
// group depends on no other leaf, because facts and first words are never
// generalized. So a Leaf may be forgotten, and made again from its stored shapes.
//
// A Leaf holds at most 1,000 templates: above, all its shapes are one group. The work
// for a shape does not grow with the number of shapes: each template is looked up
// under its generalizations by one and by two positions. A Leaf is not safe for
// concurrent use.
type Leaf struct {
	entries map[uint64]entry // by template sum
	members []*node          // the observed templates
	full    *node            // stands for all members once there are too many; nil before
	merged  []uint64         // by the Add that is under way
	limit   int              // how many templates the leaf holds
	size    int
}

// NewLeaf returns a Leaf without shapes.
func NewLeaf() *Leaf { return &Leaf{limit: maxLeafTemplates} }

// LeafKey returns the key of the leaf that shapes with a template belong to.
func LeafKey(template string) uint64 { return leafKey(tokenize(template)) }

// Add adds a shape that belongs to the leaf and returns its group. Adding a shape
// again changes nothing.
func (l *Leaf) Add(s Shape) Assignment { return l.assign(l.addTemplate(tokenize(s.Template))) }

// Group returns the group of a shape that was added, by the shape's template.
func (l *Leaf) Group(template string) Group {
	if l.full != nil {
		return l.full.group()
	}
	return l.entries[templateSum(tokenize(template))].node.group()
}

// The memory that parts of a leaf take, roughly, in bytes.
const (
	leafBytes     = 200
	templateBytes = 200
	tokenBytes    = 60 // of a template, its node's own and the text
	evidenceBytes = 75
)

// Size returns roughly how many bytes of memory the leaf takes.
func (l *Leaf) Size() int { return leafBytes + l.size }

// assign returns the group of a node that was added.
func (l *Leaf) assign(n *node) Assignment {
	r := n.root()
	l.noteMerged(r)
	r.reported, r.reportedID = true, r.id
	merged := l.merged
	l.merged = nil
	slices.Sort(merged)
	return Assignment{r.id, slices.DeleteFunc(slices.Compact(merged), func(id uint64) bool { return id == r.id })}
}

// addTemplate adds an observed template and returns its node.
func (l *Leaf) addTemplate(list []token) *node {
	n := l.nodeOf(list)
	r := n.root()
	r.template = mergeTemplates(r.template, list)
	if !n.observed {
		n.observed = true
		if !l.addMember(n) && !n.generalized {
			l.addToEvidence(n)
		}
	}
	return n
}

// nodeOf returns the node of an observed template, which it makes if needed.
func (l *Leaf) nodeOf(list []token) *node {
	if l.full != nil {
		return l.full
	}
	sum := templateSum(list)
	e := l.entries[sum]
	if e.node == nil {
		e.node = newNode(sum, list)
		l.size += templateBytes + tokenBytes*len(list)
		l.set(sum, e)
	}
	return e.node
}

func (l *Leaf) set(sum uint64, e entry) {
	if l.entries == nil {
		l.entries = map[uint64]entry{}
	}
	l.entries[sum] = e
}

// addMember adds n to the members and reports whether they are too many. Then
// all are one group, of which facts and first word remain, and the leaf takes no
// more evidence.
func (l *Leaf) addMember(n *node) bool {
	l.members = append(l.members, n)
	if len(l.members) <= l.limit {
		return false
	}
	key := leafKey(n.tokens)
	l.full = newNode(key, n.tokens)
	l.full.observed = true
	l.markGeneralized(l.full, rankLeaf, l.members)
	for _, m := range l.members {
		m.tokens = nil
	}
	l.entries, l.members = nil, nil
	l.size = templateBytes + tokenBytes*len(l.full.tokens)
	return true
}

// markGeneralized marks n as generalized and merges its members with it. The id that
// n offers to its tree differs from the id that n had as an observed template: so an
// id that was given up never comes back.
func (l *Leaf) markGeneralized(n *node, by rank, members []*node) {
	n.generalized = true
	n.root().offerID(mix(n.sum+uint64(by)), by)
	for _, m := range members {
		l.merge(m, n)
	}
}

// merge makes the trees of a and b one. The id of the tree is the least of its nodes
// of the highest rank, so that it changes only when a generalization is confirmed.
func (l *Leaf) merge(a, b *node) {
	a, b = a.root(), b.root()
	if a == b {
		return
	}
	if a.size < b.size {
		a, b = b, a
	}
	l.noteMerged(a)
	l.noteMerged(b)
	a.offerID(b.id, b.rank)
	a.size += b.size
	a.template = mergeTemplates(a.template, b.template)
	b.parent, b.template = a, nil
}

// noteMerged notes that the id may change which Add has returned for r.
func (l *Leaf) noteMerged(r *node) {
	if r.reported {
		l.merged = append(l.merged, r.reportedID)
		r.reported = false
	}
}
