package anomaly

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestAtLeastIsTheBinomialTail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		k, n int
		p    float64
		want float64
	}{
		{0, 10, 0.5, 1}, {11, 10, 0.5, 0}, {10, 10, 0.5, 1.0 / 1024}, {1, 10, 0.5, 1023.0 / 1024},
		{5, 10, 0.5, 638.0 / 1024}, {3, 3, 0.5, 0.125}, {2, 3, 1.0 / 3, 7.0 / 27}, {0, 0, 0.5, 1},
		{500_500, 1_000_000, 0.5, 0.158897}, // by the normal approximation with the correction for continuity
	} {
		if got := atLeast(tt.k, tt.n, tt.p); math.Abs(got-tt.want) > 1e-5 {
			t.Errorf("atLeast(%d, %d, %g) = %g, want %g", tt.k, tt.n, tt.p, got, tt.want)
		}
	}
}

// The probabilities are those of a distribution: between 0 and 1, falling as the count
// of now grows, rising as the usual does.
func TestProbabilitiesFallAsTheCountGrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 5000)
		c := Comparison{
			Count{n.Draw(t, "now"), rapid.Float64Range(0.5, 50).Draw(t, "exposure")},
			[]Count{{n.Draw(t, "usual"), rapid.Float64Range(0.5, 500).Draw(t, "usual exposure")}},
		}
		more, usually := c, Comparison{c.Now, []Count{c.Usual[0]}}
		more.Now.N += rapid.IntRange(1, 100).Draw(t, "more")
		usually.Usual[0].N += rapid.IntRange(1, 100).Draw(t, "usually")
		const rounding = 1e-9
		if p := c.Above(); p < 0 || p > 1 || more.Above() > p+rounding || usually.Above() < p-rounding {
			t.Fatalf("above: %g, more %g, usually more %g", p, more.Above(), usually.Above())
		}
		if p := c.Below(); p < -rounding || p > 1 || p+c.Above() < 1-rounding {
			t.Fatalf("below %g, above %g", p, c.Above())
		}
	})
}

// poisson draws by counting arrivals, and by the normal approximation where these are many.
func poisson(r *rand.Rand, mean float64) int {
	if mean > 500 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n := 0
	for left := mean - r.ExpFloat64(); left > 0; left -= r.ExpFloat64() {
		n++
	}
	return n
}

// Where nothing has changed, at most 5 of 100 pages mark anything, however many are
// compared and however often they come, also when the exposures differ.
func TestPagesWithoutChangeMarkNothing(t *testing.T) {
	t.Parallel()
	const reasons, pages = 266, 400
	for _, exposure := range []float64{1, 14, 168} {
		for _, mean := range []float64{0.02, 0.3, 1, 3, 10, 100, 1000} {
			t.Run(fmt.Sprintf("mean %g against %g", mean, exposure), func(t *testing.T) {
				t.Parallel()
				r, marked := rand.New(rand.NewPCG(uint64(mean*100), uint64(exposure))), 0
				for range pages {
					all := make([]Comparison, reasons)
					for i := range all {
						all[i] = Comparison{Count{poisson(r, mean), 1}, []Count{{poisson(r, mean*exposure), exposure}}}
					}
					if anyOf(Grown(all, reasons)) {
						marked++
					}
				}
				if limit := pages*Level + 3*math.Sqrt(pages*Level*(1-Level)); float64(marked) > limit {
					t.Errorf("%d of %d pages mark something", marked, pages)
				}
			})
		}
	}
}

func anyOf(marks []bool) bool {
	for _, m := range marks {
		if m {
			return true
		}
	}
	return false
}

func TestGrownIsMoreThanEachUsualCount(t *testing.T) {
	t.Parallel()
	day := func(now, before, week int) Comparison {
		return Comparison{Count{now, 1}, []Count{{before, 1}, {week, 1}}}
	}
	for _, tt := range []struct {
		name string
		c    Comparison
		of   int
		want bool
	}{
		{"three beside none, of many", day(3, 0, 0), 266, false},
		{"three beside none, alone", day(3, 0, 0), 1, false},
		{"many beside none", day(14, 0, 0), 266, true},
		{"doubled at volume", day(200, 100, 100), 266, true},
		{"doubled, but not against the week before", day(200, 100, 190), 266, false},
		{"as usual", day(1000, 1000, 1000), 266, false},
		{"fewer", day(10, 1000, 1000), 1, false},
		{"nothing to compare with", Comparison{Now: Count{100, 1}}, 1, false},
		{"an hour against the hours of a week", Comparison{Count{12, 1}, []Count{{168, 168}}}, 266, true},
		{"an hour like those of a week", Comparison{Count{3, 1}, []Count{{168, 168}}}, 266, false},
	} {
		if got := Grown([]Comparison{tt.c}, tt.of)[0]; got != tt.want {
			t.Errorf("%s: %v (%g)", tt.name, got, tt.c.Above())
		}
	}
}

// One change among many is found, and nothing beside it.
func TestDoublingAmongMany(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	found, others := 0, 0
	for range 100 {
		all := make([]Comparison, 266)
		for i := range all {
			all[i] = Comparison{Count{poisson(r, 120), 1}, []Count{{poisson(r, 120), 1}, {poisson(r, 120), 1}}}
		}
		all[7].Now.N = poisson(r, 240)
		for i, grown := range Grown(all, len(all)) {
			switch {
			case grown && i == 7:
				found++
			case grown:
				others++
			}
		}
	}
	if found < 95 || others > 10 {
		t.Errorf("found %d of 100, and %d that did not change", found, others)
	}
}

// Holm: each threshold counts the comparisons that are left.
func TestHolmCountsEachComparison(t *testing.T) {
	t.Parallel()
	got := Beyond([]float64{0.024, 0.04, 0.012, 0.9}, 4)
	if got[0] || got[1] || !got[2] || got[3] {
		t.Errorf("%v", got)
	}
	if got := Beyond([]float64{0.012}, 5); got[0] {
		t.Error("comparisons without a probability do not count")
	}
	if got := Beyond(nil, 0); len(got) != 0 {
		t.Errorf("%v of nothing", got)
	}
}
