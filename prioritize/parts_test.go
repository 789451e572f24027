package prioritize

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// family gives items in parents and sub-tasks of any depth, some of which block
// others. Effort sets no lead, for no item is due.
func family(rng *rand.Rand, n int) []work.Item {
	items := make([]work.Item, n)
	for i := range items {
		items[i] = randomItem(rng, tame)
		items[i].Ref, items[i].Native = one(string(rune('a'+i)), nil).Ref(), i
		items[i].Due, items[i].Class = time.Time{}, work.Class{}
		if i > 0 && rng.IntN(2) == 0 {
			items[i].Parent = items[rng.IntN(i)].Ref
			items[i].Subtask = rng.IntN(3) == 0
		}
		if i > 0 && rng.IntN(4) == 0 {
			items[i].Links = []work.Link{{Kind: work.Blocks, To: items[rng.IntN(i)].Ref, Open: true}}
		}
	}
	return items
}

// overtaker gives a group that stands behind the ref in one ranking and before it
// in the other, by more than rounding; the zero Ref where there is none.
func overtaker(before, after Ranking, ref work.Ref) work.Ref {
	above := func(r Ranking) (map[work.Ref]float64, Ranked) {
		out := map[work.Ref]float64{}
		for _, x := range r.Ranked {
			if x.Group.Ref() == ref {
				return out, x
			}
			out[x.Group.Ref()] = x.Density
		}
		return out, Ranked{}
	}
	was, _ := above(before)
	is, self := above(after)
	for _, x := range after.Ranked {
		other := x.Group.Ref()
		_, stood := was[other]
		if density, stands := is[other]; stands && !stood && !alike(density, self.Density) {
			return other
		}
	}
	return work.Ref{}
}

// alike reports whether two densities differ by no more than the integers of an
// order under dependencies round.
func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-6*max(a, b, 1e-6) }

// TestAGoodDirectionNeverLowersAPlaceInAFamily moves every figure of an item in
// parents and sub-tasks that block each other.
func TestAGoodDirectionNeverLowersAPlaceInAFamily(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(settingsOf(rng, everyModel[rng.IntN(len(everyModel))]))
		items := family(rng, 2+rng.IntN(7))
		before := e.Rank(work.Join(items), noon)
		for i := range items {
			for _, s := range slices.Sorted(maps.Keys(items[i].Signals)) {
				changed := slices.Clone(items)
				g, ok := better(rng, work.Group{Items: items[i : i+1]}, s)
				if !ok {
					continue
				}
				changed[i] = g.Items[0]
				if other := overtaker(before, e.Rank(work.Join(changed), noon), items[i].Ref); !other.IsZero() {
					t.Fatalf("%s: %v of %s goes from %v to %v, and %s overtakes it", e.name, s, items[i].Ref, items[i].Signals[s], changed[i].Signals[s], other)
				}
			}
		}
	})
}

func TestALowerEstimateOfASubtaskWithPartsMakesNothingLonger(t *testing.T) {
	story, task, part := one("1", work.Signals{work.Effort: 8}).Items[0], one("2", work.Signals{work.Effort: 4}).Items[0], one("3", work.Signals{work.Effort: 5}).Items[0]
	task.Parent, task.Subtask = story.Ref, true
	part.Parent, part.Subtask = task.Ref, true
	whole := func() float64 {
		sum := 0.0
		for _, r := range engineOf(t, nil).Rank(work.Join([]work.Item{story, task, part}), noon).Ranked {
			sum += r.Work
		}
		return sum
	}
	before := whole()
	if task.Signals[work.Effort] = 1; before != whole() || before != 8.5 {
		t.Errorf("the story takes %v days, and %v when its sub-task is estimated lower; want its own 8.5", before, whole())
	}
}

func TestAFactorOfAProductThatGrowsMakesAParentWeighNoLess(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Model = modelRICE })
	parent := one("1", work.Signals{signalReach: 100, signalConfidence: 0.5, work.Priority: 0.5}).Items[0]
	part := one("2", work.Signals{work.Effort: 1}).Items[0]
	part.Parent = parent.Ref
	delay := func() float64 {
		r := e.Rank(work.Join([]work.Item{parent, part}), noon).Ranked
		return r[slices.IndexFunc(r, func(r Ranked) bool { return r.Group.Ref() == parent.Ref })].Delay
	}
	before := delay()
	if parent.Signals[work.Priority] = 1; delay() < before {
		t.Errorf("the parent weighs %v, and %v with the highest priority", before, delay())
	}
}

func TestAParentThatWeighsALittleStandsWhereItStandsWithNothing(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Model = modelRICE })
	parent, part := one("1", work.Signals{signalReach: 0}).Items[0], one("2", work.Signals{signalReach: 1e6, signalImpact: 1}).Items[0]
	part.Parent = parent.Ref
	other := one("3", work.Signals{signalReach: 40000}).Items[0]
	for _, reach := range []float64{0, 0.01, 1} {
		parent.Signals[signalReach] = reach
		if got := refs(e.Rank(work.Join([]work.Item{parent, part, other}), noon)); !slices.Equal(got, []string{"s:2", "s:1", "s:3"}) {
			t.Errorf("with a reach of %v the order is %v, want the parent right behind its part", reach, got)
		}
	}
}

// TestAKnotThatTakesNoWorkStaysTogether has a part stand before a knot of two
// parents, which nothing but the order of the tracker tells apart.
func TestAKnotThatTakesNoWorkStaysTogether(t *testing.T) {
	part, whole, other := one("1", work.Signals{work.Priority: 1}).Items[0], one("2", nil).Items[0], one("3", nil).Items[0]
	piece := one("4", work.Signals{work.Priority: 0}).Items[0]
	part.Parent, piece.Parent = whole.Ref, other.Ref
	whole.Links = []work.Link{{Kind: work.Blocks, To: other.Ref, Open: true}, {Kind: work.BlockedBy, To: other.Ref, Open: true}}
	totals := func() (a, b float64) {
		r := engineOf(t, nil).Rank(work.Join([]work.Item{part, whole, other, piece}), noon).Ranked
		of := func(ref work.Ref) Ranked {
			return r[slices.IndexFunc(r, func(r Ranked) bool { return r.Group.Ref() == ref })]
		}
		if x, y := of(whole.Ref), of(other.Ref); x.Block != y.Block {
			t.Errorf("the blocks of the knot are %d and %d", x.Block, y.Block)
		}
		return of(whole.Ref).Total, of(other.Ref).Total
	}
	whole.Native, other.Native = 1, 2
	a, b := totals()
	whole.Native, other.Native = 2, 1
	if c, d := totals(); a != c || b != d {
		t.Errorf("scores %v and %v, and %v and %v when the tracker has them the other way round", a, b, c, d)
	}
}

func TestInACircleOfParentsTheTrackersOrderGivesNobodyWork(t *testing.T) {
	a, b := one("1", work.Signals{work.Effort: 1}).Items[0], one("2", work.Signals{work.Effort: 1}).Items[0]
	a.Parent, b.Parent = b.Ref, a.Ref
	works := func() string {
		out := ""
		for _, r := range engineOf(t, nil).Rank(work.Join([]work.Item{a, b}), noon).Ranked {
			out += fmt.Sprint(" ", r.Work)
		}
		return out
	}
	a.Native, b.Native = 0, 1
	one := works()
	if a.Native, b.Native = 1, 0; one != works() || one != " 1.5 1.5" {
		t.Errorf("work is%s, and%s the other way round; want each its own", one, works())
	}
}
