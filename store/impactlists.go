package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"wherefore/domain"
)

// The lists of a day. Their entries are numbers that end with the hour of the day: of
// a list of errors the number of the profile, once for each error; of spells how long
// it took in seconds and one more, or 0 while it lasts. A list is a multiset, and what
// it does not hold any more is removed from it the same way as it was added.
type impactKind byte

const (
	disconnectedList impactKind = 'd'
	failedList       impactKind = 'f'
	spellList        impactKind = 's'
)

const hours = 24

func impactEntry(n int64, at time.Time) uint64 { return uint64(n)*hours + uint64(at.UTC().Hour()) }

// listKey is one list of a day and a network.
type listKey struct {
	kind   impactKind
	reason domain.ReasonID // "" for unparsed
}

func (k listKey) compare(o listKey) int {
	return cmp.Or(cmp.Compare(k.kind, o.kind), cmp.Compare(k.reason, o.reason))
}

// impactList is what a part of a list adds and removes.
type impactList struct{ added, removed []uint64 }

// cancel takes out what is both added and removed.
func (l *impactList) cancel() {
	slices.Sort(l.added)
	slices.Sort(l.removed)
	added, removed := l.added[:0], l.removed[:0]
	i, j := 0, 0
	for i < len(l.added) && j < len(l.removed) {
		switch a, r := l.added[i], l.removed[j]; {
		case a < r:
			added, i = append(added, a), i+1
		case a > r:
			removed, j = append(removed, r), j+1
		default:
			i, j = i+1, j+1
		}
	}
	l.added, l.removed = append(added, l.added[i:]...), append(removed, l.removed[j:]...)
}

// impactLists are the lists of a day and a network.
type impactLists map[listKey]*impactList

func (l impactLists) of(k listKey) *impactList {
	if l[k] == nil {
		l[k] = &impactList{}
	}
	return l[k]
}

// pack writes lists, without what cancels out; nothing at all is left of some.
func (l impactLists) pack() []byte {
	var b []byte
	for _, k := range slices.SortedFunc(maps.Keys(l), listKey.compare) {
		list := l[k]
		list.cancel()
		if len(list.added)+len(list.removed) == 0 {
			continue
		}
		b = append(b, byte(k.kind))
		b = packBytes(b, []byte(k.reason))
		b = packBytes(b, packEntries(list.added))
		b = packBytes(b, packEntries(list.removed))
	}
	return b
}

func packBytes(b, part []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(part))), part...)
}

// packEntries writes sorted entries as the steps from one to the next.
func packEntries(sorted []uint64) []byte {
	var b []byte
	last := uint64(0)
	for _, e := range sorted {
		b = binary.AppendUvarint(b, e-last)
		last = e
	}
	return b
}

// packedList is an impactList as it is stored.
type packedList struct {
	listKey
	added, removed []byte
}

var errPacked = errors.New("a stored list of impacts can't be read")

// unpackLists finds the lists of a part.
func unpackLists(part []byte) ([]packedList, error) {
	var lists []packedList
	for len(part) > 0 {
		l := packedList{listKey: listKey{kind: impactKind(part[0])}}
		part = part[1:]
		var reason []byte
		for _, field := range []*[]byte{&reason, &l.added, &l.removed} {
			n, size := binary.Uvarint(part)
			if size <= 0 || n > uint64(len(part)-size) {
				return nil, errPacked
			}
			*field, part = part[size:size+int(n)], part[size+int(n):]
		}
		l.reason = domain.ReasonID(reason)
		lists = append(lists, l)
	}
	return lists, nil
}

// eachPacked calls with for what packEntries wrote.
func eachPacked(packed []byte, with func(uint64)) error {
	entry := uint64(0)
	for len(packed) > 0 {
		step, size := uint64(packed[0]), 1
		if step >= 0x80 {
			if step, size = binary.Uvarint(packed); size <= 0 {
				return errPacked
			}
		}
		entry, packed = entry+step, packed[size:]
		with(entry)
	}
	return nil
}

// add adds the lists of a part.
func (l impactLists) add(part []byte) error {
	packed, err := unpackLists(part)
	if err != nil {
		return err
	}
	for _, p := range packed {
		list := l.of(p.listKey)
		if err := eachPacked(p.added, func(e uint64) { list.added = append(list.added, e) }); err != nil {
			return err
		}
		if err := eachPacked(p.removed, func(e uint64) { list.removed = append(list.removed, e) }); err != nil {
			return err
		}
	}
	return nil
}

// dayList is a list of a part, of which some hours count: from first, not including last.
type dayList struct {
	packedList
	first, last int
}

// hoursOf are the hours of a day in a period.
func hoursOf(day, from, to time.Time) (first, last int) {
	first = max(0, int(from.Sub(day)/time.Hour))
	return first, min(hours, int((to.Sub(day)+time.Hour-1)/time.Hour))
}

func (l dayList) whole() bool { return l.first == 0 && l.last == hours }

// each calls with for the entries of the hours that count.
func (l dayList) each(packed []byte, with func(uint64)) error {
	if l.whole() {
		return eachPacked(packed, with)
	}
	return eachPacked(packed, func(e uint64) {
		if hour := int(e % hours); hour >= l.first && hour < l.last {
			with(e)
		}
	})
}

// count is how many more entries the list adds than it removes.
func (l dayList) count() (int, error) {
	if l.whole() {
		return countEntries(l.added) - countEntries(l.removed), nil
	}
	byHour, err := l.byHour()
	n := 0
	for _, one := range byHour {
		n += one
	}
	return n, err
}

// byHour is count for each hour of the day.
func (l dayList) byHour() (byHour [hours]int, err error) {
	if err := l.each(l.added, func(e uint64) { byHour[e%hours]++ }); err != nil {
		return byHour, err
	}
	return byHour, l.each(l.removed, func(e uint64) { byHour[e%hours]-- })
}

// countEntries counts what eachPacked finds: each entry ends with a byte below 0x80.
func countEntries(packed []byte) int {
	n := 0
	for _, b := range packed {
		if b < 0x80 {
			n++
		}
	}
	return n
}
