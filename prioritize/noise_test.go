package prioritize

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// TestSlopesAreThoseOfTheCurves differentiates by the logarithm of the figure.
func TestSlopesAreThoseOfTheCurves(t *testing.T) {
	const half, step = 4.0, 1e-6
	for _, name := range []Curve{CurveOrdinal, CurveScore, CurveMoney} {
		for _, figure := range []float64{0.05, 0.4, 0.9} {
			share := curves[name](figure, half)
			want := (curves[name](figure*math.Exp(step), half) - share) / step
			if got := name.slope(share); math.Abs(got-want) > 1e-5 {
				t.Errorf("%s at %v: slope %v, want %v", name, figure, got, want)
			}
		}
	}
}

// TestANoisyJudgementIsThePosteriorMean integrates the posterior of a lognormal
// share numerically.
func TestANoisyJudgementIsThePosteriorMean(t *testing.T) {
	for _, a := range []Anchor{{Mean: 0.3, SD: 0.1, Noise: 0.15}, {Mean: 0.3, SD: 0.2, Noise: 0.5}, {Mean: 0.1, SD: 0.1, Noise: 1}} {
		a.Curve = CurveScore
		c := newCriterion("a", 1, a)
		spread := math.Log1p(sq(a.SD / a.Mean))
		center := math.Log(a.Mean) - spread/2
		for _, x := range []float64{0.05, 0.3, 0.5} {
			var mass, moment, squares float64
			for u := -9.0; u < 3; u += 0.0005 {
				d := math.Exp(-sq(u-center)/(2*spread) - sq(math.Log(x)-u)/(2*sq(a.Noise)))
				mass, moment, squares = mass+d, moment+d*math.Exp(u), squares+d*math.Exp(2*u)
			}
			share, left := c.heard(&finding{known: true, share: x})
			want := moment / mass
			if math.Abs(share-want) > 1e-6 || math.Abs(left-(squares/mass-want*want)) > 1e-6 {
				t.Errorf("%+v, %v: share %v, variance %v, want %v, %v", a, x, share, left, want, squares/mass-want*want)
			}
		}
	}
}

// TestNoiseDrawsToWhatIsExpected holds for every curve of a judgement: the noisier,
// the nearer to the mean, and never beyond it.
func TestNoiseDrawsToWhatIsExpected(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		curve := rapid.SampledFrom([]Curve{CurveOrdinal, CurveScore, CurveMoney}).Draw(rt, "curve")
		figure := rapid.Float64Range(0, 12).Draw(rt, "figure")
		noise := rapid.Float64Range(0, 2).Draw(rt, "noise")
		off := func(noise float64) float64 {
			e := engineOf(t, func(s *Settings) {
				s.Value = map[string]float64{"a": 1}
				s.Anchors = map[string]Anchor{"a": {Curve: curve, Half: 1, Mean: 0.4, Noise: noise}}
			})
			return e.Score(one("A", work.Signals{"a": figure}), noon).Parts[0].Share - 0.4
		}
		a, b := off(noise), off(noise+rapid.Float64Range(0, 1).Draw(rt, "more"))
		if a*b < 0 || math.Abs(b) > math.Abs(a)+1e-12 {
			rt.Fatalf("%s: off the mean by %v, with more noise by %v", curve, a, b)
		}
	})
}

// The benchmark of confidence: what an order by noisy estimates costs. Value and
// days of 200 items are lognormal (log-sd 1 and 0.8), a third each is estimated
// with high, medium and low confidence. The cost of delay is the sum over all
// items of value times the time when it is done, one after the other.
const (
	noisyItems, noisyTrials = 200, 400
	valueSD, daysSD         = 1.0, 0.8
	valueScale, daysScale   = 0.01, 5.0
)

var (
	confidences = []float64{0.15, 0.5, 1} // log-sd: high, medium, low
	riceFactors = []float64{1, 0.8, 0.5}
)

// noisy is one item of the benchmark.
type noisy struct {
	value, days float64 // as they are
	group       work.Group
	class       int
}

