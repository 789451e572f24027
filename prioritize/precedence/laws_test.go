package precedence

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// someJobs draws a small problem of any family, with figures of which many are
// equal.
func someJobs(rng *rand.Rand, n int) Jobs {
	j := drawWhole(rng, n)
	if f := families[rng.IntN(len(families))]; n > 3 {
		f.link(rng, &j)
	}
	return j
}

func TestJobsWithoutLinksGoByDensityThenIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 500 {
		j := drawWhole(rng, rng.IntN(40))
		j.Weight = append(j.Weight, 0.3, 0.3*(1+1e-15), 0)
		j.Duration = append(j.Duration, 0.7, 0.7, 1e-9)
		want := make([]int, len(j.Weight))
		for i := range want {
			want[i] = i
		}
		score := ratios(j)
		slices.SortStableFunc(want, func(a, b int) int {
			if score[a] > score[b] {
				return -1
			} else if score[a] < score[b] {
				return 1
			}
			return 0
		})
		r := solve(t, j, Options{})
		judge(t, j, r)
		if diff := cmp.Diff(want, r.Sequence); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", j, diff)
		}
		for _, b := range r.Blocks {
			if i := r.Sequence[b.Start]; b.End-b.Start != 1 || b.Density != score[i] || !b.Exact {
				t.Fatalf("job %d of density %v is in %+v", i, score[i], b)
			}
		}
	}
}

func TestEqualJobsKeepTheirIndexesAsFarAsLinksAllow(t *testing.T) {
	j := Jobs{Weight: []float64{1, 1, 1, 1, 1}, Duration: []float64{1, 1, 1, 1, 1}, Before: [][2]int32{{3, 1}, {0, 4}}}
	r := solve(t, j, Options{})
	if diff := cmp.Diff([]int{0, 2, 3, 1, 4}, r.Sequence); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(r.Blocks) != 5 || len(r.Loans) != 0 {
		t.Errorf("jobs that lend nothing are no block: %+v, %+v", r.Blocks, r.Loans)
	}
}

func TestTheNumberingOfJobsDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 2))
	for range 1000 {
		j := draw(rng, 4+rng.IntN(20))
		families[rng.IntN(len(families))].link(rng, &j)
		renumbered, to := shuffled(rng, j)
		want := solve(t, j, Options{})
		got := solve(t, renumbered, Options{})
		back := make([]int, len(to))
		for i, k := range to {
			back[k] = i
		}
		for k, i := range got.Sequence {
			got.Sequence[k] = back[i]
		}
		if diff := cmp.Diff(want.Sequence, got.Sequence); diff != "" {
			t.Fatalf("%v (-first +renumbered):\n%s", j, diff)
		}
	}
}

func TestUnitsDoNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 1000 {
		j := someJobs(rng, 2+rng.IntN(20))
		want := solve(t, j, Options{})
		scaled := Jobs{Weight: slices.Clone(j.Weight), Duration: slices.Clone(j.Duration), Before: j.Before}
		for i := range scaled.Weight {
			scaled.Weight[i] *= 3 << 20
			scaled.Duration[i] *= 7.0 / 4096
		}
		got := solve(t, scaled, Options{})
		if diff := cmp.Diff(want.Sequence, got.Sequence); diff != "" {
			t.Fatalf("%v (-as given +scaled):\n%s", j, diff)
		}
		if rate := float64(3<<20) * 7 / 4096; !near(got.Cost, want.Cost*rate, 1e-12) || !near(got.Bound, want.Bound*rate, 1e-12) {
			t.Fatalf("cost %v and bound %v became %v and %v", want.Cost, want.Bound, got.Cost, got.Bound)
		}
	}
}

func TestAJobWithoutLinksMovesNoOther(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		j := draw(rng, 4+rng.IntN(30))
		families[rng.IntN(len(families))].link(rng, &j)
		want := solve(t, j, Options{})
		n := int32(len(j.Weight))
		at := rng.Int32N(n + 1)
		more := Jobs{
			Weight:   slices.Insert(slices.Clone(j.Weight), int(at), math.Exp(8*rng.NormFloat64())),
			Duration: slices.Insert(slices.Clone(j.Duration), int(at), math.Exp(8*rng.NormFloat64())),
		}
		for _, e := range j.Before {
			for k := range e {
				if e[k] >= at {
					e[k]++
				}
			}
			more.Before = append(more.Before, e)
		}
		var got []int
		for _, i := range solve(t, more, Options{}).Sequence {
			switch {
			case i < int(at):
				got = append(got, i)
			case i > int(at):
				got = append(got, i-1)
			}
		}
		if diff := cmp.Diff(want.Sequence, got); diff != "" {
			t.Fatalf("%v and one more at %d (-without +with):\n%s", j, at, diff)
		}
	}
}

