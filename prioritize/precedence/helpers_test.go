package precedence

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func solve(t testing.TB, j Jobs, o Options) Order {
	t.Helper()
	r, err := Solve(j, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// costOf is Σ weight·completion.
func costOf(j Jobs, order []int) (sum float64) {
	done := 0.0
	for _, i := range order {
		done += j.Duration[i]
		sum += j.Weight[i] * done
	}
	return sum
}

// placesOf gives the place of each job.
func placesOf(r Order) []int {
	at := make([]int, len(r.Sequence))
	for k, i := range r.Sequence {
		at[i] = k
	}
	return at
}

// densitiesOf gives the density of the block of each job.
func densitiesOf(r Order) []float64 {
	out := make([]float64, len(r.Sequence))
	for _, b := range r.Blocks {
		for _, i := range r.Sequence[b.Start:b.End] {
			out[i] = b.Density
		}
	}
	return out
}

// least gives the cost of the best order of at most 20 jobs without circles, by
// going through all subsets. It shares nothing with the code it judges.
func least(j Jobs) float64 {
	n := len(j.Weight)
	need := make([]uint32, n)
	for _, e := range j.Before {
		if e[0] != e[1] {
			need[e[1]] |= 1 << e[0]
		}
	}
	best := make([]float64, 1<<n)
	done := make([]float64, 1<<n)
	for set := uint32(1); set < 1<<n; set++ {
		best[set] = math.Inf(1)
		for i := range n {
			rest := set &^ (1 << i)
			if rest == set {
				continue
			}
			done[set] = done[rest] + j.Duration[i]
			if need[i]&^rest == 0 {
				best[set] = min(best[set], best[rest]+j.Weight[i]*done[set])
			}
		}
	}
	return best[1<<n-1]
}

// judge fails where an order is not one of the jobs, breaks a link or says
// something of itself that is not so.
func judge(t testing.TB, j Jobs, r Order) {
	t.Helper()
	n := len(j.Weight)
	if sorted := slices.Sorted(slices.Values(r.Sequence)); len(sorted) != n || n > 0 && (sorted[0] != 0 || sorted[n-1] != n-1 || len(slices.Compact(sorted)) != n) {
		t.Fatalf("%d jobs are ordered as %v", n, r.Sequence)
	}
	at := placesOf(r)
	circle := make([]int, n)
	for k, c := range r.Cycles {
		for i, job := range c {
			circle[job] = k + 1
			if at[job] != at[c[0]]+i {
				t.Fatalf("circle %v is not together in %v", c, r.Sequence)
			}
		}
	}
	for _, e := range j.Before {
		if together := circle[e[0]] > 0 && circle[e[0]] == circle[e[1]]; !together && at[e[0]] > at[e[1]] {
			t.Fatalf("%d is to come before %d: %v", e[0], e[1], r.Sequence)
		}
	}
	if c := costOf(j, r.Sequence); !near(c, r.Cost, 1e-12) || r.Bound > r.Cost {
		t.Fatalf("cost %v, bound %v, is %v", r.Cost, r.Bound, c)
	}
	judgeBlocks(t, j, r)
}

func judgeBlocks(t testing.TB, j Jobs, r Order) {
	t.Helper()
	end := 0
	for k, b := range r.Blocks {
		if b.Start != end || b.End <= b.Start {
			t.Fatalf("block %d: %+v after %d", k, b, end)
		}
		end = b.End
		w, p := 0.0, 0.0
		for _, i := range r.Sequence[b.Start:b.End] {
			w += j.Weight[i]
			p += j.Duration[i]
		}
		if !near(w, b.Weight, 1e-9) || !near(p, b.Duration, 1e-9) || !near(w/p, b.Density, 1e-6+1e-7*float64(len(j.Weight))) {
			t.Fatalf("block %d: %+v holds %v and %v", k, b, w, p)
		}
		if k > 0 && b.Density > r.Blocks[k-1].Density {
			t.Fatalf("block %d is denser than the one before: %+v", k, r.Blocks[k-1:k+1])
		}
	}
	if end != len(r.Sequence) {
		t.Fatalf("blocks end at %d of %d", end, len(r.Sequence))
	}
}

// near says whether two figures differ by no more than a share of them.
func near(a, b, share float64) bool { return math.Abs(a-b) <= share*max(math.Abs(a), math.Abs(b)) }

// shuffled gives the same jobs in another order and where each has gone.
func shuffled(rng *rand.Rand, j Jobs) (Jobs, []int) {
	n := len(j.Weight)
	to := rng.Perm(n)
	out := Jobs{Weight: make([]float64, n), Duration: make([]float64, n)}
	for i, k := range to {
		out.Weight[k], out.Duration[k] = j.Weight[i], j.Duration[i]
	}
	for _, e := range j.Before {
		out.Before = append(out.Before, [2]int32{int32(to[e[0]]), int32(to[e[1]])})
	}
	rng.Shuffle(len(out.Before), func(a, b int) { out.Before[a], out.Before[b] = out.Before[b], out.Before[a] })
	return out, to
}
