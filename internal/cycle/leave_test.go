package cycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// left is a tracker whose last items a backlog does not select.
type left struct {
	*tracker
	unselected int
	blind      error // what looking gives
	unclear    string
	looks      int
}

func (l *left) Pull(ctx context.Context) (work.Snapshot, error) {
	s, err := l.tracker.Pull(ctx)
	var in []work.Item
	for i, it := range s.Items {
		if it.Status != work.Done && i < len(s.Items)-l.unselected {
			in = append(in, it)
		}
	}
	s.Items = in
	return s, err
}

func (l *left) Look(_ context.Context, refs []work.Ref) ([]connectors.Sight, error) {
	if l.looks++; l.blind != nil {
		return nil, l.blind
	}
	var out []connectors.Sight
	for _, ref := range refs {
		s := connectors.Sight{Ref: ref, Err: work.ErrNotFound}
		if i := l.index(ref); i >= 0 {
			s.Item, s.Err = l.items[i], nil
		}
		if ref.ID == l.unclear {
			s = connectors.Sight{Ref: ref, Err: work.ErrForbidden}
		}
		out = append(out, s)
	}
	return out, nil
}

// departing gives a backlog of four that was synced and of which the last two,
// which are labelled, have left.
func departing(t *testing.T) (*store.Store, *left, Inputs) {
	t.Helper()
	m, l := memory(t), &left{tracker: source("a", .25, .5, .75, 1)}
	in := forced(m, "a")
	in.Rules.To["a"] = plan.Target{Score: "Score", Labels: true} // the order stays that of the list
	in.Rules.OnLeave = plan.LeaveClear
	syncedAll(t, in, l)
	l.unselected = 2
	for _, it := range l.items {
		if len(it.Labels) == 0 || it.Outputs[work.SlotScore].IsZero() {
			t.Fatalf("%s was not written", it.Ref)
		}
	}
	return m, l, in
}

func syncedAll(t *testing.T, in Inputs, l *left) Round {
	t.Helper()
	r, err := Sync(t.Context(), in, []connectors.Connector{l})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// bare reports whether an item carries nothing of ours.
func bare(it work.Item) bool { return len(it.Labels) == 0 && it.Outputs[work.SlotScore].IsZero() }

func TestWhatLeftLosesWhatIsOurs(t *testing.T) {
	tests := []struct {
		name   string
		change func(*left)
		bare   [2]bool // of the two that left
		code   string
		again  bool // they are still on the list after a sync
	}{
		{"still open", func(*left) {}, [2]bool{true, true}, "", false},
		{"one is done", func(l *left) { l.items[2].Status = work.Done }, [2]bool{false, true}, "", false},
		{"one is gone", func(l *left) { l.items = slices.Delete(l.items, 3, 4); l.unselected = 1 }, [2]bool{true, false}, "", false},
		{"one is not to be looked at", func(l *left) { l.unclear = "3" }, [2]bool{false, true}, "left-unclear", true},
		{"nobody can look", func(l *left) { l.blind = work.ErrUnavailable }, [2]bool{false, false}, "left-unclear", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, l, in := departing(t)
			tt.change(l)
			r := syncedAll(t, in, l)
			if told := slices.Contains(codes(r), "left-unclear"); told != (tt.code != "") {
				t.Errorf("findings %v", r.Findings)
			}
			for i, want := range tt.bare {
				if k := 2 + i; k < len(l.items) && bare(l.items[k]) != want {
					t.Errorf("%s has labels %v and outputs %v", l.items[k].Ref, l.items[k].Labels, l.items[k].Outputs)
				}
			}
			writes, looks := l.writes, l.looks
			again := syncedAll(t, in, l)
			if l.writes != writes || (l.looks > looks) != tt.again || (len(again.Plan.Left) > 0) != tt.again {
				t.Errorf("the next sync writes %d times, looks %d times and leaves %v", l.writes-writes, l.looks-looks, again.Plan.Left)
			}
			l.blind, l.unclear = nil, ""
			if last := syncedAll(t, in, l); len(last.Plan.Left) > 0 || slices.Contains(codes(last), "left-unclear") {
				t.Errorf("once it can be looked at, there is left %v, findings %v", last.Plan.Left, last.Findings)
			}
		})
	}
}

// TestWhatAnotherBacklogHoldsIsItsOwn has an item go over to another backlog, which
// syncs first.
func TestWhatAnotherBacklogHoldsIsItsOwn(t *testing.T) {
	_, l, in := departing(t)
	was := l.items[3]
	other := &left{tracker: &tracker{source: "a", items: []work.Item{was}}}
	there := in
	there.Backlog = "refunds"
	syncedAll(t, there, other)
	l.items[3] = other.items[0]
	if l.items[3].Outputs[work.SlotRank] != was.Outputs[work.SlotRank] || !slices.Equal(l.items[3].Labels, was.Labels) {
		t.Fatalf("the other backlog left labels %v; the test wants it to leave the same", l.items[3].Labels)
	}
	syncedAll(t, in, l)
	if got := l.items[3]; !slices.Equal(got.Labels, other.items[0].Labels) || got.Outputs[work.SlotScore] != other.items[0].Outputs[work.SlotScore] {
		t.Errorf("the other backlog left labels %v and outputs %v; there are %v and %v", other.items[0].Labels, other.items[0].Outputs, got.Labels, got.Outputs)
	}
	if !bare(l.items[2]) {
		t.Errorf("%s, which nobody holds, has labels %v", l.items[2].Ref, l.items[2].Labels)
	}
}

