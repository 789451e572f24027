package cycle

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// syncOnce makes a forced sync and gives its run.
func syncOnce(t *testing.T, m Memory, a *tracker) string {
	t.Helper()
	r, err := Sync(t.Context(), forced(m, a.source), []connectors.Connector{a})
	if err != nil {
		t.Fatal(err)
	}
	return r.Run
}

// undo takes a run back; the empty id: the newest.
func undo(t *testing.T, m Memory, run string, a *tracker) Undone {
	t.Helper()
	u, err := Undo(t.Context(), forced(m, a.source), run, []connectors.Connector{a})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAnUndoTakesARunBackAndCanBeUndone(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
	before := stateOf(a)
	run := syncOnce(t, m, a)
	after := stateOf(a)
	shown, err := PreviewUndo(t.Context(), forced(m, "a"), "", []connectors.Reader{a})
	if err != nil || stateOf(a) != after {
		t.Fatalf("PreviewUndo() = %v, and the tracker holds\n%s", err, stateOf(a))
	}
	first := undo(t, m, "", a)
	if got := stateOf(a); got != before || first.Partial() || first.Target.ID != run {
		t.Errorf("undo of %s, skips %v: the tracker holds\n%s, want\n%s", first.Target.ID, first.Plan.Skipped, got, before)
	}
	if shown.Plan.Digest != first.Plan.Digest {
		t.Errorf("shown was %+v and made %+v", shown.Plan, first.Plan)
	}
	if again := undo(t, m, run, a); !again.Plan.Empty() || len(again.Plan.Skipped) > 0 {
		t.Errorf("a second undo of the same run plans %+v", again.Plan)
	}
	if undo(t, m, first.Run, a); stateOf(a) != after {
		t.Errorf("the undo undone: the tracker holds\n%s, want\n%s", stateOf(a), after)
	}
	if last := undo(t, m, "", a); last.Target.ID != run || stateOf(a) != before {
		t.Errorf("undo takes back %s, want %s again; the tracker holds\n%s", last.Target.ID, run, stateOf(a))
	}
	found := runsOf(t, m)
	if run := found[0]; run.Kind != store.Undo || run.Target == "" || run.Result != store.RunDone {
		t.Errorf("the memory holds of the undo %+v", run)
	}
}

func TestUndosGoBackThroughTheRuns(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
	states, runs := []string{stateOf(a)}, []string{}
	for i := range 3 {
		a.items[a.index(work.Ref{Source: "a", ID: "1"})].Signals = work.Signals{work.Priority: float64(i) / 2, work.Effort: 2}
		runs = append(runs, syncOnce(t, m, a))
		states = append(states, stateOf(a))
		syncOnce(t, m, a) // finds nothing to write, so that it is none to take back
	}
	for i, run := range slices.Backward(runs) {
		if u := undo(t, m, "", a); u.Target.ID != run || stateOf(a) != states[i] {
			t.Errorf("undo of %s, want %s; the tracker holds\n%s, want\n%s", u.Target.ID, run, stateOf(a), states[i])
		}
	}
	writes := a.writes
	_, err := Undo(t.Context(), forced(m, "a"), "", []connectors.Connector{a})
	if !errors.Is(err, plan.ErrRefused) || !strings.Contains(err.Error(), "nothing is left to take back") || a.writes != writes {
		t.Errorf("Undo() = %v after %d writes, want nothing to be left", err, a.writes-writes)
	}
}

func TestAnUndoLeavesWhatPeopleChanged(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
	run := syncOnce(t, m, a)
	edited := work.Ref{Source: "a", ID: "2"}
	a.items[a.index(edited)].Outputs[work.SlotScore] = work.Number(99)
	u := undo(t, m, run, a)
	if got := a.items[a.index(edited)].Outputs[work.SlotScore]; got != work.Number(99) {
		t.Errorf("a person set the score to 99, and undo made it %s", got)
	}
	if len(u.Plan.Skipped) != 1 || u.Plan.Skipped[0].Ref != edited || !u.Partial() {
		t.Errorf("skips %v, want the score of item 2", u.Plan.Skipped)
	}
	if found := runsOf(t, m); found[0].Result != store.RunPartial {
		t.Errorf("the undo ended as %s, want partial", found[0].Result)
	}
}

// TestARunThatDiedIsTakenBack lets a sync die before and after each write. What
// was written of it goes, whatever its journal knows.
func TestARunThatDiedIsTakenBack(t *testing.T) {
	for left := 0; ; left++ {
		m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
		before := stateOf(a)
		_, err := Sync(t.Context(), forced(&deadly{m, left}, "a"), []connectors.Connector{a})
		if err == nil {
			if left < 8 {
				t.Errorf("only %d deaths", left)
			}
			return
		}
		u, err := Undo(t.Context(), forced(m, "a"), "", []connectors.Connector{a})
		if a.writes > 0 && err != nil {
			t.Fatalf("dead after %d calls: Undo() = %v", left, err)
		}
		if a.writes == 0 && !errors.Is(err, plan.ErrRefused) {
			t.Fatalf("dead after %d calls, nothing written: Undo() = %v", left, err)
		}
		if got := stateOf(a); got != before {
			t.Errorf("dead after %d calls: the tracker holds\n%s, want\n%s; skips %v", left, got, before, u.Plan.Skipped)
		}
	}
}

// TestAnUndoThatDiedIsMadeAgain lets an undo die before and after each write.
func TestAnUndoThatDiedIsMadeAgain(t *testing.T) {
	for left := 0; ; left++ {
		m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
		before := stateOf(a)
		run := syncOnce(t, m, a)
		_, err := Undo(t.Context(), forced(&deadly{m, left}, "a"), "", []connectors.Connector{a})
		if err == nil {
			return
		}
		if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		if u := undo(t, m, "", a); u.Target.ID != run || stateOf(a) != before {
			t.Errorf("dead after %d calls: undo of %s, want %s; the tracker holds\n%s, want\n%s", left, u.Target.ID, run, stateOf(a), before)
		}
	}
}

func TestAnUndoThatFailsIsMadeAgain(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	before := stateOf(a)
	run := syncOnce(t, m, a)
	a.denied = work.ErrForbidden
	if u := undo(t, m, "", a); u.Failed() == 0 {
		t.Fatal("nothing failed")
	}
	a.denied = nil
	if u := undo(t, m, "", a); u.Target.ID != run || stateOf(a) != before {
		t.Errorf("undo of %s, want %s; the tracker holds\n%s, want\n%s", u.Target.ID, run, stateOf(a), before)
	}
}

func TestASourceOfAnotherNameIsTakenBack(t *testing.T) {
	m, a, b := memory(t), source("a", 0.25, 1), source("b", 1, 0.25)
	in := forced(m, "a", "b")
	if _, err := Sync(t.Context(), in, []connectors.Connector{a, b}); err != nil {
		t.Fatal(err)
	}
	renamed := source("jira", 0, 0)
	renamed.site = "https://a"
	for i, it := range a.items {
		it.Ref.Source = "jira"
		renamed.items[i] = it
	}
	u, err := Undo(t.Context(), forced(m, "jira"), "", []connectors.Connector{renamed})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := stateOf(renamed), stateOf(source("a", 0.25, 1)); got != want {
		t.Errorf("the tracker holds\n%s, want\n%s", got, want)
	}
	if s := u.Plan.Skipped; len(s) != 1 || s[0].Source != "b" || !strings.Contains(s[0].Why, "https://b is not in this backlog any more") {
		t.Errorf("skips %v, want the other source", s)
	}
}

func TestWhatCannotBeTakenBackIsRefused(t *testing.T) {
	began := func(m *store.Store, r store.Run) string {
		run, err := m.Begin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return run.ID
	}
	tests := []struct {
		name  string
		setUp func(*store.Store, *tracker) string
		kind  error
		says  string
	}{
		{"a run that there is not", func(*store.Store, *tracker) string { return "2001" }, work.ErrNotFound, "stackrank history lists the runs"},
		{"a run of another backlog", func(m *store.Store, _ *tracker) string {
			return began(m, store.Run{Backlog: "other", Kind: store.Sync})
		}, work.ErrInvalid, "one of backlog other"},
		{"a run that wrote nothing", func(m *store.Store, a *tracker) string {
			syncOnce(t, m, a)
			return syncOnce(t, m, a)
		}, plan.ErrRefused, "wrote nothing"},
		{"a run at work under another configuration", func(m *store.Store, _ *tracker) string {
			l, err := m.Acquire(t.Context(), "backlog payments other", "the daemon", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return began(m, store.Run{Backlog: "payments", Kind: store.Sync, Lease: l})
		}, ErrRunning, "the daemon is at work"},
		{"a run whose source is gone", func(m *store.Store, a *tracker) string {
			run := syncOnce(t, m, a)
			a.site = "https://elsewhere"
			return run
		}, plan.ErrRefused, "https://a, which no source of this backlog reaches"},
		{"a backlog that nothing was written to", func(*store.Store, *tracker) string { return "" }, plan.ErrRefused, "no run of this backlog"},
		{"a backlog whose only run wrote elsewhere", func(m *store.Store, a *tracker) string {
			syncOnce(t, m, a)
			a.site = "https://elsewhere"
			return ""
		}, plan.ErrRefused, "no run of this backlog"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, a := memory(t), source("a", 0.25, 1)
			run := tt.setUp(m, a)
			writes, runs := a.writes, len(runsOf(t, m))
			_, shown := PreviewUndo(t.Context(), forced(m, "a"), run, []connectors.Reader{a})
			_, made := Undo(t.Context(), forced(m, "a"), run, []connectors.Connector{a})
			for _, err := range []error{shown, made} {
				if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("error %v, want one of kind %q that says %q", err, tt.kind, tt.says)
				}
			}
			if a.writes != writes || len(runsOf(t, m)) != runs {
				t.Errorf("%d writes and %d runs all the same", a.writes-writes, len(runsOf(t, m))-runs)
			}
		})
	}
}

