package precedence

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What the integers stand for is what was given, and there is room for products.
func TestFiguresAreScaledWell(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for range 500 {
		j := draw(rng, 2+rng.IntN(50))
		weight, duration := math.Exp(20*rng.NormFloat64()), math.Exp(20*rng.NormFloat64())
		for i := range j.Weight {
			j.Weight[i] *= weight
			j.Duration[i] *= duration
		}
		j.Weight[0] = 0
		s := newSolver(condense(j), Options{})
		u := s.scale(s.nodes)
		w, p := s.f.sums(s.nodes)
		if hi := float64(w) * float64(p); hi > 1<<61 {
			t.Fatalf("sums %d and %d are too large", w, p)
		}
		for v := range int32(len(j.Weight)) {
			i := s.g.jobs(v)[0]
			if d := math.Abs(float64(s.w[v])*u.weight - j.Weight[i]); d > float64(w)*u.weight/(1<<29) {
				t.Fatalf("weight %v is off by %v of %v", j.Weight[i], d, float64(w)*u.weight)
			}
			if d := math.Abs(float64(s.p[v])*u.duration - j.Duration[i]); d > float64(p)*u.duration/(1<<29) {
				t.Fatalf("duration %v is off by %v of %v", j.Duration[i], d, float64(p)*u.duration)
			}
			if j.Weight[i] == 0 && s.w[v] != 0 || s.p[v] < 1 {
				t.Fatalf("weight %v became %d, duration %v %d", j.Weight[i], s.w[v], j.Duration[i], s.p[v])
			}
		}
	}
}

func TestWholeFiguresAreExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 2))
	for range 500 {
		j := drawWhole(rng, 2+rng.IntN(50))
		j.Weight[0] += 1 << 28
		j.Duration[1] += 0.5
		s := newSolver(condense(j), Options{})
		u := s.scale(s.nodes)
		for v := range int32(len(j.Weight)) {
			i := s.g.jobs(v)[0]
			if w, p := float64(s.w[v])*u.weight, float64(s.p[v])*u.duration; w != j.Weight[i] || p != j.Duration[i] {
				t.Fatalf("%v and %v became %v and %v", j.Weight[i], j.Duration[i], w, p)
			}
		}
	}
}
