package prioritize

import (
	"cmp"
	"slices"

	"stackrank/internal/work"
)

// graph says which groups of a backlog go before which. Groups are known by
// their index.
type graph struct {
	edges    []edge  // each pair once, by to and from
	children [][]int // of each group that is a parent: its parts
	parent   []int   // the group of which it is a part; −1: none
}

// edge says that the group from is done before the group to.
type edge struct {
	from, to int
	links    []work.Link // what says so, as the holders have it; none: to is the parent of from
}

// newGraph reads the links and parents of the groups. What blocks goes first,
// parts go before their parent, and links to what is not among the groups or to
// the group itself say nothing about the order.
func newGraph(groups []work.Group) graph {
	b := graphBuilder{byRef: make(map[work.Ref]int, len(groups)), byURL: map[string]int{}, at: map[[2]int]int{}}
	for i := range groups {
		for k := range groups[i].Items {
			it := &groups[i].Items[k]
			b.byRef[it.Ref] = i
			b.linked = b.linked || len(it.Links) > 0
		}
	}
	if b.linked {
		b.addresses(groups)
	}
	b.graph.children, b.graph.parent = make([][]int, len(groups)), make([]int, len(groups))
	for i := range groups {
		b.parents(i, groups[i].Items)
		for k := range groups[i].Items {
			b.links(i, groups[i].Items[k].Links)
		}
	}
	slices.SortFunc(b.graph.edges, func(x, y edge) int { return cmp.Or(cmp.Compare(x.to, y.to), cmp.Compare(x.from, y.from)) })
	return b.graph
}

type graphBuilder struct {
	graph  graph
	byRef  map[work.Ref]int
	byURL  map[string]int // only where there are links
	linked bool
	at     map[[2]int]int // index of the edge between two groups
}

func (b *graphBuilder) addresses(groups []work.Group) {
	for i := range groups {
		for k := range groups[i].Items {
			if u := work.CanonicalURL(groups[i].Items[k].URL); u != "" {
				b.byURL[u] = i
			}
		}
	}
}

// parents makes the group a part of the first parent that a member names.
func (b *graphBuilder) parents(i int, items []work.Item) {
	b.graph.parent[i] = -1
	for k := range items {
		if p, ok := b.byRef[items[k].Parent]; ok && p != i && b.graph.parent[i] < 0 {
			b.graph.parent[i] = p
			b.graph.children[p] = append(b.graph.children[p], i)
			b.add(i, p, nil)
		}
	}
}

func (b *graphBuilder) links(i int, links []work.Link) {
	for k := range links {
		l := &links[k]
		other, ok := b.find(l)
		if !ok || other == i {
			continue
		}
		switch l.Kind {
		case work.Blocks:
			b.add(i, other, l)
		case work.BlockedBy:
			b.add(other, i, l)
		}
	}
}

func (b *graphBuilder) find(l *work.Link) (int, bool) {
	if !l.To.IsZero() {
		i, ok := b.byRef[l.To]
		return i, ok
	}
	i, ok := b.byURL[work.CanonicalURL(l.URL)]
	return i, ok
}

func (b *graphBuilder) add(from, to int, l *work.Link) {
	k, ok := b.at[[2]int{from, to}]
	if !ok {
		k = len(b.graph.edges)
		b.at[[2]int{from, to}] = k
		b.graph.edges = append(b.graph.edges, edge{from: from, to: to})
	}
	if l != nil {
		b.graph.edges[k].links = append(b.graph.edges[k].links, *l)
	}
}

// job is what a group weighs and how long it takes in an order under
// dependencies. Both are in the units of Score, Delay and Work.
type job struct{ delay, work float64 }

