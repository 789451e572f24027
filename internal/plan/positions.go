package plan

import (
	"cmp"
	"math"
	"slices"
)

// keepRoomy marks which of the places from…to-1 keep their items in a lane that
// is ordered by positions, so that the fewest items get new ones, and none comes
// nearer than gap to the next. at gives, for each wanted place of the whole lane,
// the position of its item. It reports whether there is room; where held
// items at the ends enclose too little, nothing is marked.
//
// The i-j-1 items between two that stay at the places j < i find room if and only
// if at[i] - at[j] ≥ gap·(i-j). With q[i] = at[i] - gap·(i+1) that reads q[i] ≥
// q[j], and from the top of the scale q[i] ≥ 0, so the most items are kept by a
// longest subsequence of q that never falls. Spreading cards anew where they have
// come too close is part of it, and stays where it must be done.
func keepRoomy(at []float64, keep []bool, from, to int, gap float64) bool {
	q := make([]float64, len(at))
	for i := max(from-1, 0); i < min(to+1, len(at)); i++ {
		q[i] = at[i] - gap*float64(i+1)
	}
	low, high := 0.0, math.Inf(1)
	if from > 0 {
		low = q[from-1]
	}
	if to < len(at) {
		high = q[to]
	}
	if low > high {
		return false
	}
	keepLongest(q, keep, from, to, span[float64]{low, high})
	return true
}

// span holds the values from low to high, both included.
type span[K cmp.Ordered] struct{ low, high K }

// keepLongest marks a longest subsequence of key[from:to] that never falls,
// taken among the values of within.
func keepLongest[K cmp.Ordered](key []K, keep []bool, from, to int, within span[K]) {
	var tails []int                  // tails[k]: the place that ends the best subsequence of k+1 items
	before := make([]int, to-from+1) // by place: the one before it in its subsequence, or -1
	for i := from; i < to; i++ {
		if key[i] < within.low || key[i] > within.high {
			continue
		}
		k, _ := slices.BinarySearchFunc(tails, key[i], func(tail int, v K) int {
			if key[tail] <= v {
				return -1
			}
			return 1
		})
		before[i-from] = -1
		if k > 0 {
			before[i-from] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, i)
		} else {
			tails[k] = i
		}
	}
	if len(tails) == 0 {
		return
	}
	for i := tails[len(tails)-1]; i >= 0; i = before[i-from] {
		keep[i] = true
	}
}
