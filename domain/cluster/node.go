package cluster

import "slices"

// node is a template, with masks of all kinds alike: one that was seen, or one
// with places left open. Joined nodes form a tree whose root speaks for all.
type node struct {
	parent *node
	sum    uint64
	fields []field
	seen   bool // a shape looks like this
	open   bool // proven to stand for more than the shapes that look like this

	// Of a root:
	template []field // what all nodes of the tree share
	id       uint64  // the least sum of the tree's nodes of the highest rank
	rank     rank    // of the node whose sum is id
	size     int     // nodes in the tree
	shown    bool    // Add has returned an id for the tree
	known    uint64  // the id that it has returned
}

// rank orders the nodes of a tree by their right to name it.
type rank uint8

const (
	single rank = iota // a template that was seen
	proven             // a template with open places
	whole              // all of a bucket
)

func newNode(sum uint64, list []field) *node {
	return &node{sum: sum, fields: list, template: list, id: sum, size: 1}
}

// name gives the root r that id unless it has a better one.
func (r *node) name(id uint64, by rank) {
	if by > r.rank || by == r.rank && id < r.id {
		r.id, r.rank = id, by
	}
}

// root returns the root of n's tree, and shortens the way to it.
func (n *node) root() *node {
	for n.parent != nil {
		if n.parent.parent != nil {
			n.parent = n.parent.parent
		}
		n = n.parent
	}
	return n
}

// target is a template that may come to be opened: which nodes it would stand
// for, and the evidence, by the places that would be open in it.
type target struct {
	members []*node
	claims  []claim
}

// claim is the evidence that one or two places of a template are variable.
type claim struct {
	at      []int
	values  [2][]uint64 // the different words seen in each place
	weights [2]weight   // of the values
}

func (t *target) claim(places []place) *claim {
	for i := range t.claims {
		if slices.EqualFunc(t.claims[i].at, places, func(at int, p place) bool { return at == p.at }) {
			return &t.claims[i]
		}
	}
	c := claim{}
	for _, p := range places {
		c.at = append(c.at, p.at)
	}
	t.claims = append(t.claims, c)
	return &t.claims[len(t.claims)-1]
}

// see counts a word in the claim's place i, once.
func (c *claim) see(i int, value uint64, w weight) {
	if w > 0 && c.weights[i] < proof && !slices.Contains(c.values[i], value) {
		c.values[i] = append(c.values[i], value)
		c.weights[i] += w
	}
}

func (c *claim) proven() bool {
	for i := range c.at {
		if c.weights[i] < proof {
			return false
		}
	}
	return true
}

// bucket holds the templates of one beginning and length.
type bucket struct {
	members []*node
	all     *node // once there are too many to be told apart
}
