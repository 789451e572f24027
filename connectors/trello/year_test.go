package trello

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// TestPositionsLastThroughAYear moves cards of a list of 200 for 250 days, six a
// day, by plans and the positions that the connector gives for them. No two come
// nearer than the service keeps them. Where cards go, and how many have to make
// room for them, tells how many writes that takes of those that the order alone
// would take.
func TestPositionsLastThroughAYear(t *testing.T) {
	anywhere := func(r *rand.Rand) (int, int) { return r.IntN(200), r.IntN(200) }
	up := func(r *rand.Rand) (int, int) { return r.IntN(200), min(r.IntN(200), r.IntN(200)) }
	spot := func(at int) func(r *rand.Rand) (int, int) {
		return func(r *rand.Rand) (int, int) { return r.IntN(200), at + r.IntN(2) }
	}
	tests := []struct {
		name string
		to   func(*rand.Rand) (from, to int)
		most [2]float64 // on the scale of today, and in a list from before, whose positions begin near 0
	}{
		{"anywhere", anywhere, [2]float64{1.01, 1.01}},
		{"mostly up", up, [2]float64{1.02, 1.02}},
		{"to the top", func(r *rand.Rand) (int, int) { return r.IntN(200), 0 }, [2]float64{1, 1.2}},
		{"into the first ten", func(r *rand.Rand) (int, int) { return r.IntN(200), r.IntN(10) }, [2]float64{1.02, 1.2}},
		{"behind the tenth", spot(10), [2]float64{1.1, 1.25}},
		{"up to one spot", func(r *rand.Rand) (int, int) { return 101 + r.IntN(99), 100 }, [2]float64{1.1, 1.1}},
		{"into one spot from both sides", spot(100), [2]float64{1.75, 1.75}},
	}
	for _, tt := range tests {
		for i, first := range []float64{middle, step} {
			t.Run(fmt.Sprintf("%s from %.0f on", tt.name, first), func(t *testing.T) {
				y := newYear(first, 200)
				for range 250 {
					y.day(t, 6, tt.to)
				}
				t.Logf("%d writes, %+.1f %%; by the order alone %d; nearest %v", y.writes, 100*(float64(y.writes)/float64(y.least)-1), y.least, y.nearest)
				if float64(y.writes) > tt.most[i]*float64(y.least) {
					t.Errorf("%d writes, more than %v times the %d that the order alone takes", y.writes, tt.most[i], y.least)
				}
				if y.nearest < closest {
					t.Errorf("cards came as near as %v, want %v", y.nearest, closest)
				}
			})
		}
	}
}

// year is a list in which cards move every day.
type year struct {
	rng           *rand.Rand
	order         []int // cards as wanted
	spots         []spot
	writes, least int
	nearest       float64
}

func newYear(first float64, cards int) *year {
	y := &year{rng: rand.New(rand.NewPCG(9, 10)), nearest: step}
	for i := range cards {
		y.order = append(y.order, i)
		y.spots = append(y.spots, spot{id: fmt.Sprint(i), pos: first + step*float64(i), ours: true})
	}
	return y
}

// day moves cards, plans the list and carries the plan out.
func (y *year) day(t *testing.T, moves int, to func(*rand.Rand) (int, int)) {
	t.Helper()
	found := slices.Clone(y.order)
	for range moves {
		from, at := to(y.rng)
		x := y.order[from]
		y.order = slices.Insert(slices.Delete(y.order, from, from+1), at, x)
	}
	y.least += len(found) - longestCommon(found, y.order)
	p := y.plan()
	for _, r := range p.Runs {
		placed := run{after: r.After.ID, before: r.Before.ID}
		for _, ref := range r.Items {
			placed.items = append(placed.items, ref.ID)
		}
		for _, ref := range r.Way {
			placed.way = append(placed.way, ref.ID)
		}
		made, err := arrange(y.spots, placed)
		if err != nil || len(made) > len(r.Items) {
			t.Fatalf("%d moves for %d items, %v", len(made), len(r.Items), err)
		}
		y.writes += len(made)
		y.spots = movedTo(y.spots, made)
	}
	for i, s := range y.spots {
		if s.id != fmt.Sprint(y.order[i]) {
			t.Fatalf("card %s is in place %d, want card %d", s.id, i, y.order[i])
		}
		if i > 0 {
			y.nearest = min(y.nearest, s.pos-y.spots[i-1].pos)
		}
	}
	if again := y.plan(); !again.Empty() {
		t.Fatalf("after a plan there is still %v", again.Runs)
	}
}

// plan plans the order of the list.
func (y *year) plan() plan.Plan {
	in := plan.Input{Rules: plan.Default(), Carries: true, Caps: map[string]work.Caps{"trello": {Order: true, Lanes: true, Gap: closest, High: highest}}}
	in.Rules.To = map[string]plan.Target{"trello": {Order: true}}
	items := make([]work.Item, len(y.spots))
	at := map[string]int{}
	for i, s := range y.spots {
		items[i] = work.Item{Ref: work.Ref{Source: "trello", ID: s.id}, Key: s.id, Lane: "list", Native: i, Position: s.pos}
		at[s.id] = i
	}
	for place, x := range y.order {
		i := at[fmt.Sprint(x)]
		in.Ranking.Ranked = append(in.Ranking.Ranked, prioritize.Ranked{Place: place + 1, Group: work.Group{Items: items[i : i+1]}})
	}
	return plan.Build(in)
}
