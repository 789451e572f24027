package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// budgetNeverOver draws takes at drawn times and holds each span of them against
// the ceiling.
func budgetNeverOver(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		checks++
		b := Budget{
			Name: fmt.Sprint("b", checks), Every: time.Duration(rapid.Int64Range(1, 5000).Draw(t, "us")) * time.Microsecond,
			Burst: rapid.IntRange(1, 8).Draw(t, "burst"),
		}
		type grant struct {
			at time.Time
			n  int
		}
		var grants []grant
		for range rapid.IntRange(1, 30).Draw(t, "takes") {
			c.pass(time.Duration(rapid.Int64Range(0, 2*b.Every.Microseconds()).Draw(t, "pause")) * time.Microsecond)
			n := rapid.IntRange(1, b.Burst).Draw(t, "n")
			wait, err := s.Take(context.Background(), b, n)
			if err != nil {
				t.Fatal(err)
			}
			if wait == 0 {
				grants = append(grants, grant{c.at, n})
			}
		}
		for i := range grants {
			sum := 0
			for _, g := range grants[i:] {
				sum += g.n
				if ceiling := float64(b.Burst) + float64(g.at.Sub(grants[i].at))/float64(b.Every); float64(sum) > ceiling {
					t.Fatalf("%d calls in %s, at most %v are allowed", sum, g.at.Sub(grants[i].at), ceiling)
				}
			}
		}
		if len(grants) == 0 {
			t.Fatal("nothing was granted")
		}
	})
}

// budgetKeepsItsWord takes without pause: after the wait that is told, and no
// moment before, the same take is granted.
func budgetKeepsItsWord(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	b := Budget{Name: "key", Every: 33_333 * time.Microsecond, Burst: 5}
	take := func(n int) time.Duration {
		t.Helper()
		wait, err := s.Take(t.Context(), b, n)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	for n := 1; n <= b.Burst; n++ {
		for take(n) == 0 {
		}
		wait := take(n)
		c.pass(wait - time.Microsecond)
		if take(n) != time.Microsecond {
			t.Errorf("%d calls are not refused a moment before %s", n, wait)
		}
		c.pass(time.Microsecond)
		if take(n) != 0 {
			t.Errorf("%d calls are refused after %s", n, wait)
		}
	}
	c.pass(time.Hour)
	granted := 0
	for take(1) == 0 {
		granted++
	}
	if granted != b.Burst {
		t.Errorf("%d calls at once after a rest, want %d", granted, b.Burst)
	}
	for _, bad := range []struct {
		b Budget
		n int
	}{{b, 0}, {b, 6}, {Budget{"key", 0, 5}, 1}, {Budget{"key", 1, 5}, 1}} {
		if _, err := s.Take(t.Context(), bad.b, bad.n); !errors.Is(err, work.ErrInvalid) {
			t.Errorf("Take(%v, %d) = %v", bad.b, bad.n, err)
		}
	}
}

func budgetRests(t *testing.T, fresh func(testing.TB) string) {
	c, address := noon(), fresh(t)
	s, other := openAt(t, address, c), openAt(t, address, c)
	b := Budget{Name: "key", Every: time.Second, Burst: 10}
	for _, after := range []time.Duration{time.Minute, time.Second} {
		if err := s.Rest(t.Context(), b, c.at.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	if wait, err := other.Take(t.Context(), b, 1); err != nil || wait != time.Minute+time.Second {
		t.Errorf("Take() = %s, %v, want the wait of the longer rest and one call", wait, err)
	}
	c.pass(time.Minute + time.Second)
	if wait, err := other.Take(t.Context(), b, 1); err != nil || wait != 0 {
		t.Errorf("Take() after the rest = %s, %v", wait, err)
	}
	if wait, err := other.Take(t.Context(), b, 1); err != nil || wait != time.Second {
		t.Errorf("a second Take() = %s, %v, want one call a second", wait, err)
	}
}

var shared = Budget{Name: "key", Every: 5 * time.Millisecond, Burst: 40}

// spendBudget is the role of a process that takes as much as it gets for a time.
func spendBudget(ctx context.Context, address string) error {
	s, err := Open(ctx, address, time.Now)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	wait()
	granted := 0
	first := time.Now()
	last := first
	for time.Since(first) < 1500*time.Millisecond {
		rest, err := s.Take(ctx, shared, 4)
		if err != nil {
			return err
		}
		if rest == 0 {
			granted += 4
			last = time.Now()
		}
		time.Sleep(min(rest, 5*time.Millisecond))
	}
	fmt.Println(granted, first.UnixMicro(), last.UnixMicro())
	return s.Close()
}

func processesShareABudget(t *testing.T, fresh func(testing.TB) string) {
	address := fresh(t)
	var all []*process
	for range 3 {
		all = append(all, child(t, "spend", address))
	}
	for _, p := range all {
		if got := p.line(); got != "ready" {
			t.Fatal(got)
		}
	}
	for _, p := range all {
		p.release()
	}
	total, first, last := 0, int64(0), int64(0)
	for _, p := range all {
		var n int
		var from, to int64
		if _, err := fmt.Sscan(p.line(), &n, &from, &to); err != nil {
			t.Fatal(err)
		}
		if first == 0 || from < first {
			first = from
		}
		total, last = total+n, max(last, to)
	}
	ceiling := shared.Burst + int((last-first)/shared.Every.Microseconds())
	t.Log("granted " + strconv.Itoa(total) + " of " + strconv.Itoa(ceiling))
	if total > ceiling || total < ceiling/2 {
		t.Errorf("%d calls were granted, want at most %d and no less than half of them", total, ceiling)
	}
}
