package cycle

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// memory opens a memory of its own, whose clock goes on a little each time that
// it is asked, so that runs follow one another.
func memory(t *testing.T) *store.Store {
	t.Helper()
	var asked atomic.Int64
	clock := func() time.Time { return noon.Add(time.Duration(asked.Add(1)) * time.Millisecond) }
	m, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "state.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func forced(m Memory, sources ...string) Inputs {
	in := inputs(sources...)
	in.Memory, in.Who, in.Force = m, "po@host", plan.ForceAll()
	return in
}

// runsOf gives the runs of the backlog, newest first.
func runsOf(t *testing.T, m *store.Store) []store.Run {
	t.Helper()
	found, err := m.Runs(t.Context(), store.Filter{Backlog: "payments"})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestASyncLeavesItsJournal(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5)
	r, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a})
	if err != nil {
		t.Fatal(err)
	}
	found := runsOf(t, m)
	if len(found) != 1 || found[0].ID != r.Run || found[0].Result != store.RunDone || found[0].Ended.IsZero() || found[0].Who != "po@host" {
		t.Fatalf("runs %+v, want the one that was made", found)
	}
	var tally Tally
	if err := json.Unmarshal(found[0].Counts, &tally); err != nil || tally.Items != 3 || tally.Set != r.Plan.Counts.Set || tally.Failed != 0 {
		t.Errorf("counts %s, %v", found[0].Counts, err)
	}
	entries, err := m.Entries(t.Context(), r.Run)
	if err != nil {
		t.Fatal(err)
	}
	if want := r.Plan.Counts.Set + r.Plan.Counts.Add + r.Plan.Counts.Moved; len(entries) != want {
		t.Errorf("%d entries, want one for each of %d edits and moves", len(entries), want)
	}
	for _, e := range entries {
		if e.State != store.Done || e.Item.Site != "https://a" {
			t.Errorf("entry %+v, want it done", e)
		}
	}
	if _, err := m.Acquire(t.Context(), leaseName(forced(m, "a")), "another", time.Minute); err != nil {
		t.Errorf("the backlog is still held: %v", err)
	}
}

func TestARefusedAndAFailedRunAreRemembered(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	in := forced(m, "a")
	in.Force = plan.Force{}
	if _, err := Sync(t.Context(), in, []connectors.Connector{a}); !errors.Is(err, plan.ErrRefused) {
		t.Fatalf("Sync() = %v, want a refusal", err)
	}
	a.denied = work.ErrInvalid
	if _, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a}); err != nil {
		t.Fatal(err)
	}
	a.denied = work.ErrAuth
	if _, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a}); !errors.Is(err, work.ErrAuth) {
		t.Fatalf("Sync() = %v, want the refused credential", err)
	}
	results := map[store.Outcome]int{}
	for _, r := range runsOf(t, m) {
		results[r.Result]++
	}
	if results[store.RunRefused] != 1 || results[store.RunPartial] != 1 || results[store.RunFailed] != 1 {
		t.Errorf("results %v, want one of each", results)
	}
}

func TestOnlyOneRunOfABacklogAtATime(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	if _, err := m.Acquire(t.Context(), leaseName(forced(m, "a")), "the daemon", time.Minute); err != nil {
		t.Fatal(err)
	}
	_, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a})
	if !errors.Is(err, plan.ErrRefused) || !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), "the daemon") {
		t.Errorf("Sync() = %v, want a refusal that names who holds the backlog", err)
	}
	if a.writes != 0 {
		t.Errorf("%d writes beside another run", a.writes)
	}
}

// deadly is a memory whose process dies: from a call on nothing is remembered.
type deadly struct {
	*store.Store
	left int // calls of Intend and Settle that still reach the memory
}

var errDead = errors.New("dead")

func (d *deadly) Intend(ctx context.Context, run string, entries []store.Entry) (store.Intent, error) {
	if d.left--; d.left < 0 {
		return store.Intent{}, errDead
	}
	return d.Store.Intend(ctx, run, entries)
}

func (d *deadly) Settle(ctx context.Context, in store.Intent, results []store.Result) error {
	if d.left--; d.left < 0 {
		return errDead
	}
	return d.Store.Settle(ctx, in, results)
}

func (d *deadly) See(ctx context.Context, backlog string, seen store.Seen) error {
	if d.left < 0 {
		return errDead
	}
	return d.Store.See(ctx, backlog, seen)
}

