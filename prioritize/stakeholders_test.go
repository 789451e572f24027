package prioritize

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// heard gives settings in which Ann counts double and Ben once.
func heard(s *Settings) {
	s.Value = map[string]float64{"stakeholders": 1}
	s.Stakeholders = []Stakeholder{{Name: "Ann", Weight: 2, Signal: "ann"}, {Name: "Ben", Weight: 1, Signal: "ben"}}
}

func TestTheShareIsTheWeightedMeanWithOneNeutralVote(t *testing.T) {
	quantiles := func(s *Settings) {
		heard(s)
		s.Anchors = map[string]Anchor{"ann": {Quantiles: []float64{1, 2, 4}}}
	}
	tests := []struct {
		name     string
		settings func(*Settings)
		signals  work.Signals
		want     float64
		known    bool
	}{
		{"both on the built-in scale", heard, work.Signals{"ann": 8, "ben": 2}, (2*0.8 + 0.2 + 0.5) / 4, true},
		{"one alone", heard, work.Signals{"ben": 10}, (1 + 0.5) / 2, true},
		{"nobody", heard, work.Signals{"stakeholders": 9}, 0.5, false},
		{"on a scale of one's own", quantiles, work.Signals{"ann": 2, "ben": 2}, (2*0.5 + 0.2 + 0.5) / 4, true},
		{"a score that is no number", heard, work.Signals{"ann": math.NaN(), "ben": 2}, (0.2 + 0.5) / 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := engineOf(t, tt.settings).Score(one("1", tt.signals), noon).Parts[0]
			if !near(p.Share, tt.want) || p.Known != tt.known {
				t.Errorf("share %v, known %v; want %v, %v", p.Share, p.Known, tt.want, tt.known)
			}
			if tt.known && !near(p.Figure, 10*tt.want) {
				t.Errorf("figure %v, want %v of ten", p.Figure, 10*tt.want)
			}
		})
	}
}

func TestAVoiceWithoutWeightCountsForNothing(t *testing.T) {
	e := engineOf(t, func(s *Settings) { heard(s); s.Stakeholders[1].Weight = 0 })
	with, without := e.Score(one("1", work.Signals{"ann": 8, "ben": 0}), noon), e.Score(one("1", work.Signals{"ann": 8}), noon)
	if with.Value != without.Value {
		t.Errorf("value %v with the voice, %v without", with.Value, without.Value)
	}
	if p := e.Score(one("1", work.Signals{"ben": 3}), noon).Parts[0]; p.Known {
		t.Error("a voice without weight makes the criterion known")
	}
}

func TestOneFieldStillCountsWhereNobodyIsNamed(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"stakeholders": 1} })
	if p := e.Score(one("1", work.Signals{"stakeholders": 7}), noon).Parts[0]; !p.Known || !near(p.Share, 0.7) || p.Figure != 7 {
		t.Errorf("part %+v, want 7 of ten", p)
	}
}

func TestWhatWasSaidOfAParentIsExpectedOfItsParts(t *testing.T) {
	e := engineOf(t, heard)
	parent := work.Item{Ref: work.Ref{Source: "s", ID: "9"}, Created: noon, Signals: work.Signals{"ann": 10, "ben": 10}}
	g := one("1", nil)
	g.Above = []*work.Item{{Ref: work.Ref{Source: "s", ID: "8"}}, &parent}
	p := e.Score(g, noon).Parts[0]
	if p.Known || p.From != parent.Ref || !(p.Share > 0.5 && p.Share < 0.875) {
		t.Errorf("part %+v: want a share from the parent, drawn to the middle", p)
	}
	g.Items[0].Signals = work.Signals{"ben": 0}
	if p := e.Score(g, noon).Parts[0]; !p.Known || !p.From.IsZero() || !near(p.Share, 0.25) {
		t.Errorf("part %+v: want what was said of the item itself", p)
	}
}

// TestAHigherScoreNeverLowersTheShare raises one person's score of an item.
func TestAHigherScoreNeverLowersTheShare(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := settingsOf(rng, modelCD3U)
		addPeople(rng, &s)
		e, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range randomGroups(rng, 20, tame) {
			for _, who := range s.Stakeholders {
				if b, ok := better(rng, g, who.Signal); ok {
					before, after := e.Score(g, noon), e.Score(b, noon)
					notLower(t, "a higher score of "+who.Name, before, after)
					if x, y := shareOf(before), shareOf(after); y < x-1e-12 {
						t.Fatalf("a higher score of %s lowered the share from %v to %v", who.Name, x, y)
					}
				}
			}
		}
	})
}

func shareOf(s Score) float64 {
	i := slices.IndexFunc(s.Parts, func(p Part) bool { return p.Criterion == "stakeholders" })
	return s.Parts[i].Share
}

// TestTheOrderOfThePeopleIsIrrelevant holds to the bit.
func TestTheOrderOfThePeopleIsIrrelevant(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := settingsOf(rng, modelCD3U)
		addPeople(rng, &s)
		a, _ := New(s)
		s.Stakeholders = slices.Clone(s.Stakeholders)
		slices.Reverse(s.Stakeholders)
		b, _ := New(s)
		for _, g := range randomGroups(rng, 20, wild) {
			if x, y := a.Score(g, noon), b.Score(g, noon); x.Ratio != y.Ratio {
				t.Fatalf("ratio %v in one order of the people, %v in the other", x.Ratio, y.Ratio)
			}
		}
	})
}
