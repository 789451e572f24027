package cycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// tracker is a source in memory with one native order. It is read and written
// by one goroutine at a time.
type tracker struct {
	source string
	site   string      // empty: one of its own
	items  []work.Item // in native order, sub-tasks among them
	broken error       // what reading gives
	slow   time.Duration
	denied error // what writing gives
	writes int
}

func (t *tracker) Source() string { return t.source }

func (t *tracker) Caps() work.Caps {
	return work.Caps{Slots: []work.Slot{work.SlotScore, work.SlotRank, work.SlotLabel}, Order: true, MaxRun: 50}
}

func (t *tracker) Pull(ctx context.Context) (work.Snapshot, error) {
	select {
	case <-time.After(t.slow):
	case <-ctx.Done():
		return work.Snapshot{}, context.Cause(ctx)
	}
	if t.broken != nil {
		return work.Snapshot{}, t.broken
	}
	s := work.Snapshot{Site: cmp.Or(t.site, "https://"+t.source), Items: slices.Clone(t.items)}
	for i := range s.Items {
		s.Items[i].Native = i
	}
	return s, nil
}

func (t *tracker) index(ref work.Ref) int {
	return slices.IndexFunc(t.items, func(it work.Item) bool { return it.Ref == ref })
}

func (t *tracker) Apply(_ context.Context, c work.Change) error {
	t.writes++
	if t.denied != nil {
		return t.denied
	}
	it := &t.items[t.index(c.Ref)]
	it.Outputs, it.Labels = maps.Clone(it.Outputs), slices.Clone(it.Labels)
	if it.Outputs == nil {
		it.Outputs = map[work.Slot]work.Value{}
	}
	for _, e := range c.Edits {
		switch e.Op {
		case work.Set:
			it.Outputs[e.Slot] = e.New
		case work.Add:
			it.Labels = append(it.Labels, e.Label())
		case work.Remove:
			it.Labels = slices.DeleteFunc(it.Labels, func(l string) bool { return l == e.Label() })
		}
	}
	return nil
}

func (t *tracker) Reorder(_ context.Context, r work.Run) ([]work.Result, error) {
	t.writes++
	if t.denied != nil {
		return nil, t.denied
	}
	var moving []work.Item
	var results []work.Result
	for _, ref := range r.Items {
		i := t.index(ref)
		moving = append(moving, t.items[i])
		results = append(results, work.Result{Ref: ref})
		t.items = slices.Delete(t.items, i, i+1)
	}
	at := t.index(r.Before)
	if !r.After.IsZero() {
		at = t.index(r.After) + 1
	}
	t.items = slices.Insert(t.items, at, moving...)
	return results, nil
}

func source(name string, priorities ...float64) *tracker {
	t := &tracker{source: name}
	for i, p := range priorities {
		t.items = append(t.items, work.Item{
			Ref: work.Ref{Source: name, ID: fmt.Sprint(i + 1)}, Title: "Item", Status: work.Open, Created: noon.AddDate(0, -1, 0),
			Signals: work.Signals{work.Priority: p, work.Effort: 2},
		})
	}
	return t
}

func inputs(sources ...string) Inputs {
	in := Inputs{Backlog: "payments", Policy: prioritize.Default(), Rules: plan.Default(), Now: noon}
	in.Policy.Hysteresis = 0.5
	in.Rules.To = map[string]plan.Target{}
	for _, s := range sources {
		in.Rules.To[s] = plan.Target{Score: "Score", Rank: "Rank", Labels: true, Order: true}
	}
	return in
}

func order(t *tracker) string {
	s := ""
	for _, it := range t.items {
		s += it.Ref.ID
	}
	return s
}

func TestSecondSyncWritesNothing(t *testing.T) {
	a, b := source("a", .25, .5, 1), source("b", .75, 1)
	sources := []connectors.Connector{a, b}
	in := inputs("a", "b")
	in.Force = plan.ForceAll()
	r, err := Sync(t.Context(), in, sources)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Results {
		if res.Err != nil {
			t.Errorf("%s: %v", res.Ref, res.Err)
		}
	}
	if got, want := order(a)+" "+order(b), "321 21"; got != want {
		t.Errorf("the trackers are in the order %s, want %s", got, want)
	}
	a.writes, b.writes = 0, 0
	in.Force = plan.Force{}
	again, err := Sync(t.Context(), in, sources)
	if err != nil || a.writes+b.writes != 0 || !again.Plan.Empty() || len(again.Results) != 0 {
		t.Errorf("the second sync made %d writes by the plan %+v; %v", a.writes+b.writes, again.Plan, err)
	}
	if r.Placed[0].Ranked.Group.Ref() != again.Placed[0].Ranked.Group.Ref() || r.PolicyDigest != again.PolicyDigest {
		t.Error("the second round ranks in another way than the first")
	}
}

