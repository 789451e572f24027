package precedence

import "slices"

// block is a part of the problem on its own: nodes 0…n−1 in topological order.
type block struct {
	w, p []int64
	key  []int32
	pre  [][]int32
	post [][]int32
}

func (b *block) size() int { return len(b.w) }

// block copies a set in ascending order out of the problem.
func (s *solver) block(set []int32) *block {
	n := len(set)
	b := &block{w: make([]int64, n), p: make([]int64, n), key: make([]int32, n), pre: make([][]int32, n), post: make([][]int32, n)}
	s.f.enter(set)
	at := s.label
	for k, v := range set {
		at[v] = int32(k)
		b.w[k], b.p[k], b.key[k] = s.w[v], s.p[v], s.g.key[v]
	}
	links := make([]int32, 0, 4*n) // all lists one after the other
	list := func(nodes []int32) []int32 {
		from := len(links)
		for _, u := range nodes {
			if s.f.in[u] == s.f.set {
				links = append(links, at[u])
			}
		}
		return links[from:len(links):len(links)]
	}
	for k, v := range set {
		before, _ := s.g.before(v)
		after, _ := s.g.after(v)
		b.pre[k], b.post[k] = list(before), list(after)
	}
	return b
}

// mirror turns time round: who came last comes first, and weights and durations
// change sides. The cost of the mirrored order is the same. Node i is n−1−i
// there.
func (b *block) mirror() *block {
	n := b.size()
	m := &block{w: make([]int64, n), p: make([]int64, n), key: make([]int32, n), pre: make([][]int32, n), post: make([][]int32, n)}
	links := make([]int32, 0, 4*n)
	turn := func(nodes []int32) []int32 {
		from := len(links)
		for _, u := range slices.Backward(nodes) {
			links = append(links, int32(n-1)-u)
		}
		return links[from:len(links):len(links)]
	}
	for i := range n {
		k := n - 1 - i
		m.w[k], m.p[k], m.key[k] = b.p[i], b.w[i], -b.key[i]
		m.pre[k], m.post[k] = turn(b.post[i]), turn(b.pre[i])
	}
	return m
}

// unmirror gives the order that is meant by one of the mirrored block.
func unmirror(order []int32) []int32 {
	n := len(order)
	out := make([]int32, n)
	for k, i := range order {
		out[n-1-k] = int32(n-1) - i
	}
	return out
}

// cost is Σ weight·completion.
func (b *block) cost(order []int32) (sum int64) {
	t := int64(0)
	for _, i := range order {
		t += b.p[i]
		sum += b.w[i] * t
	}
	return sum
}

// denser says whether i has the higher ratio of weight to duration than k.
func (b *block) denser(i, k int32) bool { return b.w[i]*b.p[k] > b.w[k]*b.p[i] }

// bound gives what no order of the block costs less than. With ρ = W/P and
// d = ρ·p − w of the jobs done, which no feasible order makes negative, the cost
// is WP/2 + Σ ρp²/2 + Σ p·d(before), and d(before) is at least w − ρp, as d(after)
// is not negative. The same holds in the mirror with weights and durations
// changed. By the inequality of means the higher of the two is at least the
// two-dimensional Gantt bound WP/2 + Σ wp/2 of Goemans and Williamson (1999).
func (b *block) bound() float64 {
	weight, duration := 0.0, 0.0
	for i := range b.w {
		weight += float64(b.w[i])
		duration += float64(b.p[i])
	}
	ρ := weight / duration
	first, second := weight*duration/2, weight*duration/2
	if ρ == 0 {
		return 0
	}
	for i := range b.w {
		w, p := float64(b.w[i]), float64(b.p[i])
		if w <= ρ*p {
			first += ρ * p * p / 2
			second += w*p - w*w/(2*ρ)
		} else {
			first += p*w - ρ*p*p/2
			second += w * w / (2 * ρ)
		}
	}
	return max(first, second)
}
