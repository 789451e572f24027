package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

// gone gives a backlog of one issue whose memory holds another that left.
func gone(rule OnLeave) (world, Input, work.Identity) {
	w := jiraWorld(issue("1", .5, "stackrank-now"))
	w.rules.OnLeave = rule
	in := w.with(&Past{}, noon)
	id := work.Identity{Site: "https://jira.example", ID: "9"}
	in.Past.Items = map[work.Identity]Written{id: {
		Key: "PAY-9", Labels: []string{"stackrank-now"},
		Values: map[work.Slot]work.Value{work.SlotRank: work.Number(3), work.SlotScore: work.Number(40)},
	}}
	return w, in, id
}

func label(l string) work.Edit {
	return work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text(l)}
}

func TestWhatLeftLosesWhatTheRuleSays(t *testing.T) {
	fields := []work.Edit{{Slot: work.SlotRank, Old: work.Number(3)}, {Slot: work.SlotScore, Old: work.Number(40)}}
	tests := []struct {
		name string
		rule OnLeave
		mar  func(*Input, work.Identity)
		want []work.Edit
	}{
		{"labels", LeaveLabels, nil, []work.Edit{label("stackrank-now")}},
		{"labels and fields", LeaveClear, nil, append([]work.Edit{label("stackrank-now")}, fields...)},
		{"nothing", LeaveKeep, nil, nil},
		{"no labels where none are written", LeaveClear, func(in *Input, _ work.Identity) { in.Rules.To["jira"] = Target{Score: "Score", Rank: "Rank"} }, fields},
		{"no field that was another one then", LeaveClear, func(in *Input, _ work.Identity) {
			in.Past.To = map[string]Target{"jira": {Score: "Score", Rank: "Old"}}
		}, []work.Edit{label("stackrank-now"), fields[1]}},
		{"a label that may have been added", LeaveLabels, func(in *Input, id work.Identity) {
			w := in.Past.Items[id]
			w.Begun = []work.Edit{{Op: work.Add, Slot: work.SlotLabel, New: work.Text("stackrank-next")}}
			in.Past.Items[id] = w
		}, []work.Edit{label("stackrank-next"), label("stackrank-now")}},
		{"nothing, having come back under another source of the site", LeaveClear, func(in *Input, id work.Identity) {
			in.Past.Items = map[work.Identity]Written{{Site: id.Site, ID: "1"}: in.Past.Items[id]}
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, in, id := gone(tt.rule)
			if tt.mar != nil {
				tt.mar(&in, id)
			}
			var want []Leave
			if tt.want != nil {
				want = []Leave{{Ref: work.Ref{Source: "jira", ID: "9"}, Key: "PAY-9", Edits: tt.want}}
			}
			p := Build(in)
			if diff := cmp.Diff(want, p.Left, opts()...); diff != "" {
				t.Errorf("what left (-want +got):\n%s", diff)
			}
			if !p.Intact() || tt.want != nil && p.Empty() {
				t.Errorf("the plan is empty or its digest is wrong: %+v", p)
			}
		})
	}
}

func TestWhatLeftIsResolvedByALook(t *testing.T) {
	ref := work.Ref{Source: "jira", ID: "9"}
	now := func(change func(*work.Item)) Looked {
		it := work.Item{Ref: ref, Key: "PAY-90", Title: "Elsewhere", Status: work.Open, Labels: []string{"bug", "stackrank-now"},
			Outputs: map[work.Slot]work.Value{work.SlotRank: work.Number(3), work.SlotScore: work.Number(41)}}
		if change != nil {
			change(&it)
		}
		return Looked{Item: it}
	}
	rank := work.Edit{Slot: work.SlotRank, Old: work.Number(3)}
	tests := []struct {
		name   string
		looked map[work.Ref]Looked
		rule   OnConflict
		want   []work.Edit
		left   int
		skips  int
	}{
		{"nobody looked", nil, ConflictKeep, nil, 1, 0},
		{"it is deleted", map[work.Ref]Looked{ref: {Gone: true}}, ConflictKeep, nil, 0, 0},
		{"it is done", map[work.Ref]Looked{ref: now(func(it *work.Item) { it.Status = work.Done })}, ConflictKeep, nil, 0, 0},
		{"a person wants it left alone", map[work.Ref]Looked{ref: now(func(it *work.Item) { it.Labels = []string{"stackrank-ignore", "stackrank-now"} })}, ConflictKeep, nil, 0, 0},
		{"it is open; what a person changed stays", map[work.Ref]Looked{ref: now(nil)}, ConflictKeep, []work.Edit{label("stackrank-now"), rank}, 0, 0},
		{"it is open; what a person changed is reported", map[work.Ref]Looked{ref: now(nil)}, ConflictReport, []work.Edit{label("stackrank-now"), rank}, 0, 1},
		{"it is open; what a person changed is written over", map[work.Ref]Looked{ref: now(nil)}, ConflictOverwrite,
			[]work.Edit{label("stackrank-now"), rank, {Slot: work.SlotScore, Old: work.Number(41)}}, 0, 0},
		{"its label is gone already", map[work.Ref]Looked{ref: now(func(it *work.Item) { it.Labels = nil })}, ConflictKeep, []work.Edit{rank}, 0, 0},
		{"it takes no writes", map[work.Ref]Looked{ref: now(func(it *work.Item) { it.Refused = "Nobody may." })}, ConflictKeep, nil, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, in, _ := gone(LeaveClear)
			w.rules.OnConflict = tt.rule
			p := Build(in)
			p.Changes, p.Runs = nil, nil
			p = p.Resolve(tt.looked, w.rules)
			var got []work.Edit
			for _, c := range p.Changes {
				got = c.Edits
			}
			if diff := cmp.Diff(tt.want, got, opts()...); diff != "" {
				t.Errorf("edits (-want +got):\n%s", diff)
			}
			if len(p.Left) != tt.left || len(p.Skipped) != tt.skips || !p.Intact() {
				t.Errorf("%d are left and %v skipped, want %d and %d", len(p.Left), p.Skipped, tt.left, tt.skips)
			}
		})
	}
}

