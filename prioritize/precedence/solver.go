package precedence

import "slices"

// solver holds the state of one problem. Sets of nodes are ranges of nodes,
// which is rearranged in place and ends as the order.
type solver struct {
	g       *graph
	o       Options
	f       *flow
	w, p    []int64 // of the nodes, as integers
	nodes   []int32
	ties    *tarjan
	label   []int32
	scratch []int32
	ends    []int32
	owner   []int32 // see arrange
	stack   []open
	pieces  []piece
	loans   []Loan
	relaxed []part // of what is loose, without its links
	lattice lattice
}

// span is the set nodes[from:to].
type span struct{ from, to int32 }

// piece is a block.
type piece struct {
	span
	key     int32 // lowest job
	loose   bool  // ordered without being cut: no bound holds for it as a block
	scale   int64 // what its edges carry is a multiple of it
	density float64
	slack   float64 // how far its cost may be above the least possible
}

// open is a set that has not been decomposed yet.
type open struct {
	span
	scale  int64
	linked bool // one weakly connected component
	level  bool // cut by density as a tree
}

func newSolver(g *graph, o Options) *solver {
	n := g.n
	s := &solver{
		g: g, o: o, w: make([]int64, n), p: make([]int64, n),
		nodes: make([]int32, n), label: make([]int32, n), scratch: make([]int32, n), owner: make([]int32, n),
		pieces: make([]piece, 0, n),
	}
	for v := range s.nodes {
		s.nodes[v] = int32(v)
	}
	s.f = newFlow(g, s.w, s.p)
	s.ties = newTarjan(n, func(v, k int32) (int32, bool) {
		u, _, ok := s.f.step(v, k)
		return u, ok
	})
	return s
}

func (s *solver) set(a span) []int32 { return s.nodes[a.from:a.to] }

// group sorts a set by label, which runs from 0 to count−1, and keeps the order
// within a label. It gives where each label ends, until the next call.
func (s *solver) group(a span, label []int32, count int32) []int32 {
	s.ends = append(s.ends[:0], make([]int32, count+1)...)
	set := s.set(a)
	for _, v := range set {
		s.ends[label[v]+1]++
	}
	for k := range count {
		s.ends[k+1] += s.ends[k]
	}
	for _, v := range set {
		s.scratch[s.ends[label[v]]] = v
		s.ends[label[v]]++
	}
	copy(set, s.scratch)
	return s.ends[:count]
}

// connected sorts a set by weakly connected components, the one with the first
// node first, and gives where each ends.
func (s *solver) connected(a span) []int32 {
	set := s.set(a)
	s.f.enter(set)
	for _, v := range set {
		s.label[v] = -1
	}
	count := int32(0)
	for _, root := range set {
		if s.label[root] < 0 {
			s.flood(root, count)
			count++
		}
	}
	return s.group(a, s.label, count)
}

// flood gives the label to all nodes of the present set that edges lead to,
// either way.
func (s *solver) flood(root, label int32) {
	f := s.f
	f.queue = append(f.queue[:0], root)
	s.label[root] = label
	for k := 0; k < len(f.queue); k++ {
		before, _ := s.g.before(f.queue[k])
		after, _ := s.g.after(f.queue[k])
		for _, near := range [2][]int32{before, after} {
			for _, u := range near {
				if f.in[u] == f.set && s.label[u] < 0 {
					s.label[u] = label
					f.queue = append(f.queue, u)
				}
			}
			f.steps += int64(len(near)) + 1
		}
	}
}

// decompose cuts a set of one component into its blocks and appends them to
// out, in no order. Where the steps run out it gives what is left over.
func (s *solver) decompose(a open, out []piece) (blocks []piece, rest []open) {
	base := len(s.stack)
	s.stack = append(s.stack, a)
	for len(s.stack) > base {
		top := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		switch {
		case top.to-top.from == 1:
			out = append(out, s.piece(top.span, 0))
			continue
		case !top.linked:
			s.divide(top, s.connected(top.span), true)
			continue
		case !top.level && s.fell(top):
			continue
		}
		splits, ok := s.f.cut(s.set(top.span), top.scale)
		_, top.scale = s.f.sums(s.set(top.span))
		switch {
		case !ok:
			rest = append(slices.Clone(s.stack[base:]), top)
			s.stack = s.stack[:base]
			return out, rest
		case splits:
			s.divide(top, s.halves(top.span), false)
		default:
			out = s.untie(top, out)
		}
	}
	return out, nil
}

// divide puts the parts of a set on the stack.
func (s *solver) divide(a open, ends []int32, linked bool) {
	from := a.from
	for _, end := range ends {
		s.stack = append(s.stack, open{span{from, a.from + end}, a.scale, linked, a.level})
		from = a.from + end
	}
}

// halves puts the nodes that surplus reached first.
func (s *solver) halves(a span) []int32 {
	for _, v := range s.set(a) {
		s.label[v] = 0
		if s.f.level[v] < 0 {
			s.label[v] = 1
		}
	}
	return s.group(a, s.label, 2)
}

// untie cuts a block into the smallest that have its density: nodes belong
// together where weight that is lent ties them in a circle with the edges.
func (s *solver) untie(a open, out []piece) []piece {
	set := s.set(a.span)
	s.ties.forget(set)
	for _, v := range set {
		s.ties.from(v)
	}
	from := a.from
	for _, end := range s.group(a.span, s.ties.label, s.ties.count) {
		out = append(out, s.piece(span{from, a.from + end}, a.scale))
		from = a.from + end
	}
	return out
}

func (s *solver) piece(a span, scale int64) piece {
	b := piece{span: a, scale: scale}
	w, p := 0.0, 0.0
	set := s.set(a)
	b.key = s.g.key[set[0]]
	for _, v := range set {
		w += s.g.weight[v]
		p += s.g.duration[v]
		b.key = min(b.key, s.g.key[v])
	}
	b.density = w / p
	return b
}
