package plan

import (
	"cmp"
	"container/heap"
	"slices"

	"stackrank/internal/work"
)

// joint gives the groups in the order that is wanted, as indexes of the ranking,
// and whether it heeds all links between groups that are not held: the orders of
// the lanes may not allow that together. The order of each lane is kept.
func (a Arrangement) joint() (order []int, ok bool) {
	key, turn := a.keys(), a.turns()
	order = make([]int, len(key))
	for g := range order {
		order[g] = g
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(key[x], key[y]), cmp.Compare(turn[x], turn[y]), cmp.Compare(x, y))
	})
	place := make([]int, len(order))
	for i, g := range order {
		place[g] = i
	}
	if merged := a.merged(place); len(merged) == len(order) {
		for i, k := range merged {
			merged[i] = order[k]
		}
		return merged, true
	}
	return order, false
}

// merged gives the places in an order that heeds links as well as lanes, as near
// to their own as that allows; fewer than all where it is impossible.
func (a Arrangement) merged(place []int) []int {
	q := &queue{members: len(place), waits: make([]int, len(place)), reaches: make([][]int, len(place))}
	before := func(first, then int) {
		x, y := place[first], place[then]
		q.reaches[x] = append(q.reaches[x], y)
		q.waits[y]++
	}
	for _, l := range a.lanes {
		names := l.names()
		for i := 1; i < len(names); i++ {
			before(names[i-1], names[i])
		}
	}
	for _, w := range a.in.binding() {
		if a.heeded(w) {
			before(w[0], w[1])
		}
	}
	for n, waits := range q.waits {
		if waits == 0 {
			q.ready = append(q.ready, n)
		}
	}
	heap.Init(q)
	out := make([]int, 0, len(place))
	for q.Len() > 0 {
		n := heap.Pop(q).(int)
		out = append(out, n)
		for _, then := range q.reaches[n] {
			if q.waits[then]--; q.waits[then] == 0 {
				heap.Push(q, then)
			}
		}
	}
	return out
}

// names gives the groups that the lane names, as wanted.
func (l lane) names() []int {
	var out []int
	for _, m := range l.target {
		if m.mirror == 0 {
			out = append(out, m.group)
		}
	}
	return out
}

// heeded reports whether a link binds the joint order: neither end is held, apart
// from sub-tasks, which come before their parent wherever that stands.
func (a Arrangement) heeded(w [2]int) bool {
	free := func(g int) bool {
		h := a.hands.held(a.in.Rules, a.in.Ranking.Ranked[g].Group.Items[0])
		return h == "" || h == HeldSubtask
	}
	return a.in.isTaskOf(w) || free(w[0]) && free(w[1])
}

// keys gives for each group the place in the ranking that it takes, in a lane as
// fill says. A sub-task, which has no place of its
// own in any lane, goes with its parent where that leaves those that it is level
// with, and before what waits for it.
func (a Arrangement) keys() []int {
	ranked := a.in.Ranking.Ranked
	key, parent, waiting := make([]int, len(ranked)), make([]int, len(ranked)), make([][]int, len(ranked))
	for g := range key {
		key[g], parent[g] = g, g
	}
	for _, l := range a.lanes {
		l.fill(key)
	}
	for _, w := range a.in.binding() {
		if a.in.isTaskOf(w) {
			parent[w[0]] = w[1]
		}
		if a.heeded(w) {
			waiting[w[0]] = append(waiting[w[0]], w[1])
		}
	}
	level, _ := levels(ranked)
	for g := len(ranked) - 1; g >= 0; g-- { // what waits for it stands behind in the ranking
		if !ranked[g].Group.Items[0].Subtask {
			continue
		}
		if p := parent[g]; level[key[p]] != level[p] {
			key[g] = key[p]
		}
		for _, then := range waiting[g] {
			key[g] = min(key[g], key[then])
		}
	}
	return key
}

// turns gives for each group its place in the lane that names it, so that groups
// with one key stand as the lane has them; zero where none does.
func (a Arrangement) turns() []int {
	turn := make([]int, len(a.in.Ranking.Ranked))
	for _, l := range a.lanes {
		for i, g := range l.names() {
			turn[g] = i
		}
	}
	return turn
}

// fill gives the groups that the lane names their keys. The free ones share those
// that they have in the ranking, in the order of the lane. A held one takes its own
// as far as its neighbours let it: what a person moved displaces nothing but itself.
func (l lane) fill(key []int) {
	var free []int
	for _, m := range l.target {
		if m.mirror == 0 && m.held == "" {
			free = append(free, m.group)
		}
	}
	slots, last := slices.Sorted(slices.Values(free)), 0
	for _, m := range l.target {
		switch {
		case m.mirror > 0:
			continue
		case m.held == "":
			key[m.group], slots = slots[0], slots[1:]
		case len(slots) > 0:
			key[m.group] = max(last, min(m.group, slots[0]))
		default:
			key[m.group] = max(last, m.group)
		}
		last = key[m.group]
	}
}

// binding gives the links of the ranking that bind an order. Those within a knot
// do not: which of them the ranking heeds hangs on the order of the tracker, and
// what hangs on that must not tell what the order should be.
func (in Input) binding() [][2]int {
	knot := map[work.Ref]int{}
	for k := range in.Ranking.Knots {
		for _, ref := range in.Ranking.Knots[k].Members {
			knot[ref] = k + 1
		}
	}
	if len(knot) == 0 {
		return in.Ranking.Waits
	}
	of := func(g int) int { return knot[in.Ranking.Ranked[g].Group.Ref()] }
	out := make([][2]int, 0, len(in.Ranking.Waits))
	for _, w := range in.Ranking.Waits {
		if k := of(w[0]); k == 0 || k != of(w[1]) {
			out = append(out, w)
		}
	}
	return out
}

// isTaskOf reports whether the first of two groups is a sub-task of the other.
func (in Input) isTaskOf(w [2]int) bool {
	task := &in.Ranking.Ranked[w[0]].Group.Items[0]
	if !task.Subtask || task.Parent.IsZero() {
		return false
	}
	whole := in.Ranking.Ranked[w[1]].Group.Items
	for i := range whole {
		if whole[i].Ref == task.Parent {
			return true
		}
	}
	return false
}
