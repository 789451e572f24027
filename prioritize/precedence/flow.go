package precedence

import (
	"math"
	"math/bits"
	"slices"
)

// flow is the network of the minimum cut of one set after the other. Weight
// runs along an edge backwards, from the job that waits to the one it waits for,
// without limit. For a set of weight W and duration P a node of weight w and
// duration p starts with the surplus w·P − W·p; together they are 0. What does
// not fit is left where it is as a positive or negative surplus: such a
// pseudoflow is maximal as soon as no surplus reaches a lack, and the nodes that
// surplus reaches are then the cut.
//
// Source: D. Hochbaum, The pseudoflow algorithm, Operations Research 56, 2008,
// for starting from any flow; E. Dinic 1970 for the phases.
type flow struct {
	g       *graph
	w, p    []int64
	in      []int32 // the set a node belongs to
	set     int32   // the present set
	carried []int64 // by edge, at least 0
	surplus []int64
	need    []int64 // what a node and all before it lack
	level   []int32 // steps from a surplus; below zero: not reached
	arc     []int32
	queue   []int32
	path    []hop
	steps   int64 // taken so far
	limit   int64
}

// hop is an arc of a path: along an edge backwards or, where it carries
// something, forwards to give that back.
type hop struct {
	node int32 // tail
	edge int32
	back bool // gives back what the edge carries
}

// most is above every surplus.
const most = int64(1) << 61

func newFlow(g *graph, w, p []int64) *flow {
	n := g.n
	return &flow{
		g: g, w: w, p: p, in: make([]int32, n), carried: make([]int64, len(g.pre)),
		surplus: make([]int64, n), need: make([]int64, n), level: make([]int32, n), arc: make([]int32, n),
	}
}

// enter makes the nodes the present set.
func (f *flow) enter(set []int32) {
	f.set++
	for _, v := range set {
		f.in[v] = f.set
	}
}

// sums gives weight and duration of a set.
func (f *flow) sums(set []int32) (w, p int64) {
	for _, v := range set {
		w += f.w[v]
		p += f.p[v]
	}
	return w, p
}

// cut looks for an initial set denser than the set, which holds more than one
// node in ascending order. It then gives the densest excess, as level at least
// 0 of the nodes, and splits; otherwise the set is a block and every surplus 0.
// scale is the duration that what the edges carry is a multiple of; 0: they
// carry nothing. ok is false when the steps ran out.
func (f *flow) cut(set []int32, scale int64) (splits, ok bool) {
	f.enter(set)
	f.begin(set, scale)
	f.warm(set)
	for {
		left, reached := f.levels(set)
		if !reached {
			return left, true
		}
		if f.steps > f.limit {
			return false, false
		}
		for _, v := range set {
			if f.surplus[v] > 0 {
				f.push(v)
			}
		}
	}
}

// begin sets the surplus of every node to what the set makes of it.
func (f *flow) begin(set []int32, scale int64) {
	weight, duration := f.sums(set)
	for _, v := range set {
		f.surplus[v] = f.w[v]*duration - weight*f.p[v]
	}
	for _, v := range set {
		nodes, e := f.g.before(v)
		for _, u := range nodes {
			if f.in[u] == f.set && f.carried[e] > 0 {
				y := rescale(f.carried[e], duration, scale)
				f.carried[e] = y
				f.surplus[v] -= y
				f.surplus[u] += y
			}
			e++
		}
		f.steps += int64(len(nodes)) + 1
	}
}

// rescale gives y·to/from, rounded down.
func rescale(y, to, from int64) int64 {
	hi, lo := bits.Mul64(uint64(y), uint64(to))
	q, _ := bits.Div64(hi, lo, uint64(from))
	return int64(q)
}

// warm gives surplus to those who lack it in one pass against the order. On
// chains and trees nothing is left to do then.
func (f *flow) warm(set []int32) {
	f.ask(set)
	for _, v := range slices.Backward(set) {
		f.lend(v, true)
		f.lend(v, false)
	}
}

// ask adds up what each node and all before it lack. What two wait for is asked
// by both.
func (f *flow) ask(set []int32) {
	for _, v := range set {
		need := int64(0)
		nodes, _ := f.g.before(v)
		for _, u := range nodes {
			if f.in[u] == f.set {
				need = min(need+f.need[u], most)
			}
		}
		f.need[v] = max(0, need-f.surplus[v])
		f.steps += int64(len(nodes)) + 1
	}
}