// TestSyncSettles draws one order with equal scores, sub-tasks and pins.
func TestSyncSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := source("a", rapid.SliceOfN(rapid.SampledFrom([]float64{.25, .5, 1}), 0, 10).Draw(t, "priorities")...)
		for i := range tr.items {
			tr.items[i].Subtask = rapid.IntRange(0, 3).Draw(t, "subtask") == 0
			if rapid.IntRange(0, 5).Draw(t, "pinned") == 0 {
				tr.items[i].Labels = []string{"stackrank-pin"}
			}
		}
		in := inputs("a")
		in.Force = plan.ForceAll()
		for range 2 {
			tr.writes = 0
			if _, err := Sync(context.Background(), in, []connectors.Connector{tr}); err != nil {
				t.Fatal(err)
			}
		}
		if tr.writes != 0 {
			t.Errorf("the second sync made %d writes", tr.writes)
		}
	})
}

func TestBrakeStopsASyncBeforeAnyWrite(t *testing.T) {
	a := source("a", .25, 1)
	r, err := Sync(t.Context(), inputs("a"), []connectors.Connector{a})
	if !errors.Is(err, plan.ErrRefused) || a.writes != 0 || r.Results != nil {
		t.Errorf("Sync() = %v after %d writes, want it refused before the first", err, a.writes)
	}
	if len(r.Brakes) == 0 || r.Plan.Empty() || len(r.Placed) != 2 {
		t.Errorf("the round that was refused is %+v, want it to say what would be written and why it is not", r)
	}
}

func TestSourcesAreReadSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := source("a", 1), source("b", 1)
		a.slow, b.slow = 3*time.Second, 2*time.Second
		begin := time.Now()
		r, err := Preview(t.Context(), inputs(), []connectors.Reader{a, b})
		if err != nil || time.Since(begin) != 3*time.Second {
			t.Errorf("it took %s, want that of the slower one; %v", time.Since(begin), err)
		}
		if len(r.Sources) != 2 || r.Sources[0].Name != "a" || r.Sources[1].Site != "https://b" {
			t.Errorf("sources %+v, want them in the order given", r.Sources)
		}
	})
}

func TestUnreadableSourcesFailTheRoundAndAreAllNamed(t *testing.T) {
	a, b, c := source("a", 1), source("b", 1), source("c", 1)
	a.broken = fmt.Errorf("source a: page 2: %w", work.ErrUnexpected)
	c.broken = fmt.Errorf("source c: %w", work.ErrAuth)
	in := inputs("a", "b", "c")
	in.Force = plan.ForceAll()
	r, err := Sync(t.Context(), in, []connectors.Connector{a, b, c})
	if !errors.Is(err, work.ErrUnexpected) || !errors.Is(err, work.ErrAuth) ||
		!strings.Contains(err.Error(), "source a: page 2") || !strings.Contains(err.Error(), "source c: ") {
		t.Errorf("Sync() = %v, want both sources named", err)
	}
	if a.writes+b.writes+c.writes != 0 || r.Ranking.Ranked != nil || !r.Plan.Empty() {
		t.Errorf("half a backlog was ranked or written: %+v", r)
	}
}

func TestCancelledPullEndsTheRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := source("a", 1)
		a.slow = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if _, err := Preview(ctx, inputs(), []connectors.Reader{a}); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("Preview() = %v after %s", err, time.Since(begin))
		}
	})
}

func TestTwoSourcesWithTheSameItemAreRefused(t *testing.T) {
	a, b, c := source("a", 1, .5), source("b", .5), source("c", 1)
	a.site, b.site = "https://one", "https://one"
	in := inputs("a", "b", "c")
	in.Force = plan.ForceAll()
	_, err := Sync(t.Context(), in, []connectors.Connector{a, b, c})
	if !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), "source a and source b") || strings.Contains(err.Error(), "source c") {
		t.Errorf("Sync() = %v, want the two sources of one site named", err)
	}
	if a.writes+b.writes+c.writes != 0 {
		t.Error("something was written")
	}
}

