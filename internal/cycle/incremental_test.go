package cycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// changing is a tracker that tells what has changed: of all its items it gives
// those anew that differ from how they were when the cursor was made.
type changing struct {
	*tracker
	told   map[string][]work.Item // by cursor: what there was
	last   string                 // the cursor of the last reading; empty: none
	whole  int                    // readings
	since  int
	refuse error // what reading of changes gives
}

func changes(t *tracker) *changing { return &changing{tracker: t, told: map[string][]work.Item{}} }

func (c *changing) Pull(ctx context.Context) (work.Snapshot, error) {
	c.whole++
	c.note()
	return c.tracker.Pull(ctx)
}

func (c *changing) note() {
	c.last = fmt.Sprint("cursor ", len(c.told))
	c.told[c.last] = slices.Clone(c.items)
}

func (c *changing) Cursor() []byte {
	if c.last == "" {
		return nil
	}
	return []byte(c.last)
}

func (c *changing) Since(ctx context.Context, cursor []byte) (work.Delta, error) {
	was, known := c.told[string(cursor)]
	if c.since++; c.refuse != nil {
		return work.Delta{}, c.refuse
	}
	if !known {
		return work.Delta{}, fmt.Errorf("%w: cursor %q", work.ErrCursor, cursor)
	}
	now, err := c.tracker.Pull(ctx)
	d := work.Delta{Site: now.Site}
	for _, it := range now.Items {
		d.Order = append(d.Order, work.SpotOf(it))
		same := func(o work.Item) bool { return cmp.Equal(o, it, cmp.AllowUnexported(work.Value{}), ignoreNative) }
		if !slices.ContainsFunc(was, same) {
			d.Items = append(d.Items, it)
		}
	}
	c.note()
	return d, err
}

var ignoreNative = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Native" }, cmp.Ignore())

// going gives the inputs of a sync that may go on from what is kept.
func going(m Memory, sources ...string) Inputs {
	in := forced(m, sources...)
	in.Reading = map[string]Reading{}
	for _, s := range sources {
		in.Reading[s] = Reading{Scope: "one", Every: time.Hour}
	}
	return in
}

// reads makes a sync and wants the source to be read in this way alone.
func reads(t *testing.T, when string, in Inputs, c *changing, whole, since int) Round {
	t.Helper()
	c.whole, c.since = 0, 0
	r, err := Sync(t.Context(), in, []connectors.Connector{c})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if c.whole != whole || c.since != since {
		t.Errorf("%s: read whole %d times and since %d times, want %d and %d", when, c.whole, c.since, whole, since)
	}
	return r
}

func TestASourceIsReadWholeWhereItMust(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, in *Inputs, m *store.Store, c *changing) (since int){
		"with another scope": func(_ *testing.T, in *Inputs, _ *store.Store, _ *changing) int {
			in.Reading["a"] = Reading{Scope: "two", Every: time.Hour}
			return 0
		},
		"always": func(_ *testing.T, in *Inputs, _ *store.Store, _ *changing) int {
			in.Reading["a"] = Reading{Scope: "one"}
			return 0
		},
		"by who is not told how": func(_ *testing.T, in *Inputs, _ *store.Store, _ *changing) int {
			in.Reading = nil
			return 0
		},
		"when the last whole reading is too old": func(_ *testing.T, in *Inputs, _ *store.Store, _ *changing) int {
			in.Reading["a"] = Reading{Scope: "one", Every: time.Millisecond}
			return 0
		},
		"after a run that died": func(t *testing.T, in *Inputs, m *store.Store, _ *changing) int {
			if _, err := m.Begin(t.Context(), store.Run{Backlog: in.Backlog, Kind: store.Sync, Query: in.Query}); err != nil {
				t.Fatal(err)
			}
			return 0
		},
		"after somebody else wrote": func(t *testing.T, in *Inputs, _ *store.Store, _ *changing) int {
			if err := in.distrust(t.Context()); err != nil {
				t.Fatal(err)
			}
			return 0
		},
		"where the changes cannot be told": func(_ *testing.T, _ *Inputs, _ *store.Store, c *changing) int {
			c.refuse = work.ErrCursor
			return 1
		},
		"where the service refuses the question": func(_ *testing.T, _ *Inputs, _ *store.Store, c *changing) int {
			c.refuse = work.ErrInvalid
			return 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, c := memory(t), changes(source("a", 0.25, 1, 0.5))
			in := going(m, "a")
			reads(t, "the first time", in, c, 1, 0)
			reads(t, "the second time", in, c, 0, 1)
			reads(t, "the third time", in, c, 0, 1)
			since := spoil(t, &in, m, c)
			reads(t, name, in, c, 1, since)
		})
	}
}

