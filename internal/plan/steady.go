package plan

import (
	"container/heap"
	"math"
	"slices"
)

// tolerable is the share of the cost of delay, of the target order, that keeping
// what stands may cost. Where estimates drift by 3 % a day, an order kept with a
// hysteresis of 0.70 stays within it.
const tolerable = 0.01

// steadiness knows how sure the places of a ranking are, and from that how far
// the order of a lane stays as it was found.
type steadiness struct {
	in      Input
	quiet   float64       // bounds lie so many standard deviations around the logarithm of a density
	beliefs []belief      // by index of the ranking
	reaches map[int][]int // by index of the ranking: what goes behind it
}

// newSteadiness gives nil where nothing is to be kept: the policy asks for no
// evidence, or what there is does not carry an order.
//
// With bounds of z·σ/√2 around both, a pair is certain when the logarithms lie
// z·(σa+σb)/√2 apart. That is z·√(σa²+σb²) at most, so no pair that reaches the
// hysteresis by less than its bounds is swapped, and none that is kept reaches it.
func newSteadiness(in Input) *steadiness {
	if !in.Carries || in.Hysteresis <= 0.5 {
		return nil
	}
	s := linksOnly(in)
	s.quiet = math.Erfinv(2*in.Hysteresis - 1)
	s.believe()
	return s
}

// linksOnly gives what knows nothing but the links that bind.
func linksOnly(in Input) *steadiness {
	s := &steadiness{in: in, reaches: map[int][]int{}}
	for _, w := range in.binding() {
		s.reaches[w[0]] = append(s.reaches[w[0]], w[1])
	}
	return s
}

// order gives the members of a lane as they should stand, from how they are found
// and how the ranking wants them: the order found, as far as no evidence speaks
// against it and nothing has to go first. Where that costs too much, those leave
// their order, too, whose places cost most, until it costs little enough; if all
// leave, it is the order of the ranking.
func (s *steadiness) order(found, target []*member) []*member {
	present := make([]belief, len(found))
	for i, m := range found {
		present[i] = s.beliefs[m.group]
	}
	stays := largestSettled(present)
	for least := 1; ; least *= 2 {
		settled := reinserted(present, stays)
		order := make([]*member, len(settled))
		for k, i := range settled {
			order[k] = found[i]
		}
		order = s.feasible(order)
		excess := s.excess(order, target)
		if excess <= 0 {
			return order
		}
		if least > len(found) {
			return target
		}
		dismiss(stays, dearest(present, settled), excess, least)
	}
}

// dismiss lets items leave their order, the dearest first, at least so many, until
// what is gained by each alone makes up for the excess.
func dismiss(stays []bool, dear []gain, excess float64, least int) {
	for k, g := range dear {
		if k >= least && excess <= 0 {
			return
		}
		stays[g.item] = false
		excess -= g.spared
	}
}

// believe sets the bounds of all groups. What goes
// before another is believed to belong as high at least: otherwise waiting for it
// could bring the other behind what it is surely above. And nothing is surely
// above what the ranking has before it, so that the target is always settled.
func (s *steadiness) believe() {
	const (
		least = 1e-9 // as in prioritize.Above
		band  = 1e3  // far more than logarithms of densities and their doubt can make up for
	)
	behind := math.Inf(-1) // the highest lower bound of those behind in the ranking
	s.beliefs = make([]belief, len(s.in.Ranking.Ranked))
	for i, r := range slices.Backward(s.in.Ranking.Ranked) {
		mid := math.Log(max(r.Density, least)) - band*float64(r.Band)
		half := s.quiet * r.Sigma
		b := belief{low: mid - half, high: mid + half, place: i, density: math.Exp(mid), work: max(r.Work, least)}
		for _, then := range s.reaches[i] {
			b.low = max(b.low, s.beliefs[then].low)
		}
		behind = max(behind, b.low)
		b.high = max(b.high, behind)
		s.beliefs[i] = b
	}
}

// excess gives by how much an order costs more than is tolerable: a small share
// of the cost of the target, or as much as is uncertain, so that no reordering as
// a whole needs less evidence than the policy asks of a swap.
//
// The cost is the delay of each group times the work until it is done. What
// one order costs more than the other is a sum over the groups, and its standard
// deviation follows from theirs.
func (s *steadiness) excess(order, target []*member) float64 {
	done := make(map[*member]float64, len(target))
	least, clock := 0.0, 0.0
	for _, m := range target {
		r := &s.in.Ranking.Ranked[m.group]
		clock += r.Work
		done[m] = clock
		least += r.Delay * clock
	}
	more, variance := 0.0, 0.0
	clock = 0
	for _, m := range order {
		r := &s.in.Ranking.Ranked[m.group]
		clock += r.Work
		longer := r.Delay * (clock - done[m])
		more += longer
		variance += longer * longer * r.Sigma * r.Sigma
	}
	return more - max(tolerable*least, math.Sqrt2*s.quiet*math.Sqrt(variance))
}

// feasible gives the members in their order, apart from those that something has
// to go before: these wait for it. Groups of other lanes count where they pass an
// edge on.
func (s *steadiness) feasible(order []*member) []*member {
	if len(s.reaches) == 0 {
		return order
	}
	q := s.newQueue(order)
	out := make([]*member, 0, len(order))
	for q.Len() > 0 {
		n := heap.Pop(q).(int)
		if n < len(order) {
			out = append(out, order[n])
		}
		for _, then := range q.reaches[n] {
			if q.waits[then]--; q.waits[then] == 0 {
				heap.Push(q, then)
			}
		}
	}
	return out
}

// queue holds the nodes that wait for nothing. The first nodes are the members in
// their order; the others stand for groups of other lanes and go first.
type queue struct {
	members int
	ready   []int
	waits   []int   // by node: how many must go first
	reaches [][]int // by node
}

func (s *steadiness) newQueue(order []*member) *queue {
	nodes := map[int][]int{} // by group
	for i, m := range order {
		nodes[m.group] = append(nodes[m.group], i)
	}
	q := &queue{members: len(order), reaches: make([][]int, len(order)), waits: make([]int, len(order))}
	nodesOf := func(group int) []int {
		if nodes[group] == nil {
			nodes[group] = []int{len(q.reaches)}
			q.reaches, q.waits = append(q.reaches, nil), append(q.waits, 0)
		}
		return nodes[group]
	}
	for first := range s.in.Ranking.Ranked {
		for _, then := range s.reaches[first] {
			for _, x := range nodesOf(first) {
				for _, y := range nodesOf(then) {
					q.reaches[x] = append(q.reaches[x], y)
					q.waits[y]++
				}
			}
		}
	}
	for n, w := range q.waits {
		if w == 0 {
			q.ready = append(q.ready, n)
		}
	}
	heap.Init(q)
	return q
}

// Len is for the heap.
func (q *queue) Len() int { return len(q.ready) }

// Less is for the heap.
func (q *queue) Less(i, j int) bool {
	x, y := q.ready[i], q.ready[j]
	if (x < q.members) != (y < q.members) {
		return y < q.members
	}
	return x < y
}

// Swap is for the heap.
func (q *queue) Swap(i, j int) { q.ready[i], q.ready[j] = q.ready[j], q.ready[i] }

// Push is for the heap.
func (q *queue) Push(n any) { q.ready = append(q.ready, n.(int)) }

// Pop is for the heap.
func (q *queue) Pop() any {
	n := q.ready[len(q.ready)-1]
	q.ready = q.ready[:len(q.ready)-1]
	return n
}
