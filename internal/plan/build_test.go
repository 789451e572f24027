package plan

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// showEdits prints the edits of a plan, one item a line.
func showEdits(p Plan) string {
	var lines []string
	for _, c := range p.Changes {
		line := c.Ref.ID + ":"
		for _, e := range c.Edits {
			line += " " + e.Op.Mark() + e.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestEdits(t *testing.T) {
	written := func(it work.Item, score, rank float64) work.Item {
		it.Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(score), work.SlotRank: work.Number(rank)}
		return it
	}
	active := func(it work.Item) work.Item { it.Status = work.Active; return it }
	unestimated := func(it work.Item) work.Item { it.Signals = work.Signals{work.Priority: 1}; return it }
	top := issue("1", 1)
	score, _ := scoreValue(scoreOf(top)).Float()
	tests := []struct {
		name string
		item work.Item
		mar  func(*Rules)
		want string
	}{
		{"an item that has nothing gets score, place and label", top, nil,
			fmt.Sprintf("1: +label stackrank-now ~rank none → 1 ~score none → %v", score)},
		{"what is written already is not written again", written(issue("1", 1, "stackrank-now"), score, 1), nil, ""},
		{"a score that changed by less than min_delta stays", written(issue("1", 1, "stackrank-now"), score-0.9, 1), nil, ""},
		{"a score that changed by min_delta is written", written(issue("1", 1, "stackrank-now"), score-1, 1), nil,
			fmt.Sprintf("1: ~score %s → %v", work.Number(score-1), score)},
		{"a place is written when it differs at all", written(issue("1", 1, "stackrank-now"), score, 2), nil, "1: ~rank 2 → 1"},
		{"a label of a former tier goes, labels of others stay", written(issue("1", 1, "bug", "stackrank-later", "stackrank-now"), score, 1), nil,
			"1: -label stackrank-later"},
		{"labels that people set stay", written(issue("1", 1, "stackrank-now", "stackrank-pin"), score, 1), nil, ""},
		{"an ignored item is not written", issue("1", 1, "stackrank-ignore", "stackrank-next"), nil, ""},
		{"a held item gets score and place, and keeps its labels", active(issue("1", 1, "stackrank-next")), nil,
			fmt.Sprintf("1: ~rank none → 1 ~score none → %v", score)},
		{"what the policy requires is not known: no first tier", unestimated(issue("1", 1)), func(r *Rules) { r.To["jira"] = Target{Labels: true} },
			"1: +label stackrank-next"},
		{"only what the target names is written", written(issue("1", 1), 1, 9), func(r *Rules) { r.To["jira"] = Target{Rank: "Rank"} }, "1: ~rank 9 → 1"},
		{"a source without a target is only read", written(issue("1", 1, "stackrank-old"), 1, 9), func(r *Rules) { r.To = nil }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := jiraWorld(tt.item)
			if tt.mar != nil {
				tt.mar(&w.rules)
			}
			if got := showEdits(Build(w.input())); got != tt.want {
				t.Errorf("edits:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestBelowTheTopEverythingOfOursGoes(t *testing.T) {
	low := issue("2", 0.25, "bug", "stackrank-next", "stackrank-pin")
	low.Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(40), work.SlotRank: work.Number(7)}
	w := jiraWorld(issue("1", 1), low)
	w.rules.Top = 1
	got, _ := strings.CutPrefix(showEdits(Build(w.input())), showEdits(Build(jiraWorld(issue("1", 1)).input()))+"\n")
	if want := "2: -label stackrank-next ~rank 7 → none ~score 40 → none"; got != want {
		t.Errorf("edits below the top:\n%s\nwant:\n%s", got, want)
	}
}

func TestPlacesAndReasons(t *testing.T) {
	with := func(it work.Item, change func(*work.Item)) work.Item { change(&it); return it }
	tests := []struct {
		name   string
		items  []work.Item // in native order
		places string
		held   Held // of item x
		reason string
	}{
		{"equal scores keep the order of the tracker", []work.Item{issue("b", .5), issue("a", .5), issue("x", .25)}, "bax", "", ""},
		{"a pinned item keeps its place", []work.Item{issue("a", .5), issue("b", .25), issue("x", 1, "stackrank-pin")}, "abx", HeldPinned,
			"A person pinned it, so it keeps its place; by its score it would stand at place 1."},
		{"an ignored item keeps its place", []work.Item{issue("x", .25, "stackrank-ignore"), issue("a", .5)}, "xa", HeldIgnored,
			"A person asked to leave it alone, so it keeps its place; by its score it would stand at place 2."},
		{"work that has begun keeps its place", []work.Item{issue("a", .5), with(issue("x", 1), func(it *work.Item) { it.Status = work.Active })}, "ax", HeldActive,
			"Work on it has begun, so it keeps its place; by its score it would stand at place 1."},
		{"an item of a sprint keeps its place", []work.Item{issue("a", .5), with(issue("x", 1), func(it *work.Item) { it.Sprint = true })}, "ax", HeldSprint,
			"It is in a running sprint, so it keeps its place; by its score it would stand at place 1."},
		{"a parent keeps its place", []work.Item{issue("a", .5), with(issue("x", 1), func(it *work.Item) { it.Epic = true })}, "ax", HeldEpic,
			"It is a parent of other work, so it keeps its place; by its score it would stand at place 1."},
		{"an item that takes no writes keeps its place", []work.Item{issue("a", .5), with(issue("x", 1), func(it *work.Item) { it.Refused = "Archived." })}, "ax", HeldRefused,
			"The service does not let it be moved, so it keeps its place; by its score it would stand at place 1."},
		{"an item that may not be moved keeps its place", []work.Item{issue("a", .5), with(issue("x", 1), func(it *work.Item) { it.Fixed = "No right." })}, "ax", HeldRefused,
			"The service does not let it be moved, so it keeps its place; by its score it would stand at place 1."},
		{"a held item in its right place needs no reason", []work.Item{issue("x", 1, "stackrank-pin"), issue("a", .5)}, "xa", HeldPinned, ""},
		{"a sub-task stands where its score puts it", []work.Item{issue("a", .5), with(issue("x", 1), func(it *work.Item) { it.Subtask = true })}, "xa", HeldSubtask, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			placed := Arrange(jiraWorld(tt.items...).input()).Placed
			if got := byPlace(placed); got != tt.places {
				t.Errorf("places %s, want %s", got, tt.places)
			}
			for _, p := range placed {
				if p.Ranked.Group.Ref().ID == "x" && (p.Held != tt.held || p.Reason != tt.reason) {
					t.Errorf("held %q, reason %q; want %q, %q", p.Held, p.Reason, tt.held, tt.reason)
				}
			}
		})
	}
}

func TestHeldItemOfOneListDisplacesOnlyItself(t *testing.T) {
	card := func(id string, priority float64, labels ...string) work.Item {
		it := issue(id, priority, labels...)
		it.Ref.Source, it.Lane = "trello", "ideas"
		return it
	}
	tests := []struct {
		name   string
		cards  []work.Item
		places string
	}{
		{"at the top", []work.Item{card("x", .25, "stackrank-pin"), card("b", 1), card("c", .8)}, "xbcaed"},
		{"in the middle", []work.Item{card("b", 1), card("x", .25, "stackrank-pin"), card("c", .8)}, "bxcaed"},
		{"at the bottom", []work.Item{card("c", .8), card("b", .25), card("x", 1, "stackrank-pin")}, "caedbx"},
		{"two together", []work.Item{card("x", .25, "stackrank-pin"), card("b", .25, "stackrank-pin"), card("c", .8)}, "xbcaed"},
		{"where it belongs", []work.Item{card("x", 1, "stackrank-pin"), card("b", .8), card("c", .25)}, "xbaedc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := jiraWorld(issue("a", .75), issue("e", .6), issue("d", .5))
			w.trackers = append(w.trackers, newTracker("trello", 0, tt.cards...))
			placed := Arrange(w.input()).Placed
			if got := byPlace(placed); got != tt.places {
				t.Fatalf("places %s, want %s", got, tt.places)
			}
			for _, p := range placed {
				if p.Held == "" && p.Reason != "" {
					t.Errorf("reason of %s, which no neighbour stands against: %q", p.Ranked.Group.Ref().ID, p.Reason)
				}
			}
		})
	}
}

func TestSourceThatCannotWriteIsNamedOnce(t *testing.T) {
	w := jiraWorld(issue("1", .25), issue("2", .5), issue("3", 1))
	in := w.input()
	in.Caps["jira"] = work.Caps{Slots: []work.Slot{work.SlotScore}}
	p := Build(in)
	want := []Skip{{Source: "jira", Why: "source jira cannot write its native order, labels, places: check tells why"}}
	if diff := cmp.Diff(want, p.Skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if p.Counts.Set != 3 || p.Counts.Add != 0 || p.Counts.Moved != 0 {
		t.Errorf("counts %+v, want three scores and nothing else", p.Counts)
	}
}

func TestItemThatTakesNoWritesIsSkippedWithItsReason(t *testing.T) {
	it := issue("1", 1)
	it.Refused = "The issue is archived."
	p := Build(jiraWorld(it).input())
	if want := []Skip{{Ref: it.Ref, Why: it.Refused}}; !p.Empty() || !cmp.Equal(p.Skipped, want) {
		t.Errorf("plan %+v, want nothing but %v", p, want)
	}
}

func TestEvidenceThatCarriesNoOrderMovesNothing(t *testing.T) {
	w := jiraWorld(issue("1", .25), issue("2", 1))
	in := w.input()
	if p := Build(in); p.Counts.Moved != 1 {
		t.Fatalf("with evidence %d items move, want 1", p.Counts.Moved)
	}
	in.Carries = false
	a := Arrange(in)
	if p := a.Plan(); len(p.Runs) != 0 || p.Counts.Set != 4 {
		t.Errorf("plan %+v, want all values and no moves", p)
	}
	if f := a.Findings(); len(f) != 1 || f[0].Code != "no-order" {
		t.Errorf("findings %v, want one with the code no-order", f)
	}
	in.Rules.To["jira"] = Target{Score: "Score"}
	if f := Arrange(in).Findings(); len(f) != 0 {
		t.Errorf("findings %v where nobody asked for the order", f)
	}
}

func TestMirrorsGetTheValuesOfTheirGroup(t *testing.T) {
	card := issue("c", 1)
	card.Ref.Source, card.Lane = "trello", "ideas"
	card.Links = []work.Link{{Kind: work.Mirrors, To: work.Ref{Source: "jira", ID: "1"}}}
	w := jiraWorld(issue("1", 1))
	w.rules.To["trello"] = Target{Rank: "Rank"}
	w.trackers = append(w.trackers, newTracker("trello", 0, card))
	if got := showEdits(Build(w.input())); !strings.HasSuffix(got, "\nc: ~rank none → 1") || strings.Count(got, "\n") != 1 {
		t.Errorf("edits:\n%s\nwant the issue with all values, then the card with its place", got)
	}
}

func TestPlanJSON(t *testing.T) {
	low := issue("4", .05, "bug", "stackrank-next", "stackrank-old")
	low.Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(61), work.SlotRank: work.Number(1)}
	archived := issue("3", .75)
	archived.Refused = "The issue is archived."
	w := jiraWorld(low, issue("1", .5), archived, issue("2", 1))
	w.rules.Tiers = []Tier{{"now": 1}, {"next": 2}}
	in := w.input()
	for i, total := range []float64{74.46, 61, 50, 12.34} {
		in.Ranking.Ranked[i] = prioritize.Ranked{Place: i + 1, Group: in.Ranking.Ranked[i].Group, Total: total}
	}
	got, err := json.MarshalIndent(Build(in), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.json", append(got, '\n'))
}

func TestEmptyPlanPrintsLists(t *testing.T) {
	got, err := json.Marshal(Build(Input{}))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(got, []byte(`"changes":[],"runs":[],"skipped":[]`)) {
		t.Errorf("an empty plan is %s, want empty lists and no null", got)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), -update rewrites it:\n%s", path, diff)
	}
}

func TestItemsThatMayNotBeMovedAreWrittenAndTold(t *testing.T) {
	items := []work.Item{issue("a", .25), issue("x", 1), issue("y", .5)}
	for i := range items[1:] {
		items[i+1].Fixed = "No right."
	}
	a := Arrange(jiraWorld(items...).input())
	p := a.Plan()
	if len(p.Runs) != 0 {
		t.Errorf("runs %v, want none", p.Runs)
	}
	if len(p.Changes) != 3 {
		t.Errorf("%d items are written, want all 3", len(p.Changes))
	}
	found := a.Findings()
	if len(found) != 1 || found[0].Code != "not-movable" || found[0].Message != "2 items keep their places: No right." {
		t.Errorf("findings %v, want one that counts both", found)
	}
}

func TestSlotsThatAnItemLacksAreToldOnceAndCostNothingElse(t *testing.T) {
	items := []work.Item{issue("a", 1), issue("x", .5), issue("y", .25)}
	items[1].Lacks, items[2].Lacks = []work.Slot{work.SlotScore}, []work.Slot{work.SlotScore}
	p := Build(jiraWorld(items...).input())
	sets := map[string]int{}
	for _, c := range p.Changes {
		for _, e := range c.Edits {
			if e.Slot == work.SlotScore {
				sets[c.Ref.ID]++
			}
		}
	}
	if len(p.Changes) != 3 || len(sets) != 1 || sets["a"] != 1 {
		t.Errorf("%d items are written, scores of %v; want all 3, and the score of a alone", len(p.Changes), sets)
	}
	if len(p.Skipped) != 1 || !p.Skipped[0].Ref.IsZero() {
		t.Errorf("skipped %v, want one line for the source", p.Skipped)
	}
}
