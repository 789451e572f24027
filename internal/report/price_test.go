package report

import (
	"slices"
	"testing"
)

func TestPriceNamesWhatIsKept(t *testing.T) {
	held, free, task := []Item{{Held: "sprint"}, {}}, []Item{{}, {}}, []Item{{}, {Held: "subtask"}}
	tests := []struct {
		name       string
		items      []Item
		hysteresis float64
		carries    bool
		want       string
	}{
		{"held items", held, 0.5, true, "Keeping what is pinned or held costs 2.0 % against the best order."},
		{"thin evidence", free, 0.7, true, "Keeping what the evidence is too thin to move costs 2.0 % against the best order."},
		{"both", held, 0.7, true, "Keeping what is pinned or held, and what the evidence is too thin to move, costs 2.0 % against the best order."},
		{"sub-tasks are not held by anybody", task, 0.7, true, "Keeping what the evidence is too thin to move costs 2.0 % against the best order."},
		{"an order that is not written keeps nothing", held, 0.7, false, "Keeping what is pinned or held costs 2.0 % against the best order."},
	}
	for _, tt := range tests {
		d := Document{Items: tt.items, Carries: tt.carries, Policy: Policy{Hysteresis: tt.hysteresis}, Certificate: Certificate{Cost: 1.02, LowerBound: 1}}
		if got := d.certified(); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