// TestWhatIsKeptIsUndisturbed wants what a sync keeps to lead to what there is,
// whatever the round has put onto its items and written.
func TestWhatIsKeptIsUndisturbed(t *testing.T) {
	m, c := memory(t), changes(source("a", 0.25, 1, 0.5, 0.75))
	in := going(m, "a")
	in.Policy.Signals = map[string]string{"double": "2 * (signals.priority ?? 0)"}
	for round := range 4 {
		r := reads(t, fmt.Sprint("round ", round), in, c, max(0, 1-round), min(1, round))
		if wrote := r.Plan.Counts.Calls > 0; wrote != (round != 1) {
			t.Fatalf("round %d: plan %+v", round, r.Plan.Counts)
		}
		k, err := m.Kept(t.Context(), in.Backlog, "a", "one", time.Hour)
		if err != nil || k == nil {
			t.Fatalf("round %d: Kept() = %v, %v", round, k, err)
		}
		got, err := goOn(t.Context(), c, k)
		if err != nil {
			t.Fatal(err)
		}
		want, err := c.tracker.Pull(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(work.Value{})); diff != "" {
			t.Errorf("round %d (-pull +since):\n%s", round, diff)
		}
		if round == 0 {
			continue
		}
		c.items[round].Signals = work.Signals{work.Priority: 0.9, work.Effort: float64(4 + round)}
	}
}

// unkeeping is a memory that tells what is written while something is kept.
type unkeeping struct {
	*store.Store
	t     *testing.T
	c     *changing
	keeps int
}

func (u *unkeeping) Intend(ctx context.Context, run string, entries []store.Entry) (store.Intent, error) {
	if k, err := u.Kept(ctx, "payments", "a", "one", time.Hour); k != nil || err != nil {
		u.t.Errorf("before a write there is kept %v, %v, want nothing", k, err)
	}
	return u.Store.Intend(ctx, run, entries)
}

func (u *unkeeping) Keep(ctx context.Context, backlog string, sources []store.Kept) error {
	u.keeps++
	return u.Store.Keep(ctx, backlog, sources)
}

func TestNothingIsKeptWhileARunWrites(t *testing.T) {
	u := &unkeeping{memory(t), t, changes(source("a", 0.25, 1, 0.5)), 0}
	in := going(u, "a")
	reads(t, "the first time", in, u.c, 1, 0)
	u.c.items[0].Signals = work.Signals{work.Priority: 0.1}
	if r := reads(t, "after a change", in, u.c, 0, 1); r.Plan.Counts.Calls == 0 {
		t.Error("the change led to no write")
	}
	u.c.items[1].Signals = work.Signals{work.Priority: 1, work.Effort: 1}
	u.c.denied = work.ErrAuth
	if _, err := Sync(t.Context(), in, []connectors.Connector{u.c}); !errors.Is(err, work.ErrAuth) {
		t.Fatalf("Sync() = %v, want the refused credential", err)
	}
	u.c.denied = nil
	if u.keeps != 2 {
		t.Errorf("kept %d times, want not by the run that failed", u.keeps)
	}
	reads(t, "after a run that failed", in, u.c, 1, 0)
	in.Force, in.Rules.MaxShare = plan.Force{}, 0.01
	for i := range u.c.items {
		u.c.items[i].Signals = work.Signals{work.Priority: float64(i) / 3, work.Effort: 3}
	}
	if _, err := Sync(t.Context(), in, []connectors.Connector{u.c}); !errors.Is(err, plan.ErrRefused) {
		t.Fatalf("Sync() = %v, want a refusal", err)
	}
	in.Force = plan.ForceAll()
	reads(t, "after a run that was refused", in, u.c, 0, 1)
}

func TestAPreviewKeepsNothing(t *testing.T) {
	u := &unkeeping{memory(t), t, changes(source("a", 0.25, 1, 0.5)), 0}
	in := going(u, "a")
	preview := func(whole, since int) {
		t.Helper()
		u.c.whole, u.c.since = 0, 0
		if _, err := Preview(t.Context(), in, []connectors.Reader{u.c}); err != nil || u.c.whole != whole || u.c.since != since {
			t.Errorf("Preview() = %v, read whole %d times and since %d times, want %d and %d", err, u.c.whole, u.c.since, whole, since)
		}
	}
	preview(1, 0)
	preview(1, 0)
	reads(t, "after a preview", in, u.c, 1, 0)
	preview(0, 1)
	reads(t, "after a preview of changes", in, u.c, 0, 1)
	if u.keeps != 2 {
		t.Errorf("kept %d times, want only by the two syncs", u.keeps)
	}
	u.c.refuse = work.ErrUnavailable
	if _, err := Preview(t.Context(), in, []connectors.Reader{u.c}); !errors.Is(err, work.ErrUnavailable) {
		t.Errorf("Preview() = %v, want that the service is unavailable", err)
	}
}

// TestADeathAmidWritesIsReadWhole lets the process of a second sync die before and
// after each write: the next one reads whole, and the one after that goes on.
func TestADeathAmidWritesIsReadWhole(t *testing.T) {
	deaths := 0
	for left := 0; ; left++ {
		m, c := memory(t), changes(source("a", 0.25, 1, 0.5))
		reads(t, "the first time", going(m, "a"), c, 1, 0)
		c.items[0].Signals = work.Signals{work.Priority: 0.1}
		_, err := Sync(t.Context(), going(&deadly{m, left}, "a"), []connectors.Connector{c})
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		deaths++
		reads(t, fmt.Sprint("dead after ", left, " calls"), going(m, "a"), c, 1, 0)
		reads(t, "afterwards", going(m, "a"), c, 0, 1)
	}
	if deaths < 2 {
		t.Errorf("only %d deaths", deaths)
	}
}
