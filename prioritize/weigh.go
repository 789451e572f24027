package prioritize

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Comparison says how many times as much one criterion counts as another.
type Comparison struct {
	A, B  string
	Times float64 // 1/9 to 9: A counts so many times as much as B
}

// String gives "demand/priority=3".
func (c Comparison) String() string { return fmt.Sprintf("%s/%s=%.3g", c.A, c.B, c.Times) }

// Weighing is what comparisons in pairs come to.
type Weighing struct {
	Names   []string  // the heaviest first, equal ones by name
	Weights []float64 // of each, adding up to 1
	Ratio   float64   // of consistency: 0 where all comparisons agree, about 1 where they are made at random
	Worst   []Comparison
}

// MostRatio is the greatest ratio of consistency at which comparisons are worth
// using. Source: Saaty 1980.
const MostRatio = 0.10

// The scale of comparisons, and how many criteria the table below knows.
const (
	mostTimes    = 9
	mostCompared = 8
)

// randomIndex is the mean of (λ − n)/(n − 1) over comparisons at random of n
// criteria, by n. Recomputed for weights that are geometric means: it lies below
// the table of Saaty, so the ratio is the stricter one.
var randomIndex = []float64{3: 0.521, 4: 0.882, 5: 1.106, 6: 1.249, 7: 1.340, 8: 1.405}

// Weigh makes weights from comparisons of all pairs of 2 to 8 criteria: the
// geometric mean of each row of the matrix of comparisons (analytic hierarchy
// process, Saaty 1980; geometric means by Crawford and Williams 1985). Worst holds
// the three comparisons that contradict each other most, where any do. The error
// joins everything that is wrong or missing.
func Weigh(comparisons []Comparison) (Weighing, error) {
	names := compared(comparisons)
	m, err := matrixOf(names, comparisons)
	if err != nil {
		return Weighing{}, err
	}
	n := float64(len(names))
	w, sum := make([]float64, len(names)), 0.0
	for i, row := range m {
		log := 0.0
		for _, x := range row {
			log += math.Log(x)
		}
		w[i] = math.Exp(log / n)
		sum += w[i]
	}
	lambda := 0.0
	for i, row := range m {
		for j, x := range row {
			lambda += x * w[j] / w[i] / n
		}
	}
	out := Weighing{Names: slices.Clone(names)}
	if len(names) > 2 {
		out.Ratio = max(lambda-n, 0) / (n - 1) / randomIndex[len(names)]
		out.Worst = worst(names, m)
	}
	weight := func(name string) float64 { return w[slices.Index(names, name)] / sum }
	slices.SortStableFunc(out.Names, func(a, b string) int { return cmp.Compare(weight(b), weight(a)) })
	for _, name := range out.Names {
		out.Weights = append(out.Weights, weight(name))
	}
	return out, nil
}

// compared gives the names that comparisons hold, in order and once each.
func compared(comparisons []Comparison) []string {
	var names []string
	for _, c := range comparisons {
		names = append(names, c.A, c.B)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// matrixOf puts comparisons into a reciprocal matrix.
func matrixOf(names []string, comparisons []Comparison) ([][]float64, error) {
	if len(names) < 2 || len(names) > mostCompared {
		return nil, fmt.Errorf("%d criteria: want comparisons of 2 to %d", len(names), mostCompared)
	}
	m := make([][]float64, len(names))
	for i := range m {
		m[i] = make([]float64, len(names))
		m[i][i] = 1
	}
	var errs []error
	for _, c := range comparisons {
		i, j := slices.Index(names, c.A), slices.Index(names, c.B)
		switch {
		case i == j:
			errs = append(errs, fmt.Errorf("%s: want two different criteria", c))
		case !(c.Times >= 1.0/mostTimes-1e-9 && c.Times <= mostTimes):
			errs = append(errs, fmt.Errorf("%s: want 1/%d to %d times", c, mostTimes, mostTimes))
		case m[i][j] != 0:
			errs = append(errs, fmt.Errorf("%s: the two are compared already", c))
		default:
			m[i][j], m[j][i] = c.Times, 1/c.Times
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return m, complete(names, m)
}

// complete names the pairs that nobody has compared.
func complete(names []string, m [][]float64) error {
	var missing []string
	for i := range m {
		for j := i + 1; j < len(m); j++ {
			if m[i][j] == 0 {
				missing = append(missing, names[i]+"/"+names[j])
			}
		}
	}
	if missing != nil {
		return fmt.Errorf("missing: %s; want every pair compared once", strings.Join(missing, ", "))
	}
	return nil
}

// worst gives the comparisons of the triple whose way round is farthest from 1,
// nil where all agree.
func worst(names []string, m [][]float64) []Comparison {
	var out []Comparison
	most := 1e-9
	for i := range m {
		for j := i + 1; j < len(m); j++ {
			for k := j + 1; k < len(m); k++ {
				if off := math.Abs(math.Log(m[i][j] * m[j][k] * m[k][i])); off > most+1e-12 {
					most = off
					out = []Comparison{{names[i], names[j], m[i][j]}, {names[j], names[k], m[j][k]}, {names[i], names[k], m[i][k]}}
				}
			}
		}
	}
	return out
}
