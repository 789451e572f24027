package precedence

import (
	"cmp"
	"math"
	"slices"
)

// loosen orders a set that is not cut: by weighted round robin, which is never
// dearer than twice the best, or by a rule of best where that is cheaper. Its
// pieces are the blocks that the order would have if it were a chain.
func (s *solver) loosen(a open, u unit) {
	s.lower(a, u)
	set := s.set(a.span)
	slices.Sort(set)
	b := s.block(set)
	order := b.best(0, new(int64))
	if r := b.roundRobin(); b.cost(r) < b.cost(order) {
		order = r
	}
	s.put(a.span, order)
	for _, c := range s.levelled(a.span) {
		p := s.piece(c, 0)
		p.loose = true
		s.pieces = append(s.pieces, p)
	}
}

// levelled cuts a set, taken as a chain, into blocks.
func (s *solver) levelled(a span) []span {
	type run struct {
		span
		w, p int64
	}
	var runs []run
	for k := a.from; k < a.to; k++ {
		v := s.nodes[k]
		r := run{span{k, k + 1}, s.w[v], s.p[v]}
		for len(runs) > 0 {
			top := runs[len(runs)-1]
			if top.w*r.p >= r.w*top.p {
				break
			}
			r = run{span{top.from, r.to}, top.w + r.w, top.p + r.p}
			runs = runs[:len(runs)-1]
		}
		runs = append(runs, r)
	}
	out := make([]span, len(runs))
	for k, r := range runs {
		out[k] = r.span
	}
	return out
}

// part is something of the problem without links that bounds it from below.
type part struct {
	weight, duration float64
	cost             float64 // least possible when it runs at once
}

// lower notes the nodes of a set without their links, each with what it has
// after loans. Who lends is done later than who borrows, so no order gets
// cheaper by a loan.
func (s *solver) lower(a open, u unit) {
	set := s.set(a.span)
	s.f.enter(set)
	for _, v := range set {
		carried := int64(0)
		for e := s.g.preAt[v]; e < s.g.preAt[v+1] && a.scale > 0; e++ {
			if s.f.in[s.g.pre[e]] == s.f.set {
				carried -= s.f.carried[e]
			}
		}
		after, edges := s.g.after(v)
		for k := 0; k < len(after) && a.scale > 0; k++ {
			if s.f.in[after[k]] == s.f.set {
				carried += s.f.carried[edges[k]]
			}
		}
		p := part{weight: s.g.weight[v], duration: s.g.duration[v]}
		if carried != 0 {
			p.weight += float64(carried) / float64(a.scale) * u.weight
		}
		p.cost = p.weight * p.duration
		s.relaxed = append(s.relaxed, p)
	}
}

// relax bounds the cost where something is loose: blocks as they are and the
// nodes of the rest without links, by density.
func (s *solver) relax(j Jobs) float64 {
	parts := s.relaxed
	for _, b := range s.pieces {
		if b.loose {
			continue
		}
		p := part{cost: -b.slack}
		for _, v := range s.set(b.span) {
			p.weight += s.g.weight[v]
			p.duration += s.g.duration[v]
			p.cost += s.g.weight[v] * p.duration
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(b.weight/b.duration, a.weight/a.duration) })
	t, sum := 0.0, 0.0
	for _, p := range parts {
		sum += p.cost + t*p.weight
		t += p.duration
	}
	return sum - s.saved(j)
}

// saved is how much less circles cost than if all of it were done at their ends.
func (s *solver) saved(j Jobs) (sum float64) {
	for v := range int32(s.g.n) {
		left := s.g.duration[v]
		if len(s.g.jobs(v)) == 1 {
			continue
		}
		for _, i := range s.g.jobs(v) {
			left -= j.Duration[i]
			sum += j.Weight[i] * left
		}
	}
	return sum
}

// roundRobin serves all free jobs at once, each at a rate of its weight and what
// it is lent: a job that waits lends all it has to the first that it waits for.
// The order is that of completion.
//
// Source: S. Jäger and P. Warode, Simple approximation algorithms for minimizing
// the total weighted completion time of precedence-constrained jobs, 2023.
func (b *block) roundRobin() []int32 {
	n := b.size()
	r := robin{
		block: b, to: make([]int32, n), carried: make([]float64, n), left: make([]float64, n),
		since: make([]float64, n), end: make([]float64, n), waits: make([]int32, n), done: make([]bool, n),
	}
	r.events.less = func(x, y event) bool {
		return x.time < y.time || x.time == y.time && b.key[x.node] < b.key[y.node]
	}
	for i := n - 1; i >= 0; i-- {
		r.carried[i] += float64(b.w[i])
		r.waits[i], r.to[i], r.left[i] = int32(len(b.pre[i])), -1, float64(b.p[i])
		if len(b.pre[i]) > 0 {
			r.to[i] = b.pre[i][0]
			r.carried[r.to[i]] += r.carried[i]
		}
	}
	for i := range int32(n) {
		if r.waits[i] == 0 {
			r.serve(i)
		}
	}
	return r.run()
}

// robin is a weighted round robin at a time.
type robin struct {
	*block
	now     float64
	to      []int32   // to whom a node lends; below zero: it is free
	carried []float64 // own weight and what is lent
	left    []float64 // duration that is left at since
	since   []float64
	end     []float64 // time of completion at the present rate
	waits   []int32
	done    []bool
	events  heap[event]
}

// event is a completion; it counts only as long as it is the end of the node.
type event struct {
	time float64
	node int32
}

func (r *robin) run() []int32 {
	order := make([]int32, 0, r.size())
	for len(order) < r.size() {
		e := r.events.pop()
		if r.done[e.node] || e.time != r.end[e.node] {
			continue
		}
		r.now, r.done[e.node] = e.time, true
		order = append(order, e.node)
		for _, u := range r.post[e.node] {
			r.waits[u]--
			if r.waits[u] == 0 {
				r.to[u] = -1
				r.serve(u)
			} else if r.to[u] == e.node {
				r.lend(u)
			}
		}
	}
	return order
}

// serve foresees the end of a free node.
func (r *robin) serve(i int32) {
	r.since[i], r.end[i] = r.now, math.Inf(1)
	if r.carried[i] > 0 {
		r.end[i] = r.now + r.left[i]/r.carried[i]
	}
	r.events.push(event{r.end[i], i})
}

// lend finds a node another to lend to and raises all that are lent on to.
func (r *robin) lend(u int32) {
	for _, i := range r.pre[u] {
		if !r.done[i] {
			r.to[u] = i
			break
		}
	}
	for i := r.to[u]; ; i = r.to[i] {
		free := r.to[i] < 0
		if free && r.carried[i] > 0 {
			r.left[i] = max(0, r.left[i]-r.carried[i]*(r.now-r.since[i]))
		}
		r.carried[i] += r.carried[u]
		if free {
			r.serve(i)
			return
		}
	}
}