func TestAnUndoWaitsForNoOtherRun(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	run, in := syncOnce(t, m, a), forced(m, "a")
	lease, err := m.Acquire(t.Context(), leaseName(in), "the daemon", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	writes := a.writes
	if _, err := Undo(t.Context(), in, run, []connectors.Connector{a}); !errors.Is(err, ErrRunning) || !errors.Is(err, plan.ErrRefused) {
		t.Errorf("Undo() = %v while another run holds the backlog", err)
	}
	if _, err := m.Begin(t.Context(), store.Run{Backlog: "payments", Kind: store.Sync, Lease: lease}); err != nil {
		t.Fatal(err)
	}
	if _, err := PreviewUndo(t.Context(), in, "", []connectors.Reader{a}); !errors.Is(err, ErrRunning) {
		t.Errorf("PreviewUndo() = %v while the newest run is at work", err)
	}
	if _, err := PreviewUndo(t.Context(), in, run, []connectors.Reader{a}); err != nil || a.writes != writes {
		t.Errorf("PreviewUndo() = %v of an older run, after %d writes", err, a.writes-writes)
	}
}

func TestARunIsUndoneUntilItsUndoIs(t *testing.T) {
	wrote := store.Run{Result: store.RunDone, Counts: []byte(`{"written":1}`)}
	sync := func(id string) store.Run { wrote.ID, wrote.Kind, wrote.Target = id, store.Sync, ""; return wrote }
	undo := func(id, target string) store.Run {
		wrote.ID, wrote.Kind, wrote.Target = id, store.Undo, target
		return wrote
	}
	failed := undo("4", "1")
	failed.Counts = []byte(`{"written":1,"failed":1}`)
	died := store.Run{ID: "4", Kind: store.Undo, Target: "1", Result: store.RunFailed}
	tests := []struct {
		name   string
		newest []store.Run
		undone string
	}{
		{"no undo", []store.Run{sync("2"), sync("1")}, ""},
		{"an undo", []store.Run{undo("3", "1"), sync("2"), sync("1")}, "1"},
		{"an undo that failed in part", []store.Run{failed, sync("2"), sync("1")}, ""},
		{"an undo that died", []store.Run{died, sync("2"), sync("1")}, ""},
		{"an undo undone", []store.Run{undo("5", "3"), undo("3", "1"), sync("1")}, "3"},
		{"that undone, too", []store.Run{undo("6", "5"), undo("5", "3"), undo("3", "1"), sync("1")}, "15"},
		{"undone, brought back, undone again", []store.Run{undo("6", "1"), undo("5", "3"), undo("3", "1"), sync("1")}, "13"},
		{"an undo of what is not known", []store.Run{undo("5", "0")}, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			undone, got := undoneOf(tt.newest), ""
			for _, id := range []string{"0", "1", "2", "3", "4", "5", "6"} {
				if undone[id] {
					got += id
				}
			}
			if got != tt.undone {
				t.Errorf("undone are %q, want %q", got, tt.undone)
			}
		})
	}
}

