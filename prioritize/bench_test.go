package prioritize

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkRank(b *testing.B) {
	e := engineOf(b, nil)
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			groups := randomGroups(rand.New(rand.NewPCG(7, 8)), n, tame)
			b.ReportAllocs()
			for b.Loop() {
				e.Rank(groups, noon)
			}
		})
	}
}
