package cluster

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// each makes a message of every value.
func each(format string, values ...string) []string {
	var messages []string
	for _, v := range values {
		messages = append(messages, fmt.Sprintf(format, v))
	}
	return messages
}

// shapes makes a shape of each message; one with a separator is a template.
func shapes(messages []string) []Shape {
	var list []Shape
	for _, m := range messages {
		if strings.ContainsRune(m, separator) {
			list = append(list, newShape([]byte(m)))
			continue
		}
		list = append(list, ShapeOfMessage(m))
	}
	return list
}

// groupsOf adds shapes to a grouper with that bound and returns their groups.
func groupsOf(bound int, list []Shape) map[uint64]Group {
	g := NewGrouper()
	g.leafLimit = bound
	for _, s := range list {
		g.Add(s)
	}
	groups := map[uint64]Group{}
	for _, s := range list {
		groups[s.Hash], _ = g.Group(s.Hash)
	}
	return groups
}

func TestGrouperMergesShapesThatDifferInVariables(t *testing.T) {
	names := []string{"ann", "bob", "cleo", "dora", "emil"}
	for name, c := range map[string]struct {
		messages []string
		want     string
	}{
		"numbers":         {each("code pages %s of 7", "1", "22", "333"), "code pages <num> of <num>"},
		"kinds of mask":   {each("lost %s just now", "10.0.0.1", "db.example.com"), "lost <*> just now"},
		"names in a slot": {each("session for user %s ended", names...), "session for user <*> ended"},
		"values of a key": {each("login user=%s port=22", names...), "login user=<*> port=<num>"},
		"names anywhere":  {each("the dog %s barks", append(names, "fritz", "gina", "hal")...), "the dog <*> barks"},
		"name and number": {each("session for user %s ended", "ann", "17"), "session for user <*> ended"},
		"identifiers":     {each("flush of region %s took ages", "wal_a", "idxMain", "eu.west", "k_b"), "flush of region <*> took ages"},
		"two positions":   {each("copied page %s today", "ab_c to d.e", "fG to h_i", "j.k to lM", "n_o to p.q"), "copied page <*> to <*> today"},
		"lists":           {each("peers 10.0.0.1%s are gone", "", " 10.0.0.2", ", 10.0.0.3, 10.0.0.4"), "peers <ip> are gone"},
		"records":         {each("nodes a-1 0x01 ok %sfine", "", "a-2 0x02 ok ", "a-3 0x1 ok a-4 0x2 ok "), "nodes a-<num> <hex> ok fine"},
		"pairs":           {each("lost a-1 of <b> 0x1%s just now", "", ", a-2 of <b> 0x2"), "lost a-<num> of <b> <hex> just now"},
		"a late capital":  {each("session for user %s ended", append(names, "ADMIN")...), "session for user <*> ended"},
		"white space":     {each("a%sb: no", " = ", "="), "a = b: no"},
	} {
		list := shapes(c.messages)
		groups := groupsOf(maxLeafTemplates, list)
		for i, s := range list {
			if got := groups[s.Hash]; got.ID != groups[list[0].Hash].ID || got.Template != c.want {
				t.Errorf("%s: %q is in %q, want %q", name, c.messages[i], got.Template, c.want)
			}
		}
	}
}

