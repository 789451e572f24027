package prioritize

import (
	stdcmp "cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// seeded runs a law for many random generators, and shrinks to the smallest
// seed that breaks it.
func seeded(t *testing.T, law func(t *rapid.T, rng *rand.Rand)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		law(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
	})
}

func TestInputOrderIsIrrelevant(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		groups := randomGroups(rng, rng.IntN(60), wild)
		for i := range groups { // make ties
			if i > 0 && rng.IntN(3) == 0 {
				copyFacts(&groups[i].Items[0], groups[i-1].Items[0])
			}
		}
		want := e.Rank(groups, noon)
		shuffled := slices.Clone(groups)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(refs(want), refs(e.Rank(shuffled, noon))); diff != "" {
			t.Fatalf("order depends on the input (-first +shuffled):\n%s", diff)
		}
	})
}

func copyFacts(to *work.Item, from work.Item) {
	to.Signals, to.Events, to.Created, to.Due, to.Class = from.Signals, from.Events, from.Created, from.Due, from.Class
}

func TestOrderIsStrictAndTotal(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		groups := randomGroups(rng, 12, tame)
		for i := range groups {
			groups[i].Items[0].Native = rng.IntN(3)
		}
		for i := range groups {
			for j := range groups {
				a, b := &groups[i], &groups[j]
				if ab, ba := compare(a, b), compare(b, a); ab != -ba || (ab == 0) != (i == j) {
					t.Fatalf("%v and %v: %d one way, %d the other", a.Ref(), b.Ref(), ab, ba)
				}
				for k := range groups {
					if c := &groups[k]; compare(a, b) < 0 && compare(b, c) < 0 && compare(a, c) >= 0 {
						t.Fatalf("%v < %v < %v, yet not %v < %v", a.Ref(), b.Ref(), c.Ref(), a.Ref(), c.Ref())
					}
				}
			}
		}
	})
}

func TestEqualTotalsKeepTheTrackersOrderInEveryLane(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		groups := randomGroups(rng, 40, tame)
		for i := range groups {
			copyFacts(&groups[i].Items[0], groups[0].Items[0])
			groups[i].Items = groups[i].Items[:1]
			groups[i].Items[0].Native = 1000 - groups[i].Items[0].Native // against the order of the ids
		}
		last := map[string]int{}
		for _, r := range e.Rank(groups, noon).Ranked {
			it := r.Group.Items[0]
			lane := it.Ref.Source + "/" + it.Lane
			if before, ok := last[lane]; ok && before > it.Native {
				t.Fatalf("lane %s: position %d stands above %d", lane, before, it.Native)
			}
			last[lane] = it.Native
		}
	})
}

// TestAMoveInOneLaneTurnsNoPairElsewhere shifts one lane, as when an item that is
// not ranked comes in at its top.
func TestAMoveInOneLaneTurnsNoPairElsewhere(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(Default())
		groups := randomGroups(rng, 20, tame)
		for i := range groups {
			copyFacts(&groups[i].Items[0], groups[0].Items[0])
			groups[i].Items = groups[i].Items[:1]
		}
		want := refs(e.Rank(groups, noon))
		shift := 1 + rng.IntN(20)
		for i := range groups {
			if it := &groups[i].Items[0]; it.Lane == "lane 1" {
				it.Native += shift
			}
		}
		if diff := cmp.Diff(want, refs(e.Rank(groups, noon))); diff != "" {
			t.Fatalf("pairs turned (-before +after):\n%s", diff)
		}
	})
}

func TestPlacesRunFromOneAndScoresFall(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		r := e.Rank(randomGroups(rng, rng.IntN(60), wild), noon).Ranked
		for i := range r {
			if r[i].Place != i+1 {
				t.Fatalf("place %d at index %d", r[i].Place, i)
			}
			if i > 0 && r[i].Total > r[i-1].Total {
				t.Fatalf("total %v stands below %v", r[i].Total, r[i-1].Total)
			}
		}
	})
}

func TestAnItemThatComesMovesNobody(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		groups := randomGroups(rng, 30, wild)
		without := e.Rank(groups[1:], noon).Ranked
		with := slices.DeleteFunc(e.Rank(groups, noon).Ranked, func(r Ranked) bool { return r.Group.Ref() == groups[0].Ref() })
		for i := range without {
			without[i].Place, with[i].Place = 0, 0 // counted through the whole
			without[i].Block, with[i].Block = 0, 0
		}
		if a, b := fmt.Sprintf("%+v", without), fmt.Sprintf("%+v", with); a != b {
			t.Fatalf("scores or order of the others changed:\n%s", cmp.Diff(a, b))
		}
	})
}

func TestScalingAllWeightsChangesNothing(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := randomSettings(rng)
		if f, _ := formulaOf(s.Model); !f.weights {
			return
		}
		a, _ := New(s)
		s.Value = maps.Clone(s.Value)
		factor := math.Exp(20*rng.Float64() - 10)
		for name := range s.Value {
			s.Value[name] *= factor
		}
		b, _ := New(s)
		for _, g := range randomGroups(rng, 20, wild) {
			if x, y := a.Score(g, noon), b.Score(g, noon); !near(x.Ratio, y.Ratio) || !near(x.Confidence, y.Confidence) || !near(x.Sigma, y.Sigma) {
				t.Fatalf("weights times %v: %+v became %+v", factor, x, y)
			}
		}
	})
}