func TestItemGivenTwiceIsRankedOnce(t *testing.T) {
	a := source("a", 1, .5)
	a.items = append(a.items, a.items[0])
	r, err := Preview(t.Context(), inputs(), []connectors.Reader{a})
	if err != nil || len(r.Placed) != 2 {
		t.Errorf("%d lines, want 2; %v", len(r.Placed), err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Code != "duplicate-item" || r.Findings[0].Source != "a" {
		t.Errorf("findings %v, want one that says so", r.Findings)
	}
}

func TestFailedWritesAreInTheResults(t *testing.T) {
	tests := []struct {
		name   string
		denied error
		ends   bool // the error of Sync is that of the write
	}{
		{"an item that may not be written fails alone", work.ErrForbidden, false},
		{"refused credentials end the round", work.ErrAuth, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := source("a", 1, .5)
			a.denied = tt.denied
			in := inputs("a")
			in.Force = plan.ForceAll()
			r, err := Sync(t.Context(), in, []connectors.Connector{a})
			if errors.Is(err, tt.denied) != tt.ends {
				t.Errorf("Sync() = %v", err)
			}
			if len(r.Results) != 2 || !errors.Is(r.Results[0].Err, tt.denied) || !errors.Is(r.Results[1].Err, tt.denied) {
				t.Errorf("results %v, want two that say why", r.Results)
			}
		})
	}
}

func TestSavedPlanIsItsOwnApproval(t *testing.T) {
	a := source("a", .25, .5, 1)
	in := inputs("a")
	r, err := Preview(t.Context(), in, []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	in.Saved = &plan.Saved{At: r.At, Policy: r.PolicyDigest, Plan: r.Plan}
	a.items[0].Outputs = map[work.Slot]work.Value{work.SlotRank: work.Number(9)}
	in.Now = noon.Add(time.Hour)
	r, err = Sync(t.Context(), in, []connectors.Connector{a})
	if err != nil || order(a) != "321" {
		t.Errorf("Sync() = %v, the order is %s, want 321", err, order(a))
	}
	if len(r.Drift) != 1 || r.Drift[0].Ref.ID != "1" || a.items[2].Outputs[work.SlotRank] != work.Number(9) {
		t.Errorf("drift %v, want the place that a person wrote to stay and be named", r.Drift)
	}
	for what, change := range map[string]func(*Inputs){
		"the policy": func(in *Inputs) { in.Policy.Urgency.Boost++ },
		"the prefix": func(in *Inputs) { in.Rules.LabelPrefix = "sr-" },
		"a field": func(in *Inputs) {
			in.Rules.To = map[string]plan.Target{"a": {Score: "Points", Rank: "Rank", Labels: true, Order: true}}
		},
	} {
		other := in
		change(&other)
		if _, err = Sync(t.Context(), other, []connectors.Connector{a}); !errors.Is(err, plan.ErrRefused) {
			t.Errorf("Sync() = %v after %s changed, want it refused", err, what)
		}
	}
}

func TestEvidenceThatCarriesNoOrderIsSaid(t *testing.T) {
	a := source("a", .5, .5, .5)
	in := inputs("a")
	in.Policy.Hysteresis = 0.7
	r, err := Preview(t.Context(), in, []connectors.Reader{a})
	if err != nil || r.Carries || len(r.Plan.Runs) != 0 {
		t.Errorf("carried %v by %v, runs %v; %v", r.Carries, r.Carried, r.Plan.Runs, err)
	}
	if !slices.ContainsFunc(r.Findings, func(f work.Finding) bool { return f.Code == "no-order" }) {
		t.Errorf("findings %v, want one with the code no-order", r.Findings)
	}
}

func TestPolicyThatIsWrongPullsNothing(t *testing.T) {
	a := source("a", 1)
	a.broken = errors.New("must not be read")
	in := inputs()
	in.Policy.Model = "guess"
	if _, err := Preview(t.Context(), in, []connectors.Reader{a}); err == nil || errors.Is(err, a.broken) {
		t.Errorf("Preview() = %v, want the policy refused before any source is read", err)
	}
}

func TestProgressIsTold(t *testing.T) {
	a := source("a", .5, 1)
	in := inputs("a")
	in.Force = plan.ForceAll()
	var told []string
	in.Pulled = func(source string, items int) { told = append(told, fmt.Sprint(source, " ", items)) }
	in.Written = func(done, total int) { told = append(told, fmt.Sprint(done, "/", total)) }
	if _, err := Sync(t.Context(), in, []connectors.Connector{a}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a 2", "1/3", "2/3", "3/3"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}