func TestGrouperSeparatesShapesThatDifferInMeaning(t *testing.T) {
	for name, messages := range map[string][]string{
		"verbs":        each("service %s", "started", "stopped", "paused", "resumed", "failed", "crashed", "succeeded", "disabled"),
		"states":       each("token is %s for user ann", "valid", "expired", "revoked", "unknown", "missing", "locked", "enabled"),
		"values":       each("job status=%s", "success", "failed", "running", "aborted", "timeout", "ok", "error", "queued"),
		"enumerations": each("moved from %s to END_STATE", "NEW", "SETUP", "RUNNING", "KILLED", "LOST_NODE", "COMMIT", "INITED"),
		"codes":        each("request refused with error %s", "400", "401", "403", "404", "409", "410", "429", "500"),
		"reasons":      each("reason: %s given", "quota", "grant", "scope", "token", "media", "limit", "owner", "chunk"),
		"identifiers":  each("bad answer: %s", "invalid_grant", "TokenExpired", "quotaExceeded", "access_denied", "rate_limited"),
		"beginnings":   each("%s (command 12)", "boot", "wait", "halt", "reset", "probe", "clear", "mount", "login", "sync"),
		"grammar":      each("user may %s post here", "not", "only", "still", "never", "also", "just", "yet", "once"),
		"lone words":   {"normal", "warning", "critical", "blocked", "alpha", "beta", "gamma", "delta", "epsilon"},
		"quotes":       each("token '%s' today", "expired", "revoked"),
		"facts":        {"x json 400 code=1 │ no", "x json 401 code=1 │ no", "x json 400 code=2 │ no", "x text 400 code=1 │ no"},
		"networks":     {"x json │ no", "reddit json │ no"},
	} {
		list := shapes(messages)
		seen := map[uint64]string{}
		for i, s := range list {
			id := groupsOf(maxLeafTemplates, list)[s.Hash].ID
			if other, double := seen[id]; double {
				t.Errorf("%s: %q and %q are in one group", name, other, messages[i])
			}
			seen[id] = messages[i]
		}
	}
}

func drawShapes(t *rapid.T) []Shape { return shapes(drawMessages(t)) }

// drawMessages draws messages that have much in common, so that positions turn out to
// be variable.
func drawMessages(t *rapid.T) []string {
	word := rapid.SampledFrom([]string{"ann", "bob", "cleo", "dora", "emil", "wal_a", "k.b", "idxC", "zD_e", "7", "10.0.0.1", "failed", "TOP", "a-1", "\x007"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		format := rapid.SampledFrom([]string{"user %s left from %s", "login user=%s host=%s", "%s met %s here", "page %s of book %s"}).Draw(t, "format")
		return fmt.Sprintf(format, word.Draw(t, "a"), word.Draw(t, "b"))
	}), 1, 120).Draw(t, "messages")
}

var leafLimits = rapid.SampledFrom([]int{3, 20, maxLeafTemplates})

func TestGroupsDependOnTheSetOfShapesOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, bound := drawShapes(t), leafLimits.Draw(t, "bound")
		want := groupsOf(bound, list)
		for range 3 {
			shuffled := rapid.Permutation(append(slices.Clone(list), list[:len(list)/2]...)).Draw(t, "shuffled")
			if got := groupsOf(bound, shuffled); !maps.Equal(got, want) {
				t.Fatalf("another order gives other groups\n%v\n%v", got, want)
			}
		}
	})
}

// TestForgottenLeavesGroupAsBefore forgets leaves at random and makes them again from
// their shapes.
func TestForgottenLeavesGroupAsBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, limit := drawShapes(t), leafLimits.Draw(t, "limit")
		leaves, stored, ids := map[uint64]*Leaf{}, map[uint64][]Shape{}, map[uint64]uint64{}
		for _, s := range list {
			key := LeafKey(s.Template)
			if leaves[key] == nil || rapid.IntRange(0, 3).Draw(t, "forget") == 0 {
				leaves[key] = &Leaf{limit: limit}
				for _, old := range rapid.Permutation(stored[key]).Draw(t, "stored") {
					leaves[key].Add(old)
				}
			}
			stored[key] = append(stored[key], s)
			a := leaves[key].Add(s)
			for hash, id := range ids {
				if slices.Contains(a.Merged, id) {
					ids[hash] = a.Group
				}
			}
			ids[s.Hash] = a.Group
		}
		groups := groupsOf(limit, list)
		for hash, want := range groups {
			if ids[hash] != want.ID {
				t.Fatalf("shape %x is in group %x, want %x", hash, ids[hash], want.ID)
			}
		}
		for _, s := range list {
			if got := leaves[LeafKey(s.Template)].Group(s.Template); got != groups[s.Hash] {
				t.Fatalf("group %v, want %v", got, groups[s.Hash])
			}
		}
	})
}

