package domain

import "slices"

// Edit is what became of one parser between two versions of a ruleset.
type Edit struct {
	Name     string
	From, To int        // its places, counted from 1; 0 where it is not there
	Was, Is  ParserSpec // zero where it is not there
	Moved    bool       // its order among those that stayed changed
}

// Added reports whether the parser is new.
func (e Edit) Added() bool { return e.From == 0 }

// Removed reports whether the parser is gone.
func (e Edit) Removed() bool { return e.To == 0 }

// Rewritten reports whether the parser is in both versions and says something else.
func (e Edit) Rewritten() bool {
	return !e.Added() && !e.Removed() &&
		(e.Was.Condition != e.Is.Condition || e.Was.Func != e.Is.Func || e.Was.Reason != e.Is.Reason)
}

// Same reports whether nothing happened to the parser. Its place may be another
// one because of others.
func (e Edit) Same() bool { return !e.Added() && !e.Removed() && !e.Moved && !e.Rewritten() }

// CompareParsers tells what happened to each parser between two versions, in the order
// of the later one; those that are gone stand where they were. As few as
// possible are called moved.
func CompareParsers(before, now []ParserSpec) []Edit {
	from := make(map[string]int, len(before))
	for i, p := range before {
		from[p.Name] = i + 1
	}
	edits := make([]Edit, len(now))
	for i, p := range now {
		edits[i] = Edit{Name: p.Name, To: i + 1, Is: p, From: from[p.Name]}
		if edits[i].From > 0 {
			edits[i].Was = before[edits[i].From-1]
		}
	}
	markMoved(edits)
	return withRemoved(edits, before)
}

// markMoved leaves the longest run of parsers whose order is the same unmarked.
func markMoved(edits []Edit) {
	length := make([]int, len(edits)) // of the longest run that ends here
	back := make([]int, len(edits))
	end := -1
	for i, e := range edits {
		back[i] = -1
		if e.Added() {
			continue
		}
		edits[i].Moved, length[i] = true, 1
		for j := range i {
			if !edits[j].Added() && edits[j].From < e.From && length[j]+1 > length[i] {
				length[i], back[i] = length[j]+1, j
			}
		}
		if end < 0 || length[i] > length[end] {
			end = i
		}
	}
	for ; end >= 0; end = back[end] {
		edits[end].Moved = false
	}
}

// withRemoved puts parsers that are gone before the first unmoved one that stood
// behind them.
func withRemoved(edits []Edit, before []ParserSpec) []Edit {
	kept := make(map[string]bool, len(edits))
	for _, e := range edits {
		kept[e.Name] = true
	}
	var gone []Edit
	for i, p := range before {
		if !kept[p.Name] {
			gone = append(gone, Edit{Name: p.Name, From: i + 1, Was: p})
		}
	}
	var all []Edit
	for _, e := range edits {
		for len(gone) > 0 && !e.Added() && !e.Moved && gone[0].From < e.From {
			all, gone = append(all, gone[0]), gone[1:]
		}
		all = append(all, e)
	}
	return slices.Concat(all, gone)
}