// TestTheNextSyncKnowsAnUndoFromPeople undoes a sync, whole or dying on the way,
// and syncs again: nothing of that is taken for what a person did, and what a
// person did is not forgotten.
func TestTheNextSyncKnowsAnUndoFromPeople(t *testing.T) {
	for left := 0; ; left++ {
		m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
		syncOnce(t, m, a)
		mine := work.Number(99)
		edited := work.Ref{Source: "a", ID: "2"}
		a.items[a.index(edited)].Outputs[work.SlotScore] = mine
		want := stateOf(a)
		_, err := Undo(t.Context(), forced(&deadly{m, left}, "a"), "", []connectors.Connector{a})
		if err != nil && !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		r := synced(t, forced(m, "a"), a)
		if got := stateOf(a); got != want {
			t.Errorf("undone, dead after %d calls, and synced: the tracker holds\n%s, want\n%s", left, got, want)
		}
		if n := strings.Count(strings.Join(codes(r), " "), "edited-by-hand"); n != 1 {
			t.Errorf("undone, dead after %d calls, and synced: findings %v, want one edit of a person", left, codes(r))
		}
		for _, p := range r.Placed {
			if p.Held != "" {
				t.Errorf("undone, dead after %d calls, and synced: item %s is held as %s", left, p.Ranked.Group.Ref(), p.Held)
			}
		}
		if err == nil {
			return
		}
	}
}

