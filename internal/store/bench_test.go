package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"stackrank/internal/work"
)

const many = 100_000

// benchmarks are run on both databases, each on an empty one that is set up by
// the first function it gives; the second is what is measured.
var benchmarks = []struct {
	name    string
	prepare func(b *testing.B, s *Store) func(i int) error
}{
	{"intend and settle a call", func(b *testing.B, s *Store) func(int) error {
		run := begin(b, s, "a")
		return func(i int) error {
			e := entry(fmt.Sprint(i))
			in, err := s.Intend(b.Context(), run, []Entry{e})
			if err != nil {
				return err
			}
			return s.Settle(b.Context(), in, []Result{{Item: e.Item, State: Done}})
		}
	}},
	{"intend and settle a run of 50 moves", func(b *testing.B, s *Store) func(int) error {
		run := begin(b, s, "a")
		return func(int) error {
			moves := make([]Entry, 50)
			results := make([]Result, 50)
			for i := range moves {
				moves[i] = Entry{Item: work.Identity{Site: site, ID: fmt.Sprint(i)}, Kind: Move, Move: Step{After: "1"}}
				results[i] = Result{Item: moves[i].Item, State: Done}
			}
			in, err := s.Intend(b.Context(), run, moves)
			if err != nil {
				return err
			}
			return s.Settle(b.Context(), in, results)
		}
	}},
	{"1,000 intents one by one", func(b *testing.B, s *Store) func(int) error {
		run := begin(b, s, "a")
		return func(int) error {
			for i := range 1000 {
				if _, err := s.Intend(b.Context(), run, []Entry{entry(fmt.Sprint(i))}); err != nil {
					return err
				}
			}
			return nil
		}
	}},
	{"see 100,000 new items", func(b *testing.B, s *Store) func(int) error {
		items := backlogOf(many)
		return func(i int) error { return s.See(b.Context(), fmt.Sprint(i), Seen{Items: items}) }
	}},
	{"see 100,000 items again", func(b *testing.B, s *Store) func(int) error {
		items := backlogOf(many)
		see(b, s, "a", items)
		return func(int) error { return s.See(b.Context(), "a", Seen{Items: items}) }
	}},
	{"see 100,000 items, each with another place", func(b *testing.B, s *Store) func(int) error {
		items := backlogOf(many)
		see(b, s, "a", items)
		return func(int) error {
			for i := range items {
				items[i].Place++
			}
			return s.See(b.Context(), "a", Seen{Items: items})
		}
	}},
	{"read 100,000 items", func(b *testing.B, s *Store) func(int) error {
		see(b, s, "a", backlogOf(many))
		return func(int) error { _, err := s.Seen(b.Context(), "a"); return err }
	}},
	{"keep 100,000 items of a source again", func(b *testing.B, s *Store) func(int) error {
		k := Kept{Source: "platform", Items: pulled("platform", many)}
		keep(b, s, k)
		return func(int) error { return s.Keep(b.Context(), "a", []Kept{k}) }
	}},
	{"read 100,000 kept items", func(b *testing.B, s *Store) func(int) error {
		keep(b, s, Kept{Source: "platform", Items: pulled("platform", many)})
		return func(int) error { _, err := s.Kept(b.Context(), "a", "platform", "", time.Hour); return err }
	}},
	{"observe 100,000 counts again", func(b *testing.B, s *Store) func(int) error {
		counts := make([]Count, many)
		for i := range counts {
			counts[i] = Count{Item: work.Identity{Site: site, ID: fmt.Sprint(i)}, Signal: work.Votes, Amount: float64(i % 100)}
		}
		if _, err := s.Observe(context.Background(), counts); err != nil {
			b.Fatal(err)
		}
		return func(int) error { _, err := s.Observe(b.Context(), counts); return err }
	}},
}

func BenchmarkOpen(b *testing.B) {
	for _, e := range databases(b, true) {
		b.Run(e.name, func(b *testing.B) {
			address := e.fresh(b)
			for b.Loop() {
				s, err := Open(b.Context(), address, noon().now)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMemory(b *testing.B) {
	for _, e := range databases(b, true) {
		for _, bench := range benchmarks {
			b.Run(e.name+"/"+bench.name, func(b *testing.B) {
				s := openAt(b, e.fresh(b), noon())
				measured := bench.prepare(b, s)
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if err := measured(i); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}
