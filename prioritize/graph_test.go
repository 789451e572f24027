package prioritize

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// linked gives groups of which some block others, acyclic, with a few parents
// and sub-tasks.
func linked(rng *rand.Rand, n int, blocks float64) []work.Group {
	groups := randomGroups(rng, n, tame)
	order := rng.Perm(n)
	for x, i := range order {
		it := &groups[i].Items[0]
		it.Links, it.Parent, it.Subtask = nil, work.Ref{}, false
		if x > 0 && rng.IntN(6) == 0 {
			it.Parent = groups[order[rng.IntN(x)]].Ref() // parts come behind in order: no cycle with what blocks
			it.Subtask = rng.IntN(2) == 0
			continue
		}
		for _, k := range order[x+1:] {
			if rng.Float64() < blocks && groups[k].Items[0].Parent.IsZero() {
				it.Links = append(it.Links, work.Link{Kind: work.BlockedBy, To: groups[k].Ref(), Open: true, Phrase: "is blocked by"})
			}
		}
	}
	return groups
}

// cheapest gives the cost of the best order of a ranking's jobs that heeds its
// waits, by going through all sets of jobs that can be done first.
func cheapest(r Ranking) float64 {
	n := len(r.Ranked)
	before := make([]uint32, n)
	for _, w := range r.Waits {
		before[w[1]] |= 1 << w[0]
	}
	best := make([]float64, 1<<n)
	for s := range best[1:] {
		best[s+1] = math.Inf(1)
	}
	for s := range uint32(len(best)) {
		time := 0.0
		for i := range n {
			if s>>i&1 == 1 {
				time += r.Ranked[i].Work
			}
		}
		for i := range n {
			if s>>i&1 == 0 && before[i]&^s == 0 {
				next := s | 1<<i
				best[next] = min(best[next], best[s]+r.Ranked[i].Delay*(time+r.Ranked[i].Work))
			}
		}
	}
	return best[len(best)-1]
}

func TestNothingStandsBeforeWhatItWaitsFor(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		r := e.Rank(linked(rng, 1+rng.IntN(40), 0.1), noon)
		for _, w := range r.Waits {
			if w[0] > w[1] {
				t.Fatalf("%v goes first and stands at place %d, behind %v at %d", r.Ranked[w[0]].Group.Ref(), w[0]+1, r.Ranked[w[1]].Group.Ref(), w[1]+1)
			}
		}
		for i := 1; i < len(r.Ranked); i++ {
			if r.Ranked[i].Total > r.Ranked[i-1].Total {
				t.Fatalf("sorting by the total does not give the order at place %d", i+1)
			}
		}
	})
}

func TestNoOrderIsCheaper(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	e := engineOf(t, nil)
	for range 300 {
		r := e.Rank(linked(rng, 1+rng.IntN(11), 0.2), noon)
		cost, best := r.Cost(r.Best()), cheapest(r)
		if cost > best*(1+1e-6)+1e-9 {
			t.Fatalf("the order costs %v, the best one %v:\n%+v", cost, best, r)
		}
		if other := r.Cost(rng.Perm(len(r.Ranked))); other < best*(1-1e-6) {
			t.Fatalf("another order costs %v, which is less than the best, %v", other, best)
		}
		if r.Bound > best*(1+1e-6)+1e-9 {
			t.Fatalf("the bound says %v, and an order costs %v", r.Bound, best)
		}
	}
}

func TestAGroupThatIsNotLinkedMovesNobody(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		groups := linked(rng, 30, 0.08)
		alone := one("alone", work.Signals{work.Priority: rng.Float64(), work.Effort: float64(rng.IntN(9))})
		without := e.Rank(groups, noon)
		with := e.Rank(append(slices.Clone(groups), alone), noon)
		with.Ranked = slices.DeleteFunc(with.Ranked, func(r Ranked) bool { return r.Group.Ref() == alone.Ref() })
		for i, r := range with.Ranked {
			if w := without.Ranked[i]; w.Group.Ref() != r.Group.Ref() || w.Total != r.Total || w.Sigma != r.Sigma {
				t.Fatalf("place %d: %v with %v, before %v with %v", i+1, r.Group.Ref(), r.Total, w.Group.Ref(), w.Total)
			}
		}
	})
}

func TestAPoorItemThatUnlocksARichOneStandsBeforeIt(t *testing.T) {
	poor, rich := one("1", work.Signals{work.Priority: 0, work.Effort: 1}), one("2", work.Signals{work.Priority: 1, "stakeholders": 10, work.Effort: 2})
	middling := one("3", work.Signals{work.Priority: 0.5, "stakeholders": 5, work.Effort: 3})
	rich.Items[0].Links = []work.Link{{Kind: work.BlockedBy, To: poor.Ref(), Open: true}}
	r := engineOf(t, nil).Rank([]work.Group{middling, rich, poor}, noon)
	if got := refs(r); !slices.Equal(got, []string{"s:1", "s:2", "s:3"}) {
		t.Fatalf("order %v, want the blocker, what it blocks, and the rest", got)
	}
	if len(r.Ranked[0].Loans) != 1 || r.Ranked[0].Loans[0].From != rich.Ref() {
		t.Fatalf("loans %+v, want one of what it blocks", r.Ranked[0].Loans)
	}
	level := r.Ranked[0].Density * r.Ranked[0].Work
	if got := r.Ranked[0].Delay + r.Ranked[0].Loans[0].Amount; math.Abs(got-level) > 1e-6*level {
		t.Errorf("with what it borrows it weighs %v, want %v, level with its block", got, level)
	}
}

