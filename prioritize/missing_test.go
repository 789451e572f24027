package prioritize

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"stackrank/internal/work"
)

// The benchmark of missing judgements: 200 items with five scores of equal
// weight, which go together as the model assumes (correlation 0.4). Some are
// taken away, and the order by what remains is held against the order by all.
const (
	gappyItems, gappyTrials = 200, 100
	gappyFirst              = 20
)

var gappyScores = []work.Signal{"a", "b", "c", "d", "e"}

// gapRules are the usual ways to deal with gaps.
var gapRules = []struct {
	name string
	fill func(known work.Signals) float64 // the value that the rule gives it
}{
	{"zero", func(known work.Signals) float64 { return meanOf(known, 0) }},
	{"the mean", func(known work.Signals) float64 { return meanOf(known, 5) }},
	{"what is there, weighted anew", func(known work.Signals) float64 {
		if len(known) == 0 {
			return 5
		}
		return meanOf(known, 0) * float64(len(gappyScores)) / float64(len(known))
	}},
}

// meanOf is the mean of all scores, the missing ones filled.
func meanOf(known work.Signals, missing float64) float64 {
	sum := 0.0
	for _, s := range gappyScores {
		x, ok := known[s]
		if !ok {
			x = missing
		}
		sum += x / float64(len(gappyScores))
	}
	return sum
}

func scoresOf(rng *rand.Rand) work.Signals {
	common, out := rng.NormFloat64(), work.Signals{}
	for _, s := range gappyScores {
		z := math.Sqrt(correlation)*common + math.Sqrt(1-correlation)*rng.NormFloat64()
		out[s] = min(max(10*(defaultMean+defaultSD*z), 0), 10)
	}
	return out
}

// kendall is the rank correlation tau of two figures of the same items.
func kendall(a, b []float64) float64 {
	sum := 0
	for i := range a {
		for j := range i {
			sum += cmp.Compare(a[i], a[j]) * cmp.Compare(b[i], b[j])
		}
	}
	return 2 * float64(sum) / float64(len(a)*(len(a)-1))
}

// hits gives the share of the first by truth that are among the first by figure.
func hits(truth, figure []float64) float64 {
	first := func(x []float64) []int {
		order := make([]int, len(x))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(x[j], x[i]) })
		return order[:gappyFirst]
	}
	n, mine := 0, first(figure)
	for _, i := range first(truth) {
		if slices.Contains(mine, i) {
			n++
		}
	}
	return float64(n) / gappyFirst
}

func TestWhatIsMissingIsExpectedFromTheRest(t *testing.T) {
	e := engineOf(t, func(s *Settings) {
		s.Value, s.Anchors = map[string]float64{}, map[string]Anchor{}
		for _, name := range gappyScores {
			s.Value[string(name)], s.Anchors[string(name)] = 1, Anchor{Curve: CurveScore}
		}
	})
	gaps := []struct {
		name string
		take func(rng *rand.Rand, s work.Signals)
	}{
		{"every second score is missing", func(rng *rand.Rand, s work.Signals) {
			for _, name := range gappyScores {
				if rng.IntN(2) == 0 {
					delete(s, name)
				}
			}
		}},
		{"three of ten items have one score only", func(rng *rand.Rand, s work.Signals) {
			if rng.IntN(10) < 3 {
				keep := gappyScores[rng.IntN(len(gappyScores))]
				for _, name := range gappyScores {
					if name != keep {
						delete(s, name)
					}
				}
			}
		}},
	}
	for _, gap := range gaps {
		t.Run(gap.name, func(t *testing.T) {
			var tau, first [4]float64
			for trial := range gappyTrials {
				rng := rand.New(rand.NewPCG(uint64(trial), 6))
				truth, figures := make([]float64, gappyItems), [4][]float64{}
				for r := range figures {
					figures[r] = make([]float64, gappyItems)
				}
				for i := range gappyItems {
					all := scoresOf(rng)
					truth[i] = meanOf(all, 0)
					known := work.Signals{}
					for _, name := range gappyScores {
						known[name] = all[name]
					}
					gap.take(rng, known)
					for r, rule := range gapRules {
						figures[r][i] = rule.fill(known)
					}
					figures[3][i] = e.Score(one(fmt.Sprint(i), known), noon).Ratio
				}
				for r := range figures {
					tau[r] += kendall(truth, figures[r]) / gappyTrials
					first[r] += hits(truth, figures[r]) / gappyTrials
				}
			}
			for r, rule := range gapRules {
				t.Logf("%-30s tau %.3f, of the first %d %.3f", rule.name, tau[r], gappyFirst, first[r])
				if tau[r] >= tau[3] || first[r] >= first[3] {
					t.Errorf("%s: tau %.3f and %.3f, ours %.3f and %.3f", rule.name, tau[r], first[r], tau[3], first[3])
				}
			}
			t.Logf("%-30s tau %.3f, of the first %d %.3f", "expected from the rest", tau[3], gappyFirst, first[3])
		})
	}
}
