package precedence

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// However much more one weight is than all others, these are ordered as they
// would be if it were only enough to come first with what it waits for.
func TestOneHugeWeightFlattensNoOther(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 500 {
		j := draw(rng, 3+rng.IntN(10))
		huge := rng.IntN(len(j.Weight))
		for i := range j.Duration {
			j.Duration[i] *= 0.5 + rng.Float64()
			for k := range i {
				if rng.IntN(8) == 0 {
					j.Before = append(j.Before, [2]int32{int32(k), int32(i)})
				}
			}
		}
		j.Weight[huge] = 1e6
		want := blocksBeside(t, j, huge)
		for _, weight := range []float64{1e9, 1e12, 1e15, 1e18, 1e30} {
			j.Weight[huge] = weight
			if got := blocksBeside(t, j, huge); got != want {
				t.Fatalf("with a weight of %g in %+v the blocks are\n%s, want\n%s", weight, j, got, want)
			}
		}
	}
}

// blocksBeside tells the blocks by their jobs, and the densities of those that a job
// is not in.
func blocksBeside(t *testing.T, j Jobs, job int) string {
	t.Helper()
	o, err := Solve(j, Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, b := range o.Blocks {
		jobs := slices.Clone(o.Sequence[b.Start:b.End])
		slices.Sort(jobs)
		out += fmt.Sprint(jobs)
		if !slices.Contains(jobs, job) {
			out += fmt.Sprintf(" %.6g", b.Density)
		}
		out += "; "
	}
	return out
}
