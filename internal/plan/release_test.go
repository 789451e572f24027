package plan

import (
	"testing"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

func TestReleaseTakesOnePinAway(t *testing.T) {
	pinned := func(id string) prioritize.Ranked {
		return prioritize.Ranked{Group: work.Group{Items: []work.Item{{Ref: work.Ref{Source: "a", ID: id}, Labels: []string{"stackrank-pin", "ui"}}}}}
	}
	in := Input{Ranking: prioritize.Ranking{Ranked: []prioritize.Ranked{pinned("1"), pinned("2")}}, Rules: Default()}
	out := in.Release(1)
	for i, want := range []bool{true, false} {
		it := out.Ranking.Ranked[i].Group.Items[0]
		if got := in.Rules.pinned(it); got != want {
			t.Errorf("item %d is pinned: %v, want %v", i+1, got, want)
		}
		if !it.HasLabel("ui") {
			t.Errorf("item %d lost a label of a person", i+1)
		}
		if before := in.Ranking.Ranked[i].Group.Items[0]; !in.Rules.pinned(before) {
			t.Errorf("the input lost the pin of item %d", i+1)
		}
	}
}
