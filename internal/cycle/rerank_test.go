package cycle

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

func TestARoundIsOrderedAnewByOtherAnchors(t *testing.T) {
	a := source("a", .1, .9, .5)
	a.items[0].Signals[work.Votes] = 2
	in := inputs()
	in.Policy.Value = map[string]float64{"priority": 0.6, "votes": 0.4}
	r, err := Preview(t.Context(), in, []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	same, err := r.Reranked(in.Policy)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Ranking, same); diff != "" {
		t.Errorf("the same policy gives another ranking (-round +again):\n%s", diff)
	}
	before := r.Ranking.Ranked[0].Group.Ref()
	in.Policy.Anchors = map[string]prioritize.Anchor{"votes": {Half: 0.01}, "priority": {Curve: prioritize.CurveScore}}
	other, err := r.Reranked(in.Policy)
	if err != nil || other.Ranked[0].Group.Ref() == before {
		t.Errorf("%v still stands first where one vote is everything, %v", before, err)
	}
	if r.Ranking.Ranked[0].Group.Ref() != before {
		t.Error("the round itself was changed")
	}
	in.Policy.Model = "guess"
	if _, err := r.Reranked(in.Policy); err == nil {
		t.Error("a wrong policy was accepted")
	}
}
