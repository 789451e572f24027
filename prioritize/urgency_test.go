package prioritize

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The urgency benchmark: one team, more work than it can do, some of it dated.
// An item costs its value for every day that it waits, and three times as much
// from its due date on; where dates are hard it costs four weeks of its value
// more to miss one. Each rule picks what to do next whenever the team is free.
const (
	busyYear   = 365.0 // days
	busyStart  = 60    // items on the first day
	busyTrials = 100
	missedCost = 28.0 // days of value
)

// scenario is one of the eight worlds of the benchmark.
type scenario struct {
	dated float64 // share of the items with a due date
	load  float64 // work that comes a day, in days
	hard  bool    // missing a date costs a sum
}

func scenarios() []scenario {
	var out []scenario
	for _, dated := range []float64{0.25, 0.5} {
		for _, load := range []float64{1.2, 1.6} {
			out = append(out, scenario{dated, load, false}, scenario{dated, load, true})
		}
	}
	return out
}

// chore is one item of the simulation; times are in days from the start.
type chore struct {
	value, days, came, due float64 // due: +Inf without a date
	priority               int     // 0…2, what people make of the value
}

// chores draws the work of a year, in the order in which it comes.
func (s scenario) chores(rng *rand.Rand) []chore {
	sizes := []float64{1, 2, 3, 5, 8}
	mean := 3.8
	var out []chore
	for came := 0.0; came < busyYear; {
		c := chore{value: math.Exp(0.8 * rng.NormFloat64()), days: sizes[rng.IntN(len(sizes))], came: came, due: math.Inf(1)}
		switch seen := c.value * math.Exp(0.5*rng.NormFloat64()); {
		case seen > 1.8:
			c.priority = 2
		case seen > 0.6:
			c.priority = 1
		}
		if rng.Float64() < s.dated {
			c.due = came + 5 + 85*rng.Float64()
		}
		out = append(out, c)
		if len(out) >= busyStart {
			came += rng.ExpFloat64() * mean / s.load
		}
	}
	return out
}

// cost is what a chore that is done at the given time cost until then.
func (s scenario) cost(c chore, done float64) float64 {
	cost := c.value * (done - c.came + 2*max(done-c.due, 0))
	if s.hard && done > c.due {
		cost += c.value * missedCost
	}
	return cost
}

// work lets a rule choose and gives what the year cost. What is left over is
// done on its last day.
func (s scenario) work(all []chore, figure func(c chore, now float64) float64) float64 {
	open, next, cost := []chore{}, 0, 0.0
	for now := 0.0; now < busyYear; {
		for next < len(all) && all[next].came <= now {
			open, next = append(open, all[next]), next+1
		}
		if len(open) == 0 {
			now = all[next].came
			continue
		}
		best, most := 0, math.Inf(-1)
		for i, c := range open {
			if f := figure(c, now); f > most {
				best, most = i, f
			}
		}
		now = min(now+open[best].days, busyYear)
		cost += s.cost(open[best], now)
		open = slices.Delete(open, best, best+1)
	}
	for _, c := range append(open, all[next:]...) {
		cost += s.cost(c, busyYear)
	}
	return cost
}

// picker is a rule of the benchmark: the highest figure goes next.
type picker struct {
	name   string
	ramp   bool // value and a ramp over days of work
	figure func(c chore, now float64) float64
}

func pickers() []picker {
	out := []picker{
		{"first in, first out", false, func(c chore, _ float64) float64 { return -c.came }},
		{"priority, then first in", false, func(c chore, _ float64) float64 { return float64(c.priority) - c.came/1e6 }},
		{"earliest date, then value", false, func(c chore, _ float64) float64 { return -min(c.due, 1e3) + c.value/1e6 }},
		{"value", false, func(c chore, _ float64) float64 { return c.value }},
		{"Taskwarrior", false, func(c chore, now float64) float64 {
			return 12*taskwarriorRamp(c, now) + []float64{1.8, 3.9, 6}[c.priority] + 2*min(math.Floor(now-c.came)/yearDays, 1)
		}},
		{"WSJF as in SAFe", false, func(c chore, now float64) float64 {
			business := min(max(20*c.value/(c.value+1.5), wsjfLeast), wsjfMost)
			return (business + wsjfLeast + wsjfSpan*linear(21)(c, now)/2 + wsjfLeast) / c.days
		}},
		{"value/days, dates do not count", false, func(c chore, _ float64) float64 { return c.value / c.days }},
		{"value/days, Taskwarrior's ramp", true, ramped(func(c chore, now float64) float64 { return 2 * taskwarriorRamp(c, now) })},
	}
	for _, h := range []float64{7, 14, 21, 30, 45} {
		out = append(out, picker{"linear, " + Days(h).String(), true, ramped(linear(h))})
	}
	for _, tau := range []float64{7, 14, 21} {
		out = append(out, picker{"exponential, " + Days(tau).String(), true, ramped(func(c chore, now float64) float64 {
			return 2 * math.Exp(-max(c.due-now-leadFactor*c.days, 0)/tau)
		})})
	}
	return append(out, picker{"logistic, 4d", true, ramped(func(c chore, now float64) float64 {
		return 2 / (1 + math.Exp((c.due-now-leadFactor*c.days)/4))
	})})
}

// ramped multiplies value over days by one and what a ramp adds.
func ramped(gain func(c chore, now float64) float64) func(chore, float64) float64 {
	return func(c chore, now float64) float64 { return c.value * (1 + gain(c, now)) / c.days }
}

// linear gives what the engine's own ramp adds.
func linear(horizon float64) func(chore, float64) float64 {
	r, start := ramp{horizon: horizon, boost: 2}, time.Unix(0, 0)
	at := func(days float64) time.Time { return start.Add(time.Duration(days * 24 * float64(time.Hour))) }
	return func(c chore, now float64) float64 {
		if math.IsInf(c.due, 1) {
			return 0
		}
		factor, _ := r.at(at(c.due), at(now), c.days)
		return factor - 1
	}
}

func taskwarriorRamp(c chore, now float64) float64 {
	if math.IsInf(c.due, 1) {
		return 0
	}
	return min(max((now-c.due+14)*0.8/21+0.2, 0.2), 1)
}

// TestTheRampIsWithinOnePercentOfTheBest holds the built-in ramp against others
// in every scenario, and the engine's rule against those without a ramp.
func TestTheRampIsWithinOnePercentOfTheBest(t *testing.T) {
	rules := pickers()
	const ours = "linear, 21d"
	at := slices.IndexFunc(rules, func(p picker) bool { return p.name == ours })
	low, high := make([]float64, len(rules)), make([]float64, len(rules))
	for k, s := range scenarios() {
		costs := make([]float64, len(rules))
		rng := rand.New(rand.NewPCG(uint64(k), 21))
		for range busyTrials {
			all := s.chores(rng)
			for i, r := range rules {
				costs[i] += s.work(all, r.figure)
			}
		}
		best := math.Inf(1)
		for i, r := range rules {
			if r.ramp {
				best = min(best, costs[i])
			}
			quotient := costs[i] / costs[at]
			low[i], high[i] = min(cmp.Or(low[i], quotient), quotient), max(high[i], quotient)
			if !r.ramp && quotient < 1 {
				t.Errorf("%+v: %s costs %.4f of the engine's rule", s, r.name, quotient)
			}
		}
		if costs[at] > 1.01*best {
			t.Errorf("%+v: the built-in ramp costs %.4f of the best", s, costs[at]/best)
		}
	}
	for i, r := range rules {
		t.Logf("%-32s %.3f to %.3f", r.name, low[i], high[i])
	}
}
