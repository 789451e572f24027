package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// edited is a backlog of two issues that was written and remembered, and of which
// the first was changed by hand since.
func edited(t *testing.T, change func(*work.Item)) (world, *Past) {
	t.Helper()
	w := jiraWorld(issue("a", 1), issue("b", .2))
	w.rules.Tiers = []Tier{{"now": 1}}
	a := Arrange(w.with(&Past{}, noon))
	p := a.Plan()
	results, err := p.Apply(t.Context(), w.writers(), NoJournal{})
	if err != nil {
		t.Fatal(err)
	}
	ref := work.Ref{Source: "jira", ID: "a"}
	it := w.find(ref)
	change(&it)
	w.trackers[0].items[ref] = it
	return w, a.Remember(p, results)
}

func set(slot work.Slot, v work.Value) func(*work.Item) {
	return func(it *work.Item) {
		out := map[work.Slot]work.Value{work.SlotRank: it.Outputs[work.SlotRank], work.SlotScore: it.Outputs[work.SlotScore]}
		out[slot] = v
		it.Outputs = out
	}
}

func TestConflicts(t *testing.T) {
	tests := []struct {
		name   string
		change func(*work.Item)
		says   string // for on_conflict: keep and report; empty: no conflict
		writes string // with overwrite
	}{
		{"nothing was changed", func(*work.Item) {}, "", ""},
		{"a value was changed", set(work.SlotRank, work.Number(7)), "A person changed its rank from 1 to 7, so it is not made 1.", "rank 7 → 1"},
		{"a value was emptied", set(work.SlotRank, work.Value{}), "A person changed its rank from 1 to empty, so it is not made 1.", "rank none → 1"},
		{"a text was put in place of a number", set(work.SlotRank, work.Text("first")), "A person changed its rank from 1 to first, so it is not made 1.", "rank first → 1"},
		{"our label was removed", func(it *work.Item) { it.Labels = nil }, "A person removed its label stackrank-now, so it is not added again.", "label stackrank-now"},
		{"a label of ours was added", func(it *work.Item) { it.Labels = []string{"stackrank-now", "stackrank-vip"} }, "A person added its label stackrank-vip, so it stays.", "label stackrank-vip"},
		{"a label of theirs was added", func(it *work.Item) { it.Labels = []string{"bug", "stackrank-now"} }, "", ""},
	}
	for _, tt := range tests {
		for _, rule := range []OnConflict{ConflictKeep, ConflictOverwrite, ConflictReport} {
			t.Run(fmt.Sprintf("%s: %s", tt.name, rule), func(t *testing.T) {
				w, past := edited(t, tt.change)
				w.rules.OnConflict = rule
				a := Arrange(w.with(past, noon))
				p := a.Plan()
				var noted, skipped, writes string
				for _, f := range a.Findings() {
					noted += f.Message
				}
				for _, s := range p.Skipped {
					skipped += s.Why
				}
				for _, c := range p.Changes {
					writes += c.Edits[0].String()
				}
				want := map[OnConflict][3]string{ConflictKeep: {tt.says, "", ""}, ConflictReport: {"", tt.says, ""}, ConflictOverwrite: {"", "", tt.writes}}[rule]
				if got := [3]string{noted, skipped, writes}; got != want {
					t.Errorf("noted, skipped and written: %q, want %q", got, want)
				}
			})
		}
	}
}

func TestWhatPeopleHandBackIsOurs(t *testing.T) {
	w, past := edited(t, set(work.SlotRank, work.Number(7)))
	for _, f := range Arrange(w.with(past, noon)).Findings() {
		if !strings.HasPrefix(f.Fix, "Set it back to 1 ") {
			t.Errorf("the fix of %q is %q", f.Message, f.Fix)
		}
	}
	a := Arrange(w.with(past, noon))
	past = a.Remember(a.Plan(), nil)
	ref := work.Ref{Source: "jira", ID: "a"}
	it := w.find(ref)
	set(work.SlotRank, work.Number(1))(&it)
	it.Signals = work.Signals{work.Priority: .05, work.Effort: 8} // it goes to the end
	w.trackers[0].items[ref] = it
	p := Build(w.with(past, noon))
	if !slices.ContainsFunc(p.Changes, func(c work.Change) bool { return c.Ref == ref && strings.Contains(fmt.Sprint(c.Edits), "rank 1 → 2") }) {
		t.Errorf("the place was set back by hand, but the plan is %+v", p)
	}
}

