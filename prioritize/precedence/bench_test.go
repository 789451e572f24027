package precedence

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkRealistic(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { run(b, realistic(rand.New(rand.NewPCG(7, 8)), n)) })
	}
}

func BenchmarkWithoutLinks(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { run(b, draw(rand.New(rand.NewPCG(7, 8)), n)) })
	}
}

func BenchmarkAdversaries(b *testing.B) {
	for _, a := range adversaries {
		for _, n := range []int{1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", a.name, n), func(b *testing.B) { run(b, a.make(rand.New(rand.NewPCG(7, 8)), n)) })
		}
	}
}

// run also reports how far the cost may be above the least possible.
func run(b *testing.B, j Jobs) {
	b.ReportAllocs()
	var r Order
	for b.Loop() {
		r = solve(b, j, Options{})
	}
	judge(b, j, r)
	b.ReportMetric(100*(r.Cost/r.Bound-1), "gap-%")
	b.ReportMetric(float64(len(r.Blocks)), "blocks")
}