func TestLeavesAreBounded(t *testing.T) {
	l, largest := NewLeaf(), 0
	for i := range 3 * maxLeafTemplates {
		l.Add(ShapeOfMessage(fmt.Sprintf("lost %c%c%c and %c%c%c while they met", 'a'+i%26, 'a'+i/26%26, 'a'+i/676, 'a'+i%23, 'a'+i/23%23, 'a'+i/529)))
		largest = max(largest, l.Size())
	}
	if largest > 10<<20 || l.Size() > 2000 || l.entries != nil || l.members != nil {
		t.Errorf("a leaf takes up to %d bytes, and %d when it is full", largest, l.Size())
	}
}

func TestMergedGroupsLeadToTheirSuccessors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NewGrouper()
		g.leafLimit = leafLimits.Draw(t, "bound")
		successor, first := map[uint64]uint64{}, map[uint64]uint64{}
		for _, s := range drawShapes(t) {
			a := g.Add(s)
			if _, again := first[s.Hash]; !again {
				first[s.Hash] = a.Group
			}
			for _, old := range a.Merged {
				if old == a.Group {
					t.Fatalf("%x is merged into itself", old)
				}
				successor[old] = a.Group
			}
		}
		for shape, id := range first {
			steps := 0
			for next, merged := successor[id]; merged && steps <= len(successor); next, merged = successor[id] {
				id = next
				steps++
			}
			if now, _ := g.Group(shape); now.ID != id {
				t.Fatalf("the first group of %x leads to %x, but it is in %x", shape, id, now.ID)
			}
		}
	})
}

func TestTemplatesKeepConstantWords(t *testing.T) {
	masks := regexp.MustCompile(`<[a-z*]+>`)
	letters := regexp.MustCompile(`\pL\pL`)
	rapid.Check(t, func(t *rapid.T) {
		for _, group := range groupsOf(leafLimits.Draw(t, "bound"), drawShapes(t)) {
			if !letters.MatchString(masks.ReplaceAllString(group.Template, "")) {
				t.Fatalf("nothing constant is left in %q", group.Template)
			}
		}
	})
}

func TestGrouperAcceptsAnyInput(t *testing.T) {
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "w%cx%cz ", 'a'+i%26, 'a'+i/26%26)
	}
	messages := []string{
		"", " ", "\x00\x01", "\xff\xfe\xfd", "<num>", "12", "12 13", "│", "x │ y",
		strings.Repeat("x", 1<<20), strings.Repeat("7 ", 1<<19), strings.Repeat("(", 1<<20), many.String(),
		"\u202eשגיאה בחשבון דנה 17", "错误：令牌 12 已过期", "naïve Ünïcode 3 слово",
	}
	g := NewGrouper()
	for _, m := range messages {
		hash := g.AddMessage(m)
		group, ok := g.Group(hash)
		if !ok || len(group.Template) > 2*maxTemplate {
			t.Errorf("%.20q: group %x with a template of %d bytes", m, group.ID, len(group.Template))
		}
	}
	if _, ok := g.Group(1); ok {
		t.Error("a shape that was never added has a group")
	}
}

func TestFullLeavesAreOneGroup(t *testing.T) {
	var messages []string
	for i := range 64 {
		messages = append(messages, fmt.Sprintf("note %s%s", strings.Repeat("x", i%8+1), strings.Repeat(" is y", i/8+1)))
	}
	groups := groupsOf(5, shapes(messages))
	ids := map[uint64]bool{}
	for _, group := range groups {
		if ids[group.ID] = true; !strings.HasPrefix(group.Template, "note ") {
			t.Errorf("template %q", group.Template)
		}
	}
	if len(ids) != 8 {
		t.Errorf("%d groups for 8 lengths", len(ids))
	}
}