func TestWhereAPersonAgreesTheValueIsOurs(t *testing.T) {
	w, past := edited(t, func(it *work.Item) {
		set(work.SlotRank, work.Number(2))(it)
		it.Signals = work.Signals{work.Priority: .05, work.Effort: 8} // it goes to the end
	})
	a := Arrange(w.with(past, noon))
	if len(a.conflicts()) != 0 {
		t.Fatalf("a person wrote what is wanted, and that is told as %v", a.conflicts())
	}
	past = a.Remember(Plan{}, nil)
	ref := work.Ref{Source: "jira", ID: "a"}
	it := w.find(ref)
	it.Signals = work.Signals{work.Priority: 1, work.Effort: 2}
	w.trackers[0].items[ref] = it
	if a := Arrange(w.with(past, noon)); len(a.conflicts()) != 0 {
		t.Errorf("what a person and we agreed upon is told as changed: %v", a.conflicts())
	}
}

func TestLabelsRemovedFromHeldItemsStayRemoved(t *testing.T) {
	w, past := edited(t, func(it *work.Item) { it.Labels, it.Status = nil, work.Active })
	past = Arrange(w.with(past, noon)).Remember(Plan{}, nil)
	ref := work.Ref{Source: "jira", ID: "a"}
	it := w.find(ref)
	it.Status = work.Open
	w.trackers[0].items[ref] = it
	if p := Build(w.with(past, noon)); p.Counts.Add != 0 {
		t.Errorf("a label that a person removed while work went on is added again: %+v", p)
	}
}

func TestMoveToAnotherListIsNoPin(t *testing.T) {
	card := func(id, lane string) work.Item {
		it := issue(id, .5)
		it.Lane = lane
		return it
	}
	w := jiraWorld(card("a", "x"), card("b", "x"), card("c", "y"), card("d", "y"))
	past := Arrange(w.with(&Past{}, noon)).Remember(Plan{}, nil)
	w.trackers[0] = newTracker("jira", 50, card("b", "x"), card("c", "y"), card("d", "y"), card("a", "y"))
	if a := Arrange(w.with(past, noon)); len(a.hands.pins) != 0 {
		t.Errorf("a card that came from another list is pinned: %v", a.hands.pins)
	}
}

func TestMovedItemSaysSoThoughItIsHeldAnyway(t *testing.T) {
	it := issue("a", .5)
	it.Status = work.Active
	in := jiraWorld(it).with(&Past{}, noon)
	in.Past.Pins = map[work.Identity]Pin{in.Identity(it.Ref): {Until: noon.Add(1), Digest: in.inputsOf(it)}}
	if p := Arrange(in).Placed[0]; p.Held != HeldMoved || !p.Held.ByPerson() {
		t.Errorf("an active item that a person moved is held as %q", p.Held)
	}
}

func TestAnotherFieldWasNeverOurs(t *testing.T) {
	w, past := edited(t, set(work.SlotRank, work.Number(7)))
	past.To["jira"] = Target{Score: "Score", Rank: "Old rank", Labels: true, Order: true}
	if p := Build(w.with(past, noon)); p.Counts.Set != 1 {
		t.Errorf("the field for places is another one now, so its value counts as ours: %+v", p)
	}
}

