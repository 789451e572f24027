package uncertain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOneOfTwoIsAbove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Item {
			return Item{Mu: rapid.Float64Range(-25, 10).Draw(t, name), Sigma: rapid.Float64Range(0, 3).Draw(t, name)}
		}
		a, b := draw("a"), draw("b")
		p, q := Above(a, b), Above(b, a)
		if !(p >= 0 && p <= 1) || math.Abs(p+q-1) > 1e-12 {
			t.Fatalf("P(a above b) = %v, P(b above a) = %v", p, q)
		}
		a.Mu += rapid.Float64Range(0, 5).Draw(t, "more")
		if more := Above(a, b); more < p {
			t.Fatalf("a higher figure lowers P from %v to %v", p, more)
		}
	})
}

func TestChancesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := smallBacklog(t)
		n := float64(len(items))
		top := rapid.IntRange(-1, len(items)+2).Draw(t, "top")
		o := Judge(items, Options{Top: top, Draws: 50, Seed: rapid.Uint64().Draw(t, "draws")})
		ranks := ExpectedRanks(items)
		for i, s := range o.Standings {
			if s.Key != items[i].Key || !(s.Top >= 0 && s.Top <= 1) || !(ranks[i] >= 1-1e-9 && ranks[i] <= n+1e-9) {
				t.Fatalf("%+v of %d", s, len(items))
			}
			if b := s.Band; !slices.IsSorted([]int{1, b.Best, b.Middle, b.Worst, len(items)}) {
				t.Fatalf("band %+v of %d", b, len(items))
			}
		}
		if got, want := sum(tops(o.Standings)), float64(min(max(top, 0), len(items))); !near(got, want) {
			t.Fatalf("chances of the first %d add up to %v", top, got)
		}
		if got, want := sum(ranks), n*(n+1)/2; !near(got, want) {
			t.Fatalf("expected ranks add up to %v, want %v", got, want)
		}
		if all := o.Count(Sure) + o.Count(Contested) + o.Count(Out); all != len(items) {
			t.Fatalf("%d verdicts of %d", all, len(items))
		}
	})
}

func TestTheOrderOfTheListIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := smallBacklog(t)
		for i := range items {
			items[i].Block = 0 // within a block the order counts
		}
		o := Options{Top: 7, Draws: 40, Seed: 5}
		want := map[string]judged{}
		for _, s := range judge(items, o) {
			want[s.Key] = s
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 2))
		rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		for _, s := range judge(items, o) {
			if diff := cmp.Diff(want[s.Key], s); diff != "" {
				t.Fatalf("-first +shuffled:\n%s", diff)
			}
		}
	})
}

func TestAnItemThatComesChangesNobodysDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := smallBacklog(t)
		o := Options{Top: 7, Draws: 40, Seed: 5}
		want := judge(items, o)
		last := Item{Key: rapid.String().Draw(t, "key") + "+", Mu: -1e4, Sigma: 0.5}
		got := judge(append([]Item{last}, items...), o)[1:]
		for i := range want {
			if !near(got[i].Rank, want[i].Rank) || got[i].Top != want[i].Top || got[i].Band != want[i].Band {
				t.Fatalf("an item far below turns %+v into %+v", want[i], got[i])
			}
		}
	})
}

func TestSameSeedGivesSameResult(t *testing.T) {
	items := backlog(rand.New(rand.NewPCG(1, 2)), 300, continua)
	a, b := Judge(items, Options{Top: 20}), Judge(items, Options{Top: 20, Draws: DefaultDraws})
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("-first +second:\n%s", diff)
	}
	if cmp.Equal(a, Judge(items, Options{Top: 20, Seed: 1})) {
		t.Error("another seed gives the same draws")
	}
}

func TestRaisingAFigureNeverHarmsItsItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := smallBacklog(t)
		for i := range items {
			items[i].Block = 0
		}
		o := Options{Top: rapid.IntRange(1, 30).Draw(t, "top"), Draws: 40}
		before := judge(items, o)
		i := rapid.IntRange(0, len(items)-1).Draw(t, "item")
		items[i].Mu += rapid.Float64Range(0, 3).Draw(t, "more")
		after := judge(items, o)
		a, b := before[i], after[i]
		if b.Top < a.Top || b.Rank > a.Rank+1e-9 || b.Band.Best > a.Band.Best || b.Band.Worst > a.Band.Worst {
			t.Fatalf("a higher figure turns %+v into %+v", a, b)
		}
		for j := range items {
			if j != i && after[j].Top > before[j].Top {
				t.Fatalf("and lifts %+v to %+v", before[j], after[j])
			}
		}
	})
}

func TestCertainFiguresGiveACertainOrder(t *testing.T) {
	for _, n := range []int{1, 2, 30, maxExact + 500, maxSimulated + 500} {
		items := make([]Item, n)
		for i := range items {
			items[i] = Item{Key: fmt.Sprint("k", i), Mu: -float64(i) / 1000}
		}
		for i, s := range judge(items, Options{Top: 10}) {
			inside := 0.0
			if i < 10 {
				inside = 1
			}
			if place := i + 1; math.Abs(s.Rank-float64(place)) > 1e-6 || math.Abs(s.Top-inside) > 1e-6 || s.Band != (Band{place, place, place}) {
				t.Fatalf("%d items, place %d: %+v", n, place, s)
			}
		}
	}
}

func TestABlockMovesAsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := smallBacklog(t)
		at := rapid.SliceOfNDistinct(rapid.IntRange(0, len(items)-1), 1, 5, rapid.ID[int]).Draw(t, "members")
		slices.Sort(at)
		for _, i := range at {
			items[i].Mu, items[i].Sigma, items[i].Block = 3, 0.7, 1_000
		}
		all := judge(items, Options{Top: 7, Draws: 60})
		for p, i := range at {
			lead, s := all[at[0]], all[i]
			want := Band{lead.Band.Best + p, lead.Band.Middle + p, lead.Band.Worst + p}
			if s.Band != want || !near(s.Rank, lead.Rank+float64(p)) || s.Top > lead.Top {
				t.Fatalf("member %d of a block: %+v, the first %+v", p, s, lead)
			}
		}
	})
}

// TestExpectedRanksAreTheMeanOfDraws checks the sums, blocks included, against the
// simulation.
func TestExpectedRanksAreTheMeanOfDraws(t *testing.T) {
	const n, draws = 60, 10_000
	for s := range allShapes {
		items := backlog(rand.New(rand.NewPCG(3, uint64(s))), n, s)
		units := unitsOf(items)
		all, starts := simulate(units, draws, 1), exactStarts(units)
		for i := range units {
			mean := 0.0
			for _, place := range all[i] {
				mean += float64(place) / draws
			}
			if math.Abs(mean-starts[i]) > 5*float64(n)/3/math.Sqrt(draws) {
				t.Errorf("%v: %s begins at %.2f, simulated %.2f", s, units[i].name, starts[i], mean)
			}
		}
	}
}
