package trial

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

// Coverage tells in how many errors a fact is. It explains why a condition
// matches nothing: a fact that it reads is in none of them.
type Coverage struct {
	Fact    string `json:"fact"`
	Present int    `json:"present"`
	Of      int    `json:"of"` // errors looked at: the first 5,000 of each goroutine
	// Instead are parts of bodies with similar names, when the fact is in no error.
	Instead []Coverage `json:"instead,omitempty"`
}

// Bounds of the work on coverage, which looks at whole bodies.
const (
	maxCovered      = 5000 // errors
	maxPaths        = 500  // different paths
	maxPathsOfError = 100
	maxPathDepth    = 6
	maxPathLength   = 200
	maxInstead      = 3
)

// coverage counts presence for the facts that a candidate reads.
type coverage struct {
	of      int
	reads   []parse.Read
	present map[string]int
	paths   map[string]int // of bodies, when the candidate reads any; else nil
}

func newCoverage(candidate *parse.Parser) *coverage {
	c := &coverage{present: map[string]int{}}
	if candidate == nil || candidate.Condition() == nil {
		return c
	}
	c.reads = candidate.Condition().Reads()
	slices.SortFunc(c.reads, func(a, b parse.Read) int { return cmp.Compare(a.Name(), b.Name()) })
	if slices.ContainsFunc(c.reads, parse.Read.InBody) {
		c.paths = map[string]int{}
	}
	return c
}

func (c *coverage) add(f facts.Facts) {
	if len(c.reads) == 0 || c.of == maxCovered {
		return
	}
	c.of++
	for _, r := range c.reads {
		if r.IsIn(f) {
			c.present[r.Name()]++
		}
	}
	if c.paths != nil {
		for path := range pathsOf(f.Body) {
			if _, known := c.paths[path]; known || len(c.paths) < maxPaths {
				c.paths[path]++
			}
		}
	}
}

// pathsOf names the parts of a body, as conditions do.
func pathsOf(body facts.Value) map[string]bool {
	paths := map[string]bool{}
	addPaths(paths, "body", body, 0)
	return paths
}

func addPaths(paths map[string]bool, name string, v facts.Value, depth int) {
	if depth > maxPathDepth || len(name) > maxPathLength {
		return
	}
	paths[name] = true
	for key, member := range v.Members() {
		if len(paths) >= maxPathsOfError {
			return
		}
		addPaths(paths, name+"."+key, member, depth+1)
	}
	i := 0
	for item := range v.Items() {
		if len(paths) >= maxPathsOfError {
			return
		}
		addPaths(paths, name+"["+strconv.Itoa(i)+"]", item, depth+1)
		i++
	}
}

func (c *coverage) merge(other *coverage) {
	c.of += other.of
	for name, n := range other.present {
		c.present[name] += n
	}
	for path, n := range other.paths {
		c.paths[path] += n
	}
}

func (c *coverage) result() []Coverage {
	var all []Coverage
	for _, r := range c.reads {
		one := Coverage{Fact: r.Name(), Present: c.present[r.Name()], Of: c.of}
		if one.Present == 0 {
			one.Instead = c.similar(r.Name())
		}
		all = append(all, one)
	}
	return all
}

// similar returns the paths that differ from name in a few letters, nearest first.
func (c *coverage) similar(name string) []Coverage {
	near := map[string]int{}
	for path := range c.paths {
		if len(name) > maxPathLength {
			break
		}
		if d := distance(name, path); d <= max(2, len(name)/4) {
			near[path] = d
		}
	}
	names := slices.SortedFunc(maps.Keys(near), func(a, b string) int {
		return cmp.Or(near[a]-near[b], c.paths[b]-c.paths[a], cmp.Compare(a, b))
	})
	var found []Coverage
	for _, path := range names[:min(len(names), maxInstead)] {
		found = append(found, Coverage{Fact: path, Present: c.paths[path], Of: c.of})
	}
	return found
}

// distance is Levenshtein's: how many letters have to be put in, taken out or
// changed to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
