package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

const site = "https://acme.example"

// entry is an edit of the score of an item.
func entry(id string) Entry {
	return Entry{
		Source: "platform", Item: work.Identity{Site: site, ID: id}, Key: "PAY-" + id, Kind: Edit,
		Edit: work.Edit{Op: work.Set, Slot: work.SlotScore, Old: work.Number(61), New: work.Number(74.5)},
	}
}

func begin(t testing.TB, s *Store, backlog string) string {
	t.Helper()
	r, err := s.Begin(context.Background(), Run{Backlog: backlog, Kind: Sync})
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

func intend(t testing.TB, s *Store, run string, entries ...Entry) Intent {
	t.Helper()
	in, err := s.Intend(context.Background(), run, entries)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func journalKeepsEntries(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	run := begin(t, s, "payments")
	label := entry("1")
	label.Edit = work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text("stackrank-now"), New: work.Value{}}
	move := Entry{
		Source: "roadmap", Item: work.Identity{Site: "https://trello.com", ID: "5f"}, Key: "x\xff", Kind: Move,
		Move: Step{Lane: "Next\x00", After: "5e", Before: "60", Was: "61"},
	}
	intend(t, s, run, entry("1"), label)
	c.pass(time.Second)
	intend(t, s, run, move)
	got, err := s.Entries(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{entry("1"), label, move}
	want[2].Key, want[2].Move.Lane = "x\uFFFD", "Next\uFFFD"
	for i := range want {
		want[i].Run, want[i].Seq, want[i].State = run, int64(i+1), Intended
		want[i].Call, want[i].Intended = 1, noon().at
	}
	want[2].Call, want[2].Intended = 3, c.at
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(work.Value{})); diff != "" {
		t.Errorf("Entries() (-want +got):\n%s", diff)
	}
}

func outcomesSettle(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	run := begin(t, s, "payments")
	in := intend(t, s, run, entry("1"), entry("1"), entry("2"), entry("3"), entry("4"), entry("5"), entry("5"), entry("5"))
	other := intend(t, s, run, entry("1"))
	c.pass(time.Second)
	err := s.Settle(t.Context(), in, []Result{
		{Item: work.Identity{Site: site, ID: "1"}, State: Done},
		{Item: work.Identity{Site: site, ID: "3"}, State: Done},
		{Item: work.Identity{Site: site, ID: "2"}, State: Failed, Err: errors.New("not permitted")},
		{Item: work.Identity{Site: site, ID: "5"}, Seq: 6, State: Done},
		{Item: work.Identity{Site: site, ID: "5"}, Seq: 7, State: Done},
		{Item: work.Identity{Site: site, ID: "5"}, Seq: 8, State: Unknown},
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.Entries(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, e := range entries {
		got += fmt.Sprintf("%s %s %q %v; ", e.Item.ID, e.State, e.Error, e.Settled.Sub(e.Intended) == time.Second)
	}
	want := `1 done "" true; 1 done "" true; 2 failed "not permitted" true; 3 done "" true; 4 intended "" false; 5 done "" true; 5 done "" true; 5 unknown "" true; 1 intended "" false; `
	if got != want {
		t.Errorf("settled\n%s, want\n%s", got, want)
	}
	if err := s.Settle(t.Context(), other, []Result{{Item: work.Identity{Site: site, ID: "9"}, State: Done}}); !errors.Is(err, work.ErrNotFound) {
		t.Errorf("Settle() of an item that the call does not have = %v", err)
	}
	if err := s.Settle(t.Context(), other, []Result{{Item: work.Identity{Site: site, ID: "1"}, State: Unknown}}); err != nil {
		t.Fatal(err)
	}
	open, err := s.OpenEntries(t.Context(), "payments")
	if err != nil || len(open) != 1 || open[0].Item.ID != "4" || open[0].Run != run {
		t.Errorf("OpenEntries() = %v, %v, want that of item 4", open, err)
	}
	if open, err := s.OpenEntries(t.Context(), "other"); err != nil || len(open) != 0 {
		t.Errorf("OpenEntries() of another backlog = %v, %v", open, err)
	}
}

func callIsIntendedWhole(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	run := begin(t, s, "payments")
	var run600 []Entry
	for i := range batch + 100 {
		e := entry(fmt.Sprint(i))
		e.Kind, e.Move = Move, Step{After: fmt.Sprint(i - 1)}
		run600 = append(run600, e)
	}
	intend(t, s, run, run600...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Intend(ctx, run, run600); !errors.Is(err, context.Canceled) {
		t.Errorf("Intend() with a context that is done = %v", err)
	}
	if _, err := s.Intend(t.Context(), run, nil); !errors.Is(err, work.ErrInvalid) {
		t.Errorf("Intend() of nothing = %v", err)
	}
	if _, err := s.Intend(t.Context(), "none", run600); !errors.Is(err, work.ErrNotFound) {
		t.Errorf("Intend() in no run = %v", err)
	}
	if in := intend(t, s, run, entry("1")); in.Call != batch+101 {
		t.Errorf("the next call is %d, want %d", in.Call, batch+101)
	}
	entries, err := s.Entries(t.Context(), run)
	if err != nil || len(entries) != batch+101 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func goroutinesShareARun(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	run := begin(t, s, "payments")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				id := fmt.Sprintf("%d-%d", g, i)
				in, err := s.Intend(context.Background(), run, []Entry{entry(id), entry(id)})
				if err == nil {
					err = s.Settle(context.Background(), in, []Result{{Item: work.Identity{Site: site, ID: id}, State: Done}})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	entries, err := s.Entries(t.Context(), run)
	if err != nil || len(entries) != 160 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for i, e := range entries {
		if e.Seq != int64(i+1) || e.State != Done || e.Call != e.Seq-int64(i%2) {
			t.Errorf("entry %d is %+v", i+1, e)
		}
	}
}

// crashAmidCall is the role of a process that is killed between the intent of a
// call and its outcome.
func crashAmidCall(ctx context.Context, address string) error {
	s, err := Open(ctx, address, time.Now)
	if err != nil {
		return err
	}
	r, err := s.Begin(ctx, Run{Backlog: "payments", Kind: Sync})
	if err != nil {
		return err
	}
	in, err := s.Intend(ctx, r.ID, []Entry{entry("1")})
	if err != nil {
		return err
	}
	if err := s.Settle(ctx, in, []Result{{Item: entry("1").Item, State: Done}}); err != nil {
		return err
	}
	if _, err := s.Intend(ctx, r.ID, []Entry{entry("2"), entry("3")}); err != nil {
		return err
	}
	fmt.Println(r.ID)
	wait()
	return errors.New("not killed")
}

func crashLeavesOpenEntries(t *testing.T, fresh func(testing.TB) string) {
	address := fresh(t)
	p := child(t, "crash", address)
	run := p.line()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err == nil {
		t.Error("the process ended by itself")
	}
	s := openAt(t, address, noon())
	died, err := s.Unended(t.Context(), "payments")
	if err != nil || len(died) != 1 || died[0].ID != run {
		t.Fatalf("Unended() = %v, %v, want run %s", died, err, run)
	}
	open, err := s.OpenEntries(t.Context(), "payments")
	if err != nil || len(open) != 2 || open[0].Item.ID != "2" || open[1].Item.ID != "3" {
		t.Fatalf("OpenEntries() = %v, %v, want items 2 and 3", open, err)
	}
	err = s.Settle(t.Context(), Intent{open[0].Run, open[0].Call}, []Result{
		{Item: open[0].Item, State: Done}, {Item: open[1].Item, State: Unknown, Err: errors.New("the process died")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), run, Ending{Result: RunFailed, Err: errors.New("the process died")}); err != nil {
		t.Fatal(err)
	}
	if open, err = s.OpenEntries(t.Context(), "payments"); err != nil || len(open) != 0 {
		t.Errorf("OpenEntries() = %v, %v after all was settled", open, err)
	}
	entries, err := s.Entries(t.Context(), run)
	states := []string{}
	for _, e := range entries {
		states = append(states, string(e.State))
	}
	if got := strings.Join(states, " "); err != nil || got != "done done unknown" {
		t.Errorf("the entries are %s, %v", got, err)
	}
}
