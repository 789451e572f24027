package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// diary is a journal that keeps what was done.
type diary struct {
	mu    sync.Mutex
	calls int64
	deeds []Deed
}

// Intend notes the deeds of a write once it is known which of them were done.
func (d *diary) Intend(_ context.Context, w Write) (func([]work.Result) error, error) {
	return func(results []work.Result) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.calls++
		for i, r := range results {
			switch {
			case r.Err != nil:
			case w.Run != nil:
				d.deeds = append(d.deeds, Deed{Ref: r.Ref, At: noon, Call: d.calls, Move: &Step{w.Run.Lane, w.Run.After, w.Run.Before, w.Run.Was[i]}})
			default:
				for _, e := range w.Change.Edits {
					d.deeds = append(d.deeds, Deed{Ref: r.Ref, At: noon, Call: d.calls, Edit: &e})
				}
			}
		}
		return nil
	}, nil
}

// run carries a plan out and gives its deeds.
func (w world) run(t *rapid.T, p Plan) []Deed {
	var d diary
	if _, err := p.Apply(context.Background(), w.writers(), &d); err != nil {
		t.Fatalf("Apply() = %v", err)
	}
	return d.deeds
}

// state is everything that a plan could have written.
type state struct {
	Items map[work.Ref]work.Item
	Lanes map[string][]work.Ref
}

func (w world) state() state {
	s := state{map[work.Ref]work.Item{}, map[string][]work.Ref{}}
	for _, tr := range w.trackers {
		for ref, it := range tr.items {
			it.Outputs = maps.Clone(it.Outputs)
			maps.DeleteFunc(it.Outputs, func(_ work.Slot, v work.Value) bool { return v.IsZero() })
			if len(it.Outputs) == 0 {
				it.Outputs = nil
			}
			it.Labels = append([]string{}, it.Labels...)
			s.Items[ref] = it
		}
		for lane, refs := range tr.lanes {
			s.Lanes[tr.source+" "+lane] = slices.Clone(refs)
		}
	}
	return s
}

// drawFailures has some items refuse what is written to them. Where positions
// order a lane, what does not move leaves open on which side of it others come to
// stand, so that nobody can tell later whether they were moved.
func (w world) drawFailures(t *rapid.T) {
	for _, tr := range w.trackers {
		tr.fails = map[work.Ref]error{}
		for _, ref := range slices.SortedFunc(maps.Keys(tr.items), work.Ref.Compare) {
			if rapid.IntRange(0, 5).Draw(t, "fails") == 0 && tr.gap == 0 {
				tr.fails[ref] = work.ErrForbidden
			}
		}
	}
}

// drawNews gives items other priorities, so that the next plan differs.
func (w world) drawNews(t *rapid.T) {
	for _, tr := range w.trackers {
		for _, ref := range slices.SortedFunc(maps.Keys(tr.items), work.Ref.Compare) {
			if rapid.IntRange(0, 2).Draw(t, "news") == 0 {
				it := tr.items[ref]
				it.Signals = maps.Clone(it.Signals)
				it.Signals[work.Priority] = rapid.SampledFrom([]float64{0.05, 0.25, 0.5, 0.75, 1}).Draw(t, "priority")
				tr.items[ref] = it
			}
		}
	}
}

func TestUndoneRunsLeaveNoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		var history [][]Deed
		var states []state
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			w.drawNews(t)
			w.drawFailures(t)
			states = append(states, w.state())
			history = append(history, w.run(t, Build(w.input())))
		}
		for _, tr := range w.trackers {
			tr.fails = nil
		}
		for i, want := range slices.Backward(states) {
			after := w.state()
			p := Undo(history[i], w.input(), nil)
			if len(p.Skipped) > 0 {
				t.Fatalf("nobody has changed anything since, but undo leaves %v", p.Skipped)
			}
			undone := w.run(t, p)
			want.forgetNews(w.state())
			if diff := cmp.Diff(want, w.state(), opts()...); diff != "" {
				t.Fatalf("run %d undone (-before the run +now):\n%s", i+1, diff)
			}
			if again := Undo(history[i], w.input(), nil); !again.Empty() {
				t.Errorf("run %d undone twice still writes %+v", i+1, again)
			}
			w.run(t, Undo(undone, w.input(), nil))
			if diff := cmp.Diff(after, w.state(), opts()...); diff != "" {
				t.Errorf("undo of run %d undone (-after the run +now):\n%s", i+1, diff)
			}
			w.run(t, Undo(history[i], w.input(), nil))
		}
	})
}