func TestAPreviewLooksAtNothing(t *testing.T) {
	_, l, in := departing(t)
	r, err := Preview(t.Context(), in, []connectors.Reader{l})
	if err != nil || len(r.Plan.Left) != 2 || l.looks > 0 {
		t.Errorf("Preview() leaves %v after %d looks, %v; want two to be looked at later", r.Plan.Left, l.looks, err)
	}
}

func TestWhatABrakeHoldsIsNotLookedAt(t *testing.T) {
	_, l, in := departing(t)
	in.Force, in.Query = plan.Force{}, "sha256:another"
	if _, err := Sync(t.Context(), in, []connectors.Connector{l}); !errors.Is(err, plan.ErrRefused) || l.looks > 0 {
		t.Errorf("Sync() = %v after %d looks, want a refusal and none", err, l.looks)
	}
}

// TestASourceThatCannotLookIsTold leaves it to a person.
func TestASourceThatCannotLookIsTold(t *testing.T) {
	_, l, in := departing(t)
	r, err := Sync(t.Context(), in, []connectors.Connector{blindfolded{l}})
	if err != nil || len(r.Plan.Left) != 2 || !slices.Contains(codes(r), "left-unclear") {
		t.Errorf("Sync() leaves %v, findings %v, %v", r.Plan.Left, r.Findings, err)
	}
}

// blindfolded is a tracker that cannot look at single items.
type blindfolded struct{ connectors.Connector }

func TestAFailedFarewellIsTriedAgain(t *testing.T) {
	_, l, in := departing(t)
	l.denied = work.ErrInvalid
	if r := syncedAll(t, in, l); r.Failed() != 2 {
		t.Fatalf("%d items failed, want 2", r.Failed())
	}
	l.denied = nil
	syncedAll(t, in, l)
	for _, it := range l.items[2:] {
		if !bare(it) {
			t.Errorf("%s has labels %v and outputs %v", it.Ref, it.Labels, it.Outputs)
		}
	}
}

func TestALookThatIsCutShortEndsTheRound(t *testing.T) {
	_, l, in := departing(t)
	ctx, cancel := context.WithCancel(t.Context())
	writes := l.writes
	_, err := Sync(ctx, in, []connectors.Connector{cutting{l, cancel}})
	if !errors.Is(err, context.Canceled) || l.writes > writes {
		t.Errorf("Sync() = %v after %d writes, want it cancelled and none", err, l.writes-writes)
	}
}

// cutting ends the context while it looks.
type cutting struct {
	*left
	cancel context.CancelFunc
}

func (c cutting) Look(ctx context.Context, _ []work.Ref) ([]connectors.Sight, error) {
	c.cancel()
	return nil, ctx.Err()
}

func TestManyThatCouldNotBeLookedAtAreTold(t *testing.T) {
	r := Round{}
	var open []work.Ref
	for i := range 7 {
		ref := work.Ref{Source: "a", ID: fmt.Sprint(i)}
		open = append(open, ref)
		r.Plan.Left = append(r.Plan.Left, plan.Leave{Ref: ref, Key: fmt.Sprint("PAY-", i)})
	}
	const want = "What left the backlog could not be looked at, so that our labels and fields stay there: PAY-0, PAY-1, PAY-2, PAY-3, PAY-4 and 2 more (answer not understood)."
	if got := r.unlooked("a", open, nil).Message; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestADeathAmidAFarewellConverges lets the process die before and after each
// write to what left. A later sync ends where an undisturbed one ends.
func TestADeathAmidAFarewellConverges(t *testing.T) {
	deaths := 0
	for calls := 0; ; calls++ {
		m, l, in := departing(t)
		in.Memory = &deadly{m, calls}
		_, err := Sync(t.Context(), in, []connectors.Connector{l})
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		deaths++
		in.Memory = m
		syncedAll(t, in, l)
		for _, it := range l.items[2:] {
			if !bare(it) {
				t.Errorf("dead after %d calls: %s has labels %v and outputs %v", calls, it.Ref, it.Labels, it.Outputs)
			}
		}
		writes := l.writes
		if r := syncedAll(t, in, l); l.writes > writes || len(r.Plan.Left) > 0 {
			t.Errorf("dead after %d calls: a third sync writes %d times and leaves %v", calls, l.writes-writes, r.Plan.Left)
		}
	}
	if deaths < 4 {
		t.Errorf("only %d deaths", deaths)
	}
}
