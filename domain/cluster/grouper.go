package cluster

// Grouper merges shapes into groups. Two shapes that differ in one word, or in
// two, are merged when there is enough evidence that the position is variable: when
// enough different words were observed there. For example "user ann left" and "user
// bob left" become one group "user <*> left" after a few more names.
//
// The result depends on the set of shapes only, not on their order or on how often
// each was added: a Grouper only adds up evidence over different shapes and merges
// templates; it never splits a group.
//
// A Grouper holds all shapes that it was given. Where they are stored, the Leaf that
// a shape belongs to is enough to find its group. A Grouper is not safe for
// concurrent use.
type Grouper struct {
	shapes    map[uint64]*node
	leaves    map[uint64]*Leaf
	leafLimit int // how many templates a leaf holds
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
	return &Grouper{shapes: map[uint64]*node{}, leaves: map[uint64]*Leaf{}, leafLimit: maxLeafTemplates}
}

// Add adds a shape and returns its group. Adding a shape again changes nothing.
func (g *Grouper) Add(s Shape) Assignment {
	if n := g.shapes[s.Hash]; n != nil {
		return Assignment{Group: n.root().id}
	}
	list := tokenize(s.Template)
	l := g.leaf(leafKey(list))
	n := l.addTemplate(list)
	g.shapes[s.Hash] = n
	return l.assign(n)
}

func (g *Grouper) leaf(key uint64) *Leaf {
	l := g.leaves[key]
	if l == nil {
		l = &Leaf{limit: g.leafLimit}
		g.leaves[key] = l
	}
	return l
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
	return n.group(), true
}
