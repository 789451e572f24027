package precedence

import (
	"cmp"
	"slices"
)

// graph is the problem with every circle drawn together. Nodes are numbered in
// topological order: an edge leads from a lower to a higher number. An edge is
// known by its place in pre.
type graph struct {
	n        int
	jobAt    []int32 // job[jobAt[v]:jobAt[v+1]] are the jobs of node v, in their order
	job      []int32
	weight   []float64
	duration []float64
	key      []int32 // lowest job of a node

	preAt    []int32 // pre[preAt[v]:preAt[v+1]] are the nodes right before v, ascending
	pre      []int32
	link     []int32 // the first of Jobs.Before that an edge stands for
	postAt   []int32 // post[postAt[v]:postAt[v+1]] are the nodes right after v, ascending
	post     []int32
	postEdge []int32 // the edge of each entry of post
}

// before gives the nodes right before v, the first of which has the edge e.
func (g *graph) before(v int32) (nodes []int32, e int32) {
	return g.pre[g.preAt[v]:g.preAt[v+1]], g.preAt[v]
}

// after gives the nodes right after v and the edges to them.
func (g *graph) after(v int32) (nodes, edges []int32) {
	a, b := g.postAt[v], g.postAt[v+1]
	return g.post[a:b], g.postEdge[a:b]
}

func (g *graph) jobs(v int32) []int32 { return g.job[g.jobAt[v]:g.jobAt[v+1]] }

// condense draws circles together and numbers the nodes.
func condense(j Jobs) *graph {
	n := len(j.Weight)
	at, heads := outgoing(n, j.Before)
	t := newTarjan(n, func(v, k int32) (int32, bool) {
		if at[v]+k >= at[v+1] {
			return 0, false
		}
		return heads[at[v]+k], true
	})
	for v := range n {
		t.from(int32(n - 1 - v))
	}
	node := t.label // finished last comes first
	for v := range node {
		node[v] = t.count - 1 - node[v]
	}
	g := &graph{n: int(t.count)}
	g.gather(j, node)
	g.connect(j.Before, node)
	return g
}

// outgoing lists the heads of the edges by tail: those of v are
// heads[at[v]:at[v+1]].
func outgoing(n int, edges [][2]int32) (at, heads []int32) {
	at = make([]int32, n+1)
	for _, e := range edges {
		at[e[0]+1]++
	}
	for v := range n {
		at[v+1] += at[v]
	}
	heads = make([]int32, len(edges))
	next := slices.Clone(at)
	for _, e := range edges {
		heads[next[e[0]]] = e[1]
		next[e[0]]++
	}
	return at, heads
}

// gather fills in what the nodes are made of.
func (g *graph) gather(j Jobs, node []int32) {
	g.jobAt = make([]int32, g.n+1)
	for _, v := range node {
		g.jobAt[v+1]++
	}
	for v := range g.n {
		g.jobAt[v+1] += g.jobAt[v]
	}
	g.job = make([]int32, len(node))
	next := slices.Clone(g.jobAt)
	for i, v := range node {
		g.job[next[v]] = int32(i)
		next[v]++
	}
	g.weight, g.duration, g.key = make([]float64, g.n), make([]float64, g.n), make([]int32, g.n)
	for v := range g.n {
		jobs := g.jobs(int32(v))
		g.key[v] = jobs[0]
		for _, i := range jobs {
			g.weight[v] += j.Weight[i]
			g.duration[v] += j.Duration[i]
		}
		if len(jobs) > 1 {
			slices.SortStableFunc(jobs, func(a, b int32) int {
				return cmp.Compare(j.Weight[b]/j.Duration[b], j.Weight[a]/j.Duration[a])
			})
		}
	}
}

// connect fills in the edges between nodes, each pair once.
func (g *graph) connect(edges [][2]int32, node []int32) {
	between := make([][3]int32, 0, len(edges)) // {later node, earlier node, link}
	for k, e := range edges {
		if i, j := node[e[0]], node[e[1]]; i != j {
			between = append(between, [3]int32{j, i, int32(k)})
		}
	}
	slices.SortFunc(between, func(a, b [3]int32) int { return slices.Compare(a[:], b[:]) })
	between = slices.CompactFunc(between, func(a, b [3]int32) bool { return a[0] == b[0] && a[1] == b[1] })
	m := len(between)
	g.preAt, g.postAt = make([]int32, g.n+1), make([]int32, g.n+1)
	g.pre, g.link, g.post, g.postEdge = make([]int32, m), make([]int32, m), make([]int32, m), make([]int32, m)
	for k, b := range between {
		g.pre[k], g.link[k] = b[1], b[2]
		g.preAt[b[0]+1]++
		g.postAt[b[1]+1]++
	}
	for v := range g.n {
		g.preAt[v+1] += g.preAt[v]
		g.postAt[v+1] += g.postAt[v]
	}
	next := slices.Clone(g.postAt)
	for k, b := range between {
		g.post[next[b[1]]], g.postEdge[next[b[1]]] = b[0], int32(k)
		next[b[1]]++
	}
}
