package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// sourceWith gives a surveyed source.
func sourceWith(kind string, open int, fields ...connectors.Field) draftSource {
	return draftSource{Name: kind, Kind: kind, Open: open, survey: connectors.Survey{Fields: fields}}
}

func TestWeightsGoToWhatTellsItemsApart(t *testing.T) {
	priority := func(filled, distinct int) connectors.Field {
		return connectors.Field{Name: "Priority", Kind: "priority", Signal: work.Priority, Filled: filled, Sample: 100, Distinct: distinct}
	}
	votes := connectors.Field{Name: "Votes", Kind: "votes", Signal: work.Votes, Filled: 100, Sample: 100}
	tests := []struct {
		name    string
		sources []draftSource
		want    map[string]bool // criterion: idle
	}{
		{"a priority that differs", []draftSource{sourceWith("jira", 9, priority(100, 3), votes)}, map[string]bool{"priority": false, "demand": false}},
		{"one that is everywhere the same", []draftSource{sourceWith("jira", 9, priority(100, 1), votes)}, map[string]bool{"priority": true, "demand": false}},
		{"one that some lack", []draftSource{sourceWith("jira", 9, priority(60, 1))}, map[string]bool{"priority": false}},
		{"the same on each site, not on both", []draftSource{sourceWith("jira", 9, priority(100, 1)), sourceWith("jira", 9, priority(100, 1))}, map[string]bool{"priority": false}},
		{"nothing on a site", []draftSource{sourceWith("jira", 9, priority(100, 1))}, map[string]bool{"priority": false}},
		{"nothing on a board", []draftSource{sourceWith("trello", 9)}, map[string]bool{"demand": false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := map[string]bool{}
			for _, w := range weights(tt.sources) {
				got[w.Criterion] = w.Idle
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("weights (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTiersFitASmallBacklog(t *testing.T) {
	tests := []struct {
		name string
		open []int
		want []int
	}{
		{"a quarter and the half behind it", []int{8, 4}, []int{3, 9}},
		{"one item is now", []int{1}, []int{1, 2}},
		{"a large one has the usual tiers", []int{30, 10}, nil},
		{"nothing is open", []int{0}, nil},
		{"nobody has counted one source", []int{8, -1}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d draft
			for _, n := range tt.open {
				d.Sources = append(d.Sources, sourceWith("jira", n))
			}
			if diff := cmp.Diff(tt.want, d.Tiers()); diff != "" {
				t.Errorf("tiers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFieldsAreKnownInSeveralLanguages(t *testing.T) {
	for name, want := range map[string]work.Signal{
		"Aufwand (PT)": work.Effort, "Umsatz": "revenue", "Geschäftswert": "stakeholders", "Valeur métier": "stakeholders",
		"Puntos de historia": work.Effort, "Umsatzsteuer": "", "Service charge": "",
	} {
		if got := sourceWith("trello", 1).signalOf(connectors.Field{Name: name, Kind: "number"}); got != want {
			t.Errorf("field %q feeds %q, want %q", name, got, want)
		}
	}
}
