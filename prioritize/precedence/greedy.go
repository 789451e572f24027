package precedence

import "slices"

// cones is the most nodes of a block for the rule of cones, whose time grows
// with the third power.
const cones = 200

// best gives the cheapest order of five rules, of equals the first: the densest
// job that is free; the one with the densest job behind it; both ends changed,
// the least dense job that nothing waits for, last; the densest job with all
// that is before it; and that in the mirror.
//
// The rules that look at cones are left out when the block is large or steps
// have reached their limit.
func (b *block) best(limit int64, steps *int64) []int32 {
	m := b.mirror()
	orders := [][]int32{b.ready(b.denser), b.inherited(), unmirror(m.ready(m.denser))}
	if n := int64(b.size()); n <= cones && *steps < limit {
		*steps += n * n * n
		orders = append(orders, b.byCone(), unmirror(m.byCone()))
	}
	return slices.MinFunc(orders, func(x, y []int32) int {
		return int(max(-1, min(1, b.cost(x)-b.cost(y))))
	})
}

// ready takes the first by a rule among the nodes that wait for nothing any
// more; of equals the one with the lowest key.
func (b *block) ready(first func(i, k int32) bool) []int32 {
	waits := make([]int32, b.size())
	h := heap[int32]{less: func(i, k int32) bool {
		return first(i, k) || !first(k, i) && b.key[i] < b.key[k]
	}}
	for i, before := range b.pre {
		waits[i] = int32(len(before))
		if waits[i] == 0 {
			h.push(int32(i))
		}
	}
	order := make([]int32, 0, b.size())
	for len(h.items) > 0 {
		i := h.pop()
		order = append(order, i)
		for _, u := range b.post[i] {
			waits[u]--
			if waits[u] == 0 {
				h.push(u)
			}
		}
	}
	return order
}

// inherited counts the density of the densest job behind a job as its own.
func (b *block) inherited() []int32 {
	of := make([]int32, b.size())
	for i := len(of) - 1; i >= 0; i-- {
		of[i] = int32(i)
		for _, u := range b.post[i] {
			if b.denser(of[u], of[i]) {
				of[i] = of[u]
			}
		}
	}
	return b.ready(func(i, k int32) bool { return b.denser(of[i], of[k]) })
}

// byCone takes, as long as there is one, the job that together with all that is
// left before it is densest, and these jobs.
func (b *block) byCone() []int32 {
	n := b.size()
	placed := make([]bool, n)
	order := make([]int32, 0, n)
	cone := make([]bool, n)
	for len(order) < n {
		top, weight, duration := int32(-1), int64(0), int64(1)
		for i := range int32(n) {
			if placed[i] {
				continue
			}
			w, p := b.cone(i, placed, cone)
			better := w*duration - weight*p
			if top < 0 || better > 0 || better == 0 && b.key[i] < b.key[top] {
				top, weight, duration = i, w, p
			}
		}
		b.cone(top, placed, cone)
		for i := range top + 1 {
			if cone[i] {
				placed[i] = true
				order = append(order, i)
			}
		}
	}
	return order
}

// cone marks a node and all before it that are not placed, and adds them up.
func (b *block) cone(top int32, placed, cone []bool) (w, p int64) {
	clear(cone[:top+1])
	cone[top] = true
	for i := top; i >= 0; i-- {
		if !cone[i] {
			continue
		}
		w += b.w[i]
		p += b.p[i]
		for _, u := range b.pre[i] {
			cone[u] = !placed[u]
		}
	}
	return w, p
}
