package report

import (
	"strings"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// firstScreen gives the text before the ranked table.
func firstScreen(text string) string {
	screen, _, _ := strings.Cut(text, "\nORDER")
	return screen
}

func TestTheFirstScreenSaysThatMostNeighboursScoreTheSame(t *testing.T) {
	equal := []work.Item{issue(1, "a", nil), issue(2, "b", nil), issue(3, "c", nil)}
	loose := func(in *cycle.Inputs) { in.Policy.Hysteresis = 0.5 }
	unordered := func(in *cycle.Inputs) { in.Rules.To = map[string]plan.Target{"platform": {Score: "Score"}} }
	for name, change := range map[string]func(*cycle.Inputs){"whatever passes": loose, "no order is written": unordered} {
		t.Run(name, func(t *testing.T) {
			says(t, firstScreen(textOf(t, change, equal...)), "2 of 2 neighbours score the same; they keep the tracker's order.")
		})
	}
	told := append(equal[:2:2], issue(3, "c", func(it *work.Item) { it.Signals[work.Priority] = 1 }), issue(4, "d", func(it *work.Item) { it.Signals[work.Priority] = 0 }))
	if text := textOf(t, loose, told...); strings.Contains(text, "score the same") {
		t.Errorf("one of three neighbours is not most:\n%s", text)
	}
}

func TestScoresThatOnlyPrintTheSameAreToldFromEqualOnes(t *testing.T) {
	var items []work.Item
	for i := range 4 {
		items = append(items, issue(i+1, "old", func(it *work.Item) {
			it.Created = noon.AddDate(-5, 0, -i/2)
			it.Signals[work.Comments] = 3
		}))
	}
	r := roundOf(t, []connectors.Reader{shelf{name: "platform", items: items}}, nil)
	d := New(r)
	if d.Alike != 3 || d.Level != 2 {
		t.Errorf("alike %d, level %d, want 3 and 2", d.Alike, d.Level)
	}
	says(t, firstScreen(textOf(t, nil, items...)), "3 of 3 neighbours score the same to the digit shown; 2 of these exactly, and they keep the tracker's order.")
}

func TestEvidenceThatAgeHasUsedUpIsCalledTooOld(t *testing.T) {
	old := func(n int, votes float64) work.Item {
		return issue(n, "old", func(it *work.Item) {
			it.Created = noon.AddDate(-9, 0, 0)
			it.Signals[work.Votes] = votes
		})
	}
	items := []work.Item{old(1, 3), old(2, 7), old(3, 0)}
	text := textOf(t, nil, items...)
	says(t, text, "demand known for 100 % 3 different values, all too old to count")
	if strings.Contains(text, "votes") {
		t.Errorf("a reason names votes that add nothing:\n%s", text)
	}
	fresh := issue(4, "new", func(it *work.Item) { it.Signals[work.Votes] = 2 })
	text = textOf(t, nil, append(items, fresh)...)
	says(t, text, "demand known for 100 % 4 different values, too old to count for 50 %", "Two votes, medium priority")
	if d := New(roundOf(t, []connectors.Reader{shelf{name: "platform", items: items}}, nil)); d.Basis[0].Faded != 0.6667 {
		t.Errorf("faded %v, want 0.6667", d.Basis[0].Faded)
	}
}

func TestCriteriaThatSayNothingShareALine(t *testing.T) {
	basis := []Basis{{Criterion: "demand", Known: 1}, {Criterion: "stakeholders"}, {Criterion: "revenue", Inherited: 0.1}, {Criterion: "own_risk"}}
	told, silent := spoken(basis)
	if len(told) != 2 || told[0].Criterion != "demand" || told[1].Criterion != "revenue" || listed(silent) != "stakeholders and own risk" {
		t.Errorf("told %v, silent %v", told, silent)
	}
	if told, silent = spoken(basis[:3]); len(told) != 3 || silent != nil {
		t.Errorf("one alone: told %v, silent %v", told, silent)
	}
}
