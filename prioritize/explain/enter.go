package explain

import (
	"cmp"
	"math"
	"slices"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Entry says when an item first stands among the first n if nothing but time
// changes.
type Entry struct {
	Item int       // its index in the ranking
	Day  time.Time // the moment at which that day ends
}

// Enter looks so many days ahead, day by day, and gives the items that will
// enter the first n, the earliest first.
//
// Only items that can reach the first n are ranked for every day. What is in a
// score moves one way as time passes: evidence ages, dates come nearer. So the
// points, the urgency and the work of a day lie between those of the first and
// the last, which bounds every figure on the way.
func (b *Backlog) Enter(n, days int) []Entry {
	if n < 1 || n >= len(b.ranked) || days < 1 {
		return nil
	}
	index := map[work.Ref]int{}
	var groups []work.Group
	for _, i := range b.candidates(n, b.day(days)) {
		index[b.ranked[i].Group.Ref()] = i
		groups = append(groups, b.ranked[i].Group)
	}
	var out []Entry
	seen := map[int]bool{}
	for i := range n {
		seen[i] = true
	}
	for d := 1; d <= days; d++ {
		now := b.day(d)
		for _, r := range b.engine.Rank(groups, now).Ranked[:n] {
			i := index[r.Group.Ref()]
			if !seen[i] {
				seen[i] = true
				out = append(out, Entry{i, now})
			}
		}
	}
	return out
}

// span bounds a figure over a time.
type span struct{ low, high float64 }

// candidates gives the items that can be among the first n at some time up to
// end, with all that they are linked to. An item is out when n others, each in
// a family of bounds that hold for all its members, are surely above it.
func (b *Backlog) candidates(n int, end time.Time) []int {
	if b.banded() {
		return b.all()
	}
	families := b.spans(end)
	lows := make([]float64, len(b.ranked))
	for i := range lows {
		lows[i] = families[b.families.of[i]].low
	}
	least := nthLargest(lows, n)
	var out []int
	for f, members := range b.families.members {
		if families[f].high >= least {
			out = append(out, members...)
		}
	}
	return out
}

// banded reports whether a rule puts tiers before one another, so that figures
// alone do not order.
func (b *Backlog) banded() bool {
	return slices.ContainsFunc(b.ranked, func(r prioritize.Ranked) bool { return r.Band != 0 })
}

func (b *Backlog) all() []int {
	out := make([]int, len(b.ranked))
	for i := range out {
		out[i] = i
	}
	return out
}

// spans gives bounds that hold for every figure of a family: the density of a
// block lies between the least and the greatest ratio of its members.
func (b *Backlog) spans(end time.Time) []span {
	out := make([]span, len(b.families.members))
	for f, members := range b.families.members {
		s := span{math.Inf(1), math.Inf(-1)}
		for _, i := range members {
			own := b.span(i, end)
			s.low, s.high = min(s.low, own.low), max(s.high, own.high)
		}
		out[f] = s
	}
	return out
}

// slack keeps the bounds clear of rounding.
const slack = 1e-9

// span bounds the ratio of one item from now to end.
func (b *Backlog) span(i int, end time.Time) span {
	now := b.engine.Score(b.ranked[i].Group, b.at)
	then := b.engine.Score(b.ranked[i].Group, end)
	if r := &b.ranked[i]; r.Delay != now.Delay || r.Work != now.Work {
		return span{math.Inf(-1), math.Inf(1)} // a parent or a part of one
	}
	if !near(points(now), now.Value) || !near(now.Value*now.Urgency, now.Delay) {
		return span{math.Inf(-1), math.Inf(1)}
	}
	low, high := 0.0, 0.0
	for k, p := range now.Parts {
		q := then.Parts[k].Points
		low, high = low+min(p.Points, q), high+max(p.Points, q)
	}
	low *= min(now.Urgency, then.Urgency) / max(now.Work, then.Work)
	high *= max(now.Urgency, then.Urgency) / min(now.Work, then.Work)
	return span{low - slack*math.Abs(low), high + slack*math.Abs(high)}
}

// nthLargest gives the n-th largest of xs, which it reorders: Hoare's selection
// with the middle of three as pivot, linear on average.
func nthLargest(xs []float64, n int) float64 {
	k := n - 1
	for left, right := 0, len(xs)-1; left < right; {
		pivot := middle(xs[left], xs[(left+right)/2], xs[right])
		i, j := left, right
		for i <= j {
			for xs[i] > pivot {
				i++
			}
			for xs[j] < pivot {
				j--
			}
			if i <= j {
				xs[i], xs[j] = xs[j], xs[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			right = j
		case k >= i:
			left = i
		default:
			return xs[k]
		}
	}
	return xs[k]
}

func middle(a, b, c float64) float64 {
	three := []float64{a, b, c}
	slices.SortFunc(three, cmp.Compare)
	return three[1]
}
