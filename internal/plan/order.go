package plan

import (
	"slices"

	"stackrank/internal/work"
)

// kept says which places of a wanted order keep their items, so that as few
// items as possible move. pos gives, for each wanted place, where its item
// stands now; held marks places whose item must not move and stands there
// already (pos[i] == i).
//
// Items that never move must ascend in both orders. A held item at place h
// stands at h in both, so every other kept item lies on the same side of h in
// both. That splits the order at the held items into pieces that do not
// influence each other, and within a piece the most items are kept by a longest
// ascending run of those that stand in the same piece now.
func kept(pos []int, held func(i int) bool) []bool {
	keep := make([]bool, len(pos))
	from := 0
	for i := range len(pos) + 1 {
		if i < len(pos) && !held(i) {
			continue
		}
		keepLongest(pos, keep, from, i)
		if i < len(pos) {
			keep[i] = true
		}
		from = i + 1
	}
	return keep
}

// keepLongest marks a longest ascending subsequence of pos[from:to], taken among
// values that lie in from…to-1 themselves.
func keepLongest(pos []int, keep []bool, from, to int) {
	var tails []int                  // tails[k]: the place that ends the best subsequence of k+1 items
	before := make([]int, to-from+1) // by place: the one before it in its subsequence, or -1
	for i := from; i < to; i++ {
		if pos[i] < from || pos[i] >= to {
			continue
		}
		k, _ := slices.BinarySearchFunc(tails, pos[i], func(tail, p int) int { return pos[tail] - p })
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

// runs gives the moves that turn the lane as found into the lane as wanted,
// fewest items moved, at most limit of them a run; 0: no limit. They are made
// in their order: each run stands behind an item that is kept or placed already,
// or before the first kept item.
func (l lane) runs(limit int) []work.Run {
	now := make(map[*member]int, len(l.present))
	for i, m := range l.present {
		now[m] = i
	}
	pos := make([]int, len(l.target))
	for i, m := range l.target {
		pos[i] = now[m]
	}
	keep := kept(pos, func(i int) bool { return l.target[i].held != "" })
	top := slices.Index(keep, true)
	var out []work.Run
	for i := 0; i < len(keep); {
		if keep[i] {
			i++
			continue
		}
		end := i + 1
		for end < len(keep) && !keep[end] && (limit == 0 || end-i < limit) {
			end++
		}
		run := work.Run{Lane: l.id}
		if i > 0 {
			run.After = l.target[i-1].item.Ref
		} else {
			run.Before = l.target[top].item.Ref
		}
		for ; i < end; i++ {
			run.Items = append(run.Items, l.target[i].item.Ref)
			run.Was = append(run.Was, l.behind(pos[i]))
		}
		out = append(out, run)
	}
	return out
}

// behind gives what stands above the i-th item as found; zero: nothing does.
func (l lane) behind(i int) work.Ref {
	if i == 0 {
		return work.Ref{}
	}
	return l.present[i-1].item.Ref
}
