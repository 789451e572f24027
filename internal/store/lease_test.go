package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

const term = time.Minute

// acquire takes the lease of a backlog.
func acquire(t *testing.T, s *Store, holder string) Lease {
	t.Helper()
	l, err := s.Acquire(t.Context(), "backlog a", holder, term)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func leaseHasOneHolder(t *testing.T, fresh func(testing.TB) string) {
	c, address := noon(), fresh(t)
	one, two := openAt(t, address, c), openAt(t, address, c)
	first := acquire(t, one, "host-1")
	if first.Token != 1 || !first.Until.Equal(c.at.Add(term)) {
		t.Errorf("the first lease is %+v", first)
	}
	for _, s := range []*Store{one, two} {
		_, err := s.Acquire(t.Context(), "backlog a", "host-1", term)
		if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "host-1 has it until 2026-03-02T12:01:00Z") {
			t.Errorf("Acquire() of what is held = %v", err)
		}
	}
	if _, err := two.Acquire(t.Context(), "backlog b", "host-2", term); err != nil {
		t.Errorf("Acquire() of another lease = %v", err)
	}
	c.pass(term - time.Millisecond)
	renewed, err := one.Renew(t.Context(), first, term)
	if err != nil || renewed.Token != first.Token || !renewed.Until.Equal(c.at.Add(term)) {
		t.Errorf("Renew() = %+v, %v", renewed, err)
	}
	c.pass(term)
	if renewed, err = one.Renew(t.Context(), renewed, term); err != nil {
		t.Errorf("Renew() of what ran out and nobody took = %v", err)
	}
	c.pass(term)
	second := acquire(t, two, "host-2")
	if second.Token <= first.Token {
		t.Errorf("the token is %d after %d", second.Token, first.Token)
	}
	if _, err := one.Renew(t.Context(), renewed, term); !errors.Is(err, ErrLost) {
		t.Errorf("Renew() of what another took = %v", err)
	}
	if err := one.Release(t.Context(), renewed); !errors.Is(err, ErrLost) {
		t.Errorf("Release() of what another took = %v", err)
	}
	if err := two.Release(t.Context(), second); err != nil {
		t.Error(err)
	}
	if err := two.Release(t.Context(), second); !errors.Is(err, ErrLost) {
		t.Errorf("Release() of what was released = %v", err)
	}
	if third := acquire(t, one, "host-1"); third.Token <= second.Token {
		t.Errorf("the token is %d after %d was released", third.Token, second.Token)
	}
}

// oneOfManyGetsTheLease has goroutines of two processes ask at once, again and
// again as it is given back.
func oneOfManyGetsTheLease(t *testing.T, fresh func(testing.TB) string) {
	c, address := noon(), fresh(t)
	stores := []*Store{openAt(t, address, c), openAt(t, address, c)}
	for token := int64(1); token <= 5; token++ {
		got := make(chan Lease, 8)
		var wg sync.WaitGroup
		for i := range cap(got) {
			wg.Go(func() {
				l, err := stores[i%2].Acquire(context.Background(), "backlog a", "me", term)
				if err == nil {
					got <- l
				} else if !errors.Is(err, ErrHeld) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(got) != 1 {
			t.Fatalf("%d of %d got the lease", len(got), cap(got))
		}
		l := <-got
		if l.Token != token {
			t.Errorf("the token is %d, want %d", l.Token, token)
		}
		if err := stores[0].Release(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
}

func loserWritesNothing(t *testing.T, fresh func(testing.TB) string) {
	c, address := noon(), fresh(t)
	one, two := openAt(t, address, c), openAt(t, address, c)
	l := acquire(t, one, "host-1")
	r, err := one.Begin(t.Context(), Run{Backlog: "a", Kind: Sync, Lease: l})
	if err != nil {
		t.Fatal(err)
	}
	in := intend(t, one, r.ID, entry("1"))
	c.pass(term)
	intend(t, one, r.ID, entry("2"))
	acquire(t, two, "host-2")
	if _, err := one.Intend(t.Context(), r.ID, []Entry{entry("3")}); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "backlog a") {
		t.Errorf("Intend() under a lease that another took = %v", err)
	}
	if err := one.Settle(t.Context(), in, []Result{{Item: entry("1").Item, State: Done}}); err != nil {
		t.Errorf("Settle() of what was written before = %v", err)
	}
	open, err := two.OpenEntries(t.Context(), "a")
	if err != nil || len(open) != 1 || open[0].Item.ID != "2" {
		t.Errorf("the new holder finds %v open, %v, want item 2", open, err)
	}
}
