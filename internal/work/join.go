package work

import (
	"cmp"
	"slices"
	"strings"
)

// Group is one piece of work with all its mirrors: a Trello card and the Jira
// issue that is attached to it are one group. It has at least one item.
type Group struct {
	Items []Item  // the first names the group; the others are its mirrors, by ref
	Above []*Item // the parents that are in the backlog too, nearest first, each once; shared, never changed
	Same  []Group // the groups that repeat one another, this one among them, by ref, without their own Above and Same; nil: it has no duplicates. Shared, never changed
}

// Ref gives the ref of the first item, which names the group.
func (g Group) Ref() Ref { return g.Items[0].Ref }

// Native gives the native position of the item that names the group.
func (g Group) Native() int { return g.Items[0].Native }

// Join puts mirrors together. Two items are one piece of work when one holds a
// Mirrors link to the other, by ref or by address. The item that others point
// to names the group (a card points to its issue, so the issue names it); among
// several the one that comes first does. Groups keep the order of their first
// items in the input.
func Join(items []Item) []Group {
	j := newJoiner(items)
	for i := range items {
		for _, l := range items[i].Links {
			if l.Kind != Mirrors {
				continue
			}
			if to, ok := j.find(l); ok && to != i {
				j.pointed[to] = true
				j.union(i, to)
			}
		}
	}
	groups := j.groups()
	j.same(groups)
	return groups
}

type joiner struct {
	items   []Item
	byRef   map[Ref]int
	byURL   map[string]int
	parent  []int
	pointed map[int]bool
}

func newJoiner(items []Item) *joiner {
	j := &joiner{
		items: items, byRef: make(map[Ref]int, len(items)), byURL: make(map[string]int, len(items)),
		parent: make([]int, len(items)), pointed: map[int]bool{},
	}
	for i, it := range items {
		j.parent[i] = i
		j.byRef[it.Ref] = i
		if u := CanonicalURL(it.URL); u != "" {
			if _, taken := j.byURL[u]; !taken {
				j.byURL[u] = i
			}
		}
	}
	return j
}

func (j *joiner) find(l Link) (int, bool) {
	if !l.To.IsZero() {
		i, ok := j.byRef[l.To]
		return i, ok
	}
	u := CanonicalURL(l.URL)
	if u == "" {
		return 0, false
	}
	i, ok := j.byURL[u]
	return i, ok
}

func (j *joiner) root(i int) int {
	for j.parent[i] != i {
		j.parent[i] = j.parent[j.parent[i]]
		i = j.parent[i]
	}
	return i
}

func (j *joiner) union(a, b int) {
	a, b = j.root(a), j.root(b)
	if a != b {
		j.parent[max(a, b)] = min(a, b)
	}
}

func (j *joiner) groups() []Group {
	members := map[int][]int{}
	var roots []int
	for i := range j.items {
		r := j.root(i)
		if members[r] == nil {
			roots = append(roots, r)
		}
		members[r] = append(members[r], i)
	}
	out := make([]Group, 0, len(roots))
	for _, r := range roots {
		m := members[r]
		slices.SortStableFunc(m, func(a, b int) int {
			return cmp.Or(-cmpBool(j.pointed[a], j.pointed[b]), j.items[a].Ref.Compare(j.items[b].Ref))
		})
		g := Group{Items: make([]Item, len(m))}
		for k, i := range m {
			g.Items[k] = j.items[i]
		}
		g.Above = j.above(m)
		out = append(out, g)
	}
	return out
}

// above climbs from the members of a group to their parents. A hierarchy that
// bites its own tail ends where it comes back.
func (j *joiner) above(members []int) []*Item {
	var out []*Item
	seen := map[int]bool{}
	for _, i := range members {
		seen[j.root(i)] = true
	}
	for _, i := range members {
		up, ok := j.byRef[j.items[i].Parent]
		for ok && !seen[j.root(up)] {
			seen[j.root(up)] = true
			out = append(out, &j.items[up])
			up, ok = j.byRef[j.items[up].Parent]
		}
	}
	return out
}

func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// CanonicalURL reduces an address to what tells one item from another: scheme
// and host in lower case, no query, no fragment, no slash at the end. It gives
// "" for what is no http address.
func CanonicalURL(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "#")
	s, _, _ = strings.Cut(s, "?")
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	if !ok || (scheme != "http" && scheme != "https") {
		return ""
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + strings.ToLower(host) + strings.TrimRight("/"+path, "/")
}
