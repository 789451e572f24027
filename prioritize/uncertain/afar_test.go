package uncertain

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

func TestTransformIsTheSum(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{2, 8, 64} {
		x, want := make([]complex128, n), make([]complex128, n)
		for i := range x {
			x[i] = complex(rng.NormFloat64(), rng.NormFloat64())
		}
		for k := range want {
			for i := range x {
				want[k] += x[i] * cmplx.Rect(1, -tau*float64(i*k)/float64(n))
			}
		}
		f, got := newTransform(n), append([]complex128(nil), x...)
		f.forward(got)
		for k := range want {
			if cmplx.Abs(got[k]-want[k]) > 1e-12 {
				t.Fatalf("length %d, frequency %d: %v, want %v", n, k, got[k], want[k])
			}
		}
		f.inverse(got)
		for i := range x {
			if cmplx.Abs(got[i]/complex(float64(n), 0)-x[i]) > 1e-12 {
				t.Fatalf("length %d: not undone at %d", n, i)
			}
		}
	}
}

// TestTheFieldIsTheSumOverPairs holds what the convolution may be off by.
func TestTheFieldIsTheSumOverPairs(t *testing.T) {
	for s := range allShapes {
		units := unitsOf(backlog(rand.New(rand.NewPCG(5, uint64(s))), 3000, s))
		worst := farthest(exactStarts(units), newField(units).starts(units))
		t.Logf("%v: largest error of an expected rank %.4f", s, worst)
		if worst > 0.6 {
			t.Errorf("%v: an expected rank is off by %v", s, worst)
		}
	}
}

// TestTheFieldKeepsTheSumOfRanks holds at a size where no sum over pairs can.
func TestTheFieldKeepsTheSumOfRanks(t *testing.T) {
	for s := range allShapes {
		const n = 50_000
		got := sum(ExpectedRanks(backlog(rand.New(rand.NewPCG(6, uint64(s))), n, s)))
		if want := float64(n) * (n + 1) / 2; math.Abs(got-want) > 1e-6*want {
			t.Errorf("%v: expected ranks add up to %v, want %v", s, got, want)
		}
	}
}

// TestClosedFormsAreTheLimitOfTheSimulation compares chances and bands with many
// draws of a backlog that is still small enough for both.
func TestClosedFormsAreTheLimitOfTheSimulation(t *testing.T) {
	const n, draws = 1000, 1500
	for s := range allShapes {
		items := backlog(rand.New(rand.NewPCG(7, uint64(s))), n, s)
		units := unitsOf(items)
		all := simulate(units, draws, 9)
		for _, top := range []int{1, 5, 20, 200} {
			closed, worst := fromAfar(items, units, top), 0.0
			for i := range units {
				for p, place := range units[i].members {
					worst = max(worst, math.Abs(closed[place].Top-all.first(i, top-p)))
				}
			}
			total := sum(tops(closed))
			t.Logf("%v: chance to be in the first %d off by up to %.3f, adding up to %.2f", s, top, worst, total)
			drift := 0.02 * float64(top)
			if top == 1 {
				drift = 0.2 // a normal number of others is coarse where it is one or none
			}
			if limit := 5.5 * 0.5 / math.Sqrt(draws); worst > limit || math.Abs(total-float64(top)) > drift {
				t.Errorf("%v, first %d: off by %v, adding up to %v", s, top, worst, total)
			}
		}
		for _, standing := range bandsOutside(items, units, all) {
			t.Errorf("%v: band of %+v", s, standing)
		}
	}
}

// bandsOutside gives the closed bands whose ends are not where the simulated ranks
// have 5 % and 95 %, give or take three, or 50 %, give or take six; three places to
// either side are as good, as blocks move by several.
func bandsOutside(items []Item, units []unit, all simulated) []Standing {
	var out []Standing
	closed := fromAfar(items, units, 20)
	for i := range units {
		s := closed[units[i].members[0]]
		ends := [...]struct {
			place       int
			want, slack float64
		}{{s.Band.Best, 1 - surely, 0.03}, {s.Band.Middle, 0.5, 0.06}, {s.Band.Worst, surely, 0.03}}
		for _, e := range ends {
			if all.first(i, e.place-4) > e.want+e.slack || all.first(i, e.place+3) < e.want-e.slack {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

func TestBothWaysMeetAtTheLimit(t *testing.T) {
	items := backlog(rand.New(rand.NewPCG(8, 8)), maxSimulated, continua)
	const draws = 100
	simulated := Judge(items, Options{Top: 50, Draws: draws})
	closed := fromAfar(items, unitsOf(items), 50)
	if worst := farthest(tops(simulated.Standings), tops(closed)); worst > 5*0.5/math.Sqrt(draws) {
		t.Errorf("chances differ by %v", worst)
	}
	if o := Judge(append(items, Item{Key: "one more"}), Options{Top: 50}); simulated.Draws != draws || o.Draws != 0 {
		t.Errorf("draws: %d up to the limit, %d beyond", simulated.Draws, o.Draws)
	}
}