// TestPointsOfThePartsAreTheValue allows the rounding of the largest part, where
// a model multiplies.
func TestPointsOfThePartsAreTheValue(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		settings := randomSettings(rng)
		e, _ := New(settings)
		for _, g := range randomGroups(rng, 20, wild) {
			s := e.Score(g, noon)
			sum, largest := 0.0, 1.0
			for _, p := range s.Parts {
				sum, largest = sum+p.Points, max(largest, math.Abs(p.Points))
				if settings.Model == modelCD3U && !near(p.Points, 100*p.Weight*p.Share) {
					t.Fatalf("part %+v: points are not weight times share", p)
				}
			}
			if math.Abs(sum-s.Value) > 1e-12*largest || settings.Model == modelCD3U && sum != s.Value {
				t.Fatalf("%s: points add up to %v, value is %v", settings.Model, sum, s.Value)
			}
		}
	})
}

// valueRanges gives the least and the greatest value of each model.
var valueRanges = map[string][2]float64{
	"cd3u": {0, 100}, "weighted": {0, 100}, "wsjf": {3, 60}, "cd3": {0, 1e18}, "rice": {0, 1e18}, "ice": {0.1, 100}, "taskwarrior": {-8, 55},
}

// TestNothingLeavesItsRange feeds what no tracker should send.
func TestNothingLeavesItsRange(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		settings := randomSettings(rng)
		e, _ := New(settings)
		_, inside, tiered := strings.Cut(settings.Model, "/")
		value, ok := valueRanges[stdcmp.Or(inside, settings.Model)]
		if !ok {
			value = valueRanges["cd3u"] // within the tiers of moscow
		}
		for _, g := range randomGroups(rng, 20, wild) {
			s := e.Score(g, noon)
			in := func(name string, x, low, high float64) {
				if !(x >= low-1e-9 && x <= high+1e-9) {
					t.Fatalf("%s: %s is %v, want %v to %v: %+v of %+v", settings.Model, name, x, low, high, s, g)
				}
			}
			in("total", e.model.total(s.Ratio, s.Band), 0, 100)
			in("value", s.Value, value[0], value[1])
			in("delay", s.Delay, 0, math.MaxFloat64)
			in("work", s.Work, 0.5, maxEffort)
			in("delay/work", s.Delay/s.Work, s.Ratio, s.Ratio)
			if !tiered && settings.Model != "moscow" {
				in("band", float64(s.Band), 0, 0)
			}
			in("urgency", s.Urgency, 0.05, max(5, 1+2*settings.Urgency.Boost))
			in("effort", s.Effort, minEffort, maxEffort)
			in("confidence", s.Confidence, 0, 1)
			in("sigma", s.Sigma, 0, 10)
			in("overdue", s.Overdue, 0, math.MaxFloat64)
			for _, p := range s.Parts {
				in("share of "+p.Criterion, p.Share, 0, 1)
				in("figure of "+p.Criterion, p.Figure, 0, 1e18)
			}
			for _, x := range s.Evidence {
				in("decayed "+string(x.Signal), x.Decayed, 0, x.Amount)
				in("recent "+string(x.Signal), x.Recent, 0, x.Amount)
			}
		}
	})
}

// TestATotalRisesWithTheRatioAndFallsWithTheTier holds for every model.
func TestATotalRisesWithTheRatioAndFallsWithTheTier(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		ratio := math.Exp(60*rng.Float64() - 30)
		more := ratio * (1 + rng.Float64())
		for band := range wont + 1 {
			low, high := e.model.total(ratio, band), e.model.total(more, band)
			if low > high || low < 0 || high > 100 {
				t.Fatalf("%s: total %v of %v, %v of %v", e.name, low, ratio, high, more)
			}
			if later := e.model.total(more, band+1); strings.HasPrefix(e.name, modelMoSCoW) && band < wont && later > low {
				t.Fatalf("%s: total %v of a later tier, %v of an earlier one", e.name, later, low)
			}
		}
	})
}

func TestSameInputGivesSameBytes(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := randomSettings(rng)
		groups := randomGroups(rng, 20, tame)
		var first string
		for range 5 { // a map of Go is walked in another order each time
			e, _ := New(s)
			r := e.Rank(groups, noon)
			b, err := json.Marshal([]any{r, r.Basis(), Digest(s)})
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(b)
			}
			if first != string(b) {
				t.Fatalf("two rankings of one input differ:\n%s", cmp.Diff(first, string(b)))
			}
		}
	})
}

// TestTheTimeZoneOfADateIsIrrelevant holds for every date that an item carries.
func TestTheTimeZoneOfADateIsIrrelevant(t *testing.T) {
	e := engineOf(t, nil)
	zone := time.FixedZone("far east", 14*3600)
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		g := randomGroups(rng, 1, tame)[0]
		want := e.Score(g, noon)
		for i := range g.Items {
			g.Items[i].Created, g.Items[i].Due = g.Items[i].Created.In(zone), g.Items[i].Due.In(zone)
		}
		if got := e.Score(g, noon.In(zone)); got.Ratio != want.Ratio {
			t.Fatalf("ratio %v in one zone, %v in another", want.Ratio, got.Ratio)
		}
	})
}
