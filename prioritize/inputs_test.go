package prioritize

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestInputsNameWhatWeighsMost(t *testing.T) {
	e := engineOf(t, func(s *Settings) {
		s.Value = map[string]float64{"priority": 3, "demand": 2, "customers": 1, "watchers": 0}
	})
	want := []Input{
		{"priority", CurveOrdinal, []work.Signal{work.Priority}},
		{"demand", CurveCount, []work.Signal{work.Votes, work.Comments}}, // a watcher weighs less
		{"customers", CurveCount, []work.Signal{"customers"}},
	}
	if diff := cmp.Diff(want, e.Inputs()); diff != "" {
		t.Errorf("Inputs() (-want +got):\n%s", diff)
	}
}
