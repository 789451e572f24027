package report

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// sized runs a benchmark on backlogs of which a quarter is linked.
func sized(b *testing.B, what func(b *testing.B, e *prioritize.Engine, groups []work.Group)) {
	engine, err := prioritize.New(prioritize.Default())
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			groups := work.Join(backlogOf(n))
			b.ReportAllocs()
			for b.Loop() {
				what(b, engine, groups)
			}
		})
	}
}

// BenchmarkRankCertifyExplain ranks, holds the order against its bound, and says
// of each item why it stands where it does.
func BenchmarkRankCertifyExplain(b *testing.B) {
	sized(b, func(b *testing.B, e *prioritize.Engine, groups []work.Group) {
		r := cycle.Round{At: noon, Ranking: e.Rank(groups, noon)}
		r.Placed = make([]plan.Placed, len(groups))
		for i, x := range r.Ranking.Ranked {
			r.Placed[i] = plan.Placed{Place: i + 1, Ranked: x}
		}
		if c := certificate(r); c.Gap > 0.0001 {
			b.Fatalf("gap %v", c.Gap)
		}
		links := webOf(r)
		for _, p := range r.Placed {
			if len(reasons(p, noon, links)) == 0 {
				b.Fatal("no reason")
			}
		}
	})
}

// BenchmarkNew makes a whole document from a ranked and arranged backlog.
func BenchmarkNew(b *testing.B) {
	sized(b, func(b *testing.B, e *prioritize.Engine, groups []work.Group) {
		r := cycle.Round{Backlog: "b", At: noon, Policy: prioritize.Default(), Rules: plan.Default(), Ranking: e.Rank(groups, noon)}
		r.Placed = plan.Arrange(plan.Input{Ranking: r.Ranking, Rules: r.Rules}).Placed
		if d := New(r); len(d.Items) != len(groups) {
			b.Fatalf("%d items", len(d.Items))
		}
	})
}

// backlogOf makes n items, a quarter of them linked by twenties at most.
func backlogOf(n int) []work.Item {
	const near = 20
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	items := make([]work.Item, n)
	for i := range items {
		items[i] = issue(i+1, "Title", func(it *work.Item) {
			it.Native = i
			it.Signals = work.Signals{work.Priority: float64(rng.IntN(5)) / 4, work.Effort: float64(1 + rng.IntN(8)), work.Votes: float64(rng.IntN(9))}
		})
		for k := i - i%near; i < n/4 && k < i && rng.IntN(3) > 0; k += 1 + rng.IntN(near) {
			items[i].Links = append(items[i].Links, work.Link{Kind: work.BlockedBy, To: items[k].Ref, Open: true})
		}
	}
	return items
}
