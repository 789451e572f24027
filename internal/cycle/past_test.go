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

// synced syncs once, and wants it to go well.
func synced(t *testing.T, in Inputs, a *tracker) Round {
	t.Helper()
	r, err := Sync(t.Context(), in, []connectors.Connector{a})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// codes gives the codes of the findings, sorted.
func codes(r Round) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return out
}

// drag puts an item of a tracker to an index, as a person would.
func (t *tracker) drag(id string, to int) {
	i := t.index(work.Ref{Source: t.source, ID: id})
	it := t.items[i]
	t.items = slices.Insert(slices.Delete(t.items, i, i+1), to, it)
}

func TestWhatWeWroteIsNoMoveOfAPerson(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
	in := forced(m, "a")
	synced(t, in, a)
	for range 2 {
		before := a.writes
		if r := synced(t, in, a); a.writes != before || len(r.Findings) > 0 {
			t.Fatalf("%d writes and findings %v of a sync with nothing to do", a.writes-before, codes(r))
		}
	}
}

func TestAMoveOfAPersonStaysUntilItsTimeIsOver(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
	in := forced(m, "a")
	in.Rules.PinExpiry = plan.ExpiryRelease
	synced(t, in, a)
	ours := order(a)
	a.drag("1", 0) // the least important to the top
	dragged := order(a)
	for _, later := range []time.Duration{time.Hour, in.Rules.PinFor} {
		in.Now = noon.Add(later)
		r := synced(t, in, a)
		if order(a) != dragged || r.Placed[0].Held != plan.HeldMoved {
			t.Fatalf("after %s the order is %s, held %q, want what the person made of it, %s", later, order(a), r.Placed[0].Held, dragged)
		}
		if price, ok := r.Price(r.Placed[0]); !ok || price <= 0 {
			t.Errorf("after %s the move costs %v, %v, want a price", later, price, ok)
		}
	}
	in.Now = noon.Add(in.Rules.PinFor + 2*time.Hour)
	r := synced(t, in, a)
	if order(a) != ours || !slices.Contains(codes(r), "pin-ended") {
		t.Errorf("after pin_for the order is %s, findings %v, want ours, %s", order(a), codes(r), ours)
	}
	if pins, err := m.Pins(t.Context(), "payments"); err != nil || len(pins) > 0 {
		t.Errorf("pins %v, %v after they ended", pins, err)
	}
}

func TestAValueThatAPersonSetStays(t *testing.T) {
	for rule, want := range map[plan.OnConflict]struct {
		stays, skipped bool
		code           string
	}{
		plan.ConflictKeep:      {true, false, "edited-by-hand"},
		plan.ConflictReport:    {true, true, ""},
		plan.ConflictOverwrite: {false, false, ""},
	} {
		m, a := memory(t), source("a", 0.25, 1, 0.5)
		in := forced(m, "a")
		in.Rules.OnConflict = rule
		synced(t, in, a)
		mine := work.Number(77)
		a.items[0].Outputs[work.SlotScore] = mine
		a.items[1].Labels = nil
		for range 2 { // it is told each time
			r := synced(t, in, a)
			if stays := a.items[0].Outputs[work.SlotScore] == mine && a.items[1].Labels == nil; stays != want.stays {
				t.Errorf("%s: the score is %v, the labels %v", rule, a.items[0].Outputs[work.SlotScore], a.items[1].Labels)
			}
			if skipped := len(r.Plan.Skipped) == 2; skipped != want.skipped {
				t.Errorf("%s: skipped %v", rule, r.Plan.Skipped)
			}
			if want.code != "" && !slices.Contains(codes(r), want.code) {
				t.Errorf("%s: findings %v, want %s", rule, codes(r), want.code)
			}
		}
	}
}

// TestWhatADeadRunWroteIsNoEditOfAPerson lets the run die before it could
// remember anything, at each of its calls.
func TestWhatADeadRunWroteIsNoEditOfAPerson(t *testing.T) {
	for left := 0; ; left++ {
		m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
		in := forced(m, "a")
		synced(t, in, a)
		for i := range a.items {
			a.items[i].Signals = work.Signals{work.Priority: 1 - a.items[i].Signals[work.Priority]/2, work.Effort: 2}
		}
		dead := in
		dead.Memory = &deadly{m, left}
		if _, err := Sync(t.Context(), dead, []connectors.Connector{a}); err == nil {
			return
		}
		preview, err := Preview(t.Context(), in, readers([]connectors.Connector{a}))
		if err != nil {
			t.Fatal(err)
		}
		r := synced(t, in, a)
		for _, codes := range [][]string{codes(preview), codes(r)} {
			if slices.Contains(codes, "edited-by-hand") || slices.ContainsFunc(r.Placed, func(p plan.Placed) bool { return p.Held != "" }) {
				t.Errorf("dead after %d calls: findings %v, want nothing taken for a person's", left, codes)
			}
		}
		before := a.writes
		if synced(t, in, a); a.writes != before {
			t.Errorf("dead after %d calls: %d writes in the third round", left, a.writes-before)
		}
	}
}

func TestAPreviewRemembersNothing(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5)
	in := forced(m, "a")
	synced(t, in, a)
	a.drag("1", 0)
	for range 2 {
		r, err := Preview(t.Context(), in, readers([]connectors.Connector{a}))
		if err != nil || r.Placed[0].Held != plan.HeldMoved {
			t.Fatalf("the preview holds %q, %v, want the person's move", r.Placed[0].Held, err)
		}
	}
	if pins, err := m.Pins(t.Context(), "payments"); err != nil || len(pins) > 0 || len(runsOf(t, m)) != 1 {
		t.Errorf("pins %v, %v, and %d runs after previews", pins, err, len(runsOf(t, m)))
	}
}

func TestBrakesOfTheMemory(t *testing.T) {
	emptied := func(in *Inputs, a *tracker) { a.items = a.items[:9] }
	for name, c := range map[string]struct {
		change func(*Inputs, *tracker)
		says   string
	}{
		"a source that is suddenly empty": {emptied, "suddenly missing"},
		"another query":                   {func(in *Inputs, _ *tracker) { in.Query, in.Force = "sha256:b", plan.Force{} }, "queries have changed"},
		"a clock far off": {func(in *Inputs, a *tracker) {
			a.items[0].Labels = nil
			in.Skew = func() map[string]time.Duration { return map[string]time.Duration{"a": 9 * time.Minute} }
		}, "9m0s ahead"},
	} {
		m, a := memory(t), source("a", slices.Repeat([]float64{0.25, 1, 0.5, 0.75}, 5)...)
		in := forced(m, "a")
		in.Query = "sha256:a"
		synced(t, in, a)
		a.items[2].Signals = work.Signals{work.Priority: 0.9, work.Effort: 1}
		c.change(&in, a)
		before := a.writes
		_, err := Sync(t.Context(), in, []connectors.Connector{a})
		if !errors.Is(err, plan.ErrRefused) || !strings.Contains(err.Error(), c.says) || a.writes != before {
			t.Errorf("%s: Sync() = %v after %d writes, want it refused", name, err, a.writes-before)
		}
		if !slices.ContainsFunc(runsOf(t, m), func(run store.Run) bool { return run.Result == store.RunRefused }) {
			t.Errorf("%s: no run is remembered as refused", name)
		}
	}
}
