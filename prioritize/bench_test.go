package prioritize

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"stackrank/internal/work"
)

func BenchmarkRank(b *testing.B) {
	e := engineOf(b, nil)
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			groups := randomGroups(rand.New(rand.NewPCG(7, 8)), n, tame)
			b.ReportAllocs()
			for b.Loop() {
				e.Rank(groups, noon)
			}
		})
	}
}

// BenchmarkRankLinked ranks backlogs of which a quarter of the items is linked,
// in components of up to some twenty, as trackers have them.
func BenchmarkRankLinked(b *testing.B) {
	e := engineOf(b, nil)
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			groups := linkedAsFound(rand.New(rand.NewPCG(9, 10)), n)
			b.ReportAllocs()
			for b.Loop() {
				e.Rank(groups, noon)
			}
		})
	}
}

// linkedAsFound gives groups of which a quarter is linked: each of these waits
// for one or two of the few that came before it.
func linkedAsFound(rng *rand.Rand, n int) []work.Group {
	groups := randomGroups(rng, n, tame)
	for i := range groups {
		groups[i].Items[0].Links, groups[i].Items[0].Parent, groups[i].Items[0].Subtask = nil, work.Ref{}, false
	}
	const near = 20 // a component spans no more of its neighbours
	for i := 1; i < n/4; i++ {
		first := i - i%near
		for k := 0; k < 1+rng.IntN(2) && i > first; k++ {
			to := groups[first+rng.IntN(i-first)].Ref()
			it := &groups[i].Items[0]
			it.Links = append(it.Links, work.Link{Kind: work.BlockedBy, To: to, Open: true, Phrase: "is blocked by"})
		}
	}
	return groups
}