// A job that becomes worth more or shorter never loses density, nor its place.
func TestABetterJobNeverFallsBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for trial := range 3000 {
		j := someJobs(rng, 2+rng.IntN(14))
		was := solve(t, j, Options{})
		i := rng.IntN(len(j.Weight))
		better := Jobs{Weight: slices.Clone(j.Weight), Duration: slices.Clone(j.Duration), Before: j.Before}
		if trial%2 == 0 {
			better.Weight[i] += float64(1 + rng.IntN(9))
		} else {
			better.Duration[i] = max(0.5, better.Duration[i]-float64(1+rng.IntN(5)))
		}
		now := solve(t, better, Options{})
		if a, b := densitiesOf(was)[i], densitiesOf(now)[i]; b < a*(1-1e-12) {
			t.Fatalf("density of job %d falls from %v to %v: %v, %v", i, a, b, j, better)
		}
		if a, b := placesOf(was)[i], placesOf(now)[i]; b > a {
			t.Fatalf("job %d falls from place %d to %d: %v to %v\n%v\n%v\n%v", i, a, b, j, better, was.Sequence, now.Sequence, j.Before)
		}
	}
}

// What a job has and is lent, less what it lends, is its share of the block; so
// all weight is still there.
func TestLoansConserveWeight(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 6))
	lent := 0
	for range 1000 {
		j := draw(rng, 4+rng.IntN(40))
		families[rng.IntN(len(families))].link(rng, &j)
		r := solve(t, j, Options{})
		carries := slices.Clone(j.Weight)
		linked := map[[2]int32]bool{}
		for _, e := range j.Before {
			linked[e] = true
		}
		for _, l := range r.Loans {
			lent++
			if l.Amount <= 0 || !linked[[2]int32{int32(l.To), int32(l.From)}] {
				t.Fatalf("%+v is none of %v", l, j.Before)
			}
			carries[l.To] += l.Amount
			carries[l.From] -= l.Amount
		}
		for i, density := range densitiesOf(r) {
			if want := density * j.Duration[i]; !near(carries[i], want, 1e-6) {
				t.Fatalf("job %d carries %v, want %v: %v", i, carries[i], want, j)
			}
		}
	}
	if lent == 0 {
		t.Error("nothing was lent")
	}
}

// Each block is the densest of what is left: no initial set of it is denser, by
// going through all of them.
func TestNoPartOfABlockIsDenser(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 7))
	for range 500 {
		j := someJobs(rng, 10)
		r := solve(t, j, Options{})
		at := placesOf(r)
		for _, b := range r.Blocks {
			for set := 1; set < 1<<(b.End-b.Start); set++ {
				w, p, initial := 0.0, 0.0, true
				in := func(place int) bool { return place < b.Start || place < b.End && set>>(place-b.Start)&1 != 0 }
				for k := b.Start; k < b.End; k++ {
					if in(k) {
						w, p = w+j.Weight[r.Sequence[k]], p+j.Duration[r.Sequence[k]]
					}
				}
				for _, e := range j.Before {
					initial = initial && (at[e[1]] < b.Start || at[e[1]] >= b.End || !in(at[e[1]]) || in(at[e[0]]))
				}
				if initial && w*b.Duration > b.Weight*p {
					t.Fatalf("%+v has a denser initial set: %v", b, j)
				}
			}
		}
	}
}