// forgetNews takes the signals of another state over: they are none of ours.
func (s state) forgetNews(o state) {
	for ref, it := range s.Items {
		it.Signals = o.Items[ref].Signals
		s.Items[ref] = it
	}
}

// meddle has people set values, labels and places, and gives the items that they
// dragged so far that nobody else can have moved.
func (w world) meddle(t *rapid.T) (dragged []work.Ref) {
	for _, tr := range w.trackers {
		for _, ref := range slices.SortedFunc(maps.Keys(tr.items), work.Ref.Compare) {
			if rapid.IntRange(0, 3).Draw(t, "edited") == 0 {
				it := tr.items[ref]
				it.Outputs = map[work.Slot]work.Value{work.SlotRank: work.Number(9999), work.SlotScore: work.Number(1.25)}
				tr.items[ref] = it
			}
		}
		for _, lane := range slices.Sorted(maps.Keys(tr.lanes)) {
			if ref, ok := tr.drag(t, lane); ok {
				dragged = append(dragged, ref)
			}
		}
	}
	return dragged
}

// drag moves one item of a lane by two places at least.
func (tr *tracker) drag(t *rapid.T, lane string) (work.Ref, bool) {
	refs := slices.Clone(tr.lanes[lane])
	if len(refs) < 3 || !rapid.Bool().Draw(t, "drags") {
		return work.Ref{}, false
	}
	from := rapid.IntRange(0, len(refs)-1).Draw(t, "from")
	to := rapid.IntRange(0, len(refs)-1).Draw(t, "to")
	if distance(from, to) < 2 {
		return work.Ref{}, false
	}
	ref := refs[from]
	tr.lanes[lane] = slices.Insert(slices.Delete(refs, from, from+1), to, ref)
	for i, r := range tr.lanes[lane] {
		if tr.gap > 0 {
			tr.pos[r] = stepKept * float64(i+1)
		}
	}
	return ref, true
}

func TestUndoLeavesWhatPeopleChangedSince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		before := w.state()
		deeds := w.run(t, Build(w.input()))
		dragged := w.meddle(t)
		edited := w.state()
		p := Undo(deeds, w.input(), nil)
		w.run(t, p)
		now := w.state()
		for ref, was := range edited.Items {
			if was.Outputs[work.SlotRank] == work.Number(9999) && now.Items[ref].Outputs[work.SlotScore] != work.Number(1.25) {
				t.Errorf("%s: a person set a score, and undo made it %v", ref, now.Items[ref].Outputs)
			}
			if diff := cmp.Diff(before.Items[ref].Labels, now.Items[ref].Labels); diff != "" {
				t.Errorf("%s: labels are not as before the run (-before +now):\n%s", ref, diff)
			}
		}
		moves := map[work.Ref]bool{}
		ours := map[work.Ref]bool{}
		for _, d := range deeds {
			ours[d.Ref] = ours[d.Ref] || d.Move != nil
		}
		for _, r := range p.Runs {
			for _, ref := range r.Items {
				moves[ref] = true
				if !ours[ref] || slices.Contains(dragged, ref) {
					t.Errorf("undo moves %s; the run moved it: %v; a person dragged it: %v", ref, ours[ref], slices.Contains(dragged, ref))
				}
			}
		}
		for lane, refs := range edited.Lanes {
			others := func(refs []work.Ref) []work.Ref {
				return slices.DeleteFunc(slices.Clone(refs), func(ref work.Ref) bool { return moves[ref] })
			}
			if got, want := others(now.Lanes[lane]), others(refs); !slices.Equal(got, want) {
				t.Errorf("lane %s: what undo does not move went from %v to %v", lane, want, got)
			}
		}
	})
}

// remembered makes a round that writes and remembers, and gives its deeds.
func (w world) remembered(t *rapid.T) ([]Deed, *Past) {
	a := Arrange(w.with(nil, noon))
	var d diary
	results, err := a.Plan().Apply(context.Background(), w.writers(), &d)
	if err != nil {
		t.Fatal(err)
	}
	return d.deeds, a.Remember(a.Plan(), results)
}

func TestUndoRepeatedWritesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		deeds, past := w.remembered(t)
		w.meddle(t)
		in := w.with(past, noon.Add(time.Hour))
		p := Undo(deeds, in, nil)
		results, err := p.Apply(context.Background(), w.writers(), NoJournal{})
		if err != nil {
			t.Fatal(err)
		}
		past = Arrange(in).Remember(p, results)
		if again := Undo(deeds, w.with(past, noon.Add(2*time.Hour)), nil); !again.Empty() {
			t.Errorf("undone, and undone again, writes %+v %+v", again.Changes, again.Runs)
		}
	})
}

