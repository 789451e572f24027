package precedence

import "slices"

// grove is the fewest nodes of a tree that is worth cutting as one.
const grove = 64

// fell cuts a large tree into runs of one density, all at once, and puts them on
// the stack. Each is then a block, or nearly so; the cut decides.
func (s *solver) fell(a open) bool {
	if a.to-a.from < grove {
		return false
	}
	out, in := s.branching(a.span)
	if !out && !in {
		return false
	}
	b := s.block(s.set(a.span))
	var order, ends []int32
	if out {
		order, ends = b.tree()
	} else {
		order, ends = b.mirror().tree()
		order = unmirror(order)
		slices.Reverse(ends)
		for k, end := range ends {
			ends[k] = int32(len(order)) - end
		}
		ends = append(ends[1:], int32(len(order)))
	}
	s.put(a.span, order)
	from := a.from
	for _, end := range ends {
		slices.Sort(s.nodes[from : a.from+end])
		s.stack = append(s.stack, open{span{from, a.from + end}, a.scale, true, true})
		from = a.from + end
	}
	return true
}

// branching says whether no node of a set waits for more than one other of the
// set, or whether no more than one waits for each.
func (s *solver) branching(a span) (out, in bool) {
	set := s.set(a)
	s.f.enter(set)
	out, in = true, true
	for _, v := range set {
		before, _ := s.g.before(v)
		after, _ := s.g.after(v)
		out = out && s.count(before) <= 1
		in = in && s.count(after) <= 1
		if !out && !in {
			break
		}
	}
	return out, in
}

// tree gives the best order where no node waits for more than one other. From
// the leaves up each node takes with it what behind it is denser; what is left
// of its branch is merged with that of the others by density. It also says where
// each run of one density ends in the order.
//
// Source: W. Horn, Single-machine job sequencing with treelike precedence
// ordering and linear delay penalties, SIAM J. Appl. Math. 23, 1972.
func (b *block) tree() (order, ends []int32) {
	n := b.size()
	t := trunk{block: b, next: make([]int32, n), last: make([]int32, n), left: make([]int32, n), right: make([]int32, n), rank: make([]int32, n)}
	t.weight, t.duration = make([]int64, n), make([]int64, n)
	branch := make([]int32, n) // heap of what is behind a node
	for i := range branch {
		branch[i] = -1
	}
	all := int32(-1)
	for i := int32(n) - 1; i >= 0; i-- {
		grown := t.grow(i, branch[i])
		up := &all
		if len(b.pre[i]) > 0 {
			up = &branch[b.pre[i][0]]
		}
		*up = t.meld(*up, grown)
	}
	order = make([]int32, 0, n)
	for all >= 0 {
		for i := all; i >= 0; i = t.next[i] {
			order = append(order, i)
		}
		ends = append(ends, int32(len(order)))
		all = t.meld(t.left[all], t.right[all])
	}
	return order, ends
}

// trunk holds runs of nodes, each known by its first, in leftist heaps.
type trunk struct {
	*block
	next             []int32 // the node after one in its run; below zero: none
	last             []int32 // last node of a run
	weight, duration []int64 // of a run
	left, right      []int32 // of a heap; below zero: empty
	rank             []int32
}

// grow makes a run of a node and of what is above it in the heap, and adds it to
// the rest of the heap.
func (t *trunk) grow(i, h int32) int32 {
	t.next[i], t.last[i], t.left[i], t.right[i], t.rank[i] = -1, i, -1, -1, 1
	t.weight[i], t.duration[i] = t.w[i], t.p[i]
	for h >= 0 && t.above(h, i) {
		t.next[t.last[i]], t.last[i] = h, t.last[h]
		t.weight[i] += t.weight[h]
		t.duration[i] += t.duration[h]
		h = t.meld(t.left[h], t.right[h])
	}
	return t.meld(i, h)
}

// above says whether run i is denser than run k or, as dense, has the lower key.
func (t *trunk) above(i, k int32) bool {
	x, y := t.weight[i]*t.duration[k], t.weight[k]*t.duration[i]
	return x > y || x == y && t.key[i] < t.key[k]
}

// meld makes one heap of two.
func (t *trunk) meld(a, b int32) int32 {
	if a < 0 || b < 0 {
		return max(a, b)
	}
	if t.above(b, a) {
		a, b = b, a
	}
	t.right[a] = t.meld(t.right[a], b)
	if l := t.left[a]; l < 0 || t.rank[l] < t.rank[t.right[a]] {
		t.left[a], t.right[a] = t.right[a], l
	}
	t.rank[a] = 1
	if r := t.right[a]; r >= 0 {
		t.rank[a] = t.rank[r] + 1
	}
	return a
}
