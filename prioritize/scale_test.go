package prioritize

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAScoreBecomesItsPercentile(t *testing.T) {
	tests := []struct {
		name      string
		quantiles []float64
		want      map[float64]float64
	}{
		{"a tenth until there are quantiles", nil, map[float64]float64{0: 0, 2.5: 0.25, 10: 1, 40: 1}},
		{"distinct quantiles", []float64{1, 2, 4}, map[float64]float64{0: 0, 1: 0.125, 1.5: 0.3125, 2: 0.5, 3: 0.6875, 4: 0.875, 5: 1}},
		{"ties stand in the middle of themselves", []float64{1, 5, 5, 5, 9}, map[float64]float64{1: 0.0625, 5: 0.5, 9: 0.9375}},
		{"what lies beside ties stands beside them", []float64{1, 5, 5, 5, 9}, map[float64]float64{4: 0.203125, 7: 0.84375}},
		{"a person who gives one score", []float64{7, 7, 7}, map[float64]float64{6: 0, 7: 0.5, 8: 1}},
		{"a single quantile", []float64{7}, map[float64]float64{6: 0, 7: 0.5, 8: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for x, want := range tt.want {
				if got := newScale(tt.quantiles).of(x); !near(got, want) {
					t.Errorf("share of %v = %v, want %v", x, got, want)
				}
			}
		})
	}
}

func TestAScaleNeverFallsAndStaysWithinItsRange(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := newScale(randomQuantiles(rng))
		var xs []float64
		for _, l := range s {
			xs = append(xs, l.score)
		}
		for range 50 {
			xs = append(xs, tame(rng)+rng.Float64())
		}
		slices.Sort(xs)
		last := 0.0
		for _, x := range xs {
			if q := s.of(x); q < last || q > 1 {
				t.Fatalf("%+v: share of %v is %v after %v", s, x, q, last)
			} else {
				last = q
			}
		}
	})
}

// TestQuantilesKeepThePercentiles holds the stored scale against the scores that
// it stands for: the mid-rank percentile of Borda's count, by counting.
func TestQuantilesKeepThePercentiles(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		scores := make([]float64, 1+rng.IntN(300))
		levels := 1 + rng.IntN(40)
		for i := range scores {
			scores[i] = float64(rng.IntN(levels))
		}
		s := newScale(quantilesOf(scores))
		for _, x := range scores {
			below, equal := 0.0, 0.0
			for _, y := range scores {
				if y < x {
					below++
				} else if y == x {
					equal++
				}
			}
			exact := (below + equal/2) / float64(len(scores))
			if got := s.of(x); math.Abs(got-exact) > 1.0/20 {
				t.Fatalf("%d scores of %d levels: share of %v is %v, want %v", len(scores), levels, x, got, exact)
			}
		}
	})
}

func TestQuantilesAreScoresAndMirrorThem(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		scores := make([]float64, 1+2*rng.IntN(60)) // odd: one in the middle
		mirrored := make([]float64, len(scores))
		for i := range scores {
			scores[i] = tame(rng)
			mirrored[i] = -scores[i]
		}
		q := quantilesOf(scores)
		for _, x := range q {
			if !slices.Contains(scores, x) {
				t.Fatalf("%v is none of the scores %v", x, scores)
			}
		}
		if q[0] != slices.Min(scores) || q[len(q)-1] != slices.Max(scores) {
			t.Fatalf("quantiles %v of %v: want them from the least to the greatest", q, scores)
		}
		m := quantilesOf(mirrored)
		slices.Reverse(m)
		for i := range m {
			m[i] = -m[i]
		}
		if diff := cmp.Diff(q, m); diff != "" {
			t.Fatalf("quantiles of the mirrored scores (-want +got):\n%s", diff)
		}
	})
}
