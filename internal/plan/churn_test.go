package plan

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"stackrank/internal/work"
	"stackrank/prioritize"
	"stackrank/prioritize/precedence"
)

// market is a backlog of one lane whose estimates drift from day to day. A
// quarter of its items wait for others.
type market struct {
	rng         *rand.Rand
	value, days []float64
	sigma       []float64
	before      [][2]int32
	order       []int // as the tracker has it
}

func newMarket(n int) *market {
	m := &market{rng: rand.New(rand.NewPCG(21, 22))}
	doubt := []float64{0.15, 0.5, 1} // of an estimate of high, medium and low confidence
	for i := range n {
		m.value = append(m.value, 20*math.Exp(0.8*m.rng.NormFloat64()))
		m.days = append(m.days, 3*math.Exp(0.8*m.rng.NormFloat64()))
		m.order = append(m.order, i)
		m.sigma = append(m.sigma, math.Hypot(doubt[m.rng.IntN(3)], doubt[m.rng.IntN(3)]))
		if i%4 == 1 && i > 4 { // one in four waits for another of them
			m.before = append(m.before, [2]int32{int32(i - 4*(1+m.rng.IntN(i/4))), int32(i)})
		}
	}
	return m
}

// drift changes every estimate by about 3 %.
func (m *market) drift() {
	for i := range m.value {
		m.value[i] *= math.Exp(0.03 * m.rng.NormFloat64())
		m.days[i] *= math.Exp(0.03 * m.rng.NormFloat64())
	}
}

// input gives what a plan is made from: the best order under the links, by block.
func (m *market) input(t *testing.T, hysteresis float64) Input {
	t.Helper()
	best, err := precedence.Solve(precedence.Jobs{Weight: m.value, Duration: m.days, Before: m.before}, precedence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Rules: Default(), Carries: true, Hysteresis: hysteresis, Caps: map[string]work.Caps{"jira": {Order: true, MaxRun: 50}}}
	in.Rules.To = map[string]Target{"jira": {Order: true}}
	native, place := make([]int, len(m.order)), make([]int, len(m.order))
	for at, i := range m.order {
		native[i] = at
	}
	for _, b := range best.Blocks {
		variance := 0.0 // of the logarithm of the density of the block
		for _, i := range best.Sequence[b.Start:b.End] {
			share := (m.value[i]/b.Weight + m.days[i]/b.Duration) / 2
			variance += share * share * m.sigma[i] * m.sigma[i]
		}
		for _, i := range best.Sequence[b.Start:b.End] {
			it := work.Item{Ref: work.Ref{Source: "jira", ID: strconv.Itoa(i)}, Key: "K"}
			place[i] = len(in.Ranking.Ranked)
			it.Native = native[i]
			in.Ranking.Ranked = append(in.Ranking.Ranked, prioritize.Ranked{
				Place: place[i] + 1, Group: work.Group{Items: []work.Item{it}}, Density: b.Density, Sigma: math.Sqrt(variance),
				Delay: m.value[i], Work: m.days[i],
			})
		}
	}
	for _, e := range m.before {
		in.Ranking.Waits = append(in.Ranking.Waits, [2]int{place[e[0]], place[e[1]]})
	}
	return in
}

// churn is what keeping an order up costs, by day.
type churn struct {
	left         float64 // items whose order changes: the fewest that could move
	moved, calls float64
	cost, most   float64 // above the best order, as a share: on average and at most
	top          float64 // changes in the first 20 places, by week
}

func (m *market) live(t *testing.T, days int, hysteresis float64) churn {
	t.Helper()
	m.follow(Arrange(m.input(t, 0)))
	var c churn
	top := slices.Clone(m.order[:20])
	for range days {
		m.drift()
		in := m.input(t, hysteresis)
		a := Arrange(in)
		p := a.Plan()
		c.left += float64(len(m.order)-longestKept(m.order, m.wanted(a))) / float64(days)
		c.moved += float64(p.Counts.Moved) / float64(days)
		c.calls += float64(len(p.Runs)) / float64(days)
		in.Hysteresis = 0
		more := costOf(a.Placed)/costOf(Arrange(in).Placed) - 1
		c.cost += more / float64(days)
		c.most = max(c.most, more)
		m.follow(a)
		for _, i := range m.order[:20] {
			if !slices.Contains(top, i) {
				c.top += 7 / float64(days)
			}
		}
		top = slices.Clone(m.order[:20])
	}
	return c
}

// follow puts the tracker into the order of an arrangement.
func (m *market) follow(a Arrangement) { m.order = m.wanted(a) }

func (m *market) wanted(a Arrangement) []int {
	out := make([]int, len(a.Placed))
	for i, p := range a.Placed {
		out[i], _ = strconv.Atoi(p.Ranked.Group.Ref().ID)
	}
	return out
}

// TestChurn holds how much moves where 500 items drift for a season, and what
// keeping their order costs.
func TestChurn(t *testing.T) {
	last := churn{moved: math.Inf(1)}
	for _, hysteresis := range []float64{0.5, 0.55, 0.6, 0.65, 0.7} {
		c := newMarket(500).live(t, 90, hysteresis)
		t.Logf("%.2f: %.1f leave their order, %.1f items move in %.1f calls a day; %.2f %% dearer, at most %.2f %%; %.1f changes a week in the first 20",
			hysteresis, c.left, c.moved, c.calls, 100*c.cost, 100*c.most, c.top)
		if c.moved >= last.moved {
			t.Errorf("%.1f items move a day at %.2f, and %.1f at less", c.moved, hysteresis, last.moved)
		}
		last = c
	}
	if last.moved > 8 || last.most > 0.01 || last.top > 2 {
		t.Errorf("at 0.70: %.1f items move a day, %.2f %% dearer at most, %.1f changes a week in the first 20; want 8, 1 and 2 at most", last.moved, 100*last.most, last.top)
	}
}