func (d *deadly) End(ctx context.Context, id string, e store.Ending) error {
	if d.left < 0 {
		return errDead
	}
	return d.Store.End(ctx, id, e)
}

// TestADeathAtEveryWriteConverges lets the process die before and after each
// write. The next run tells what became of the writes and ends where a run that
// nothing disturbed ends.
func TestADeathAtEveryWriteConverges(t *testing.T) {
	undisturbed := source("a", 0.25, 1, 0.5, 0.75)
	if _, err := Sync(t.Context(), forced(nil, "a"), []connectors.Connector{undisturbed}); err != nil {
		t.Fatal(err)
	}
	want := stateOf(undisturbed)
	deaths := 0
	for left := 0; ; left++ {
		m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
		d := &deadly{m, left}
		_, err := Sync(t.Context(), forced(d, "a"), []connectors.Connector{a})
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		deaths++
		r, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a})
		if err != nil {
			t.Fatal(err)
		}
		if got := stateOf(a); got != want {
			t.Errorf("dead after %d calls: the tracker holds\n%s, want\n%s", left, got, want)
		}
		told := false
		for _, f := range r.Findings {
			told = told || f.Code == "run-died"
		}
		if !told {
			t.Errorf("dead after %d calls: nothing tells of it", left)
		}
		for _, run := range runsOf(t, m) {
			entries, err := m.Entries(t.Context(), run.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.State == store.Intended || run.Ended.IsZero() {
					t.Errorf("dead after %d calls: entry %d of run %s is left open", left, e.Seq, run.ID)
				}
			}
		}
	}
	if deaths < 8 {
		t.Errorf("only %d deaths", deaths)
	}
}

func stateOf(t *tracker) string {
	var b strings.Builder
	for _, it := range t.items {
		b.WriteString(it.Ref.ID + " " + it.Outputs[work.SlotScore].String() + " " + it.Outputs[work.SlotRank].String() + " " + strings.Join(it.Labels, ",") + "\n")
	}
	return b.String()
}

func TestAMemoryThatFailsWritesNothing(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a}); err == nil || a.writes != 0 {
		t.Errorf("Sync() = %v after %d writes, want an error and none", err, a.writes)
	}
}

// TestABacklogOfAnotherConfigurationGoesOn lets two configurations name a backlog
// alike: what one has begun is nothing to the other while it holds its lease, and is
// looked into once it has died.
func TestABacklogOfAnotherConfigurationGoesOn(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	other := forced(m, "a")
	other.Query = "sha256:other"
	lease, err := m.Acquire(t.Context(), leaseName(other), "another", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	running, err := m.Begin(t.Context(), store.Run{Backlog: "payments", Kind: store.Sync, Query: other.Query, Lease: lease})
	if err != nil {
		t.Fatal(err)
	}
	for _, dead := range []bool{false, true} {
		in := forced(m, "a")
		in.Gone = func(who string) bool { return dead && who == "another" }
		r, err := Sync(t.Context(), in, []connectors.Connector{a})
		if err != nil || a.writes == 0 {
			t.Fatalf("Sync() = %v after %d writes, want it to go on", err, a.writes)
		}
		if told := slices.Contains(codes(r), "run-died"); told != dead {
			t.Errorf("dead %v: a run of another configuration is told of as dead: %v", dead, told)
		}
		if found, err := m.Find(t.Context(), running.ID); err != nil || found.Ended.IsZero() == dead {
			t.Errorf("dead %v: the other run is %+v, %v", dead, found, err)
		}
	}
}

func TestTheLeaseOfADeadProcessIsTakenOver(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	in := forced(m, "a")
	if _, err := m.Acquire(t.Context(), leaseName(in), "the dead", time.Hour); err != nil {
		t.Fatal(err)
	}
	in.Gone = func(who string) bool { return who == "another" }
	if _, err := Sync(t.Context(), in, []connectors.Connector{a}); !errors.Is(err, ErrRunning) || a.writes > 0 {
		t.Fatalf("Sync() = %v after %d writes, want a refusal while the holder may live", err, a.writes)
	}
	in.Gone = func(who string) bool { return who == "the dead" }
	if _, err := Sync(t.Context(), in, []connectors.Connector{a}); err != nil || a.writes == 0 {
		t.Fatalf("Sync() = %v after %d writes, want it to go on", err, a.writes)
	}
}
