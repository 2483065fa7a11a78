package cluster

// node is a template, with masks of all kinds alike: one that was seen, or one
// with places left open. Joined nodes form a tree whose root speaks for all.
type node struct {
	parent      *node
	sum         uint64
	tokens      []token
	observed    bool // a shape looks like this
	generalized bool // proven to stand for more than the shapes that look like this

	// Of a root:
	template   []token // what all nodes of the tree share
	id         uint64  // the least sum of the tree's nodes of the highest rank
	rank       rank    // of the node whose sum is id
	size       int     // nodes in the tree
	reported   bool    // Add has returned an id for the tree
	reportedID uint64  // the id that it has returned
}

// rank orders the nodes of a tree by their right to name it.
type rank uint8

const (
	rankObserved    rank = iota // a template that was seen
	rankGeneralized             // a template with open places
	rankLeaf                    // all of a bucket
)

func newNode(sum uint64, list []token) *node {
	return &node{sum: sum, tokens: list, template: list, id: sum, size: 1}
}

// offerID gives the root r that id unless it has a better one.
func (r *node) offerID(id uint64, by rank) {
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

// leaf holds the templates of one beginning and length.
type leaf struct {
	members []*node
	merged  *node // once there are too many to be told apart
}
