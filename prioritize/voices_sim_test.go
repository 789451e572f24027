package prioritize

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os" //nolint:depguard // the ranking is pure; this test of it reads the document
	"slices"
	"strings"
	"testing"

	"stackrank/internal/work"
)

// poll is one simulated backlog: what its items are really worth, and what
// everybody gave them, scores[person][item] of 0…10.
type poll struct {
	truth  []float64
	scores [][]float64
}

// newPoll draws a backlog of 60 items and 7 people. An honest one sees the worth
// of an item with an error of 0.7 and puts it on a scale of his own, some high,
// some low, some wide, some narrow. A strategic one gives 10 to a fifth of the
// items, which he wants whatever they are worth, and 0 to all others.
func newPoll(rng *rand.Rand, strategic int) poll {
	const items, people = 60, 7
	p := poll{truth: make([]float64, items), scores: make([][]float64, people)}
	for i := range p.truth {
		p.truth[i] = rng.NormFloat64()
	}
	for who := range p.scores {
		p.scores[who] = make([]float64, items)
		middle, width := 3+4*rng.Float64(), 1+2*rng.Float64()
		for i, worth := range p.truth {
			p.scores[who][i] = math.Round(min(max(middle+width*(worth+0.7*rng.NormFloat64()), 0), 10))
		}
		if who >= strategic {
			continue
		}
		for i := range p.scores[who] {
			p.scores[who][i] = 0
		}
		for _, i := range rng.Perm(items)[:items/5] {
			p.scores[who][i] = 10
		}
	}
	return p
}

// mean gives the mean score of each item, after each person's row was changed.
func (p poll) mean(change func([]float64) []float64) []float64 {
	out := make([]float64, len(p.truth))
	for _, row := range p.scores {
		for i, x := range change(row) {
			out[i] += x
		}
	}
	return out
}

// standardised gives a person's scores with mean 0 and deviation 1.
func standardised(row []float64) []float64 {
	mean, sd := moments(row)
	out := make([]float64, len(row))
	for i, x := range row {
		out[i] = (x - mean) / max(sd, 1e-9)
	}
	return out
}

// middles gives the median score of each item.
func (p poll) middles() []float64 {
	out := make([]float64, len(p.truth))
	for i := range out {
		var said []float64
		for _, row := range p.scores {
			said = append(said, row[i])
		}
		out[i] = middle(said)
	}
	return out
}

// shares gives what the product makes of the scores, calibrated on them.
func (p poll) shares() []float64 {
	s := Default()
	groups := make([]work.Group, len(p.truth))
	for i := range groups {
		groups[i] = one(fmt.Sprint(i), work.Signals{})
	}
	for who, row := range p.scores {
		name := fmt.Sprint("person ", who)
		s.Stakeholders = append(s.Stakeholders, Stakeholder{Name: name, Weight: 1, Signal: work.Signal(name)})
		for i, x := range row {
			groups[i].Items[0].Signals[work.Signal(name)] = x
		}
	}
	s = Calibrated(s, Calibrate(s, groups))
	e, err := New(s)
	if err != nil {
		panic(err)
	}
	out := make([]float64, len(groups))
	for i, g := range groups {
		out[i] = shareOf(e.Score(g, noon))
	}
	return out
}

// tauB is Kendall's coefficient of two lists, corrected for ties.
func tauB(x, y []float64) float64 {
	sum, inX, inY := 0.0, 0.0, 0.0
	for i := range x {
		for j := range i {
			a, b := float64(cmp.Compare(x[i], x[j])), float64(cmp.Compare(y[i], y[j]))
			sum, inX, inY = sum+a*b, inX+a*a, inY+b*b
		}
	}
	return sum / math.Sqrt(inX*inY)
}

// TestSharesHoldAgainstStrategicScores compares what the product does with other
// ways to put scores together, by how well the order agrees with the worth of the
// items. The table stands in the document of benchmarks.
func TestSharesHoldAgainstStrategicScores(t *testing.T) {
	methods := []struct {
		name string
		of   func(poll) []float64
	}{
		{"percentiles on frozen scales (stackrank)", poll.shares},
		{"mean of the scores", func(p poll) []float64 { return p.mean(func(row []float64) []float64 { return row }) }},
		{"mean of standardised scores", func(p poll) []float64 { return p.mean(standardised) }},
		{"median of the scores", poll.middles},
	}
	const trials, most = 200, 3
	tau := make([][most]float64, len(methods))
	for strategic := range most {
		rng := rand.New(rand.NewPCG(61, uint64(strategic)))
		for range trials {
			p := newPoll(rng, strategic)
			for m, method := range methods {
				tau[m][strategic] += tauB(method.of(p), p.truth) / trials
			}
		}
	}
	var table strings.Builder
	for m, method := range methods {
		fmt.Fprintf(&table, "| %s | %.3f | %.3f | %.3f |\n", method.name, tau[m][0], tau[m][1], tau[m][2])
	}
	t.Logf("\n%s", table.String())
	for m := 1; m < len(methods); m++ {
		if tau[0][0] < tau[m][0]-0.01 {
			t.Errorf("where all are honest %s is better by more than 0.01", methods[m].name)
		}
		for strategic := 1; strategic < most; strategic++ {
			if tau[0][strategic] < tau[m][strategic]+0.01*float64(strategic) {
				t.Errorf("against %d strategic people %s is as good", strategic, methods[m].name)
			}
		}
	}
	doc, err := os.ReadFile("../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), table.String()) {
		t.Error("docs/benchmarks.md does not hold this table")
	}
}

// TestAFrozenScaleIsAsGoodAsTheScoresThemselves holds the 21 quantiles against
// percentiles among all scores, on the same polls.
func TestAFrozenScaleIsAsGoodAsTheScoresThemselves(t *testing.T) {
	rng := rand.New(rand.NewPCG(62, 0))
	exact := func(row []float64) []float64 {
		sorted := slices.Sorted(slices.Values(row))
		out := make([]float64, len(row))
		for i, x := range row {
			from, _ := slices.BinarySearch(sorted, x)
			to, _ := slices.BinarySearchFunc(sorted, x, func(a, b float64) int {
				if a <= b {
					return -1
				}
				return 1
			})
			out[i] = float64(from+to) / 2
		}
		return out
	}
	frozen, full := 0.0, 0.0
	for range 100 {
		p := newPoll(rng, 1)
		frozen += tauB(p.shares(), p.truth) / 100
		full += tauB(p.mean(exact), p.truth) / 100
	}
	if math.Abs(frozen-full) > 0.005 {
		t.Errorf("agreement %.4f with quantiles, %.4f with all scores", frozen, full)
	}
}
