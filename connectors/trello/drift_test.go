package trello

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// TestPlannedPositionsLast moves cards of a list of 60 for 40 days, mostly up,
// by plans for the positions that the connector gave them. Each plan is carried
// out with the writes that it counts, no two cards come nearer than the service
// keeps them, and that takes hardly more writes than the order alone.
func TestPlannedPositionsLast(t *testing.T) {
	const cards, days = 60, 40
	site := siteOf(t, boardOf(cardsIn(ideasList, cards)...))
	c := connect(t, site)
	rng := rand.New(rand.NewPCG(1, 2))
	wanted := numbers(cards)
	least := 0
	for range days {
		found := slices.Clone(wanted)
		for range 6 {
			i := rng.IntN(cards)
			n := wanted[i]
			wanted = slices.Insert(slices.Delete(wanted, i, i+1), min(rng.IntN(cards), rng.IntN(cards)), n)
		}
		least += cards - longestCommon(found, wanted)
		p := planFor(t, c, wanted)
		before := site.Stats().Writes
		results, err := p.Apply(t.Context(), plan.Writers{By: map[string]plan.Writer{refOf(1).Source: c}}, plan.NoJournal{})
		if err != nil || len(failed(results)) > 0 {
			t.Fatalf("Apply() = %v, %v", results, err)
		}
		if wrote := site.Stats().Writes - before; wrote != p.Counts.Moved {
			t.Fatalf("%d writes for %d moves", wrote, p.Counts.Moved)
		}
	}
	if p := planFor(t, c, wanted); !p.Empty() {
		t.Errorf("after a plan there is still %v", p.Runs)
	}
	near := highest
	for i := 1; i < cards; i++ {
		near = min(near, position(site, wanted[i]).(float64)-position(site, wanted[i-1]).(float64))
	}
	t.Logf("%d writes, by the order alone %d; nearest %v", site.Stats().Writes, least, near)
	if writes := site.Stats().Writes; near < closest || float64(writes) > 1.1*float64(least) {
		t.Errorf("%d writes, by the order alone %d; the nearest cards stand %v apart", writes, least, near)
	}
}

// planFor plans the order of the list.
func planFor(t *testing.T, c *Connector, wanted []int) plan.Plan {
	t.Helper()
	s := pull(t, c)
	in := plan.Input{Rules: plan.Default(), Carries: true, Caps: map[string]work.Caps{refOf(1).Source: c.Caps()}}
	in.Rules.To = map[string]plan.Target{refOf(1).Source: {Order: true}}
	for place, n := range wanted {
		i := slices.IndexFunc(s.Items, func(it work.Item) bool { return it.Ref == refOf(n) })
		in.Ranking.Ranked = append(in.Ranking.Ranked, prioritize.Ranked{Place: place + 1, Group: work.Group{Items: s.Items[i : i+1]}})
	}
	return plan.Build(in)
}

// longestCommon gives how many cards keep their order.
func longestCommon(found, wanted []int) int {
	at := make([]int, len(found)+1)
	for i, n := range found {
		at[n] = i
	}
	var tails []int
	for _, n := range wanted {
		k, _ := slices.BinarySearch(tails, at[n])
		if k == len(tails) {
			tails = append(tails, at[n])
		} else {
			tails[k] = at[n]
		}
	}
	return len(tails)
}

// TestPlannedRunMovesItsItemsOnly places runs that a plan has found room for
// between two cards, with others of ours in between that are to move later.
func TestPlannedRunMovesItsItemsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spots := drawList(t, []float64{0.125, 0.25, 1, 7.5, step}, false)
		left := rapid.IntRange(0, len(spots)-2).Draw(t, "after")
		right := rapid.IntRange(left+1, len(spots)-1).Draw(t, "before")
		r := run{after: spots[left].id, before: spots[right].id}
		for _, id := range rapid.Permutation(ours(spots)).Draw(t, "order") {
			if id != r.after && id != r.before {
				r.items = append(r.items, id)
			}
		}
		most := int((spots[right].pos-spots[left].pos)/closest) - 1
		r.items = r.items[:min(most, len(r.items))]
		if len(r.items) == 0 {
			return
		}
		r.items = r.items[:rapid.IntRange(1, len(r.items)).Draw(t, "items")]
		moves, err := arrange(spots, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range moves {
			if !slices.Contains(r.items, m.id) {
				t.Fatalf("%v is no item of the run %v of %v", m, r, spots)
			}
		}
		after := movedTo(spots, moves)
		chain := slices.DeleteFunc(slices.Clone(after), func(s spot) bool {
			return s.id != r.after && s.id != r.before && !slices.Contains(r.items, s.id)
		})
		if got, want := ours(chain), slices.Concat([]string{r.after}, r.items, []string{r.before}); !slices.Equal(got, want) {
			t.Fatalf("they stand as %v, want %v; moves %v of %v", got, want, moves, spots)
		}
		for i := 1; i < len(chain); i++ {
			if near := chain[i].pos - chain[i-1].pos; near < closest {
				t.Fatalf("%v and %v stand %v apart; moves %v of %v", chain[i-1], chain[i], near, moves, spots)
			}
		}
		if again, err := arrange(after, r); err != nil || len(again) != 0 {
			t.Fatalf("a second run writes %v, %v; want nothing", again, err)
		}
	})
}
