package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// evidenceAddsUp draws counts that rise and fall, and clocks that go back.
func evidenceAddsUp(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		checks++
		site := fmt.Sprint("https://", checks)
		want := map[work.Identity]map[work.Signal]float64{}
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			c.pass(time.Duration(rapid.Int64Range(-2, 4).Draw(t, "hours")) * time.Hour)
			var counts []Count
			for range rapid.IntRange(0, 5).Draw(t, "counts") {
				k := Count{
					Item: work.Identity{Site: site, ID: fmt.Sprint(rapid.IntRange(1, 2).Draw(t, "id"))}, Signal: rapid.SampledFrom([]work.Signal{"votes", "watchers"}).Draw(t, "signal"),
					Amount: float64(rapid.IntRange(0, 50_000).Draw(t, "amount")) / 1e4, From: noon().at.Add(-time.Hour),
				}
				counts = append(counts, k)
				if want[k.Item] == nil {
					want[k.Item] = map[work.Signal]float64{}
				}
				want[k.Item][k.Signal] = k.Amount
			}
			foreseen, err := s.Foresee(context.Background(), counts)
			if err != nil {
				t.Fatal(err)
			}
			observed, err := s.Observe(context.Background(), counts)
			if diff := cmp.Diff(foreseen, observed); diff != "" || err != nil {
				t.Errorf("Observe() = %v and (-foreseen +observed):\n%s", err, diff)
			}
			comesTrue(t, s, site, counts, foreseen)
		}
		got, err := s.Evidence(context.Background(), site)
		if err != nil {
			t.Fatal(err)
		}
		sums := map[strand]float64{}
		last := map[strand]time.Time{}
		for id, events := range got {
			for _, e := range events {
				k := strand{id.ID, e.Signal}
				if e.Amount <= 0 || !e.At.After(last[k]) {
					t.Errorf("%s has the event %v behind %v", id.ID, e, last[k])
				}
				sums[k] += e.Amount
				last[k] = e.At
			}
		}
		for id, signals := range want {
			for signal, amount := range signals {
				if sum := sums[strand{id.ID, signal}]; math.Abs(sum-amount) > 1e-9 {
					t.Errorf("the %s of %s add up to %v, want %v", signal, id.ID, sum, amount)
				}
			}
		}
	})
}

// comesTrue holds what was foreseen of some counts to what is there once they were
// observed.
func comesTrue(t *rapid.T, s *Store, site string, counts []Count, foreseen map[work.Identity][]work.Event) {
	t.Helper()
	there, err := s.Evidence(context.Background(), site)
	if err != nil {
		t.Fatal(err)
	}
	want := map[work.Identity][]work.Event{}
	for id, events := range there {
		for _, e := range events {
			if slices.ContainsFunc(counts, func(c Count) bool { return c.Item == id && c.Signal == e.Signal }) {
				want[id] = append(want[id], e)
			}
		}
	}
	if diff := cmp.Diff(want, foreseen); diff != "" {
		t.Errorf("evidence after Observe() (-there +foreseen):\n%s", diff)
	}
}

// evidenceIsCountedOnce has two processes observe the same counts at once.
func evidenceIsCountedOnce(t *testing.T, fresh func(testing.TB) string) {
	address := fresh(t)
	stores := []*Store{openAt(t, address, noon()), openAt(t, address, &clock{noon().at.Add(time.Millisecond)})}
	id := work.Identity{Site: site, ID: "1"}
	for n := 1.0; n <= 20; n++ {
		var wg sync.WaitGroup
		for _, s := range stores {
			wg.Go(func() {
				if _, err := s.Observe(context.Background(), []Count{{Item: id, Signal: work.Votes, Amount: n}}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		known, err := stores[0].Evidence(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, e := range known[id] {
			sum += e.Amount
		}
		if sum != n {
			t.Fatalf("the evidence adds up to %v, want %v", sum, n)
		}
	}
}

func evidenceIsDated(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	made := c.at.AddDate(0, -2, 0)
	a, b := work.Identity{Site: site, ID: "a"}, work.Identity{Site: site, ID: "b"}
	day := func(n int) time.Time { return noon().at.AddDate(0, 0, n) }
	votes := func(at time.Time, n float64) work.Event { return work.Event{Signal: work.Votes, At: at, Amount: n} }
	rounds := []struct {
		name   string
		counts map[work.Identity]float64
		a, b   []work.Event
	}{
		{"a first count is dated by the making of the item", map[work.Identity]float64{a: 3, b: 0}, []work.Event{votes(made, 3)}, nil},
		{"what comes later is dated by the round", map[work.Identity]float64{a: 5, b: 2}, []work.Event{votes(made, 3), votes(day(1), 2)}, []work.Event{votes(day(1), 2)}},
		{"the same count adds nothing", map[work.Identity]float64{a: 5, b: 2}, []work.Event{votes(made, 3), votes(day(1), 2)}, []work.Event{votes(day(1), 2)}},
		{"who is not counted keeps his evidence", map[work.Identity]float64{a: 6}, []work.Event{votes(made, 3), votes(day(1), 2), votes(day(3), 1)}, []work.Event{votes(day(1), 2)}},
		{"what is withdrawn is the newest", map[work.Identity]float64{a: 4, b: 0}, []work.Event{votes(made, 3), votes(day(1), 1)}, nil},
		{"what comes back is new", map[work.Identity]float64{a: 5, b: 1}, []work.Event{votes(made, 3), votes(day(1), 1), votes(day(5), 1)}, []work.Event{votes(day(5), 1)}},
	}
	for _, r := range rounds {
		var counts []Count
		for id, n := range r.counts {
			counts = append(counts, Count{Item: id, Signal: work.Votes, Amount: n, From: made})
		}
		if _, err := s.Observe(t.Context(), counts); err != nil {
			t.Fatal(err)
		}
		got, err := s.Evidence(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]work.Event{r.a, r.b}, [][]work.Event{got[a], got[b]}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.name, diff)
		}
		c.pass(24 * time.Hour)
	}
	for _, amount := range []float64{-1, math.NaN(), math.Inf(1), 1e13} {
		if _, err := s.Observe(t.Context(), []Count{{Item: a, Amount: amount}}); !errors.Is(err, work.ErrInvalid) {
			t.Errorf("Observe() of %v = %v", amount, err)
		}
		if _, err := s.Foresee(t.Context(), []Count{{Item: a, Amount: amount}}); !errors.Is(err, work.ErrInvalid) {
			t.Errorf("Foresee() of %v = %v", amount, err)
		}
	}
}
