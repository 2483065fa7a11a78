package facts

// maxDepth bounds how deep containers nest. No network's error comes near it;
// it keeps those who walk a Value by recursion safe.
const maxDepth = 200

// builder collects the nodes of a tree in the order of the text.
type builder struct {
	nodes []node
	open  []int32 // the containers that are not closed yet
}

// prepare makes room for so many nodes. More are taken in, at a price.
func (b *builder) prepare(nodes int) {
	b.nodes = make([]node, 0, min(max(nodes, 4), 1024))
	b.open = make([]int32, 0, 8)
}

func (b *builder) scalar(kind ValueKind, key, text string) {
	b.nodes = append(b.nodes, node{key: key, text: text, size: 1, kind: kind})
}

func (b *builder) begin(kind ValueKind, key string) {
	b.open = append(b.open, int32(len(b.nodes)))
	b.nodes = append(b.nodes, node{key: key, kind: kind})
}

func (b *builder) end() {
	at := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	b.nodes[at].size = int32(len(b.nodes)) - at
}

// inObject reports whether the next value needs a name.
func (b *builder) inObject() bool {
	return len(b.open) > 0 && b.nodes[b.open[len(b.open)-1]].kind == ObjectValue
}
