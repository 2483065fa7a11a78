// Package bench measures what Wherefore costs beside something familiar.
package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// benchmark is one figure that make bench prints: how many times the cost of
// something familiar our own work has.
type benchmark struct {
	name  string
	limit float64 // what the ratio should stay under
	run   func() (comparison, error)
}

// benchmarks lists all figures in the order in which they are printed.
func benchmarks(t *trialBench, i *intakeBench, r *routesBench) []benchmark {
	return []benchmark{
		{"parse-1000-vs-10", 1.5, benchRulesetSize},
		{"decide-vs-json", 2, benchDecide},
		{"decide-vs-json-allocs", 1, benchDecideAllocs},
		{"decide-vs-json-bytes", 1, benchDecideBytes},
		{"cluster-line-vs-microsecond", 1, benchClusterLine},
		{"cluster-10000-vs-100", 3, benchClusterShape},
		{"trial-equality-vs-count", 3, t.equality},
		{"trial-stream-vs-read", 2, t.stream},
		{"intake-batches-vs-copy", 2, i.batches},
		{"intake-singles-vs-pgbench", 1, i.singles},
		{"reason-vs-pgbench", 2, i.reason},
		{"reasons-1000-vs-query", 3, i.reasons},
		{"pages-vs-300ms", 1, r.slowest},
		{"pages-vs-sql", 3, r.withSQL},
	}
}

// Run prints a line for each figure, or for those that are named. With --events N
// pages are asked for on a history of N events.
func Run(ctx context.Context, args []string, out io.Writer) (err error) {
	t, i, r := &trialBench{ctx: ctx}, &intakeBench{ctx: ctx}, &routesBench{ctx: ctx, out: out}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.IntVar(&r.events, "events", routesEvents, "how many events there are when pages are asked for")
	if err := flags.Parse(args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close(), i.close(), r.close()) }()
	chosen, err := chooseBenchmarks(flags.Args(), benchmarks(t, i, r))
	if err != nil {
		return err
	}
	for _, b := range chosen {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := b.run()
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		printFigure(out, b, c)
	}
	return nil
}

// chooseBenchmarks returns those that are named, all if none is.
func chooseBenchmarks(names []string, all []benchmark) ([]benchmark, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []benchmark
	for _, name := range names {
		i := slices.IndexFunc(all, func(b benchmark) bool { return b.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no benchmark %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func printFigure(w io.Writer, b benchmark, c comparison) {
	fmt.Fprintf(w, "BENCH name=%s ratio=%.2f limit=%g ours=%.0f%s theirs=%.0f%s\n",
		b.name, c.ratio, b.limit, c.ours, c.unit, c.theirs, c.unit)
}

// comparison is the cost of one run of each of two sides.
type comparison struct {
	ratio        float64 // ours / theirs
	ours, theirs float64
	unit         string
}

const (
	benchRounds = 101
	benchRound  = 2 * time.Millisecond // of each side in each round
)

// compareTime runs both sides by turns and takes the median of the rounds'
// ratios, because what else the machine does meets both sides of a round.
func compareTime(ours, theirs func()) comparison {
	var ratios, oursTimes, theirsTimes []float64
	oursRuns, theirsRuns := runsIn(benchRound, ours), runsIn(benchRound, theirs)
	for range benchRounds {
		o, t := nanoseconds(ours, oursRuns), nanoseconds(theirs, theirsRuns)
		ratios = append(ratios, o/t)
		oursTimes, theirsTimes = append(oursTimes, o), append(theirsTimes, t)
	}
	return comparison{median(ratios), median(oursTimes), median(theirsTimes), "ns"}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// runsIn returns how often f runs in about d, after warming it up.
func runsIn(d time.Duration, f func()) int {
	runs := 1
	for {
		begin := time.Now()
		for range runs {
			f()
		}
		if took := time.Since(begin); took >= d/2 {
			return max(1, int(float64(runs)*float64(d)/float64(took)))
		}
		runs *= 2
	}
}

func nanoseconds(f func(), runs int) float64 {
	begin := time.Now()
	for range runs {
		f()
	}
	return float64(time.Since(begin)) / float64(runs)
}

// allocated returns the allocations, and their bytes, of one run of f.
func allocated(f func()) (count, bytes float64) {
	const runs = 1000
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / runs, float64(after.TotalAlloc-before.TotalAlloc) / runs
}
