package prioritize

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// comparisonsOf compares all pairs of a matrix, some of them the other way round.
func comparisonsOf(rng *rand.Rand, m [][]float64) []Comparison {
	var out []Comparison
	for i := range m {
		for j := range i {
			c := Comparison{A: fmt.Sprint("c", i), B: fmt.Sprint("c", j), Times: m[i][j]}
			if rng.IntN(2) == 0 {
				c = Comparison{A: c.B, B: c.A, Times: 1 / c.Times}
			}
			out = append(out, c)
		}
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// fall reports whether no number is greater than the one before it.
func fall(xs []float64) bool {
	return slices.IsSortedFunc(xs, func(a, b float64) int { return cmp.Compare(b, a) })
}

// judgedAtRandom draws each comparison from 1/9, 1/8 … 8, 9.
func judgedAtRandom(rng *rand.Rand, n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		m[i][i] = 1
		for j := range i {
			k := rng.IntN(17)
			m[i][j] = float64(1 + k%9)
			if k > 8 {
				m[i][j] = 1 / float64(k-7)
			}
			m[j][i] = 1 / m[i][j]
		}
	}
	return m
}

func TestComparisonsThatAgreeGiveTheWeightsBack(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		n := 2 + rng.IntN(7)
		want, sum := make([]float64, n), 0.0
		for i := range want {
			want[i] = 1 + 8*rng.Float64()
			sum += want[i]
		}
		m := make([][]float64, n)
		for i := range m {
			for j := range want {
				m[i] = append(m[i], want[i]/want[j])
			}
		}
		w, err := Weigh(comparisonsOf(rng, m))
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got := w.Weights[slices.Index(w.Names, fmt.Sprint("c", i))]; math.Abs(got-want[i]/sum) > 1e-9 {
				t.Fatalf("weights %v of %v, want %v over %v", w.Weights, w.Names, want, sum)
			}
		}
		if w.Ratio > 1e-9 || w.Worst != nil || !fall(w.Weights) {
			t.Fatalf("%+v: want no contradiction and the heaviest first", w)
		}
	})
}

// TestTheTripleThatIsToldIsTheWorst compares every triple in every direction.
func TestTheTripleThatIsToldIsTheWorst(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		n := 3 + rng.IntN(5)
		m := judgedAtRandom(rng, n)
		w, err := Weigh(comparisonsOf(rng, m))
		if err != nil {
			t.Fatal(err)
		}
		most := 0.0
		for i := range n {
			for j := range n {
				for k := range n {
					most = max(most, math.Log(m[i][j]*m[j][k]*m[k][i]))
				}
			}
		}
		told := 0.0
		if w.Worst != nil {
			told = math.Abs(math.Log(w.Worst[0].Times * w.Worst[1].Times / w.Worst[2].Times))
		}
		if math.Abs(told-most) > 1e-9 || (w.Ratio < 1e-9) != (w.Worst == nil) {
			t.Fatalf("%+v is off by e^%v, want e^%v", w, told, most)
		}
		sum := 0.0
		for _, x := range w.Weights {
			sum += x
		}
		if !near(sum, 1) {
			t.Fatalf("weights add up to %v", sum)
		}
	})
}

// TestComparisonsAtRandomHaveTheRatioOne recomputes the table of the index.
func TestComparisonsAtRandomHaveTheRatioOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	const trials = 4000
	for n := 3; n <= mostCompared; n++ {
		mean := 0.0
		for range trials {
			w, err := Weigh(comparisonsOf(rng, judgedAtRandom(rng, n)))
			if err != nil {
				t.Fatal(err)
			}
			mean += w.Ratio / trials
		}
		if math.Abs(mean-1) > 0.05 {
			t.Errorf("%d criteria: mean ratio %.3f, want 1", n, mean)
		}
	}
}

func TestComparisonsThatAreWrongAreNamed(t *testing.T) {
	tests := []struct {
		name        string
		comparisons []Comparison
		want        string
	}{
		{"none", nil, "0 criteria: want comparisons of 2 to 8"},
		{"with itself", []Comparison{{"a", "b", 2}, {"a", "a", 1}}, "a/a=1: want two different criteria"},
		{"beyond the scale", []Comparison{{"a", "b", 10}}, "a/b=10: want 1/9 to 9 times"},
		{"no number", []Comparison{{"a", "b", math.NaN()}}, "a/b=NaN: want 1/9"},
		{"twice", []Comparison{{"a", "b", 2}, {"b", "a", 2}}, "b/a=2: the two are compared already"},
		{"too few", []Comparison{{"a", "b", 2}, {"b", "c", 2}}, "missing: a/c; want every pair"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Weigh(tt.comparisons); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
