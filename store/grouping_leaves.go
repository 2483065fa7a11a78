package store

import (
	"container/list"
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// MaxLeafBytes is how much memory the leaves of a replica may take, roughly: 32 MiB,
// enough for some 30,000 shapes that have little in common.
const MaxLeafBytes = 32 << 20

// Leaves are the leaves of shapes that a replica keeps in memory, of all networks: those
// that were used last. The others are made again from the stored shapes when a
// shape of theirs comes. So a sender of random text can't fill the memory.
type Leaves struct {
	limit int // of size
	size  int // of all leaves, in bytes
	byKey map[leafKey]*list.Element
	used  list.List // of *keptLeaf, the leaf that was used last at the front
}

type leafKey struct {
	network domain.Network
	key     int64
}

// keptLeaf is a leaf in memory.
type keptLeaf struct {
	leafKey
	leaf *cluster.Leaf
	seq  int64 // all shapes of the leaf up to here are in it
	size int   // as counted in Leaves
}

// NewLeaves returns Leaves that take at most about limit bytes, and one leaf more
// while it is used.
func NewLeaves(limit int) *Leaves {
	l := &Leaves{limit: limit}
	l.clear()
	return l
}

// Size returns how many bytes of memory the leaves take, roughly.
func (l *Leaves) Size() int { return l.size }

func (l *Leaves) clear() {
	l.size, l.byKey = 0, map[leafKey]*list.Element{}
	l.used.Init()
}

// get returns a leaf, nil if it is not in memory.
func (l *Leaves) get(key leafKey) *keptLeaf {
	if e := l.byKey[key]; e != nil {
		return e.Value.(*keptLeaf)
	}
	return nil
}

// keep counts what a leaf takes after it was used, and lets leaves go that were used
// longest ago, even this one.
func (l *Leaves) keep(k *keptLeaf) {
	if e := l.byKey[k.leafKey]; e != nil {
		l.used.MoveToFront(e)
	} else {
		l.byKey[k.leafKey] = l.used.PushFront(k)
	}
	l.size += k.leaf.Size() - k.size
	k.size = k.leaf.Size()
	for l.size > l.limit {
		oldest := l.used.Remove(l.used.Back()).(*keptLeaf)
		delete(l.byKey, oldest.leafKey)
		l.size -= oldest.size
	}
}

// read notes that the leaves of shapes hold all shapes up to seq.
func (l *Leaves) read(network domain.Network, shapes []waitingShape, seq int64) {
	for _, w := range shapes {
		if k := l.get(leafKey{network, w.Leaf}); k != nil && w.HasGroup {
			k.seq = seq
		}
	}
}

// withLeaves calls use with each of some leaves of the network, after adding the
// stored shapes that the leaf lacks.
func (g *Grouping) withLeaves(ctx context.Context, tx *sqlx.Tx, keys []int64, use func(key int64, leaf *cluster.Leaf)) error {
	seqs := make([]int64, len(keys))
	for i, key := range keys {
		if k := g.leaves.get(leafKey{g.network, key}); k != nil {
			seqs[i] = k.seq
		}
	}
	behind, err := g.leavesBehind(ctx, tx, keys, seqs)
	if err != nil {
		return err
	}
	for i, key := range keys {
		k := g.leaves.get(leafKey{g.network, key})
		if k == nil {
			k = &keptLeaf{leafKey: leafKey{g.network, key}, leaf: cluster.NewLeaf()}
		}
		if behind[key] || k.seq < seqs[i] { // for another leaf of this step it may have been let go
			if err := g.catchUp(ctx, tx, k); err != nil {
				return err
			}
		}
		use(key, k.leaf)
		g.leaves.keep(k)
	}
	return nil
}

// leavesBehind returns which leaves lack stored shapes, when they hold all up to a seq.
func (g *Grouping) leavesBehind(ctx context.Context, tx *sqlx.Tx, keys, seqs []int64) (map[int64]bool, error) {
	var rows []int64
	err := tx.SelectContext(ctx, &rows, `
		SELECT l.leaf FROM unnest($2::bigint[], $3::bigint[]) AS l (leaf, seq)
		WHERE (SELECT s.seq FROM shapes s WHERE s.network = $1 AND s.leaf = l.leaf AND s.seq > l.seq LIMIT 1) IS NOT NULL`,
		g.network, pq.Array(keys), pq.Array(seqs))
	behind := map[int64]bool{}
	for _, key := range rows {
		behind[key] = true
	}
	return behind, err
}

// catchUp adds the stored shapes to a leaf that it lacks. It reads them one at a
// time, since there may be many.
func (g *Grouping) catchUp(ctx context.Context, tx *sqlx.Tx, k *keptLeaf) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT hash, template, seq FROM shapes
		WHERE network = $1 AND leaf = $2 AND seq > $3 AND version = $4 AND placement <> 'split'`,
		g.network, k.key, k.seq, g.version)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hash, seq int64
		var template string
		if err := rows.Scan(&hash, &template, &seq); err != nil {
			return err
		}
		k.leaf.Add(cluster.Shape{Hash: uint64(hash), Template: template})
		k.seq = max(k.seq, seq)
	}
	return rows.Err()
}
