package plan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// TestIdleDaysWriteLittle lets 90 days pass over a backlog to which nothing
// happens: evidence ages and dates come nearer, and that is all.
func TestIdleDaysWriteLittle(t *testing.T) {
	const items, days = 500, 90
	rng := rand.New(rand.NewPCG(23, 24))
	all := make([]work.Item, items)
	for i := range all {
		all[i] = quietIssue(rng, i)
	}
	w := jiraWorld(all...)
	engine, err := prioritize.New(prioritize.Default())
	if err != nil {
		t.Fatal(err)
	}
	moved, labelled, scored := 0, 0, 0
	for day := range days + 1 {
		groups := w.groups()
		in := w.inputOf(groups)
		in.Hysteresis = prioritize.Default().Hysteresis
		in.Ranking = engine.Rank(groups, noon.AddDate(0, 0, day))
		p := Build(in)
		if _, err := p.Apply(context.Background(), w.writers(), NoJournal{}); err != nil {
			t.Fatal(err)
		}
		if day == 0 {
			continue // the first write
		}
		moved += p.Counts.Moved
		labelled += p.Counts.Add + p.Counts.Remove
		scored += setScores(p)
	}
	t.Logf("a day %.1f items move, %.1f labels and %.1f scores change", float64(moved)/days, float64(labelled)/days, float64(scored)/days)
	if most := days * items / 100; moved+labelled > most || scored > 2*most {
		t.Errorf("%d moves and %d labels, %d scores in %d days; want 1 %% and 2 %% of the items a day at most", moved, labelled, scored, days)
	}
}

func setScores(p Plan) int {
	n := 0
	for _, c := range p.Changes {
		for _, e := range c.Edits {
			if e.Slot == work.SlotScore {
				n++
			}
		}
	}
	return n
}

func quietIssue(rng *rand.Rand, i int) work.Item {
	it := issue(fmt.Sprint(i+1), []float64{0.05, 0.25, 0.5, 0.75, 1}[rng.IntN(5)])
	it.Created = noon.AddDate(0, 0, -rng.IntN(700))
	it.Signals[work.Effort] = float64(1 + rng.IntN(13))
	if rng.IntN(3) == 0 {
		delete(it.Signals, work.Effort)
	}
	for range rng.IntN(6) {
		it.Events = append(it.Events, work.Event{Signal: work.Votes, At: noon.AddDate(0, 0, -rng.IntN(200)), Amount: 1})
	}
	if rng.IntN(4) == 0 {
		it.Due = noon.AddDate(0, 0, rng.IntN(200)-20)
	}
	return it
}