// jobs gives each group its job. A group that stands alone has its own figures.
//
// A parent is done when its parts are: it takes what its own estimate leaves
// over, or nothing. It weighs what is known of it and was not taken over by its
// parts as their own, so that no value counts twice. A sub-task is a piece of
// its parent: with an estimate of its own it weighs what is known of itself,
// without one it neither takes nor weighs anything and stands with its parent.
func (g graph) jobs(groups []work.Group, scores []Score) []job {
	out := make([]job, len(groups))
	for i := range groups {
		s := &scores[i]
		out[i] = job{s.Delay, s.Work}
		if g.parent[i] >= 0 && groups[i].Items[0].Subtask {
			out[i] = job{}
			if s.EffortKnown {
				out[i] = job{s.Delay * s.known(nil), s.Work}
			}
		}
	}
	spent := make([]float64, len(groups)) // work of the parts of each group and of their parts
	tree, circle := g.upwards()
	for _, i := range tree {
		if len(g.children[i]) > 0 {
			out[i] = g.whole(i, spent[i], groups, scores)
		}
		if p := g.parent[i]; p >= 0 {
			spent[p] += out[i].work + spent[i]
		}
	}
	for _, i := range circle { // none of them comes first, so none counts for another
		out[i] = g.whole(i, spent[i], groups, scores)
	}
	return out
}

// upwards gives all groups, parts before their parents, without those that are
// parts of themselves through however many others: these form the circle.
func (g graph) upwards() (tree, circle []int) {
	missing := make([]int, len(g.parent))
	for i, parts := range g.children {
		if missing[i] = len(parts); len(parts) == 0 {
			tree = append(tree, i)
		}
	}
	for k := 0; k < len(tree); k++ {
		if p := g.parent[tree[k]]; p >= 0 {
			if missing[p]--; missing[p] == 0 {
				tree = append(tree, p)
			}
		}
	}
	for i, n := range missing {
		if n > 0 {
			circle = append(circle, i)
		}
	}
	return tree, circle
}

// whole gives the job of a parent whose parts take so much work in all. What they
// really take counts, and not what somebody thought of them as wholes: so a lower
// estimate, of whichever of them, never makes the whole take longer.
func (g graph) whole(i int, spent float64, groups []work.Group, scores []Score) job {
	s, left := &scores[i], scores[i].Work-spent
	onlySubtasks := !slices.ContainsFunc(g.children[i], func(c int) bool { return !groups[c].Items[0].Subtask })
	if onlySubtasks {
		return job{s.Delay, max(left, 0)}
	}
	if !s.EffortKnown {
		left = 0
	}
	return job{s.Delay * s.known(func(k int) bool { return g.taken(i, k, groups, scores) }), max(left, 0)}
}

// taken reports whether a part of the group i took over its figure of the k-th
// criterion.
func (g graph) taken(i, k int, groups []work.Group, scores []Score) bool {
	return slices.ContainsFunc(g.children[i], func(c int) bool {
		from := scores[c].Parts[k].From
		return !groups[c].Items[0].Subtask && !from.IsZero() &&
			slices.ContainsFunc(groups[i].Items, func(it work.Item) bool { return it.Ref == from })
	})
}

// known gives the share of the value, 0…1, that rests on figures of the group
// itself, without the parts by index that taken names. Points below zero, as
// those of a factor below one in a product, take nothing away here: they grow
// with the other factors, and a better figure would make the item weigh less.
func (s *Score) known(taken func(part int) bool) float64 {
	points := 0.0
	for k, p := range s.Parts {
		if p.Known && p.Points > 0 && (taken == nil || !taken(k)) {
			points += p.Points
		}
	}
	if points <= 0 || s.Value <= 0 {
		return 0
	}
	return min(points/s.Value, 1)
}

// bands gives the groups of each band by index.
// What a group waits for is needed as soon as the group itself, so it belongs to
// no later band.
func (g graph) bands(scores []Score) map[int][]int {
	band, order := make([]int, len(scores)), make([]int, len(scores))
	for i := range scores {
		band[i], order[i] = scores[i].Band, i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(band[a], band[b]) })
	for stack := []int{}; len(order) > 0; order = order[1:] {
		stack = append(stack, order[0])
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, e := range g.firsts(i) {
				if band[e.from] > band[i] {
					band[e.from] = band[i]
					stack = append(stack, e.from)
				}
			}
		}
	}
	members := map[int][]int{}
	for i, b := range band {
		members[b] = append(members[b], i)
	}
	return members
}

// firsts gives the edges of what goes before the group i.
func (g graph) firsts(i int) []edge {
	at, _ := slices.BinarySearchFunc(g.edges, i, func(e edge, to int) int { return cmp.Compare(e.to, to) })
	end := at
	for end < len(g.edges) && g.edges[end].to == i {
		end++
	}
	return g.edges[at:end]
}
