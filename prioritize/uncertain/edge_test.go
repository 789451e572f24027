package uncertain

import (
	"fmt"
	"math"
	"testing"
)

// TestBacklogsWithoutAnyDifference holds both ways of judging to the shares that
// symmetry gives.
func TestBacklogsWithoutAnyDifference(t *testing.T) {
	const top = 20
	for n, slack := range map[int]float64{50: 5.5 * 0.5 / math.Sqrt(2000), maxSimulated + 5000: 0.06 * top / (maxSimulated + 5000)} {
		for _, sigma := range []float64{0, 0.5} {
			items := make([]Item, n)
			for i := range items {
				items[i] = Item{Key: fmt.Sprint(i), Mu: 2, Sigma: sigma}
			}
			want, mean := float64(top)/float64(n), float64(n+1)/2
			for _, s := range judge(items, Options{Top: top, Draws: 2000}) {
				if math.Abs(s.Top-want) > slack {
					t.Fatalf("%d items, sigma %v: chance %v, want %v", n, sigma, s.Top, want)
				}
				if math.Abs(s.Rank-mean) > 1e-6*mean || math.Abs(float64(s.Band.Best)-0.05*float64(n)) > 0.03*float64(n) {
					t.Fatalf("%d items, sigma %v: %+v", n, sigma, s)
				}
			}
		}
	}
}

// TestAChainIsOneBlock holds that a chain far above all others has a certain
// order, however uncertain its density is.
func TestAChainIsOneBlock(t *testing.T) {
	const chain, top = 400, 20
	for _, n := range []int{chain, maxSimulated + 5000} {
		items := make([]Item, n)
		for i := range items {
			items[i] = Item{Key: fmt.Sprint(i), Sigma: 1, Block: 3}
			if i >= chain {
				items[i].Mu, items[i].Block = -20, 0
			}
		}
		for i, s := range judge(items, Options{Top: top})[:chain] {
			inside := 0.0
			if i < top {
				inside = 1
			}
			if place := i + 1; s.Band != (Band{place, place, place}) || math.Abs(s.Rank-float64(place)) > 1e-3 || math.Abs(s.Top-inside) > 1e-3 {
				t.Fatalf("%d items, place %d: %+v", n, place, s)
			}
		}
	}
}