func TestUndoLeavesFieldsThatAreConfiguredNoMore(t *testing.T) {
	w := jiraWorld(issue("a", .5), issue("b", 1))
	w.rules.To["jira"] = Target{Rank: "Rank", Score: "Score"}
	a := Arrange(w.with(nil, noon))
	var d diary
	results, err := a.Plan().Apply(t.Context(), w.writers(), &d)
	if err != nil {
		t.Fatal(err)
	}
	past := a.Remember(a.Plan(), results)
	w.rules.To["jira"] = Target{Rank: "Other", Score: "Score"}
	p := Undo(d.deeds, w.with(past, noon), nil)
	if p.Counts.Set != 2 || len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0].Why, "the rank was written to another field") {
		t.Errorf("Undo() writes %+v and leaves %v, want both scores and one word on the ranks", p.Changes, p.Skipped)
	}
}

func TestUndoSaysWhatItLeaves(t *testing.T) {
	ref := func(id string) work.Ref { return work.Ref{Source: "jira", ID: id} }
	with := func(id string, change func(*work.Item)) func(*tracker) {
		return func(tr *tracker) {
			it := tr.items[ref(id)]
			change(&it)
			tr.items[ref(id)] = it
		}
	}
	order := func(letters string) func(*tracker) {
		return func(tr *tracker) {
			tr.lanes[""] = nil
			for _, c := range letters {
				tr.lanes[""] = append(tr.lanes[""], ref(string(c)))
			}
		}
	}
	// The run turns abcdef into aefbcd and writes places.
	start := []work.Item{issue("a", 1), issue("b", .7), issue("c", .6), issue("d", .5), issue("e", .9), issue("f", .8)}
	tests := []struct {
		name  string
		since func(*tracker)
		want  string // the order after undo
		left  []string
	}{
		{"nothing has changed", func(*tracker) {}, "abcdef", nil},
		{"a value was changed", with("b", func(it *work.Item) { it.Outputs = map[work.Slot]work.Value{work.SlotRank: work.Number(9)} }),
			"abcdef", []string{"b: Its rank is 9 now and was made 4 by the run"}},
		{"a value was put back by hand", with("b", func(it *work.Item) { it.Outputs = nil }), "abcdef", nil},
		{"an item was moved on", order("aebcfd"), "abcfde", []string{"f: It has been moved since"}},
		{"somebody moved an item back", order("afbcde"), "abcdef", nil},
		{"an item that was moved is gone", func(tr *tracker) { order("afbcd")(tr); delete(tr.items, ref("e")) }, "abcdf", []string{"e: jira:e is not among the open items"}},
		{"what it stood behind is gone", func(tr *tracker) { order("aefbc")(tr); delete(tr.items, ref("d")) }, "aefbc",
			[]string{"d: jira:d is not among", "e: What it stood behind has left", "f: What it stood behind has left"}},
		{"a person has pinned an item", with("f", func(it *work.Item) { it.Labels = []string{"stackrank-pin"} }), "afbcde", []string{"f: A person has pinned it since"}},
		{"a person wants an item left alone", with("f", func(it *work.Item) { it.Labels = []string{"stackrank-ignore"} }), "afbcde",
			[]string{"f: A person has asked to leave it alone", "f: A person has asked"}},
		{"an item has come", func(tr *tracker) { order("aegfbcd")(tr); tr.items[ref("g")] = issue("g", 1) }, "agbcdef", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := jiraWorld(start...)
			w.rules.To["jira"] = Target{Rank: "Rank", Order: true}
			var d diary
			if _, err := Build(w.input()).Apply(t.Context(), w.writers(), &d); err != nil {
				t.Fatal(err)
			}
			tt.since(w.trackers[0])
			p := Undo(d.deeds, w.input(), nil)
			if !slices.EqualFunc(p.Skipped, tt.left, func(got Skip, want string) bool {
				return strings.HasPrefix(fmt.Sprintf("%s: %s", got.Ref.ID, got.Why), want)
			}) {
				t.Errorf("Undo() leaves %v, want %q", p.Skipped, tt.left)
			}
			if _, err := p.Apply(t.Context(), w.writers(), NoJournal{}); err != nil {
				t.Fatal(err)
			}
			if got := ids(w.trackers[0].lanes[""]); got != tt.want {
				t.Errorf("the order is %s, want %s", got, tt.want)
			}
		})
	}
}
