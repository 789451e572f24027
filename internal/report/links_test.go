package report

import (
	"testing"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

func TestLinksAreToldInSentences(t *testing.T) {
	ref := func(n int) work.Ref { return issue(n, "", nil).Ref }
	waits := func(on ...int) func(*work.Item) {
		return func(it *work.Item) {
			it.Signals["stakeholders"] = 9
			for _, n := range on {
				it.Links = append(it.Links, work.Link{Kind: work.BlockedBy, To: ref(n), Open: true, Phrase: "is blocked by"})
			}
		}
	}
	poor := func(it *work.Item) { it.Signals["stakeholders"] = 1 }
	tests := []struct {
		name  string
		items []work.Item
		want  []string
	}{
		{"a blocker borrows", []work.Item{issue(1, "a", poor), issue(2, "b", waits(1))}, []string{
			"Much of its score comes from PAY-2, which waits for it.", "It waits for PAY-1, which holds its score down.",
		}},
		{"from many", []work.Item{issue(1, "a", poor), issue(2, "b", waits(1)), issue(3, "c", waits(1)), issue(4, "d", waits(1))}, []string{
			"Much of its score comes from PAY-2, PAY-3 and one more, which wait for it.",
		}},
		{"a sub-task", []work.Item{issue(1, "story", nil), issue(2, "task", func(it *work.Item) { it.Parent, it.Subtask = ref(1), true })}, []string{
			"It is part of PAY-1 and ranked with it.", "It is done when its part is.",
		}},
		{"a part", []work.Item{issue(1, "epic", func(it *work.Item) { it.Signals["stakeholders"] = 10 }), issue(2, "part", func(it *work.Item) {
			it.Signals["stakeholders"] = 2
			it.Parent = ref(1)
		})}, []string{"Much of its score comes from PAY-1, of which it is a part."}},
		{"a cycle", []work.Item{issue(1, "a", waits(2)), issue(2, "b", waits(1))}, []string{
			"PAY-1 and PAY-2 wait for each other: they are ranked as one piece of work.",
			"Take out the newest link, by which PAY-", "or another of them.",
			"It and PAY-2 wait for each other and are ranked as one.",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			says(t, textOf(t, func(in *cycle.Inputs) {
				in.Policy.Value = map[string]float64{"stakeholders": 1}
				in.Rules.To = map[string]plan.Target{"platform": {Score: "Score"}}
			}, tt.items...), tt.want...)
		})
	}
}
