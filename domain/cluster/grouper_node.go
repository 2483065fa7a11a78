package cluster

// node is a template in which all kinds of masks are equal: one that was observed,
// or a generalization. Merged nodes form a tree (union-find); the tree is a group,
// and its root holds what is true of all of it.
type node struct {
	parent      *node
	sum         uint64
	tokens      []token
	observed    bool // a shape has this template
	generalized bool // it stands for more than the shapes that have it

	// Only in a root:
	template   []token // what all nodes of the tree share, wildcards elsewhere
	id         uint64  // the least id of the tree's nodes of the highest rank
	rank       rank    // of the node that gave the id
	size       int     // nodes in the tree
	reported   bool    // Add has returned an id for the tree
	reportedID uint64  // the last id that it returned
}

// rank orders the nodes of a tree: the node of the highest rank gives the tree its id.
type rank uint8

const (
	rankObserved    rank = iota // an observed template
	rankGeneralized             // a generalization
	rankLeaf                    // all templates of a full leaf
)

func newNode(sum uint64, list []token) *node {
	return &node{sum: sum, tokens: list, template: list, id: sum, size: 1}
}

// offerID gives the root r an id of a rank, unless r has a better one.
func (r *node) offerID(id uint64, by rank) {
	if by > r.rank || by == r.rank && id < r.id {
		r.id, r.rank = id, by
	}
}

// root returns the root of n's tree, and shortens the path to it.
func (n *node) root() *node {
	for n.parent != nil {
		if n.parent.parent != nil {
			n.parent = n.parent.parent
		}
		n = n.parent
	}
	return n
}

// group returns the group of n.
func (n *node) group() Group {
	r := n.root()
	return Group{r.id, joinTokens(r.template)}
}