func TestPartsComeBeforeTheirParentAndLinksToNowhereSayNothing(t *testing.T) {
	epic := one("1", work.Signals{"stakeholders": 10})
	var groups []work.Group
	for i := range 3 {
		part := one(strconv.Itoa(i+2), work.Signals{work.Effort: 2})
		part.Items[0].Parent = epic.Ref()
		part.Items[0].Links = []work.Link{{Kind: work.BlockedBy, To: work.Ref{Source: "s", ID: "99"}, Open: true}, {Kind: work.Blocks, To: part.Ref()}}
		part.Above = []*work.Item{&epic.Items[0]}
		groups = append(groups, part)
	}
	r := engineOf(t, nil).Rank(append(groups, epic), noon)
	if last := r.Ranked[3]; last.Group.Ref() != epic.Ref() || last.Work != 0 {
		t.Errorf("the parent stands at %d and takes %v days, want the last place and none", last.Place, last.Work)
	}
	if r.Ranked[3].Delay != 0 {
		t.Errorf("the parent weighs %v although its parts took its value over", r.Ranked[3].Delay)
	}
	if len(r.Waits) != 3 {
		t.Errorf("%v, want three parts that the parent waits for", r.Waits)
	}
}

func TestASubtaskStandsWithItsParent(t *testing.T) {
	story := one("1", work.Signals{work.Priority: 1, work.Effort: 5})
	task := one("2", nil)
	task.Items[0].Parent, task.Items[0].Subtask = story.Ref(), true
	other := one("3", work.Signals{work.Priority: 0.5, work.Effort: 5})
	e := engineOf(t, nil)
	r := e.Rank([]work.Group{story, task, other}, noon)
	if got := refs(r); !slices.Equal(got, []string{"s:2", "s:1", "s:3"}) {
		t.Fatalf("order %v, want the sub-task and its parent first", got)
	}
	alone := e.Score(story, noon)
	for _, x := range r.Ranked[:2] {
		if math.Abs(x.Density-alone.Ratio) > 1e-6*alone.Ratio { // what takes no time takes a little
			t.Errorf("%v has density %v, want %v as the parent alone", x.Group.Ref(), x.Density, alone.Ratio)
		}
	}
}

func TestAKnotIsToldWithItsNewestLink(t *testing.T) {
	a, b, c := one("1", nil), one("2", nil), one("3", nil)
	a.Items[0].Created, b.Items[0].Created, c.Items[0].Created = ago(30), ago(20), ago(10)
	waits := func(g *work.Group, to work.Group) {
		g.Items[0].Links = append(g.Items[0].Links, work.Link{Kind: work.BlockedBy, To: to.Ref(), Open: true, Phrase: "is blocked by"})
	}
	waits(&a, b)
	waits(&b, a)
	waits(&b, c)
	waits(&c, b)
	r := engineOf(t, nil).Rank([]work.Group{a, b, c, one("4", nil)}, noon)
	if len(r.Knots) != 1 || len(r.Knots[0].Members) != 3 || len(r.Knots[0].Links) != 4 {
		t.Fatalf("knots %+v, want one of three items and four links", r.Knots)
	}
	if w := r.Knots[0].Links[r.Knots[0].Weakest]; w.From != c.Ref() && w.To != c.Ref() {
		t.Errorf("the weakest link is %+v, want one of the youngest item", w)
	}
	if r.Ranked[0].Block == r.Ranked[3].Block || r.Ranked[0].Group.Ref() == r.Ranked[3].Group.Ref() {
		t.Errorf("blocks of %+v, want the knot and the fourth apart", r.Ranked)
	}
}

func TestAParentIsScoredAsItsLastPart(t *testing.T) {
	epic := one("1", work.Signals{"stakeholders": 10})
	soon, late := one("2", work.Signals{work.Effort: 1}), one("3", work.Signals{work.Effort: 8})
	for _, part := range []*work.Group{&soon, &late} {
		part.Items[0].Parent, part.Above = epic.Ref(), []*work.Item{&epic.Items[0]}
	}
	poor := one("4", work.Signals{"stakeholders": 0, work.Priority: 0, work.Effort: 20})
	r := engineOf(t, nil).Rank([]work.Group{epic, poor, late, soon}, noon)
	if got := refs(r); !slices.Equal(got, []string{"s:2", "s:3", "s:1", "s:4"}) {
		t.Fatalf("order %v, want the parent right behind its last part", got)
	}
	if r.Ranked[2].Density != r.Ranked[1].Density || r.Ranked[2].Block != r.Ranked[1].Block {
		t.Errorf("the parent has density %v, want %v as its last part", r.Ranked[2].Density, r.Ranked[1].Density)
	}
}
