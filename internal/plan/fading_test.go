package plan

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// TestIdleScoresSayWhatTheExactOnesDo draws scores in the order of their places,
// some of them idle.
func TestIdleScoresSayWhatTheExactOnesDo(t *testing.T) {
	r := Default()
	rapid.Check(t, func(t *rapid.T) {
		scores := make([]written, rapid.IntRange(1, 12).Draw(t, "scores"))
		for i := range scores {
			off := rapid.Float64Range(-fades, fades).Draw(t, "off")
			w := written{exact: rapid.Float64Range(40, 60).Draw(t, "exact")}
			w.old = w.exact + off
			w.stays = math.Abs(off) < r.MinDelta || rapid.Bool().Draw(t, "stays")
			w.idle = w.stays && math.Abs(off) >= r.MinDelta
			scores[i] = w
		}
		before := slices.Clone(scores)
		r.refresh(scores)
		for i, w := range scores {
			if w.stays != before[i].stays && !before[i].idle || w.idle && !w.stays {
				t.Fatalf("score %d of %+v became %+v", i, before, w)
			}
			if i == 0 {
				continue
			}
			above := scores[i-1]
			if (above.idle || w.idle) && above.exact >= w.exact && w.value()-above.value() >= r.MinDelta {
				t.Fatalf("%+v and %+v are turned round in %+v", above, w, scores)
			}
		}
		again := slices.Clone(scores)
		for i := range again {
			again[i].old, again[i].stays = again[i].value(), true
		}
		r.refresh(again)
		for i, w := range again {
			if !w.stays {
				t.Fatalf("score %d of %+v is written a second time", i, scores)
			}
		}
	})
}

// TestOnlyTimeLetsScoresBeOff holds what is entered against what only passes.
func TestOnlyTimeLetsScoresBeOff(t *testing.T) {
	aging := func() work.Item {
		it := issue("1", .5)
		it.Created = noon
		for range 9 {
			it.Events = append(it.Events, work.Event{Signal: work.Votes, At: noon, Amount: 1})
		}
		return it
	}
	const days = 24 * time.Hour
	tests := []struct {
		name   string
		later  time.Duration
		change func(*work.Item)
		policy string
		want   bool
	}{
		{"a score that fades by a little stays", 120 * days, nil, "", false},
		{"one that fades by much is written", 360 * days, nil, "", true},
		{"a vote counts", 120 * days, func(it *work.Item) {
			it.Events = append(it.Events, work.Event{Signal: work.Votes, At: noon, Amount: 1})
		}, "", true},
		{"a label of others may count", 120 * days, func(it *work.Item) { it.Labels = []string{"urgent"} }, "", true},
		{"another policy counts", 120 * days, nil, "sha256:other", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := jiraWorld(aging())
			_, past := w.next(t, &Past{}, noon)
			if tt.change != nil {
				it := w.trackers[0].items[work.Ref{Source: "jira", ID: "1"}]
				tt.change(&it)
				w.trackers[0].items[it.Ref] = it
			}
			w.policy = tt.policy
			p, past := w.next(t, past, noon.Add(tt.later))
			if got := setScores(p) == 1; got != tt.want {
				t.Errorf("the score is written: %v, want %v: %s", got, tt.want, showEdits(p))
			}
			if p, _ := w.next(t, past, noon.Add(tt.later)); !p.Empty() {
				t.Errorf("a second sync writes %s", showEdits(p))
			}
		})
	}
}
