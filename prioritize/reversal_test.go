package prioritize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"stackrank/internal/work"
)

// The benchmark of rank reversal: 200 items with five heavy-tailed counts. Some
// come or go, and the pairs among those that stay which turn round are counted:
// of 19 900, mean of 300 backlogs. A scale that is fixed turns none.
const (
	staying, reversalTrials = 200, 300
)

var (
	reversalWeights = [...]float64{1, 2, 1, 3, 1}
	reversalNames   = [...]work.Signal{"a", "b", "c", "d", "e"}
)

// counts are the five of one item; the second are its votes.
type counts [len(reversalWeights)]float64

func heavyTailed(rng *rand.Rand, scale float64) counts {
	var c counts
	for k := range c {
		c[k] = math.Floor(scale * math.Exp(1.2*rng.NormFloat64()))
	}
	return c
}

// relative are the usual scales: they place a column of figures by itself.
var relative = []struct {
	name  string
	scale func(x []float64) func(float64) float64
}{
	{"x/max", func(x []float64) func(float64) float64 {
		high := slices.Max(x)
		return func(f float64) float64 { return f / high }
	}},
	{"min–max", func(x []float64) func(float64) float64 {
		low, high := slices.Min(x), slices.Max(x)
		return func(f float64) float64 { return (f - low) / (high - low) }
	}},
	{"vector", func(x []float64) func(float64) float64 {
		sum := 0.0
		for _, f := range x {
			sum += f * f
		}
		return func(f float64) float64 { return f / math.Sqrt(sum) }
	}},
	{"z-score", func(x []float64) func(float64) float64 {
		mean, square := 0.0, 0.0
		for _, f := range x {
			mean += f / float64(len(x))
			square += f * f / float64(len(x))
		}
		return func(f float64) float64 { return (f - mean) / math.Sqrt(square-mean*mean) }
	}},
	{"percentile", func(x []float64) func(float64) float64 {
		sorted := slices.Sorted(slices.Values(x))
		return func(f float64) float64 {
			below, _ := slices.BinarySearch(sorted, f)
			through, _ := slices.BinarySearch(sorted, math.Nextafter(f, math.Inf(1)))
			return float64(below+through) / float64(2*len(x))
		}
	}},
	{"logistic of median and MAD", func(x []float64) func(float64) float64 {
		sorted := slices.Sorted(slices.Values(x))
		median := sorted[len(x)/2]
		for i, f := range sorted {
			sorted[i] = math.Abs(f - median)
		}
		slices.Sort(sorted)
		mad := 1.4826 * max(sorted[len(x)/2], 0.5)
		return func(f float64) float64 { return 1 / (1 + math.Exp((median-f)/mad)) }
	}},
}

// byRelative scores all items on a scale of the column.
func byRelative(scale func([]float64) func(float64) float64) func([]counts) []float64 {
	return func(items []counts) []float64 {
		out, column := make([]float64, len(items)), make([]float64, len(items))
		for k, weight := range reversalWeights {
			for i := range items {
				column[i] = items[i][k]
			}
			place := scale(column)
			for i := range items {
				out[i] += weight * place(items[i][k])
			}
		}
		return out
	}
}

// byEngine scores all items by the place that the engine gives them.
func byEngine(e *Engine) func([]counts) []float64 {
	return func(items []counts) []float64 {
		groups, at := make([]work.Group, len(items)), make(map[string]int, len(items))
		for i, c := range items {
			s := work.Signals{}
			for k, name := range reversalNames {
				s[name] = c[k]
			}
			id := fmt.Sprint(c)
			groups[i], at[id] = one(id, s), i
		}
		out := make([]float64, len(items))
		for _, r := range e.Rank(groups, noon).Ranked {
			out[at[r.Group.Ref().ID]] = -float64(r.Place)
		}
		return out
	}
}

// turned counts the pairs that stand the other way round.
func turned(before, after []float64) int {
	n := 0
	for i := range before {
		for j := range i {
			if (before[i]-before[j])*(after[i]-after[j]) < 0 {
				n++
			}
		}
	}
	return n
}

// upsets gives a backlog of 200, and the same after each of four events: an
// ordinary item came, one with extreme votes came, the one with most votes went,
// twenty weak ones came. Those that stay keep their places in front.
func upsets(rng *rand.Rand) (before []counts, after [4][]counts) {
	seen := map[counts]bool{}
	draw := func(scale float64) counts {
		for {
			if c := heavyTailed(rng, scale); !seen[c] { // equal items have no order that could turn
				seen[c] = true
				return c
			}
		}
	}
	for range staying {
		before = append(before, draw(3))
	}
	most := 0
	for i := range before {
		if before[i][1] > before[most][1] {
			most = i
		}
	}
	before[most], before[staying-1] = before[staying-1], before[most]
	extreme := draw(3)
	extreme[1] = 20 * before[staying-1][1]
	weak := slices.Clone(before)
	for range 20 {
		weak = append(weak, draw(0.6))
	}
	return before, [4][]counts{append(slices.Clone(before), draw(3)), append(slices.Clone(before), extreme), before[:staying-1], weak}
}

func TestRankReversal(t *testing.T) {
	e := engineOf(t, func(s *Settings) {
		s.Value = map[string]float64{}
		for k, name := range reversalNames {
			s.Value[string(name)] = reversalWeights[k]
		}
	})
	rules := []func([]counts) []float64{byEngine(e)}
	for _, r := range relative {
		rules = append(rules, byRelative(r.scale))
	}
	flips := make([][4]float64, len(rules))
	for trial := range reversalTrials {
		before, after := upsets(rand.New(rand.NewPCG(uint64(trial), 3)))
		for r, rule := range rules {
			first := rule(before)
			for k, later := range after {
				stay := min(len(later), len(before))
				flips[r][k] += float64(turned(first[:stay], rule(later)[:stay])) / reversalTrials
			}
		}
	}
	t.Logf("%-28s %.1f", "ours", flips[0])
	for i, r := range relative {
		t.Logf("%-28s %.1f", r.name, flips[i+1])
		if flips[i+1][1] == 0 {
			t.Errorf("%s turns no pair when an extreme item comes: the events are too tame", r.name)
		}
	}
	if flips[0] != [4]float64{} {
		t.Errorf("fixed scales turned %v pairs", flips[0])
	}
}
