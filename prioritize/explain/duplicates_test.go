package explain

import (
	"testing"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// TestNoVotesLiftAnItemAboveItsDuplicate holds as each vote counts for both: a
// vote that was counted for one alone would be named as what turns them round.
func TestNoVotesLiftAnItemAboveItsDuplicate(t *testing.T) {
	s := prioritize.Default()
	s.Value = map[string]float64{"demand": 3, "priority": 1}
	first := work.Item{Ref: work.Ref{Source: "s", ID: "1"}, Created: noon, Signals: work.Signals{work.Priority: 0.75, work.Votes: 2}}
	second := work.Item{Ref: work.Ref{Source: "s", ID: "2"}, Created: noon, Signals: work.Signals{work.Priority: 0.5, work.Votes: 1}}
	second.Links = []work.Link{{Kind: work.Duplicates, To: first.Ref}}
	third := work.Item{Ref: work.Ref{Source: "s", ID: "3"}, Created: noon, Signals: work.Signals{work.Priority: 0.5, work.Votes: 9}}
	b := ranked(t, s, work.Join([]work.Item{first, second, third}))
	at := map[string]int{}
	for i, r := range b.ranked {
		at[r.Group.Ref().ID] = i
	}
	if at["1"] > at["2"] || at["3"] > at["1"] {
		t.Fatalf("indexes %v, want 3, 1, 2", at)
	}
	votes := func(flips []Flip) bool {
		for _, f := range flips {
			if f.Unit == Piece {
				return true
			}
		}
		return false
	}
	if flips := b.Raise(at["2"], at["1"]); votes(flips) {
		t.Errorf("votes are said to lift 2 above its duplicate: %+v", flips)
	}
	if flips := b.Raise(at["2"], at["3"]); !votes(flips) {
		t.Errorf("votes lift 2 above 3, yet are not named: %+v", flips)
	}
}
