package prioritize

import (
	"cmp"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Knot is a cycle of links: each member waits for another, so that no order
// can please them all. They are ordered as if they were one piece of work, and
// among themselves by their own ratios.
type Knot struct {
	Members []work.Ref // by ref
	Links   []Tie      // all that hold it together, by From and To
	Weakest int        // index of the link to take out first: the newest as far as its ends tell, then the one that the least valuable item waits by
}

// Tie is one link of a knot: From goes before To.
type Tie struct {
	From, To work.Ref
	Phrase   string // as the tracker words it, "blocks"; "" where From is a part of To
}

// knot describes a cycle of groups.
func (g graph) knot(members []int, groups []work.Group, scores []Score) Knot {
	within := map[int]bool{}
	var k Knot
	for _, m := range members {
		within[m] = true
		k.Members = append(k.Members, groups[m].Ref())
	}
	slices.SortFunc(k.Members, work.Ref.Compare)
	var edges []edge
	for _, e := range g.edges {
		if within[e.from] && within[e.to] {
			edges = append(edges, e)
		}
	}
	slices.SortFunc(edges, func(x, y edge) int {
		return cmp.Or(groups[x.from].Ref().Compare(groups[y.from].Ref()), groups[x.to].Ref().Compare(groups[y.to].Ref()))
	})
	for i, e := range edges {
		t := Tie{From: groups[e.from].Ref(), To: groups[e.to].Ref()}
		if len(e.links) > 0 {
			t.Phrase = e.links[0].Phrase
		}
		k.Links = append(k.Links, t)
		if weaker(e, edges[k.Weakest], groups, scores) {
			k.Weakest = i
		}
	}
	return k
}

// weaker reports whether the link e should go before the link f. A link is no
// older than its younger end.
func weaker(e, f edge, groups []work.Group, scores []Score) bool {
	return cmp.Or(
		youngest(groups[e.from], groups[e.to]).Compare(youngest(groups[f.from], groups[f.to])),
		cmp.Compare(scores[f.to].Delay, scores[e.to].Delay),
	) > 0
}

func youngest(groups ...work.Group) time.Time {
	var t time.Time
	for _, g := range groups {
		for i := range g.Items {
			if c := g.Items[i].Created; c.After(t) {
				t = c
			}
		}
	}
	return t
}
