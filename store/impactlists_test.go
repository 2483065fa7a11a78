package store

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
)

// anyLists draws lists of few keys and entries, so that they meet.
func anyLists(t *rapid.T) impactLists {
	entries := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) uint64 {
		return rapid.OneOf(rapid.Uint64Range(0, 30), rapid.Uint64()).Draw(t, "entry")
	}), 0, 12)
	lists := make(impactLists)
	for range rapid.IntRange(0, 4).Draw(t, "lists") {
		l := lists.of(listKey{
			rapid.SampledFrom([]impactKind{disconnectedList, failedList, spellList}).Draw(t, "kind"),
			rapid.SampledFrom([]domain.ReasonID{"", "facebook.token-expired", "x.lost-role"}).Draw(t, "reason"),
		})
		l.added = append(l.added, entries.Draw(t, "added")...)
		l.removed = append(l.removed, entries.Draw(t, "removed")...)
	}
	return lists
}

// net is how often each entry is in each list.
func (l impactLists) net() map[listKey]map[uint64]int {
	net := make(map[listKey]map[uint64]int)
	for k, list := range l {
		counts := make(map[uint64]int)
		for _, e := range list.added {
			counts[e]++
		}
		for _, e := range list.removed {
			counts[e]--
		}
		maps.DeleteFunc(counts, func(_ uint64, n int) bool { return n == 0 })
		if len(counts) > 0 {
			net[k] = counts
		}
	}
	return net
}

func sameNet(a, b map[listKey]map[uint64]int) bool {
	return maps.EqualFunc(a, b, func(a, b map[uint64]int) bool { return maps.Equal(a, b) })
}

// Parts may be merged in any order and at any time: what they count together stays.
func TestMergedListsCountWhatTheirPartsDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, merged := make(impactLists), make(impactLists)
		for range rapid.IntRange(1, 5).Draw(t, "parts") {
			part := anyLists(t)
			for k, l := range part {
				all.of(k).added = append(all.of(k).added, l.added...)
				all.of(k).removed = append(all.of(k).removed, l.removed...)
			}
			packed := part.pack()
			if err := merged.add(packed); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "in between") {
				between := make(impactLists)
				if err := between.add(merged.pack()); err != nil {
					t.Fatal(err)
				}
				merged = between
			}
		}
		if want, got := all.net(), merged.net(); !sameNet(want, got) {
			t.Errorf("%v became %v", want, got)
		}
		if again := merged.pack(); !slices.Equal(again, merged.pack()) {
			t.Error("lists are packed in two ways")
		}
	})
}

// A damaged part is an error, not a wrong count or a crash.
func FuzzUnpackLists(f *testing.F) {
	lists := make(impactLists)
	lists.of(listKey{failedList, "facebook.token-expired"}).added = []uint64{1, 1, 300, 70_000}
	lists.of(listKey{spellList, ""}).removed = []uint64{0}
	f.Add(lists.pack())
	f.Add([]byte{'d', 0x80})
	f.Add([]byte{'d', 0, 1, 0x80, 0})
	f.Fuzz(func(t *testing.T, part []byte) {
		lists := make(impactLists)
		if err := lists.add(part); err != nil {
			return
		}
		again := make(impactLists)
		if err := again.add(lists.pack()); err != nil || !sameNet(lists.net(), again.net()) {
			t.Errorf("%q: %v", part, err)
		}
	})
}