func TestCirclesStayTogetherAndAreReported(t *testing.T) {
	j := Jobs{
		Weight:   []float64{1, 5, 2, 9, 1, 3},
		Duration: []float64{1, 1, 1, 1, 1, 1},
		Before:   [][2]int32{{0, 1}, {1, 2}, {2, 0}, {4, 4}, {2, 3}, {5, 0}},
	}
	r := solve(t, j, Options{})
	judge(t, j, r)
	if diff := cmp.Diff([][]int{{1, 2, 0}}, r.Cycles); diff != "" {
		t.Errorf("circles (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{5, 1, 2, 0, 3, 4}, r.Sequence); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if r.Bound != r.Cost {
		t.Errorf("bound %v of cost %v", r.Bound, r.Cost)
	}
}

func TestRandomCirclesAreFeasible(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	for range 1000 {
		j := someJobs(rng, 4+rng.IntN(12))
		for range rng.IntN(4) {
			j.Before = append(j.Before, [2]int32{rng.Int32N(4), rng.Int32N(4)})
		}
		for _, o := range []Options{{}, {Ideals: 1}, {Steps: 1}} {
			judge(t, j, solve(t, j, o))
		}
	}
}

// Without steps to cut, the order is still feasible, at most twice as dear as
// the best within one component, and the bound still holds.
func TestTheFallbackHoldsItsPromise(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	mean, worst := 0.0, 0.0
	const trials = 2000
	for range trials {
		j := draw(rng, 12)
		families[rng.IntN(len(families))].link(rng, &j)
		r := solve(t, j, Options{Steps: 1})
		judge(t, j, r)
		opt := least(j)
		if r.Bound > opt*(1+1e-9) || r.Cost < opt*(1-1e-9) {
			t.Fatalf("bound %v, cost %v, least possible %v: %v", r.Bound, r.Cost, opt, j)
		}
		mean, worst = mean+r.Cost/opt-1, max(worst, r.Cost/opt-1)
	}
	t.Logf("cost above the best: mean %.2f %%, worst %.1f %%", 100*mean/trials, 100*worst)
	if worst > 1 {
		t.Errorf("the order is dearer than the best by %v", worst)
	}
}

func TestProblemsThatAreNoneAreRefused(t *testing.T) {
	tests := []struct {
		name string
		jobs Jobs
	}{
		{"fewer durations than weights", Jobs{Weight: []float64{1}}},
		{"a negative weight", Jobs{Weight: []float64{-1}, Duration: []float64{1}}},
		{"a weight that is no number", Jobs{Weight: []float64{math.NaN()}, Duration: []float64{1}}},
		{"an infinite weight", Jobs{Weight: []float64{math.Inf(1)}, Duration: []float64{1}}},
		{"no duration", Jobs{Weight: []float64{1}, Duration: []float64{0}}},
		{"a duration that is no number", Jobs{Weight: []float64{1}, Duration: []float64{math.NaN()}}},
		{"an infinite duration", Jobs{Weight: []float64{0}, Duration: []float64{math.Inf(1)}}},
		{"a link to nowhere", Jobs{Weight: []float64{1}, Duration: []float64{1}, Before: [][2]int32{{0, 1}}}},
		{"a link from nowhere", Jobs{Weight: []float64{1}, Duration: []float64{1}, Before: [][2]int32{{-1, 0}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Solve(tt.jobs, Options{}); !errors.Is(err, ErrJobs) {
				t.Errorf("Solve() = %v, want %v", err, ErrJobs)
			}
		})
	}
	if r := solve(t, Jobs{}, Options{}); len(r.Sequence) != 0 || r.Cost != 0 {
		t.Errorf("nothing is ordered as %+v", r)
	}
}

func FuzzSolve(f *testing.F) {
	f.Add(uint64(1), uint8(8), []byte{0, 1, 1, 2, 5, 3})
	f.Add(uint64(2), uint8(3), []byte{0, 1, 1, 0, 2, 2})
	f.Fuzz(func(t *testing.T, seed uint64, n uint8, links []byte) {
		rng := rand.New(rand.NewPCG(seed, 0))
		j := drawWhole(rng, 1+int(n)%30)
		for k := 0; k+1 < len(links) && k < 200; k += 2 {
			m := len(j.Weight)
			j.Before = append(j.Before, [2]int32{int32(int(links[k]) % m), int32(int(links[k+1]) % m)})
		}
		best := solve(t, j, Options{})
		for _, o := range []Options{{}, {Ideals: 1}, {Steps: 1}} {
			r := solve(t, j, o)
			judge(t, j, r)
			if r.Bound > best.Cost*(1+1e-9) || r.Cost < best.Bound*(1-1e-9) {
				t.Errorf("bound %v and cost %v, but another order has %v and %v", r.Bound, r.Cost, best.Bound, best.Cost)
			}
		}
		if len(best.Cycles) == 0 && len(j.Weight) <= 12 && !near(best.Cost, least(j), 1e-9) {
			t.Errorf("cost %v, least possible %v", best.Cost, least(j))
		}
	})
}
