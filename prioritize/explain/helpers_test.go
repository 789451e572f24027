package explain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// noon is the moment of every ranking in these tests.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// signals are those that a policy of these tests may read, with a draw each.
var signals = []struct {
	name work.Signal
	draw func(*rand.Rand) float64
}{
	{work.Priority, func(r *rand.Rand) float64 { return []float64{0.05, 0.25, 0.5, 0.75, 1}[r.IntN(5)] }},
	{work.Effort, func(r *rand.Rand) float64 { return []float64{0.5, 1, 2, 3, 4, 5, 8, 13, 20, 40}[r.IntN(10)] }},
	{work.Votes, func(r *rand.Rand) float64 { return math.Floor(20 * r.Float64() * r.Float64()) }},
	{work.Comments, func(r *rand.Rand) float64 { return float64(r.IntN(12)) }},
	{"stakeholders", func(r *rand.Rand) float64 { return float64(r.IntN(11)) }},
	{"revenue", func(r *rand.Rand) float64 { return math.Floor(math.Exp(12 * r.Float64())) }},
	{"ann", func(r *rand.Rand) float64 { return float64(r.IntN(11)) }},
	{"ben", func(r *rand.Rand) float64 { return float64(r.IntN(11)) }},
	{"business_value", func(r *rand.Rand) float64 { return []float64{1, 3, 8, 20}[r.IntN(4)] }},
	{"size", func(r *rand.Rand) float64 { return []float64{1, 3, 8, 20}[r.IntN(4)] }},
	{"impact", func(r *rand.Rand) float64 { return float64(r.IntN(11)) / 3 }},
	{"reach", func(r *rand.Rand) float64 { return float64(r.IntN(500)) }},
	{"moscow", func(r *rand.Rand) float64 { return float64(r.IntN(4)) }},
	{"customers", func(r *rand.Rand) float64 { return float64(r.IntN(6)) }},
}

// names are the models, the one by default as often as all others together.
var names = []string{
	"cd3u", "cd3u", "cd3u", "cd3u", "cd3u", "cd3u", "cd3u", "cd3u", "cd3u",
	"weighted", "wsjf", "cd3", "rice", "ice", "taskwarrior", "moscow", "moscow/rice", "moscow/weighted",
}

// random gives a backlog of n items; linked: with links and parents among them.
func random(t testing.TB, rng *rand.Rand, n int, linked bool) (*Backlog, []work.Group) {
	t.Helper()
	return randomBy(t, rng, n, linked, "cd3u")
}

// randomBy is random by the model of that name.
func randomBy(t testing.TB, rng *rand.Rand, n int, linked bool, model string) (*Backlog, []work.Group) {
	t.Helper()
	items := make([]work.Item, n)
	for i := range items {
		it := work.Item{
			Ref: work.Ref{Source: []string{"jira", "trello"}[rng.IntN(2)], ID: fmt.Sprint(i + 1)}, Native: i,
			Signals: work.Signals{}, Created: noon.Add(-time.Duration(rng.IntN(400*24)) * time.Hour),
		}
		for _, s := range signals {
			if rng.IntN(3) > 0 {
				it.Signals[s.name] = s.draw(rng)
			}
		}
		if rng.IntN(3) == 0 {
			it.Due = noon.Add(time.Duration(rng.IntN(100*24)-20*24) * time.Hour)
		}
		for range rng.IntN(3) {
			it.Events = append(it.Events, work.Event{Signal: work.Votes, At: noon.AddDate(0, 0, -rng.IntN(200)), Amount: float64(1 + rng.IntN(3))})
		}
		items[i] = it
	}
	for range n / 3 {
		i, j := rng.IntN(n), rng.IntN(n)
		if linked && i < j {
			items[i].Links = append(items[i].Links, work.Link{Kind: work.Blocks, To: items[j].Ref, Open: true})
			items[j].Links = append(items[j].Links, work.Link{Kind: work.BlockedBy, To: items[i].Ref, Open: true})
		}
		if linked && i < j && rng.IntN(4) == 0 {
			items[j].Links = append(items[j].Links, work.Link{Kind: work.Duplicates, To: items[i].Ref, Open: true})
		}
		if linked && rng.IntN(4) == 0 && i != j {
			items[max(i, j)].Parent = items[min(i, j)].Ref
		}
	}
	groups := work.Join(items)
	s := randomSettings(rng)
	if s.Model = model; model == "taskwarrior" {
		s.Value, s.Anchors, s.Require = prioritize.Default().Value, nil, nil
		s.Stakeholders = nil
	}
	return ranked(t, s, groups), groups
}

func ranked(t testing.TB, s prioritize.Settings, groups []work.Group) *Backlog {
	t.Helper()
	e, err := prioritize.New(s)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(s, e.Rank(groups, noon), noon)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// randomSettings gives a policy with at least two criteria.
func randomSettings(rng *rand.Rand) prioritize.Settings {
	s := prioritize.Default()
	s.Value = map[string]float64{"priority": 0.05 + rng.Float64(), "demand": 0.05 + rng.Float64()}
	for _, name := range []string{"stakeholders", "revenue", "customers"} {
		if rng.IntN(3) > 0 {
			s.Value[name] = 0.05 + rng.Float64()
		}
	}
	if s.Value["stakeholders"] > 0 && rng.IntN(3) == 0 {
		s.Stakeholders = []prioritize.Stakeholder{{Name: "Ann", Weight: 2, Signal: "ann"}, {Name: "Ben", Weight: 1, Signal: "ben"}}
	}
	s.Anchors = map[string]prioritize.Anchor{
		"priority": {Noise: 0.2 * float64(rng.IntN(2))},
		"effort":   {Noise: 0.5 * float64(rng.IntN(2))},
	}
	s.Urgency = prioritize.Urgency{Horizon: prioritize.Days(5 + rng.IntN(40)), Boost: 4 * rng.Float64()}
	return s
}

// placeOf ranks groups and gives the place of the item of that ref.
func placeOf(b *Backlog, groups []work.Group, at time.Time, ref work.Ref) int {
	r := b.engine.Rank(groups, at)
	for i := range r.Ranked {
		if r.Ranked[i].Group.Ref() == ref {
			return r.Ranked[i].Place
		}
	}
	return 0
}
