// Package explain owns the reasons of a ranking: why one item stands above
// another, the smallest changes that would turn that round, how far the weights
// can move, when an item will enter the top, and what overriding the order
// costs. It is pure, and it never guesses: a change that it names was tried on
// the policy, with everything that the item is linked to ranked anew.
package explain

import (
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Backlog is a ranking with the policy and the moment that made it. Items are
// named by their index in the ranking, place − 1. It is safe for concurrent use.
type Backlog struct {
	settings prioritize.Settings
	engine   *prioritize.Engine
	ranked   []prioritize.Ranked
	at       time.Time
	families families
}

// New prepares a ranking that s made for the moment at; at is in the zone in
// which days end. The error is that of prioritize.New.
func New(s prioritize.Settings, r prioritize.Ranking, at time.Time) (*Backlog, error) {
	e, err := prioritize.New(s)
	if err != nil {
		return nil, err
	}
	return &Backlog{settings: s, engine: e, ranked: r.Ranked, at: at, families: familiesOf(r.Ranked)}, nil
}

// Shape says how the model makes its figures.
func (b *Backlog) Shape() prioritize.Shape { return b.engine.Shape() }

// families are the groups that may influence one another: whatever is linked,
// directly or through others. They are drawn wider than any order under links
// needs, which costs time and never truth.
type families struct {
	of      []int   // by index: the number of the family
	members [][]int // by number: indexes, ascending
}

func familiesOf(ranked []prioritize.Ranked) families {
	u := newUnion(len(ranked))
	byRef, byURL := map[work.Ref]int{}, map[string]int{}
	for i := range ranked {
		for _, it := range ranked[i].Group.Items {
			byRef[it.Ref] = i
			if url := work.CanonicalURL(it.URL); url != "" {
				byURL[url] = i
			}
		}
	}
	tie := func(i int, ref work.Ref) {
		if j, ok := byRef[ref]; ok {
			u.join(i, j)
		}
	}
	for i := range ranked {
		for _, it := range ranked[i].Group.Items {
			tie(i, it.Parent)
			for _, l := range it.Links {
				tie(i, l.To)
				if j, ok := byURL[work.CanonicalURL(l.URL)]; ok {
					u.join(i, j)
				}
			}
		}
		for _, up := range ranked[i].Group.Above {
			tie(i, up.Ref)
		}
	}
	return u.families()
}

// union is a forest of disjoint sets over 0…n−1.
type union struct{ parent []int }

func newUnion(n int) union {
	u := union{make([]int, n)}
	for i := range u.parent {
		u.parent[i] = i
	}
	return u
}

func (u union) root(i int) int {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

func (u union) join(a, b int) {
	a, b = u.root(a), u.root(b)
	u.parent[max(a, b)] = min(a, b)
}

func (u union) families() families {
	f := families{of: make([]int, len(u.parent))}
	for i := range u.parent {
		r := u.root(i)
		if r == i { // a root is the least of its set, so it comes first
			f.of[i] = len(f.members)
			f.members = append(f.members, nil)
		}
		f.of[i] = f.of[r]
		f.members[f.of[i]] = append(f.members[f.of[i]], i)
	}
	return f
}

// relatives gives the groups that decide how x and y stand to one another: the
// families of both, x with its group replaced. What is linked is joined anew, for
// duplicates share evidence and parts take over what is said of their parent.
func (b *Backlog) relatives(x, y int, changed work.Group) []work.Group {
	numbers := []int{b.families.of[x]}
	if f := b.families.of[y]; f != numbers[0] {
		numbers = append(numbers, f)
	}
	var items []work.Item
	for _, n := range numbers {
		for _, i := range b.families.members[n] {
			if i == x {
				items = append(items, changed.Items...)
			} else {
				items = append(items, b.ranked[i].Group.Items...)
			}
		}
	}
	return work.Join(items)
}

// above ranks x, changed, with all that it and y are linked to, and tells
// whether it then stands above y. Groups outside have no say in that.
func (b *Backlog) above(x, y int, changed work.Group) bool {
	return b.firstOf(b.engine, b.relatives(x, y, changed), x, y) == x
}

// firstOf ranks groups that hold x and y by an engine and gives the one of them
// that comes first.
func (b *Backlog) firstOf(e *prioritize.Engine, groups []work.Group, x, y int) int {
	r := e.Rank(groups, b.at)
	refX, refY := b.ranked[x].Group.Ref(), b.ranked[y].Group.Ref()
	for i := range r.Ranked {
		switch r.Ranked[i].Group.Ref() {
		case refX:
			return x
		case refY:
			return y
		}
	}
	return -1
}

// Inputs lists the figures that the policy reads of an item.
func (b *Backlog) Inputs() []prioritize.Input { return b.engine.Inputs() }