func TestWhatLeftIsRememberedUntilItIsSeenTo(t *testing.T) {
	w, in, id := gone(LeaveLabels)
	a := Arrange(in)
	p := a.Plan()
	if _, ok := a.Remember(p, nil).Items[id]; !ok {
		t.Error("an item that left and was not looked at is forgotten")
	}
	looked := map[work.Ref]Looked{{Source: "jira", ID: "9"}: {Item: work.Item{Labels: []string{"stackrank-now"}}}}
	p = p.Resolve(looked, w.rules)
	var failed, done []work.Result
	for _, x := range p.writes() {
		failed = append(failed, each(x, work.ErrUnavailable)...)
		done = append(done, each(x, nil)...)
	}
	if w, ok := a.Remember(p, failed).Items[id]; !ok || len(w.Begun) != 1 {
		t.Errorf("an item that left and could not be written is remembered as %+v", w)
	}
	if _, ok := a.Remember(p, done).Items[id]; ok {
		t.Error("an item that left and lost our labels is still remembered")
	}
}

func TestFilterHoldsForWhatLeft(t *testing.T) {
	_, in, _ := gone(LeaveLabels)
	p := Build(in)
	all, none := p.Filter(func(work.Ref) bool { return true }), p.Filter(func(work.Ref) bool { return false })
	if len(all.Left) != 1 || len(none.Left) != 0 {
		t.Errorf("Filter() keeps %v of all and %v of none", all.Left, none.Left)
	}
}

func TestWhatLeftIsCounted(t *testing.T) {
	for rule, says := range map[OnLeave]string{LeaveLabels: "1 item left the backlog with our labels:", LeaveClear: "with our labels and fields:", LeaveKeep: ""} {
		_, in, _ := gone(rule)
		var said string
		for _, f := range Arrange(in).Findings() {
			if f.Code == "left-backlog" {
				said = f.Source + ": " + f.Message
			}
		}
		if (said == "") != (says == "") || !strings.Contains(said, says) || says != "" && !strings.HasPrefix(said, "jira: ") {
			t.Errorf("%s: it says %q, want %q of jira", rule, said, says)
		}
	}
}

func TestWhatLeftWithItsSourceIsTold(t *testing.T) {
	_, in, id := gone(LeaveLabels)
	in.Past.Items = map[work.Identity]Written{{Site: "https://old.example", ID: "9"}: in.Past.Items[id]}
	a := Arrange(in)
	told := slices.ContainsFunc(a.Findings(), func(f work.Finding) bool { return f.Code == "left-with-source" })
	if p := a.Plan(); len(p.Left) != 0 || !told {
		t.Errorf("left %v, findings %v", p.Left, a.Findings())
	}
}

func TestSavedPlanLeavesWhatCameBack(t *testing.T) {
	_, in, id := gone(LeaveLabels)
	s := Saved{At: noon, Plan: Build(in)}
	if p, drift, err := Rebase(s, in, "", noon.Add(time.Hour)); err != nil || len(drift) > 0 || len(p.Left) != 1 {
		t.Errorf("Rebase() = %+v, %v, %v; want what left to be kept", p, drift, err)
	}
	back := in
	back.Past = &Past{}
	w := jiraWorld(issue("1", .5, "stackrank-now"), issue(id.ID, .4))
	back.Ranking = w.input().Ranking
	p, drift, err := Rebase(s, back, "", noon.Add(time.Hour))
	if err != nil || len(p.Left) != 0 || !slices.ContainsFunc(drift, func(s Skip) bool { return s.Ref.ID == id.ID }) {
		t.Errorf("Rebase() = %+v, %v, %v; want the item that came back named", p, drift, err)
	}
}
