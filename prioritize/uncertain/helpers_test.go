package uncertain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"
)

// shape is a kind of backlog.
type shape int

const (
	classes  shape = iota // three standard deviations
	continua              // any standard deviation
	half                  // one in two is certain
	ties                  // certain, and many alike
	blocks                // a quarter stands in blocks
	remote                // one item is far off
	allShapes
)

func (s shape) String() string {
	return []string{"classes", "continua", "half certain", "ties", "blocks", "remote"}[s]
}

// backlog gives n items of the shape, with keys that sort in no useful order.
func backlog(rng *rand.Rand, n int, s shape) []Item {
	out := make([]Item, n)
	for i := range out {
		it := Item{Key: fmt.Sprint(rng.Uint32(), "-", i), Mu: 3 + 0.8*rng.NormFloat64(), Sigma: []float64{0.15, 0.5, 1}[rng.IntN(3)]}
		switch s {
		case continua:
			it.Sigma = 0.05 + 1.2*rng.Float64()
		case half:
			it.Sigma *= float64(rng.IntN(2))
		case ties:
			it.Mu, it.Sigma = math.Round(it.Mu), 0
		case blocks:
			if rng.IntN(4) == 0 {
				it.Block = 1 + rng.IntN(1+n/12)
				it.Mu, it.Sigma = float64(it.Block%17)/4, 0.3
			}
		case remote:
			if i == 0 {
				it.Mu = 1e6
			}
		}
		out[i] = it
	}
	return out
}

// smallBacklog draws one of up to sixty items.
func smallBacklog(t *rapid.T) []Item {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	return backlog(rng, rapid.IntRange(1, 60).Draw(t, "items"), shape(rapid.IntRange(0, int(allShapes)-1).Draw(t, "shape")))
}

// farthest gives the greatest difference between two figures at one place.
func farthest(a, b []float64) float64 {
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i]))
	}
	return worst
}

func tops(all []Standing) []float64 {
	out := make([]float64, len(all))
	for i := range all {
		out[i] = all[i].Top
	}
	return out
}

func sum(xs []float64) float64 {
	s := 0.0
	for _, x := range slices.Sorted(slices.Values(xs)) {
		s += x
	}
	return s
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// judged is all that can be said about an item.
type judged struct {
	Standing
	Rank float64 // expected
}

func judge(items []Item, o Options) []judged {
	ranks := ExpectedRanks(items)
	out := make([]judged, len(items))
	for i, s := range Judge(items, o).Standings {
		out[i] = judged{s, ranks[i]}
	}
	return out
}
