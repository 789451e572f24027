package prioritize

import (
	"cmp"
	"math"
)

// compare is the one order of a backlog: the higher total first; equal totals by
// source, lane, place as the tracker holds it, and ref of the item that names
// the group.
//
// Comparing place by place, as the rule "equal figures keep the order of their
// tracker" asks, only makes sense within one lane; between lanes there is no
// such order, and leaving it open there would make the whole intransitive. So
// lanes are kept apart, by name: an item that comes, goes or moves in one lane
// then never turns round a pair elsewhere. Sub-tasks come behind the others of
// their lane: no move concerns them, so the moves of others would turn them
// round, and the order would not be its own successor.
func compare(a, b *Ranked) int {
	if c := cmp.Compare(b.Total, a.Total); c != 0 {
		return c
	}
	x, y := &a.Group.Items[0], &b.Group.Items[0]
	return cmp.Or(
		cmp.Compare(x.Ref.Source, y.Ref.Source),
		cmp.Compare(x.Lane, y.Lane),
		behind(x.Subtask, y.Subtask),
		cmp.Compare(x.Native, y.Native),
		x.Ref.Compare(y.Ref),
		cmp.Compare(x.Ref.ID, y.Ref.ID), // ids that differ by leading zeros only
	)
}

// behind orders false before true.
func behind(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

// minRatio stands for a ratio of zero on the logarithmic scale.
const minRatio = 1e-9

// Above gives the probability that a belongs above b, with the logarithms of
// both ratios normal and independent around what is known. Equal ratios give
// 0.5; where neither leaves anything open it is 0, 0.5 or 1.
func Above(a, b Ranked) float64 {
	gap := math.Log(max(a.Density, minRatio) / max(b.Density, minRatio))
	if gap == 0 {
		return 0.5
	}
	return normal(gap / math.Hypot(a.Sigma, b.Sigma))
}

// normal is the distribution function of the standard normal.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// Carries says whether the evidence carries the order: the share of neighbours
// of which the upper belongs above the lower with a probability of at least
// hysteresis, and whether it is half of them or more. A hysteresis of 0.5 asks
// for nothing, and a backlog without neighbours has nothing to doubt: share 1.
func (r Ranking) Carries(hysteresis float64) (share float64, ok bool) {
	pairs := len(r.Ranked) - 1
	if pairs < 1 || hysteresis <= 0.5 {
		return 1, true
	}
	sure := 0
	for i := range pairs {
		if Above(r.Ranked[i], r.Ranked[i+1]) >= hysteresis {
			sure++
		}
	}
	share = float64(sure) / float64(pairs)
	return share, 2*sure >= pairs
}

// Level counts the neighbours that have equal scores: nothing tells them apart,
// and they keep the order of their tracker.
func (r Ranking) Level() int {
	n := 0
	for i := 1; i < len(r.Ranked); i++ {
		if r.Ranked[i-1].Total == r.Ranked[i].Total {
			n++
		}
	}
	return n
}