// lend lends surplus of a node to those before it, not more than each asks for
// or, of its own, lacks.
func (f *flow) lend(v int32, own bool) {
	nodes, e := f.g.before(v)
	for i := 0; i < len(nodes) && f.surplus[v] > 0; i++ {
		u := nodes[i]
		if f.in[u] != f.set {
			continue
		}
		y := f.need[u]
		if own {
			y = min(y, max(0, -f.surplus[u]))
		}
		f.move(v, u, e+int32(i), min(f.surplus[v], y))
	}
}

// move lends y along an edge.
func (f *flow) move(v, u, e int32, y int64) {
	f.carried[e] += y
	f.surplus[v] -= y
	f.surplus[u] += y
	f.need[u] -= y
}

// levels counts the steps from the nearest surplus up to the first lack. It
// says whether there is surplus and whether it reaches a lack.
func (f *flow) levels(set []int32) (left, reached bool) {
	f.queue = f.queue[:0]
	for _, v := range set {
		f.level[v], f.arc[v] = -1, 0
		if f.surplus[v] > 0 {
			f.level[v] = 0
			f.queue = append(f.queue, v)
		}
	}
	left = len(f.queue) > 0
	f.steps += int64(len(set))
	last := int32(math.MaxInt32)
	for k := 0; k < len(f.queue); k++ {
		v := f.queue[k]
		if f.level[v] >= last {
			break
		}
		if f.spread(v) {
			last, reached = f.level[v]+1, true
		}
	}
	return left, reached
}

// spread reaches the nodes next to v and says whether one of them lacks.
func (f *flow) spread(v int32) (lacks bool) {
	for k := int32(0); ; k++ {
		u, _, ok := f.step(v, k)
		if !ok {
			f.steps += int64(k)
			return lacks
		}
		if u < 0 || f.level[u] >= 0 {
			continue
		}
		f.level[u] = f.level[v] + 1
		f.queue = append(f.queue, u)
		lacks = lacks || f.surplus[u] < 0
	}
}

// step gives the k-th arc of v in the rest of the network: first the edges
// backwards, then those that carry something to it. u is below zero where there
// is no such arc now, ok false beyond the last.
func (f *flow) step(v, k int32) (u int32, h hop, ok bool) {
	a, b := f.g.preAt[v], f.g.preAt[v+1]
	e := a + k
	if e < b {
		u = f.g.pre[e]
		if f.in[u] != f.set {
			return -1, hop{}, true
		}
		return u, hop{v, e, false}, true
	}
	k = f.g.postAt[v] + e - b
	if k >= f.g.postAt[v+1] {
		return -1, hop{}, false
	}
	u, e = f.g.post[k], f.g.postEdge[k]
	if f.in[u] != f.set || f.carried[e] == 0 {
		return -1, hop{}, true
	}
	return u, hop{v, e, true}, true
}

// push brings what it can of the surplus of root to those who lack, level by
// level.
func (f *flow) push(root int32) {
	f.path = f.path[:0]
	v := root
	for f.surplus[root] > 0 {
		if f.surplus[v] < 0 {
			v = f.deliver(root, v)
			continue
		}
		u, h, ok := f.step(v, f.arc[v])
		switch {
		case ok && u >= 0 && f.level[u] == f.level[v]+1:
			f.path = append(f.path, h)
			v = u
		case ok:
			f.arc[v]++
			f.steps++
		case len(f.path) == 0:
			return
		default: // a dead end
			v = f.path[len(f.path)-1].node
			f.path = f.path[:len(f.path)-1]
			f.arc[v]++
		}
	}
}

// deliver moves along the path as much as its narrowest arc allows and gives
// the tail of that arc, from where to go on.
func (f *flow) deliver(root, end int32) int32 {
	y := min(f.surplus[root], -f.surplus[end])
	for _, h := range f.path {
		if h.back {
			y = min(y, f.carried[h.edge])
		}
	}
	f.surplus[root] -= y
	f.surplus[end] += y
	keep := len(f.path)
	for k, h := range slices.Backward(f.path) {
		if !h.back {
			f.carried[h.edge] += y
			continue
		}
		f.carried[h.edge] -= y
		if f.carried[h.edge] == 0 {
			keep = k
		}
	}
	f.steps += int64(len(f.path))
	if keep < len(f.path) {
		end = f.path[keep].node
		f.path = f.path[:keep]
	}
	return end
}
