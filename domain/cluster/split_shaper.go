package cluster

import (
	"sync/atomic"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Split moves the errors of one shape that have a value behind one mask to a shape of
// their own.
type Split struct {
	Network   domain.Network
	Shape     uint64    // the hash of the errors' shape
	Extractor Extractor // of the value
	Value     string
	To        Shape
}

// Shaper computes the shapes of errors: those of ShapeOf, changed by the splits that
// people made. The zero Shaper has no splits. It is safe for concurrent use.
type Shaper struct{ splits atomic.Pointer[splits] }

// splits are all splits, with their versions by network.
type splits struct {
	byShape  map[shapeKey][]Split
	versions map[domain.Network]int64
}

type shapeKey struct {
	network domain.Network
	hash    uint64
}

// maxSplits limits how many splits are applied to an error one after another.
const maxSplits = 8

// ShapeOf returns the shape of an error. Of several splits that apply, the first wins.
func (s *Shaper) ShapeOf(network domain.Network, facts facts.Facts) Shape {
	shape := ShapeOf(network, facts)
	current := s.splits.Load()
	if current == nil {
		return shape
	}
	for range maxSplits {
		to, ok := current.apply(shapeKey{network, shape.Hash}, facts)
		if !ok {
			break
		}
		shape = to
	}
	return shape
}

// apply returns the shape of an error after the first split that applies to its
// shape, and false if none does.
func (s *splits) apply(key shapeKey, facts facts.Facts) (Shape, bool) {
	for _, split := range s.byShape[key] {
		if value, ok := split.Extractor.Value(maskedText(facts)); ok && value == split.Value {
			return split.To, true
		}
	}
	return Shape{}, false
}

// SetSplits replaces all splits. Their order counts. The versions are those of the
// splits of each network.
func (s *Shaper) SetSplits(all []Split, versions map[domain.Network]int64) {
	next := &splits{byShape: map[shapeKey][]Split{}, versions: versions}
	for _, split := range all {
		key := shapeKey{split.Network, split.Shape}
		next.byShape[key] = append(next.byShape[key], split)
	}
	s.splits.Store(next)
}

// SplitsVersion returns the version of a network's splits, 0 when there are none.
func (s *Shaper) SplitsVersion(network domain.Network) int64 {
	if current := s.splits.Load(); current != nil {
		return current.versions[network]
	}
	return 0
}
