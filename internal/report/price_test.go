package report

import (
	"slices"
	"testing"
)

func TestPriceNamesWhatIsKept(t *testing.T) {
	held, thin, task := Item{Held: "sprint"}, Item{thin: true}, Item{Held: "subtask"}
	tests := []struct {
		name  string
		items []Item
		want  string
	}{
		{"held items", []Item{held, {}}, "Keeping what is pinned or held costs 2.0 % against the best order."},
		{"thin evidence", []Item{{}, thin}, "Keeping what is uncertain costs 2.0 % against the best order."},
		{"both", []Item{held, thin}, "Keeping what is pinned, held or uncertain costs 2.0 % against the best order."},
		{"sub-tasks are not held by anybody", []Item{task, thin}, "Keeping what is uncertain costs 2.0 % against the best order."},
	}
	for _, tt := range tests {
		d := Document{Items: tt.items, Certificate: Certificate{Cost: 1.02, LowerBound: 1}}
		if got := d.certified(); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
