package bench

import (
	"fmt"
	"math"
	"runtime"
	"time"

	"wherefore/domain/cluster"
)

// benchMessages makes n lines of few shapes, no two with the same numbers.
func benchMessages(n int) []string {
	kinds := []func(i int) string{
		func(i int) string { return fmt.Sprintf("Session %d of page %d expired after %d ms", i, i*7919, i%5000) },
		func(i int) string {
			return fmt.Sprintf("upload of /media/%d/clip-%d.mp4 to 10.0.%d.%d:443 failed: connection reset", i, i, i%250, i%199)
		},
		func(i int) string {
			return fmt.Sprintf("rate limit reached: %d calls, retry at 2026-11-%02dT10:%02d:00Z", i, i%28+1, i%60)
		},
		func(i int) string {
			return fmt.Sprintf("worker-%d: publishing post %d_%d took %d s", i%64, i, i*31, i%90)
		},
		func(i int) string { return fmt.Sprintf("token of account %08x refused by api.example.com", i*97) },
	}
	lines := make([]string, n)
	for i := range lines {
		lines[i] = kinds[i%len(kinds)](i)
	}
	return lines
}

// benchClusterLine compares grouping a line of a stream of 500,000 with a
// microsecond: below 1, a core groups more than a million lines a second. The
// fastest of many rounds counts, since the microsecond does not wait while the
// machine is busy elsewhere.
func benchClusterLine() (comparison, error) {
	lines := benchMessages(500_000)
	g := cluster.NewGrouper()
	next := 0
	group := func() {
		g.AddMessage(lines[next])
		next = (next + 1) % len(lines)
	}
	runs := runsIn(benchRound, group)
	fastest := nanoseconds(group, runs)
	for range benchRounds {
		fastest = min(fastest, nanoseconds(group, runs))
	}
	return comparison{fastest / 1000, fastest, 1000, "ns"}, nil
}

// benchClusterShape compares the cost of a new shape among 10,000 clusters with
// that among 100. The work is the same; the limit leaves room for memory that no
// longer fits the caches. As above, the fastest counts.
func benchClusterShape() (comparison, error) {
	const rounds = 7
	many, few := newShapes(10_000), newShapes(100)
	for range rounds - 1 {
		many, few = min(many, newShapes(10_000)), min(few, newShapes(100))
	}
	return comparison{many / few, many, few, "ns"}, nil
}

// newShapes returns the nanoseconds that a new shape takes beside n clusters, in
// the best of a few batches.
func newShapes(n int) float64 {
	const batches, batch = 5, 20
	g := cluster.NewGrouper()
	for i := range n {
		g.Add(benchShape(i))
	}
	runtime.GC()
	best := math.Inf(1)
	for range batches {
		begin := time.Now()
		for range batch {
			g.Add(benchShape(n))
			n++
		}
		best = min(best, float64(time.Since(begin))/batch)
	}
	return best
}

// benchShape makes the i-th of many shapes that are clusters of their own.
func benchShape(i int) cluster.Shape {
	word := func(n int) string { return string([]byte{'a' + byte(n/676%26), 'a' + byte(n/26%26), 'a' + byte(n%26)}) }
	return cluster.ShapeOfMessage(fmt.Sprintf("%s of page %s by owner %s in group %s met the limit", word(i), word(i*7), word(i*11), word(i*13)))
}