func TestAnUndoForgetsNoChangeOfTheSources(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1)
	syncOnce(t, m, a)
	in := forced(m, "a")
	in.Query = "sha256:another"
	if _, err := Undo(t.Context(), in, "", []connectors.Connector{a}); err != nil {
		t.Fatal(err)
	}
	in.Force = plan.Force{}
	if _, err := Sync(t.Context(), in, []connectors.Connector{a}); !errors.Is(err, plan.ErrRefused) {
		t.Errorf("Sync() = %v after the sources were changed, want a refusal", err)
	}
}

// TestAnOlderRunLeavesWhatIsAnotherFieldNow changes the field of the score after a
// run, and syncs, so that only the run itself knows where it wrote.
func TestAnOlderRunLeavesWhatIsAnotherFieldNow(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5)
	first := syncOnce(t, m, a)
	moved := forced(m, "a")
	moved.Rules.To = map[string]plan.Target{"a": {Score: "Points", Rank: "Rank", Labels: true, Order: true}}
	for i := range a.items { // the other field, in which people have written
		a.items[i].Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(50), work.SlotRank: a.items[i].Outputs[work.SlotRank]}
	}
	if _, err := Sync(t.Context(), moved, []connectors.Connector{a}); err != nil {
		t.Fatal(err)
	}
	scores := func() (out []string) {
		for _, it := range a.items {
			out = append(out, it.Ref.ID+" "+it.Outputs[work.SlotScore].String())
		}
		slices.Sort(out)
		return out
	}
	before := scores()
	u, err := Undo(t.Context(), moved, first, []connectors.Connector{a})
	if err != nil {
		t.Fatal(err)
	}
	if got := scores(); !slices.Equal(got, before) {
		t.Errorf("the scores were %v and are %v after the undo of a run that wrote to another field", before, got)
	}
	if !slices.ContainsFunc(u.Plan.Skipped, func(s plan.Skip) bool { return strings.Contains(s.Why, "the score was written to another field") }) {
		t.Errorf("skipped %v, want that it is told", u.Plan.Skipped)
	}
}
