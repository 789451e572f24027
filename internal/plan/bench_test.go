package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// BenchmarkBuild plans backlogs in which every twentieth item is wanted elsewhere.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e5} {
		in := jumpy(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Build(in)
			}
		})
	}
}

// BenchmarkPast makes a round with a memory, remembers it, and plans its undo.
func BenchmarkPast(b *testing.B) {
	for _, n := range []int{1e3, 1e4} {
		in := jumpy(n)
		in.Past = Arrange(in).Remember(Plan{}, nil)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				a := Arrange(in)
				p := a.Plan()
				a.Remember(p, nil)
				Undo(deedsOf(p), in, nil)
			}
		})
	}
}

// deedsOf gives what a plan writes when all of it is done.
func deedsOf(p Plan) []Deed {
	var out []Deed
	for call, w := range p.writes() {
		if w.Change != nil {
			for _, e := range w.Change.Edits {
				out = append(out, Deed{Ref: w.Change.Ref, Call: int64(call), Edit: &e})
			}
			continue
		}
		for i, ref := range w.Run.Items {
			out = append(out, Deed{Ref: ref, Call: int64(call), Move: &Step{w.Run.Lane, w.Run.After, w.Run.Before, w.Run.Was[i]}})
		}
	}
	return out
}

func jumpy(n int) Input {
	rng := rand.New(rand.NewPCG(uint64(n), 0))
	order := make([]int, 0, n)
	var jumping []int
	for i := range n {
		if rng.IntN(20) == 0 {
			jumping = append(jumping, i)
		} else {
			order = append(order, i)
		}
	}
	for _, j := range jumping {
		order = append(order, j)
		k := rng.IntN(len(order))
		order[k], order[len(order)-1] = order[len(order)-1], order[k]
	}
	in := Input{Rules: Default(), Carries: true, Caps: map[string]work.Caps{"jira": {
		Slots: []work.Slot{work.SlotScore, work.SlotRank, work.SlotLabel}, Order: true, MaxRun: 50,
	}}}
	in.Rules.Top = 0
	in.Rules.To = map[string]Target{"jira": {Score: "Score", Rank: "Rank", Labels: true, Order: true}}
	in.Ranking = prioritize.Ranking{Ranked: make([]prioritize.Ranked, n)}
	for place, native := range order {
		it := work.Item{Ref: work.Ref{Source: "jira", ID: strconv.Itoa(native)}, Key: "K", Title: "Title", Native: native}
		in.Ranking.Ranked[place] = prioritize.Ranked{Place: place + 1, Group: work.Group{Items: []work.Item{it}}, Total: 50}
	}
	return in
}

// TestItemsMoveWhereThatSavesCalls holds the default prices against fewest items
// and fewest calls, in a backlog of which every twentieth item is wanted elsewhere.
func TestItemsMoveWhereThatSavesCalls(t *testing.T) {
	in := jumpy(1000)
	pos := make([]int, len(in.Ranking.Ranked))
	for i, r := range in.Ranking.Ranked {
		pos[i] = r.Group.Items[0].Native
	}
	plan := func(p prices) spent { return taken(cheapest(pos, make([]bool, len(pos)), 50, p), 50) }
	items, calls := plan(prices{call: 1, item: len(pos)}), plan(prices{call: len(pos), item: 1})
	got := plan(defaultPrices())
	t.Logf("fewest items %+v, by default %+v, fewest calls %+v", items, got, calls)
	if got.calls > items.calls*3/4 || got.items > 2*items.items || got.calls < calls.calls || got.items < items.items {
		t.Errorf("by default it takes %+v; fewest items takes %+v, fewest calls %+v", got, items, calls)
	}
	p := Build(in)
	if n := (spent{len(p.Runs), p.Counts.Moved}); n != got {
		t.Errorf("the plan takes %+v, want %+v", n, got)
	}
	for _, r := range p.Runs {
		if len(r.Items) > 50 || slices.Contains(r.Items, r.After) {
			t.Fatalf("run %v is too long or its own anchor", r)
		}
	}
}