func TestItemsWhoseInputsChangeAreReleased(t *testing.T) {
	tests := []struct {
		name   string
		change func(*work.Item)
		ends   bool
	}{
		{"nothing", func(*work.Item) {}, false},
		{"its priority", func(it *work.Item) { it.Signals[work.Priority] = .9 }, true},
		{"its estimate is gone", func(it *work.Item) { delete(it.Signals, work.Effort) }, true},
		{"its due date", func(it *work.Item) { it.Due = noon.AddDate(0, 1, 0) }, true},
		{"a label of a person", func(it *work.Item) { it.Labels = append(it.Labels, "customer") }, true},
		{"a label of ours", func(it *work.Item) { it.Labels = append(it.Labels, "stackrank-later") }, false},
		{"its title", func(it *work.Item) { it.Title = "Another" }, false},
		{"a comment", func(it *work.Item) { it.Signals[work.Comments] = 3 }, false},
		{"a signal of a formula", func(it *work.Item) { it.Signals["age"] = 3 }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := jiraWorld(issue("a", 1), issue("b", .9), issue("c", .8), issue("d", .1))
			tr := w.trackers[0]
			past := Arrange(w.with(&Past{}, noon)).Remember(Plan{}, nil)
			tr.lanes[""] = slices.Insert(slices.Delete(tr.lanes[""], 3, 4), 0, work.Ref{Source: "jira", ID: "d"}) // d to the top
			in := w.with(past, noon)
			in.Formulas = []work.Signal{"age"}
			a := Arrange(in)
			if got := byPlace(a.Placed); got != "dabc" || a.Placed[0].Held != HeldMoved {
				t.Fatalf("the order is %s, want d pinned at the top", got)
			}
			if want := "A person moved it today, so it keeps its place until 2026-03-16; by its score it would stand at place 4."; a.Placed[0].Reason != want {
				t.Errorf("the reason is %q, want %q", a.Placed[0].Reason, want)
			}
			past = a.Remember(a.Plan(), nil)
			it := tr.items[work.Ref{Source: "jira", ID: "d"}]
			tt.change(&it)
			tr.items[it.Ref] = it
			in = w.with(past, noon.AddDate(0, 0, 3))
			in.Formulas = []work.Signal{"age"}
			a = Arrange(in)
			told := slices.ContainsFunc(a.Findings(), func(f work.Finding) bool {
				return f.Code == "pin-ended" && f.Ref == it.Ref && strings.HasPrefix(f.Message, "A person moved it 3 days ago; what is known of it has changed since")
			})
			if held := a.Placed[0].Held == HeldMoved; held == tt.ends || told != tt.ends {
				t.Errorf("it is held: %v, told of: %v; findings %v", held, told, a.Findings())
			}
		})
	}
}

func TestExpiredPins(t *testing.T) {
	for _, rule := range []PinExpiry{ExpiryAsk, ExpiryRelease} {
		w := jiraWorld(issue("a", .5), issue("b", 1))
		w.rules.PinExpiry = rule
		in := w.with(&Past{}, noon.AddDate(0, 0, 20))
		ref := work.Ref{Source: "jira", ID: "a"}
		in.Past.Pins = map[work.Identity]Pin{in.Identity(ref): {Since: noon, Until: noon.Add(w.rules.PinFor), Digest: in.inputsOf(w.find(ref))}}
		a := Arrange(in)
		want, code, order := "A person moved it 20 days ago, so it keeps its place until somebody decides; by its score it would stand at place 2.", "pin-expired", "ab"
		if rule == ExpiryRelease {
			want, code, order = "", "pin-ended", "ba"
		}
		if got := byPlace(a.Placed); got != order || a.Placed[0].Reason != want {
			t.Errorf("%s: the order is %s because %q, want %s because %q", rule, got, a.Placed[0].Reason, order, want)
		}
		if fs := a.Findings(); len(fs) == 0 || fs[0].Code != code || fs[0].Ref != ref {
			t.Errorf("%s: findings %v, want %s", rule, fs, code)
		}
		if got := byPlace(Arrange(in.Release(1)).Placed); got != "ba" {
			t.Errorf("%s: without the pin the order is %s, want ba", rule, got)
		}
	}
}

func TestAgo(t *testing.T) {
	for _, tt := range []struct {
		since time.Duration
		want  string
	}{{0, "today"}, {23 * time.Hour, "today"}, {24 * time.Hour, "1 day ago"}, {49 * time.Hour, "2 days ago"}} {
		if got := ago(noon, noon.Add(tt.since)); got != tt.want {
			t.Errorf("ago() after %s = %q, want %q", tt.since, got, tt.want)
		}
	}
}
