package prioritize

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestAModelSaysWhatItTakesForGranted(t *testing.T) {
	dated, fixed, promised := one("B", nil), one("C", nil), one("D", nil)
	dated.Items[0].Due = ago(-9)
	fixed.Items[0].Class.Name = work.FixedDate
	promised.Items[0].Class.Name = work.SLA
	plain := []work.Group{one("A", work.Signals{work.Effort: 3}), dated, fixed, promised}
	tests := []struct {
		name   string
		model  string
		change func(*Settings)
		groups []work.Group
		want   []string
	}{
		{"the default model needs nothing by name", "cd3u", nil, plain[:2], nil},
		{"but a class needs its date or its target", "cd3u", nil, plain, []string{
			"Model cd3u takes a fixed date that is not set, and a promise without a target or a beginning, for standard work: 2 of 4 items.",
		}},
		{"nobody gave a figure", "cd3", nil, plain[:1], []string{
			"No item has cost_of_delay; taken instead: the weighted criteria, 50 points for the money at anchors.cost_of_delay.half.",
		}},
		{"some did", "moscow", nil, []work.Group{one("A", work.Signals{"moscow": 1}), plain[1]}, []string{
			"1 of 2 items lack moscow; taken instead: could.",
		}},
		{"none of several", "wsjf", nil, []work.Group{one("A", work.Signals{"size": 3}), one("B", nil)}, []string{
			"1 of 2 items lack size; taken instead: the effort in days.",
			"No item has business_value, risk_reduction, time_criticality; taken instead: the weighted criteria, 1, due date and class of service.",
		}},
		{"all did", "ice", nil, []work.Group{one("A", work.Signals{"impact": 1, "confidence": 2, "ease": 3})}, nil},
		{"dates and classes that nothing reads", "weighted", nil, plain, []string{
			"Model weighted reads no due dates, which 1 of 4 items have.",
			"Model weighted reads no classes of service, which 2 of 4 items have.",
		}},
		{"a weighted date is read", "weighted", func(s *Settings) { s.Value["due"] = 1 }, plain[:2], nil},
		{"half a month at least", "rice", nil, []work.Group{one("A", work.Signals{"reach": 1, "impact": 1, "confidence": 1, work.Effort: 3})}, []string{
			"Model rice counts every effort below half a person-month as half a month: that of 1 of 1 items.",
		}},
		{"nothing of nothing", "rice", nil, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := modelOf(t, tt.model, tt.change)
			if diff := cmp.Diff(tt.want, e.Assumptions(e.Rank(tt.groups, noon))); diff != "" {
				t.Errorf("assumptions (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryInputIsAPart holds that what a model reads by name shows in its
// scores, so that a report says how far it is known.
func TestEveryInputIsAPart(t *testing.T) {
	for _, model := range everyModel {
		e := modelOf(t, model, nil)
		s := e.Score(one("A", nil), noon)
		for _, in := range e.formula.inputs {
			if !slices.ContainsFunc(s.Parts, func(p Part) bool { return p.Criterion == string(in.signal) && !p.Known }) {
				t.Errorf("%s reads %s, which is no part of its score", model, in.signal)
			}
		}
	}
}
