package plan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// TestIdleDaysWriteLittle lets 90 days pass over a backlog to which nothing
// happens: evidence ages and dates come nearer, and that is all.
func TestIdleDaysWriteLittle(t *testing.T) {
	const items, days = 500, 90
	for _, top := range []Top{100, 0} {
		t.Run("top "+top.String(), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(23, 24))
			all := make([]work.Item, items)
			for i := range all {
				all[i] = quietIssue(rng, i)
			}
			w := jiraWorld(all...)
			w.rules.Top = top
			var sum idle
			past := &Past{}
			for day := range days + 1 {
				var p Plan
				if p, past = w.next(t, past, noon.AddDate(0, 0, day)); day > 0 { // the first write is that of all
					sum.add(p)
				}
				if again, _ := w.next(t, past, noon.AddDate(0, 0, day)); !again.Empty() {
					t.Fatalf("on day %d a second sync writes %s", day, showEdits(again))
				}
			}
			t.Logf("a day %s", sum.over(days))
			if most := days * items / 100; sum.edited > most {
				t.Errorf("%d items are written in %d days, want 1 %% a day at most", sum.edited, days)
			}
		})
	}
}

// next makes, carries out and remembers the plan of a later day.
func (w world) next(t *testing.T, past *Past, now time.Time) (Plan, *Past) {
	t.Helper()
	engine, err := prioritize.New(prioritize.Default())
	if err != nil {
		t.Fatal(err)
	}
	groups := w.groups()
	in := w.inputOf(groups)
	in.Past, in.Now, in.Hysteresis = past, now, prioritize.Default().Hysteresis
	in.Ranking = engine.Rank(groups, now)
	a := Arrange(in)
	p := a.Plan()
	results, err := p.Apply(context.Background(), w.writers(), NoJournal{})
	if err != nil {
		t.Fatal(err)
	}
	return p, a.Remember(p, results)
}

// idle sums up what is written while nothing happens.
type idle struct{ edited, moved, labels, scores, shifted int }

func (s *idle) add(p Plan) {
	s.edited += len(p.editedItems())
	s.shifted += p.Touched() - len(p.editedItems())
	s.moved += p.Counts.Moved
	s.labels += p.Counts.Add + p.Counts.Remove
	s.scores += setScores(p)
}

func (s *idle) over(days int) string {
	a := func(n int) float64 { return float64(n) / float64(days) }
	return fmt.Sprintf("%.1f items are written: %.1f move, %.1f labels and %.1f scores change; %.1f further places shift",
		a(s.edited), a(s.moved), a(s.labels), a(s.scores), a(s.shifted))
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
