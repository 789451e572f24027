package cycle

import (
	"slices"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// TestWhatAPersonChangesAfterADeathStays lets a run die at each of its calls, the
// first one of a backlog and a later one. Then a person takes back what is known
// to be written.
func TestWhatAPersonChangesAfterADeathStays(t *testing.T) {
	for _, first := range []bool{true, false} {
		taken := 0
		for left := 0; ; left++ {
			m, a := memory(t), source("a", 0.25, 1, 0.5, 0.75)
			in := forced(m, "a")
			if !first {
				synced(t, in, a)
				for i := range a.items {
					a.items[i].Signals = work.Signals{work.Priority: 1 - a.items[i].Signals[work.Priority]/2, work.Effort: 2}
				}
			}
			dead := in
			dead.Memory = &deadly{m, left}
			if _, err := Sync(t.Context(), dead, []connectors.Connector{a}); err == nil {
				break
			}
			mine := takeBack(t, m, a)
			taken += len(mine)
			synced(t, in, a)
			for _, e := range mine {
				if it := a.items[a.index(work.Ref{Source: "a", ID: e.Item.ID})]; e.Edit.Reached(it) {
					t.Errorf("first %v, dead after %d calls: %s of %s was written again", first, left, e.Edit, e.Key)
				}
			}
			before := a.writes
			if synced(t, in, a); a.writes != before {
				t.Errorf("first %v, dead after %d calls: %d writes in the round after", first, left, a.writes-before)
			}
		}
		if taken == 0 {
			t.Errorf("first %v: no run died with something written", first)
		}
	}
}

// takeBack undoes by hand what the newest run is known to have written, and gives
// the entries: labels go and come, values become others.
func takeBack(t *testing.T, m *store.Store, a *tracker) []store.Entry {
	t.Helper()
	entries, err := m.Entries(t.Context(), runsOf(t, m)[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	entries = slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Kind != store.Edit || e.State != store.Done })
	for _, e := range entries {
		it := &a.items[a.index(work.Ref{Source: "a", ID: e.Item.ID})]
		switch e.Edit.Op {
		case work.Add:
			it.Labels = slices.DeleteFunc(slices.Clone(it.Labels), func(l string) bool { return l == e.Edit.Label() })
		case work.Remove:
			it.Labels = append(slices.Clone(it.Labels), e.Edit.Label())
		default:
			it.Outputs[e.Edit.Slot] = work.Number(99.5)
		}
	}
	return entries
}

func TestAValueThatAPersonSetStaysWhenItsSourceIsRenamed(t *testing.T) {
	m, a := memory(t), source("a", 0.25, 1, 0.5)
	a.site = "https://acme.atlassian.net"
	synced(t, forced(m, "a"), a)
	id, mine := a.items[0].Ref.ID, work.Number(77)
	a.items[0].Outputs[work.SlotScore] = mine
	a.source = "platform"
	for i := range a.items {
		a.items[i].Ref.Source = a.source
	}
	for range 2 {
		r := synced(t, forced(m, "platform"), a)
		if got := a.items[a.index(work.Ref{Source: "platform", ID: id})].Outputs[work.SlotScore]; got != mine || !slices.Contains(codes(r), "edited-by-hand") {
			t.Errorf("the score is %v, findings %v, want what the person set, %v", got, codes(r), mine)
		}
	}
}

// TestWhatLeavesAfterADeathLosesWhatIsOurs lets the first run of a backlog die when
// all but the last of its writes is made; then two of the items leave.
func TestWhatLeavesAfterADeathLosesWhatIsOurs(t *testing.T) {
	m, l := memory(t), &left{tracker: source("a", .25, .5, .75, 1)}
	in := forced(m, "a")
	in.Rules.To["a"] = plan.Target{Score: "Score", Labels: true} // the order stays that of the list
	dead := in
	dead.Memory = &deadly{m, 7}
	if _, err := Sync(t.Context(), dead, []connectors.Connector{l}); err == nil {
		t.Fatal("the first run did not die")
	}
	l.unselected = 2
	if len(l.items[2].Labels)+len(l.items[3].Labels) == 0 {
		t.Fatal("nothing was written to what leaves")
	}
	syncedAll(t, in, l)
	if a, b := l.items[2].Labels, l.items[3].Labels; len(a)+len(b) > 0 {
		t.Errorf("labels %v and %v stayed on what left", a, b)
	}
}
