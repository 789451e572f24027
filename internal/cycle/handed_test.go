package cycle

import (
	"slices"
	"strings"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// TestAnUndoLeavesWhatAnotherBacklogHolds has one of two items that left go over to
// another backlog, which finds nothing to change on it.
func TestAnUndoLeavesWhatAnotherBacklogHolds(t *testing.T) {
	_, l, in := departing(t)
	there := in
	there.Backlog = "refunds"
	other := &left{tracker: &tracker{source: "a", items: []work.Item{l.items[3]}}}
	syncedAll(t, there, other)
	l.items[3] = other.items[0]
	u, err := Undo(t.Context(), in, "", []connectors.Connector{l})
	if err != nil {
		t.Fatal(err)
	}
	if got := l.items[3]; bare(got) || !slices.Equal(got.Labels, other.items[0].Labels) {
		t.Errorf("what the other backlog left is gone: labels %v and outputs %v", got.Labels, got.Outputs)
	}
	if !bare(l.items[2]) {
		t.Errorf("%s, which nobody holds, has labels %v", l.items[2].Ref, l.items[2].Labels)
	}
	if !slices.ContainsFunc(u.Plan.Skipped, func(s plan.Skip) bool {
		return s.Ref == l.items[3].Ref && strings.Contains(s.Why, "Another backlog")
	}) {
		t.Errorf("skips %v do not tell of it", u.Plan.Skipped)
	}
}
