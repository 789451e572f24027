package plan

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFewestLeaveTheirOrder compares with every subset of the items, and looks
// for pairs that stand against what is certain.
func TestFewestLeaveTheirOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 20_000 {
		present := randomBeliefs(rng, 1+rng.IntN(10), 1)
		keep := largestSettled(present)
		if !settled(present, chosen(keep)) {
			t.Fatalf("%v: what is kept, %v, stands against what is certain", present, keep)
		}
		if got, want := marked(keep), mostSettled(present); got != want {
			t.Fatalf("%v: %d items are kept, want %d", present, got, want)
		}
		order := resettled(present)
		if !slices.Equal(slices.Sorted(slices.Values(order)), indexes(len(present))) {
			t.Fatalf("%v: the order %v does not hold each item once", present, order)
		}
		if !settled(present, order) {
			t.Fatalf("%v: the order %v stands against what is certain", present, order)
		}
		var rest []int
		for _, i := range order {
			if keep[i] {
				rest = append(rest, i)
			}
		}
		if !slices.IsSorted(rest) {
			t.Fatalf("%v: those that are kept, %v, left their order in %v", present, keep, order)
		}
	}
}

func TestWithoutDoubtTheOrderIsTheTarget(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 2000 {
		present := randomBeliefs(rng, 1+rng.IntN(30), 0)
		want := indexes(len(present))
		slices.SortFunc(want, func(x, y int) int { return present[x].place - present[y].place })
		if got := resettled(present); !slices.Equal(got, want) {
			t.Fatalf("%v: %v, want %v: best first, equal ones as they stood", present, got, want)
		}
	}
}

func TestSettledOrderStays(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for range 2000 {
		present := randomBeliefs(rng, 1+rng.IntN(60), 1)
		order := resettled(present)
		again := make([]belief, len(order))
		for i, x := range order {
			again[i] = present[x]
		}
		if got := resettled(again); !slices.Equal(got, indexes(len(again))) {
			t.Fatalf("%v: settled as %v, and then again as %v", present, order, got)
		}
	}
}

// resettled gives the order that present items should stand in when it costs nothing.
func resettled(present []belief) []int { return reinserted(present, largestSettled(present)) }

// randomBeliefs gives items with coarse figures, so that many are equal, and
// bounds up to width wide. Equal ones are wanted as they stand.
func randomBeliefs(rng *rand.Rand, n, width int) []belief {
	out, mid := make([]belief, n), make([]float64, n)
	for i := range out {
		mid[i] = float64(rng.IntN(2*n)) / 2
		half := float64(width*rng.IntN(n+1)) / 2
		out[i] = belief{low: mid[i] - half, high: mid[i] + half, density: math.Exp(mid[i] / 4), work: float64(1 + rng.IntN(3))}
	}
	best := indexes(n)
	slices.SortStableFunc(best, func(x, y int) int { return cmp.Compare(mid[y], mid[x]) })
	for place, i := range best {
		out[i].place = place
	}
	return out
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func chosen(keep []bool) []int {
	var out []int
	for i, k := range keep {
		if k {
			out = append(out, i)
		}
	}
	return out
}

// settled reports whether no item of an order stands before one that is surely
// above it.
func settled(present []belief, order []int) bool {
	lowest := math.Inf(1)
	for _, i := range order {
		if present[i].low > lowest {
			return false
		}
		lowest = min(lowest, present[i].high)
	}
	return true
}

func mostSettled(present []belief) int {
	best := 0
	for set := range 1 << len(present) {
		keep := make([]bool, len(present))
		for i := range keep {
			keep[i] = set>>i&1 == 1
		}
		if settled(present, chosen(keep)) {
			best = max(best, bits.OnesCount(uint(set)))
		}
	}
	return best
}

func BenchmarkHysteresis(b *testing.B) {
	rng := rand.New(rand.NewPCG(17, 18))
	const n = 100_000
	present := make([]belief, n)
	for i := range present {
		mid, half := rng.NormFloat64(), 0.2*rng.Float64()
		present[i] = belief{mid - half, mid + half, -int(1e9 * mid), math.Exp(mid), 1}
	}
	for b.Loop() {
		resettled(present)
	}
}
