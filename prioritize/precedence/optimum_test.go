package precedence

import (
	"math/rand/v2"
	"testing"
)

// Twelve jobs can be ordered in every way there is.
func TestSmallProblemsAreSolvedExactly(t *testing.T) {
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 12))
			excess, worst := make([]float64, len(rules)), make([]float64, len(rules))
			bound, deepest, rough, roughest := 0.0, 0.0, 0.0, 0.0
			const trials = 2000
			for range trials {
				j := draw(rng, 12)
				f.link(rng, &j)
				opt := least(j)
				r := solve(t, j, Options{})
				judge(t, j, r)
				if !near(r.Cost, opt, 1e-7) || r.Bound != r.Cost {
					t.Fatalf("cost %v, bound %v, least possible %v: %v", r.Cost, r.Bound, opt, j)
				}
				for k, rule := range rules {
					over := costOf(j, rule.order(j))/opt - 1
					if over < -1e-12 {
						t.Fatalf("%s is better than the best by %v", rule.name, over)
					}
					excess[k] += over
					worst[k] = max(worst[k], over)
				}
				quick := solve(t, j, Options{Ideals: 1})
				judge(t, j, quick)
				if quick.Bound > opt*(1+1e-8) {
					t.Fatalf("bound %v is above the least possible %v: %v", quick.Bound, opt, j)
				}
				under, over := opt/quick.Bound-1, quick.Cost/opt-1
				bound, rough = bound+under, rough+over
				deepest, roughest = max(deepest, under), max(roughest, over)
			}
			for k, rule := range rules {
				t.Logf("%-36s mean %5.2f %%, worst %5.1f %%", rule.name, 100*excess[k]/trials, 100*worst[k])
			}
			t.Logf("%-36s mean %5.3f %%, worst %5.1f %%", "blocks, no exact order inside", 100*rough/trials, 100*roughest)
			t.Logf("%-36s mean %5.2f %%, worst %5.1f %%", "best above the bound without it", 100*bound/trials, 100*deepest)
		})
	}
}
