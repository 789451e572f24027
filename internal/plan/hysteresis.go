package plan

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// belief says between which bounds on a scale an item belongs, better is higher;
// where it stands in the target order; and what it brings and takes, which is
// density times work, and work. One is surely above another, and has the lower
// place, if its low lies above the other's high.
type belief struct {
	low, high     float64
	place         int
	density, work float64
}

// reinserted gives an order of the present items, as indexes: those that stay keep
// theirs, which must be settled, and the others come where they belong. The order
// is settled, too.
func reinserted(present []belief, stays []bool) []int {
	var kept, leaving []int
	for i, s := range stays {
		if s {
			kept = append(kept, i)
		} else {
			leaving = append(leaving, i)
		}
	}
	if len(leaving) == 0 {
		return kept
	}
	at := newInsertion(present, kept)
	slices.SortStableFunc(leaving, func(x, y int) int { return cmp.Compare(present[x].place, present[y].place) })
	before := make([][]int, len(kept)+1) // by kept item: what comes right before it
	for _, x := range leaving {
		k := at.place(present[x])
		before[k] = append(before[k], x)
	}
	out := make([]int, 0, len(present))
	for k, i := range kept {
		out = append(append(out, before[k]...), i)
	}
	return append(out, before[len(kept)]...)
}

// largestSettled marks a largest set of items of which no one stands before
// another that is surely above it.
//
// Of what is kept so far only the lowest upper bound m matters: the next item may
// be kept if its lower bound is not above m. With L(m) the most items that can be
// kept so, an item [low, high] adds one to every L(m) with low ≤ m < high, and
// makes L(high) one more than the best L(m) with m ≥ high. In a tree over the
// upper bounds that takes O(n·log n).
func largestSettled(present []belief) []bool {
	states := make([]float64, 0, len(present)+1)
	for _, b := range present {
		states = append(states, b.high)
	}
	slices.Sort(states)
	states = append(slices.Compact(states), math.Inf(1)) // the last: nothing is kept yet
	most := newSummits(len(states))
	most.raise(len(states)-1, 0)
	type step struct{ low, high, from int } // states; from: what high was reached from, or -1
	steps := make([]step, len(present))
	for i, b := range present {
		low, _ := slices.BinarySearch(states, b.low)
		high, _ := slices.BinarySearch(states, b.high)
		best, from := most.highest(high, len(states))
		most.lift(low, high)
		if !most.raise(high, best+1) {
			from = -1
		}
		steps[i] = step{low, high, from}
	}
	keep := make([]bool, len(present))
	_, m := most.highest(0, len(states))
	for i, s := range slices.Backward(steps) {
		switch {
		case m == s.high && s.from >= 0:
			keep[i], m = true, s.from
		case s.low <= m && m < s.high:
			keep[i] = true
		}
	}
	return keep
}

// insertion finds where among kept items, in their order, others belong. Each
// list is monotone, so that a place is found by halving.
type insertion struct {
	lastPlace  []int     // of the kept items up to each
	lowestHigh []float64 // of the kept items up to each
	highestLow []float64 // of the kept items from each on
	slope      slope
}

func newInsertion(present []belief, kept []int) insertion {
	n := len(kept)
	in := insertion{make([]int, n), make([]float64, n), make([]float64, n), newSlope(present, kept)}
	place, high, low := math.MinInt, math.Inf(1), math.Inf(-1)
	for k, i := range kept {
		place, high = max(place, present[i].place), min(high, present[i].high)
		in.lastPlace[k], in.lowestHigh[k] = place, high
	}
	for k, i := range slices.Backward(kept) {
		low = max(low, present[i].low)
		in.highestLow[k] = low
	}
	return in
}

// place gives the kept item before which x belongs: where it costs least, and where
// that is all the same before the first that the target has behind it; but behind
// all that are surely above x, and before all that x is surely above. All of these
// only rise with the bounds of x, so that of two inserted items the one that is
// surely above comes first, too.
func (in insertion) place(x belief) int {
	worse := sort.Search(len(in.lastPlace), func(k int) bool { return in.lastPlace[k] > x.place })
	behind := sort.Search(len(in.highestLow), func(k int) bool { return in.highestLow[k] <= x.high })
	before := sort.Search(len(in.lowestHigh), func(k int) bool { return in.lowestHigh[k] < x.low })
	from, to := in.slope.cheapest(x.density)
	return min(max(min(max(worse, from), to), behind), before)
}
