package plan

import (
	"cmp"

	"stackrank/internal/work"
)

// movedBetween gives for each item whether it must have been moved to turn one
// order into the other; see strays. Both hold the same items.
func movedBetween(then, now []work.Ref) map[work.Ref]bool {
	at := make(map[work.Ref]int, len(then))
	for i, ref := range then {
		at[ref] = i
	}
	was := make([]int, len(now))
	for i, ref := range now {
		was[i] = at[ref]
	}
	out := make(map[work.Ref]bool, len(now))
	for i, moved := range strays(was) {
		out[now[i]] = moved
	}
	return out
}

// strays marks the fewest items that must have been moved to turn one order into
// another. was gives, for each item as it stands now, where it stood before: 0 to
// n-1, each once. The others are a longest subsequence that still ascends. Of
// several, it is the one whose items have drifted least, so that the item which
// jumped furthest counts as moved; and if two have only changed places, the one
// that went up: people pull up what they want sooner.
//
// It takes O(n·log n): the best subsequence that ends in an item extends the best
// one among those that end further up in both orders.
func strays(was []int) []bool {
	best := make(tallies, len(was)+1)
	before := make([]int, len(was))
	last := tally{at: -1}
	for now, then := range was {
		t := best.upTo(then)
		before[now] = t.at
		t = tally{kept: t.kept + 1, drift: t.drift + distance(now, then), ups: t.ups, at: now}
		if now < then {
			t.ups++
		}
		best.enter(then, t)
		if t.better(last) {
			last = t
		}
	}
	moved := make([]bool, len(was))
	for i := range moved {
		moved[i] = true
	}
	for i := last.at; i >= 0; i = before[i] {
		moved[i] = false
	}
	return moved
}

func distance(a, b int) int { return max(a-b, b-a) }

// tally sums up a subsequence that stays in its order.
type tally struct {
	kept  int // items
	drift int // by how many places they stand elsewhere, in sum
	ups   int // of which those that stand further up
	at    int // the last item, as it stands now; -1: none
}

func (t tally) better(o tally) bool {
	return cmp.Or(cmp.Compare(t.kept, o.kept), cmp.Compare(o.drift, t.drift), cmp.Compare(o.ups, t.ups)) > 0
}

// tallies is a Fenwick tree: it finds the best tally among those whose last item
// stood above a place before.
type tallies []tally

// upTo gives the best tally of the places 0…then-1.
func (s tallies) upTo(then int) tally {
	out := tally{at: -1}
	for k := then; k > 0; k -= k & -k {
		if s[k].better(out) {
			out = s[k]
		}
	}
	return out
}

// enter notes a tally whose last item stood at then.
func (s tallies) enter(then int, t tally) {
	for k := then + 1; k < len(s); k += k & -k {
		if t.better(s[k]) {
			s[k] = t
		}
	}
}
