package precedence

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestRealisticBacklogsAreProvedToTheirBound(t *testing.T) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			j := realistic(rand.New(rand.NewPCG(5, 1)), n)
			r := solve(t, j, Options{})
			judge(t, j, r)
			t.Logf("gap %.6f %%; largest component %d; blocks of more than one %d", 100*(r.Cost/r.Bound-1), largestOf(j), several(r))
			for _, rule := range rules[:4] {
				t.Logf("%-36s %6.2f %%", rule.name, 100*(costOf(j, rule.order(j))/r.Bound-1))
			}
			if r.Cost > r.Bound*1.0001 {
				t.Errorf("cost %v may be more than 0.01 %% above the least possible %v", r.Cost, r.Bound)
			}
		})
	}
}

// The largest gap there may be; chains, stars, trees and what is put together
// of them by jobs all others wait for are exact.
func TestAdversariesAreOrdered(t *testing.T) {
	gaps := map[string]float64{"grid": 0.03, "100 layers": 0.04, "random, 1 link a job": 0.0001, "random, 2 links a job": 0.001}
	for _, a := range adversaries {
		t.Run(a.name, func(t *testing.T) {
			j := a.make(rand.New(rand.NewPCG(5, 2)), 5_000)
			r := solve(t, j, Options{})
			judge(t, j, r)
			t.Logf("%d blocks, gap %.4f %%", len(r.Blocks), 100*(r.Cost/r.Bound-1))
			if r.Cost > r.Bound*(1+gaps[a.name]) {
				t.Errorf("cost %v is more than %v above the bound %v", r.Cost, gaps[a.name], r.Bound)
			}
			quick := solve(t, j, Options{Steps: 1})
			judge(t, j, quick)
			t.Logf("without a cut: gap %.2f %%, %.2f %% above the order", 100*(quick.Cost/quick.Bound-1), 100*(quick.Cost/r.Cost-1))
			if quick.Bound > r.Cost*(1+1e-9) || quick.Cost < r.Bound*(1-1e-9) {
				t.Errorf("bound %v and cost %v, but there is an order of cost %v and a bound of %v", quick.Bound, quick.Cost, r.Cost, r.Bound)
			}
		})
	}
}

// Common rules have no limit to how far they go wrong; here they go wrong by
// more with every size, and the blocks do not.
func TestCommonRulesFailWithoutLimit(t *testing.T) {
	enabler := func(m int) Jobs { // one job worth nothing lets m others begin, beside longer work
		j := Jobs{Weight: []float64{0}, Duration: []float64{float64(m)}}
		for i := range m {
			j.Weight, j.Duration = append(j.Weight, 1), append(j.Duration, 1)
			j.Before = append(j.Before, [2]int32{0, int32(i + 1)})
		}
		for i := 0; i*i < 4*m; i++ {
			j.Weight, j.Duration = append(j.Weight, 2), append(j.Duration, float64(m))
		}
		return j
	}
	blocker := func(m int) Jobs { // a large job before a small one that is dense, beside ordinary ones
		j := Jobs{Weight: []float64{0, 1}, Duration: []float64{float64(m), 0.1}, Before: [][2]int32{{0, 1}}}
		for i := 0; i*i < 4*m; i++ {
			j.Weight, j.Duration = append(j.Weight, 1), append(j.Duration, 1)
		}
		return j
	}
	tests := []struct {
		rule rule
		make func(m int) Jobs
	}{
		{rules[0], enabler},
		{rules[4], enabler},
		{rules[1], blocker},
		{rules[2], blocker},
	}
	for _, tt := range tests {
		t.Run(tt.rule.name, func(t *testing.T) {
			was := 1.0
			for _, m := range []int{16, 64, 256} {
				j := tt.make(m)
				r := solve(t, j, Options{})
				over := costOf(j, tt.rule.order(j)) / r.Cost
				t.Logf("size %4d: ×%.2f", m, over)
				if r.Cost != r.Bound || over < 1.2*was {
					t.Errorf("size %d: the rule costs ×%v, ×%v one size below; the blocks have %v of %v", m, over, was, r.Cost, r.Bound)
				}
				was = over
			}
		})
	}
}
