package prioritize

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// notLower fails when the second score stands below the first by more than
// rounding.
func notLower(t *rapid.T, what string, before, after Score) {
	t.Helper()
	if after.Band > before.Band || after.Band == before.Band && after.Ratio < before.Ratio-1e-9*max(1, before.Ratio) {
		t.Fatalf("%s lowered the ratio from %v to %v:\n%+v\n%+v", what, before.Ratio, after.Ratio, before, after)
	}
}

// better gives a copy of the group in which the signal of the first member that
// has it is moved in its good direction, and whether there was one.
func better(rng *rand.Rand, g work.Group, s work.Signal) (work.Group, bool) {
	g.Items = slices.Clone(g.Items)
	for i := range g.Items {
		x, ok := g.Items[i].Signals[s]
		if !ok || x < 0 {
			continue
		}
		g.Items[i].Signals = maps.Clone(g.Items[i].Signals)
		g.Items[i].Signals[s] = x + rng.ExpFloat64()*math.Pow(10, 3*rng.Float64()-1)
		if slices.Contains(lessIsBetter, s) {
			g.Items[i].Signals[s] = x * rng.Float64()
		}
		return g, true
	}
	return g, false
}

func TestAGoodDirectionNeverLowersTheRatio(t *testing.T) {
	for _, s := range allSignals {
		t.Run(string(s), func(t *testing.T) {
			seeded(t, func(t *rapid.T, rng *rand.Rand) {
				e, _ := New(randomSettings(rng))
				for _, g := range randomGroups(rng, 20, tame) {
					if b, ok := better(rng, g, s); ok {
						notLower(t, e.name+": a better "+string(s), e.Score(g, noon), e.Score(b, noon))
					}
				}
			})
		})
	}
}

func TestEvidenceNeverLowersTheRatio(t *testing.T) {
	changes := map[string]func(rng *rand.Rand, it *work.Item){
		"one more event": func(rng *rand.Rand, it *work.Item) {
			it.Events = append(slices.Clone(it.Events), work.Event{Signal: evidence[rng.IntN(len(evidence))], At: ago(900*rng.Float64() - 50), Amount: tame(rng)})
		},
		"a larger event": func(rng *rand.Rand, it *work.Item) {
			it.Events = slices.Clone(it.Events)
			for i := range it.Events {
				it.Events[i].Amount *= 1 + rng.Float64()
			}
		},
		"a later event": func(rng *rand.Rand, it *work.Item) {
			it.Events = slices.Clone(it.Events)
			for i := range it.Events {
				if !it.Events[i].At.IsZero() {
					it.Events[i].At = it.Events[i].At.Add(Days(90 * rng.Float64()).Duration())
				}
			}
		},
		"a count where there was none": func(rng *rand.Rand, it *work.Item) {
			if _, ok := it.Signals[work.Votes]; !ok {
				it.Signals = maps.Clone(it.Signals)
				it.Signals[work.Votes] = tame(rng)
			}
		},
	}
	for what, change := range changes {
		t.Run(what, func(t *testing.T) {
			seeded(t, func(t *rapid.T, rng *rand.Rand) {
				e, _ := New(randomSettings(rng))
				for _, g := range randomGroups(rng, 20, tame) {
					before := e.Score(g, noon)
					change(rng, &g.Items[0])
					notLower(t, what, before, e.Score(g, noon))
				}
			})
		})
	}
}

func TestADueDateNeverLowersTheRatio(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		e, _ := New(randomSettings(rng))
		for _, g := range randomGroups(rng, 20, tame) {
			without := g
			without.Items = slices.Clone(g.Items)
			for i := range without.Items {
				without.Items[i].Due = time.Time{}
			}
			late := ago(120*rng.Float64() - 60)
			with := without
			with.Items = slices.Clone(without.Items)
			with.Items[0].Due = late
			if class, _ := classOf(g); class != work.FixedDate { // which alone holds back
				notLower(t, e.name+": a due date", e.Score(without, noon), e.Score(with, noon))
			}
			earlier := with
			earlier.Items = slices.Clone(with.Items)
			earlier.Items[0].Due = late.Add(-Days(60 * rng.Float64()).Duration())
			notLower(t, e.name+": an earlier due date", e.Score(with, noon), e.Score(earlier, noon))
		}
	})
}

