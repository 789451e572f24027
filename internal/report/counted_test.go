package report

import (
	"strings"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/work"
)

func TestWhatAnItemWeighsInTheOrderIsTold(t *testing.T) {
	whole := issue(1, "story", func(it *work.Item) { it.Signals[work.Effort] = 5 })
	task := func(n int, effort bool) work.Item {
		return issue(n, "task", func(it *work.Item) {
			it.Parent, it.Subtask = whole.Ref, true
			if !effort {
				delete(it.Signals, work.Effort)
			}
		})
	}
	tests := []struct {
		name, key string
		items     []work.Item
		want      string
	}{
		{"alone", "PAY-1", []work.Item{whole}, ""},
		{"an estimated sub-task", "PAY-2", []work.Item{whole, task(2, true)}, "As a sub-task it weighs what is known of itself."},
		{"a sub-task without an estimate", "PAY-2", []work.Item{whole, task(2, false)}, "It weighs nothing of its own in the order and stands with what it belongs to."},
		{"a parent with work left", "PAY-1", []work.Item{whole, task(2, true)}, "As a parent it weighs what its parts did not take over, and takes what they leave of its estimate."},
		{"a parent without", "PAY-1", []work.Item{whole, task(2, true), task(3, true), task(4, true)}, "As a parent it weighs what its parts did not take over, and takes no work beside theirs."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := explained(t, roundOf(t, []connectors.Reader{shelf{"platform", tt.items, nil}}, nil), tt.key, "")
			if x.Counts != tt.want {
				t.Errorf("it counts as %q, want %q", x.Counts, tt.want)
			}
			if said := x.shared(); x.Takes > 0 && x.Density != x.Ratio && !strings.Contains(said, "÷ "+decimal(x.Takes, 2)) {
				t.Errorf("weight %v, lent %v, takes %v, density %v: told as %q", x.Weighs, x.Item.Lent, x.Takes, x.Density, said)
			}
		})
	}
}

func TestAMemberOfACycleHasTheFigureOfTheCycle(t *testing.T) {
	waits := func(n, on, effort int) work.Item {
		return issue(n, "knot", func(it *work.Item) {
			it.Signals[work.Effort] = float64(effort)
			it.Links = []work.Link{{Kind: work.BlockedBy, To: issue(on, "", nil).Ref, Open: true, Phrase: "is blocked by"}}
		})
	}
	x := explained(t, roundOf(t, []connectors.Reader{shelf{"platform", []work.Item{waits(1, 2, 1), waits(2, 1, 8)}, nil}}, nil), "PAY-1", "")
	if said := x.shared(); said != "" || x.Density == x.Ratio {
		t.Errorf("figure %v of its own, %v with the cycle, told as %q", x.Ratio, x.Density, said)
	}
}
