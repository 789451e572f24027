package prioritize

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// judging gives a policy of judgements that differ in weight, spread and noise.
func judging(t *rapid.T, noisy bool) Settings {
	s := Default()
	s.Value, s.Anchors = map[string]float64{"demand": 0.2}, map[string]Anchor{}
	for _, name := range []string{"priority", "fit", "risk", "reach"} {
		s.Value[name] = rapid.Float64Range(0.1, 1).Draw(t, name)
		a := Anchor{Curve: CurveOrdinal, Mean: 0.5, SD: rapid.Float64Range(0.05, 0.3).Draw(t, name+" spread")}
		if noisy {
			a.Noise = rapid.Float64Range(0, 0.3).Draw(t, name+" noise")
		}
		s.Anchors[name] = a
	}
	return s
}

// judged gives an item of which some judgements are known, at the middle.
func judged(t *rapid.T) work.Group {
	it := work.Item{Ref: work.Ref{Source: "s", ID: "1"}, Created: noon, Signals: work.Signals{}}
	for _, name := range []work.Signal{"priority", "fit", "risk", "reach"} {
		if rapid.Bool().Draw(t, "knows "+string(name)) {
			it.Signals[name] = 0.5
		}
	}
	if rapid.Bool().Draw(t, "estimated") {
		it.Signals[work.Effort] = 2.5
	}
	return work.Group{Items: []work.Item{it}}
}

// TestAnAnswerSettlesWhatItsGapSays answers each question with what was expected,
// which leaves the value as it is, and compares what is open before and after.
// The value is far from certain to be lognormal, so the two are compared on the
// scale of its variance.
func TestAnAnswerSettlesWhatItsGapSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := engineFrom(t, judging(t, false))
		g := judged(t)
		before := e.Score(g, noon)
		for _, gap := range e.Gaps(before) {
			answered := answer(g, gap.Input)
			after := e.Score(answered, noon)
			want := open(before) - open(after)
			got := math.Expm1(gap.Sigma * gap.Sigma)
			if gap.Input == nameEffort {
				want, got = before.Sigma*before.Sigma-after.Sigma*after.Sigma, gap.Sigma*gap.Sigma
			}
			if math.Abs(got-want) > 1e-9 {
				t.Fatalf("an answer for %s settles %v, its gap says %v", gap.Input, want, got)
			}
		}
	})
}

// open gives the squared coefficient of variation of the value of a score whose
// effort leaves a known variance open.
func open(s Score) float64 {
	left := s.Sigma * s.Sigma
	if !s.EffortKnown {
		left -= defaultEffortSD * defaultEffortSD
	}
	return math.Expm1(left)
}

func answer(g work.Group, input string) work.Group {
	it := g.Items[0]
	it.Signals = maps.Clone(it.Signals)
	it.Signals[work.Signal(input)] = map[bool]float64{true: 2.5, false: 0.5}[input == nameEffort]
	return work.Group{Items: []work.Item{it}}
}

func TestEveryGapIsSomethingUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := engineFrom(t, judging(t, true))
		g := judged(t)
		s := e.Score(g, noon)
		seen := map[string]bool{}
		for _, gap := range e.Gaps(s) {
			if _, known := g.Items[0].Signals[work.Signal(gap.Input)]; known || seen[gap.Input] || gap.Input == nameDemand {
				t.Fatalf("%s is no gap", gap.Input)
			}
			seen[gap.Input] = true
			if !(gap.Sigma > 0 && gap.Sigma <= s.Sigma+1e-9) {
				t.Fatalf("%s settles %v of %v", gap.Input, gap.Sigma, s.Sigma)
			}
		}
		for _, name := range []string{"priority", "fit", "risk", "reach", nameEffort} {
			if _, known := g.Items[0].Signals[work.Signal(name)]; !known && !seen[name] {
				t.Fatalf("nobody gave %s, and it is no gap", name)
			}
		}
	})
}

func TestAnOwnJudgementSettlesMoreThanAParentsLeaves(t *testing.T) {
	s := Default()
	s.Value = map[string]float64{"priority": 1}
	e := engineFrom(t, s)
	parent := &work.Item{Ref: work.Ref{Source: "s", ID: "9"}, Signals: work.Signals{work.Priority: 0.5}}
	child := work.Item{Ref: work.Ref{Source: "s", ID: "1"}, Signals: work.Signals{work.Effort: 3}}
	inherited := e.Gaps(e.Score(work.Group{Items: []work.Item{child}, Above: []*work.Item{parent}}, noon))
	blank := e.Gaps(e.Score(work.Group{Items: []work.Item{child}}, noon))
	if len(inherited) != 1 || len(blank) != 1 || !(inherited[0].Sigma > 0 && inherited[0].Sigma < blank[0].Sigma) {
		t.Errorf("with the parent's priority %v, without %v; want the first to settle less", inherited, blank)
	}
}

func engineFrom(t interface{ Fatal(...any) }, s Settings) *Engine {
	e, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTiersLeaveTheGapsOfWhatIsInside(t *testing.T) {
	it := work.Item{Ref: work.Ref{Source: "s", ID: "1"}, Signals: work.Signals{}}
	g := work.Group{Items: []work.Item{it}}
	inside, tiers := engineOf(t, nil), engineOf(t, func(s *Settings) { s.Model = modelMoSCoW })
	want := inside.Gaps(inside.Score(g, noon))
	if got := tiers.Gaps(tiers.Score(g, noon)); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("gaps within tiers %v, want %v", got, want)
	}
	if got := engineOf(t, func(s *Settings) { s.Model = modelRICE }); got.Gaps(got.Score(g, noon)) != nil {
		t.Error("a model that does not tell gives gaps")
	}
}