// noisyBacklog gives one. The estimates are off by a lognormal factor; exactDays
// says that those of days are not.
func noisyBacklog(seed uint64, exactDays bool) []noisy {
	rng := rand.New(rand.NewPCG(seed, 4))
	out := make([]noisy, noisyItems)
	for i := range out {
		it := noisy{
			value: valueScale * math.Exp(valueSD*rng.NormFloat64()),
			days:  daysScale * math.Exp(daysSD*rng.NormFloat64()),
			class: rng.IntN(len(confidences)),
		}
		v := it.value * math.Exp(confidences[it.class]*rng.NormFloat64())
		d := it.days * math.Exp(confidences[it.class]*rng.NormFloat64())
		if exactDays {
			d = it.days
		}
		it.group = one(fmt.Sprint(i), work.Signals{"worth": v, work.Effort: max(d-overhead, 0)})
		out[i] = it
	}
	return out
}

// costOf gives the cost of delay in the order of the figure, the highest first.
func costOf(items []noisy, figure func(noisy) float64) float64 {
	order, figures := make([]int, len(items)), make([]float64, len(items))
	for i, it := range items {
		order[i], figures[i] = i, figure(it)
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(figures[j], figures[i]) })
	done, cost := 0.0, 0.0
	for _, i := range order {
		done += items[i].days
		cost += items[i].value * done
	}
	return cost
}

// ratioBy gives the ratio of an item by the engine of its class.
func ratioBy(engines []*Engine) func(noisy) float64 {
	return func(it noisy) float64 { return engines[it.class].Score(it.group, noon).Ratio }
}

// enginesOf gives one engine for each class of confidence, which knows its noise
// as far as asked for.
func enginesOf(t *testing.T, value, days bool) []*Engine {
	if t.Helper(); !value && !days {
		return slices.Repeat([]*Engine{engineOf(t, noisyPolicy(0, 0))}, len(confidences))
	}
	out := make([]*Engine, len(confidences))
	for c, sd := range confidences {
		noise := 0.0
		if days {
			noise = sd
		}
		out[c] = engineOf(t, noisyPolicy(sd, noise))
	}
	return out
}

func noisyPolicy(valueNoise, daysNoise float64) func(*Settings) {
	return func(s *Settings) {
		mean := valueScale * math.Exp(valueSD*valueSD/2)
		s.Value = map[string]float64{"worth": 1}
		s.Anchors = map[string]Anchor{
			"worth":  {Curve: CurveOrdinal, Mean: mean, SD: mean * math.Sqrt(math.Expm1(valueSD*valueSD)), Noise: valueNoise},
			"effort": {Mean: daysScale * math.Exp(daysSD*daysSD/2), SD: daysSD, Noise: daysNoise},
		}
	}
}

func TestShrinkingCostsLeast(t *testing.T) {
	raw, value, both := ratioBy(enginesOf(t, false, false)), ratioBy(enginesOf(t, true, false)), ratioBy(enginesOf(t, true, true))
	rules := []struct {
		name   string
		figure func(noisy) float64
	}{
		{"as estimated", raw},
		{"times the confidence of RICE", func(it noisy) float64 { return raw(it) * riceFactors[it.class] }},
		{"value shrunk", value},
		{"value and effort shrunk", both},
	}
	for _, exactDays := range []bool{true, false} {
		var cost [4]float64
		for trial := range noisyTrials {
			items := noisyBacklog(uint64(trial), exactDays)
			best := costOf(items, func(it noisy) float64 { return it.value / it.days })
			for r, rule := range rules {
				cost[r] += costOf(items, rule.figure) / best / noisyTrials
			}
		}
		for r, rule := range rules {
			t.Logf("exact effort %v: %-28s %.3f of the least possible cost", exactDays, rule.name, cost[r])
		}
		ours := cost[3]
		if exactDays {
			ours = cost[2]
		}
		if ours >= cost[0] || ours >= cost[1] || cost[1] <= cost[0] {
			t.Errorf("exact effort %v: shrunk %.3f, as estimated %.3f, with the factor of RICE %.3f", exactDays, ours, cost[0], cost[1])
		}
		if !exactDays && ours >= cost[2] {
			t.Errorf("shrinking the effort as well costs %.3f, the value alone %.3f", ours, cost[2])
		}
	}
}
