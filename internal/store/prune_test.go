package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// oldRunsArePruned draws runs of two backlogs and prunes one of them. What is
// left must be what a look at each run says.
func oldRunsArePruned(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		backlog, other := fmt.Sprint("a", checks), fmt.Sprint("b", checks)
		stays := begin(t, s, other)
		intend(t, s, stays, entry("1"))
		if err := s.End(t.Context(), stays, Ending{Result: RunDone}); err != nil {
			rt.Fatal(err)
		}
		from := c.at
		told := rapid.IntRange(-1, 5).Draw(rt, "remembered")
		var runs []Run
		for i := range rapid.IntRange(0, 6).Draw(rt, "runs") {
			c.pass(time.Hour)
			r := Run{ID: begin(t, s, backlog), Begun: c.at}
			intend(t, s, r.ID, entry("1"), entry("2"))
			if rapid.IntRange(0, 4).Draw(rt, "ends") > 0 {
				r.Ended = c.at
				if err := s.End(t.Context(), r.ID, Ending{Result: RunDone}); err != nil {
					rt.Fatal(err)
				}
			}
			if i == told {
				if err := s.See(t.Context(), backlog, Seen{Run: r.ID}); err != nil {
					rt.Fatal(err)
				}
			}
			runs = append(runs, r)
		}
		before := from.Add(time.Duration(rapid.IntRange(0, 14).Draw(rt, "half hours")) * 30 * time.Minute)
		var want []string
		for i, r := range runs {
			remembered := told >= 0 && told < len(runs) && i >= told
			if remembered || r.Ended.IsZero() || !r.Begun.Before(before) {
				want = append(want, r.ID)
			}
		}
		for _, n := range []int{len(runs) - len(want), 0} {
			if got, err := s.Prune(t.Context(), backlog, before); err != nil || got != n {
				rt.Fatalf("Prune() = %d, %v, want %d", got, err, n)
			}
		}
		slices.Reverse(want)
		wantRuns(rt, s, backlog, want)
		wantRuns(rt, s, other, []string{stays})
		for _, r := range runs {
			entries, err := s.Entries(t.Context(), r.ID)
			if kept := slices.Contains(want, r.ID); err != nil || kept != (len(entries) == 2) {
				rt.Errorf("%d entries of run %s, %v; it is kept: %t", len(entries), r.ID, err, kept)
			}
		}
	})
}

// wantRuns wants the backlog to have these runs, newest first.
func wantRuns(t *rapid.T, s *Store, backlog string, want []string) {
	found, err := s.Runs(t.Context(), Filter{Backlog: backlog})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range found {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("runs of %s are %v, want %v", backlog, got, want)
	}
}
