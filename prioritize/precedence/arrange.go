package precedence

import (
	"cmp"
	"slices"
)

// arrange gives the order of the pieces: the densest of those that nothing left
// stands before, of equals the one with the lowest job. All nodes of the pieces
// must be in the present set. Where densities rise along an edge, which only
// rounding can make them do, the edge wins.
func (s *solver) arrange(pieces []piece) []int32 {
	q := newQueue(pieces)
	for _, at := range q.ranked {
		for _, v := range s.set(pieces[at.piece].span) {
			s.owner[v] = q.rank[at.piece]
		}
	}
	for k, b := range pieces {
		s.across(b, q.rank[k], false, func(int32) { q.waits[q.rank[k]]++ })
	}
	out := make([]int32, 0, len(pieces))
	for len(out) < len(pieces) {
		r := q.take()
		k := q.ranked[r].piece
		out = append(out, k)
		s.across(pieces[k], r, true, q.release)
	}
	return out
}

// across calls visit for every edge between a piece, the r-th in rank, and
// another after or before it.
func (s *solver) across(b piece, r int32, after bool, visit func(rank int32)) {
	for _, v := range s.set(b.span) {
		near, _ := s.g.before(v)
		if after {
			near, _ = s.g.after(v)
		}
		for _, u := range near {
			if s.f.in[u] == s.f.set && s.owner[u] != r {
				visit(s.owner[u])
			}
		}
	}
}

// queue gives pieces by rank, those that wait as soon as they do no more. It is
// sorted once; only pieces that were passed over come back through a heap.
type queue struct {
	ranked []ranked
	rank   []int32 // by piece
	waits  []int32 // by rank: how many edges from pieces that were not taken
	at     int32   // what is ranked lower has been seen
	late   heap[int32]
}

// ranked is what a piece is ranked by.
type ranked struct {
	density    float64
	key, piece int32
}

func newQueue(pieces []piece) *queue {
	q := &queue{ranked: make([]ranked, len(pieces)), rank: make([]int32, len(pieces)), waits: make([]int32, len(pieces))}
	for k, b := range pieces {
		q.ranked[k] = ranked{b.density, b.key, int32(k)}
	}
	slices.SortFunc(q.ranked, func(a, b ranked) int {
		switch {
		case a.density > b.density:
			return -1
		case a.density < b.density:
			return 1
		}
		return cmp.Compare(a.key, b.key)
	})
	for r, at := range q.ranked {
		q.rank[at.piece] = int32(r)
	}
	q.late.less = func(a, b int32) bool { return a < b }
	return q
}

// take gives the first that does not wait.
func (q *queue) take() int32 {
	if len(q.late.items) > 0 {
		return q.late.pop()
	}
	for q.waits[q.at] > 0 {
		q.at++
	}
	q.at++
	return q.at - 1
}

// release tells that an edge to the piece holds no more.
func (q *queue) release(rank int32) {
	q.waits[rank]--
	if q.waits[rank] == 0 && rank < q.at {
		q.late.push(rank)
	}
}
