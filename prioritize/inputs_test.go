package prioritize

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestInputsNameWhatWeighsMost(t *testing.T) {
	e := engineOf(t, func(s *Settings) {
		s.Value = map[string]float64{"priority": 3, "demand": 2, "customers": 1, "watchers": 0}
	})
	want := []Input{
		{Criterion: "priority", Curve: CurveOrdinal, Signals: []work.Signal{work.Priority}},
		{Criterion: "demand", Curve: CurveCount, Signals: []work.Signal{work.Votes, work.Comments}}, // a watcher weighs less
		{Criterion: "customers", Curve: CurveCount, Signals: []work.Signal{"customers"}},
	}
	if diff := cmp.Diff(want, e.Inputs()); diff != "" {
		t.Errorf("Inputs() (-want +got):\n%s", diff)
	}
}

func TestInputsNameEverybodyWhoCounts(t *testing.T) {
	e := engineOf(t, func(s *Settings) {
		s.Value = map[string]float64{"stakeholders": 1}
		s.Stakeholders = []Stakeholder{{Name: "Ben", Weight: 1, Signal: "ben"}, {Name: "Ann", Weight: 2, Signal: "ann"}, {Name: "Guest", Signal: "guest"}}
	})
	want := []Input{
		{Criterion: "stakeholders", Curve: CurveScore, Signals: []work.Signal{"ann"}},
		{Criterion: "stakeholders", Curve: CurveScore, Signals: []work.Signal{"ben"}},
	}
	if diff := cmp.Diff(want, e.Inputs()); diff != "" {
		t.Errorf("Inputs() (-want +got):\n%s", diff)
	}
}

// TestInputsOfEveryModelMoveItsScore: whatever a model says it reads by itself
// changes the score of an item that has all of it.
func TestInputsOfEveryModelMoveItsScore(t *testing.T) {
	for name, f := range models {
		e := modelOf(t, name, nil)
		full := work.Signals{}
		for _, in := range f.inputs {
			full[in.signal] = 1
		}
		before := e.Score(one("A", full), noon)
		for _, in := range e.Inputs() {
			if in.Steps == nil {
				continue
			}
			changed := maps.Clone(full)
			changed[in.Signals[0]] = in.Steps[len(in.Steps)-2]
			after := e.Score(one("A", changed), noon)
			if in.Steps[len(in.Steps)-2] != 1 && after.Ratio == before.Ratio {
				t.Errorf("%s: %s does not move the score", name, in.Criterion)
			}
			if (after.Ratio < before.Ratio) != (in.Falls != (in.Steps[len(in.Steps)-2] < 1)) {
				t.Errorf("%s: %s moves the score the wrong way", name, in.Criterion)
			}
		}
	}
}
