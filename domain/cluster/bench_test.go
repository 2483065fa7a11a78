package cluster

import (
	"fmt"
	"testing"
)

func benchLines(n int) []string {
	kinds := []func(i int) string{
		func(i int) string { return fmt.Sprintf("Session %d of page %d expired after %d ms", i, i*7919, i%5000) },
		func(i int) string {
			return fmt.Sprintf("upload of /media/%d/clip-%d.mp4 to 10.0.%d.%d:443 failed: connection reset by peer", i, i, i%250, i%199)
		},
		func(i int) string {
			return fmt.Sprintf("rate limit reached: %d calls in %d seconds, retry at 2026-11-%02dT10:%02d:00Z", i, i%60, i%28+1, i%60)
		},
		func(i int) string {
			return fmt.Sprintf("worker-%d: publishing post %d_%d took %d.%02ds (attempt %d)", i%64, i, i*31, i%90, i%100, i%4)
		},
		func(i int) string {
			return fmt.Sprintf("token of account %08x refused by api.example.com, trace %08x-1a2b-4c3d-8e4f-%012x", i*97, i, i*131)
		},
	}
	lines := make([]string, n)
	for i := range lines {
		lines[i] = kinds[i%len(kinds)](i)
	}
	return lines
}

func BenchmarkAddMessage(b *testing.B) {
	lines := benchLines(500_000)
	g := NewGrouper()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		g.AddMessage(lines[i%len(lines)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func BenchmarkNewShape(b *testing.B) {
	g := NewGrouper()
	word := func(n int) string {
		return string([]byte{'a' + byte(n/676%26), 'a' + byte(n/26%26), 'a' + byte(n%26)})
	}
	shapes := make([]Shape, b.N)
	for i := range shapes {
		shapes[i] = ShapeOfMessage(fmt.Sprintf("%s of page %s by owner %s in group %s met the limit", word(i), word(i*7), word(i*11), word(i*13)))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, s := range shapes {
		g.Add(s)
	}
}
