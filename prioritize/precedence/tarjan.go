package precedence

// arcs gives the k-th arc of a node: its head, below zero where this arc leads
// nowhere, and whether there is a k-th arc at all.
type arcs func(v, k int32) (head int32, ok bool)

// tarjan finds strongly connected components without recursion. Components are
// numbered from 0 in the order in which they are finished: the head of an arc
// never has a higher number than its tail.
//
// Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972.
type tarjan struct {
	next  arcs
	index []int32 // place of discovery from 1; 0: not seen
	low   []int32
	label []int32 // the component; below zero while it is open
	seen  int32
	count int32
	open  []int32
	trail []step
}

// step is a node on the way with the next of its arcs.
type step struct{ node, arc int32 }

func newTarjan(n int, next arcs) *tarjan {
	return &tarjan{next: next, index: make([]int32, n), low: make([]int32, n), label: make([]int32, n)}
}

// forget makes the nodes new again and begins numbering at 0.
func (t *tarjan) forget(nodes []int32) {
	for _, v := range nodes {
		t.index[v] = 0
	}
	t.seen, t.count = 0, 0
}

// from labels everything that can be reached from the node.
func (t *tarjan) from(root int32) {
	if t.index[root] != 0 {
		return
	}
	t.enter(root)
	for len(t.trail) > 0 {
		top := &t.trail[len(t.trail)-1]
		v := top.node
		head, ok := t.next(v, top.arc)
		if !ok {
			t.leave(v)
			continue
		}
		top.arc++
		switch {
		case head < 0:
		case t.index[head] == 0:
			t.enter(head)
		case t.label[head] < 0:
			t.low[v] = min(t.low[v], t.index[head])
		}
	}
}

func (t *tarjan) enter(v int32) {
	t.seen++
	t.index[v], t.low[v], t.label[v] = t.seen, t.seen, -1
	t.open = append(t.open, v)
	t.trail = append(t.trail, step{node: v})
}

// leave closes the component whose first node v is, or tells the node before.
func (t *tarjan) leave(v int32) {
	t.trail = t.trail[:len(t.trail)-1]
	if len(t.trail) > 0 {
		u := t.trail[len(t.trail)-1].node
		t.low[u] = min(t.low[u], t.low[v])
	}
	if t.low[v] != t.index[v] {
		return
	}
	for {
		u := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.label[u] = t.count
		if u == v {
			break
		}
	}
	t.count++
}
