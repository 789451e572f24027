package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// save makes a plan of the world and everything that a report keeps with it.
func save(w world) Saved {
	a := Arrange(w.input())
	s := Saved{At: noon, Policy: "sha256:p", Plan: a.Plan()}
	for _, p := range a.Placed {
		s.Order = append(s.Order, p.Ranked.Group.Ref())
	}
	return s
}

func TestSavedPlanOfAnUnchangedBacklogIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		s := save(w)
		got, drift, err := Rebase(s, w.input(), s.Policy, noon.Add(time.Hour))
		if err != nil || len(drift) > 0 {
			t.Fatalf("Rebase() = %v, %v", drift, err)
		}
		if diff := cmp.Diff(s.Plan, got, opts()...); diff != "" {
			t.Errorf("nothing has changed, but the plan has (-saved +rebased):\n%s", diff)
		}
	})
}

func TestSavedPlanThatWasCarriedOutIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		s := save(w)
		w.apply(t, s.Plan)
		got, drift, err := Rebase(s, w.input(), s.Policy, noon)
		if err != nil || len(drift) > 0 || !got.Empty() {
			t.Errorf("Rebase() = %+v, %v, %v; want nothing left and nothing to say", got, drift, err)
		}
	})
}

func TestSavedPlanNeverUndoesWhatPeopleChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		s := save(w)
		touched := map[work.Ref]work.Value{}
		for _, tr := range w.trackers {
			for ref, it := range tr.items {
				if rapid.IntRange(0, 2).Draw(t, "changed") == 0 {
					it.Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(1.25)}
					tr.items[ref], touched[ref] = it, work.Number(1.25)
				}
			}
		}
		got, _, err := Rebase(s, w.input(), s.Policy, noon)
		if err != nil {
			t.Fatal(err)
		}
		w.apply(t, got)
		for ref, want := range touched {
			if is := w.find(ref).Outputs[work.SlotScore]; is != want {
				t.Errorf("%s: a person set %s, and the saved plan made it %s", ref, want, is)
			}
		}
	})
}

func TestSavedPlanIsRefusedWhole(t *testing.T) {
	w := jiraWorld(issue("1", .25), issue("2", 1))
	tests := []struct {
		name   string
		mar    func(*Saved)
		policy string
		age    time.Duration
		want   string
	}{
		{"an altered plan", func(s *Saved) { s.Plan.Changes[0].Edits[0].New = work.Text("stackrank-next") }, "sha256:p", 0, "does not match its digest"},
		{"a changed policy", nil, "sha256:q", 0, "policy has changed"},
		{"a plan over plan_ttl", nil, "sha256:p", 25 * time.Hour, "longer ago than plan_ttl allows"},
		{"a plan from tomorrow", nil, "sha256:p", -time.Hour, "lies ahead"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := save(w)
			if tt.mar != nil {
				tt.mar(&s)
			}
			p, _, err := Rebase(s, w.input(), tt.policy, noon.Add(tt.age))
			if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), tt.want) || !p.Empty() {
				t.Errorf("Rebase() = %+v, %v; want it refused because %q", p, err, tt.want)
			}
		})
	}
	s := save(w)
	if _, _, err := Rebase(s, w.input(), s.Policy, noon.Add(24*time.Hour)); err != nil {
		t.Errorf("a plan as old as plan_ttl: %v, want it accepted", err)
	}
}

func TestDrift(t *testing.T) {
	ref := func(id string) work.Ref { return work.Ref{Source: "jira", ID: id} }
	edit := func(id string, change func(*work.Item)) func(*tracker) {
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
	// The plan turns abcdef into aefbcd and writes places.
	start := []work.Item{issue("a", 1), issue("b", .7), issue("c", .6), issue("d", .5), issue("e", .9), issue("f", .8)}
	tests := []struct {
		name  string
		since func(*tracker)
		drift []string // id and a part of the sentence
		moved string   // what the plan still moves
	}{
		{"nothing has changed", func(*tracker) {}, nil, "ef"},
		{"a person wrote a value", edit("b", func(it *work.Item) { it.Outputs = map[work.Slot]work.Value{work.SlotRank: work.Number(9)} }),
			[]string{"b: Its rank is 9 now and was empty"}, "ef"},
		{"a person has asked to leave it alone", edit("f", func(it *work.Item) { it.Labels = []string{"stackrank-ignore"} }),
			[]string{"f: A person has asked", "e: It was to be moved together with PAY-f", "f: It is held in its place since the plan was made (ignored)"}, ""},
		{"an item of a run has begun", edit("e", func(it *work.Item) { it.Status = work.Active }),
			[]string{"e: It is held in its place since the plan was made (active)", "f: It was to be moved together with PAY-e"}, ""},
		{"an item of a run was moved", order("fabcde"),
			[]string{"e: It was to be moved together", "f: It has been moved"}, ""},
		{"the anchor was moved", order("bcadef"), []string{"e: It was to stand next to PAY-a, which a person has moved", "f: It was to be moved together"}, ""},
		{"the anchor is gone", func(tr *tracker) { order("bcdef")(tr); delete(tr.items, ref("a")) },
			[]string{"a: It is no longer among the open items", "e: It was to stand next to jira:a, which is no longer in that list", "f: It was to be moved"}, ""},
		{"what else was moved is no matter", order("acbdef"), nil, "ef"},
		{"somebody made the move already", order("aefbcd"), nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := jiraWorld(start...)
			w.rules.To["jira"] = Target{Rank: "Rank", Order: true}
			s := save(w)
			tt.since(w.trackers[0])
			p, drift, err := Rebase(s, w.input(), s.Policy, noon)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(drift, tt.drift, func(got Skip, want string) bool {
				return strings.HasPrefix(got.Ref.ID+": "+got.Why, want)
			}) {
				t.Errorf("drift %v, want %q", drift, tt.drift)
			}
			moved := ""
			for _, r := range p.Runs {
				moved += ids(r.Items)
			}
			if moved != tt.moved || p.Counts.Skipped != len(drift) || !p.Intact() {
				t.Errorf("moves %q with counts %+v, want %q", moved, p.Counts, tt.moved)
			}
		})
	}
}
