package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func pinsAreKept(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	id := work.Identity{Site: site, ID: "1"}
	pin := Pin{Item: id, Since: c.at, Until: c.at.Add(time.Hour), Digest: "x", Who: "Zoë"}
	for _, p := range []Pin{{Item: id, Who: "older"}, pin} {
		if err := s.Pin(t.Context(), "a", p); err != nil {
			t.Fatal(err)
		}
	}
	c.pass(48 * time.Hour)
	got, err := s.Pins(t.Context(), "a")
	if diff := cmp.Diff(map[work.Identity]Pin{id: pin}, got); err != nil || diff != "" {
		t.Errorf("Pins() (-want +got), %v:\n%s", err, diff)
	}
	if got, err := s.Pins(t.Context(), "b"); err != nil || len(got) != 0 {
		t.Errorf("Pins() of another backlog = %v, %v", got, err)
	}
	for range 2 {
		if err := s.Unpin(t.Context(), "a", id); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Pins(t.Context(), "a"); err != nil || len(got) != 0 {
		t.Errorf("Pins() = %v, %v after the pin was taken away", got, err)
	}
}

func doneContextIsTold(t *testing.T, fresh func(testing.TB) string) {
	address := fresh(t)
	s := openAt(t, address, noon())
	run := begin(t, s, "a")
	in := intend(t, s, run, entry("1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"Open":    func() error { _, err := Open(ctx, address, noon().now); return err },
		"Begin":   func() error { _, err := s.Begin(ctx, Run{}); return err },
		"End":     func() error { return s.End(ctx, run, Ending{}) },
		"Runs":    func() error { _, err := s.Runs(ctx, Filter{}); return err },
		"Settle":  func() error { return s.Settle(ctx, in, []Result{{Item: entry("1").Item}}) },
		"See":     func() error { return s.See(ctx, "a", Seen{Items: backlogOf(1)}) },
		"Seen":    func() error { _, err := s.Seen(ctx, "a"); return err },
		"Observe": func() error { _, err := s.Observe(ctx, []Count{{Item: entry("1").Item}}); return err },
		"Foresee": func() error { _, err := s.Foresee(ctx, []Count{{Item: entry("1").Item}}); return err },
		"Acquire": func() error { _, err := s.Acquire(ctx, "a", "me", time.Hour); return err },
		"Take":    func() error { _, err := s.Take(ctx, Budget{"a", time.Second, 1}, 1); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s() = %v, want that the context is done", name, err)
		}
	}
	if entries, err := s.Entries(t.Context(), run); err != nil || len(entries) != 1 || entries[0].State != Intended {
		t.Errorf("afterwards the entries are %v, %v", entries, err)
	}
}