// TestUrgencyIsContinuousAndNeverFalls walks time forward: the factor never
// falls, and over Δt it rises by at most boost·Δt/horizon.
func TestUrgencyIsContinuousAndNeverFalls(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		r := ramp{horizon: 0.5 + 60*rng.Float64(), boost: 5 * rng.Float64()}
		effort, due, now := 60*rng.Float64(), noon, ago(100)
		before, _ := r.at(due, now, effort)
		for now.Before(ago(-50)) {
			step := rng.Float64() * 3
			now = now.Add(Days(step).Duration())
			after, _ := r.at(due, now, effort)
			if after < before || after-before > r.boost*step/r.horizon+1e-9 {
				t.Fatalf("%+v, effort %v: factor went from %v to %v in %v days", r, effort, before, after, step)
			}
			before = after
		}
		if !near(before, 1+r.boost) {
			t.Fatalf("%+v: factor is %v long after the date, want %v", r, before, 1+r.boost)
		}
	})
}

// TestNoClassJumpsOrFalls walks time forward through every class of service: the
// factor never falls, and over Δt it rises by no more than the steepest of its
// curves does.
func TestNoClassJumpsOrFalls(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		r := ramp{horizon: 0.5 + 60*rng.Float64(), boost: 5 * rng.Float64() * float64(rng.IntN(3)) / 2}
		it := work.Item{Created: ago(100), Class: randomClass(rng)}
		if rng.IntN(2) == 0 {
			it.Due = ago(60 * rng.Float64())
		}
		target := max(it.Class.Target.Hours()/24, 0.01)
		steepest := (1+r.boost)/r.horizon + r.boost/max(1, target/4) + r.boost/target + 1/intangibleDays
		g, now, effort := work.Group{Items: []work.Item{it}}, ago(100), minEffort+rng.Float64()*(maxEffort-minEffort)
		before := r.timing(g, now, effort).factor
		for range 200 {
			step := rng.Float64()
			now = now.Add(Days(step).Duration())
			after := r.timing(g, now, effort).factor
			if after < before || after-before > steepest*step+1e-9 {
				t.Fatalf("%+v, %+v, effort %v: factor went from %v to %v in %v days", r, it, effort, before, after, step)
			}
			before = after
		}
	})
}

// TestNoClassMakesEffortPay raises the estimate in every class of service.
func TestNoClassMakesEffortPay(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		r := ramp{horizon: 0.5 + 60*rng.Float64(), boost: 5 * rng.Float64() * float64(rng.IntN(3)) / 2}
		g := work.Group{Items: []work.Item{{Created: ago(90 * rng.Float64()), Class: randomClass(rng), Due: ago(40 - 160*rng.Float64())}}}
		more := minEffort + rng.Float64()*(maxEffort-minEffort)
		less := minEffort + rng.Float64()*(more-minEffort)
		a, b := r.timing(g, noon, more).factor/more, r.timing(g, noon, less).factor/less
		if b < a-1e-12 {
			t.Fatalf("%+v, %+v: %v days give %v, %v days give %v", r, g.Items[0], more, a, less, b)
		}
	})
}

// TestLessEffortNeverLowersTheRatio is the reason why the lead is bounded: with
// an unbounded one, an item due in 40 days rises when its estimate goes from 12
// to 15 days.
func TestLessEffortNeverLowersTheRatio(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		r := ramp{horizon: 0.5 + 60*rng.Float64(), boost: 5 * rng.Float64() * float64(rng.IntN(3)) / 2}
		due := ago(-120 * rng.Float64())
		more := minEffort + rng.Float64()*(maxEffort-minEffort)
		less := minEffort + rng.Float64()*(more-minEffort)
		a, _ := r.at(due, noon, more)
		b, _ := r.at(due, noon, less)
		if b/less < a/more-1e-12 {
			t.Fatalf("%+v, due %v: %v days give %v, %v days give %v", r, due, more, a/more, less, b/less)
		}
	})
}
