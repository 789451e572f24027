package prioritize

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func TestCurvesAtTheirAnchors(t *testing.T) {
	tests := []struct {
		curve        Curve
		figure, want float64
	}{
		{CurveOrdinal, 0, 0}, {CurveOrdinal, 0.75, 0.75}, {CurveOrdinal, 3, 1},
		{CurveScore, 0, 0}, {CurveScore, 7, 0.7}, {CurveScore, 11, 1},
		{CurveCount, 0, 0}, {CurveCount, 4, 0.5}, {CurveCount, 12, 0.75}, {CurveCount, maxFigure, 1},
		{CurveMoney, 0, 0}, {CurveMoney, 80, 1}, {CurveMoney, 4, math.Log(2) / math.Log(21)}, {CurveMoney, maxFigure, 1},
	}
	for _, tt := range tests {
		if got := curves[tt.curve](tt.figure, 4); !near(got, tt.want) {
			t.Errorf("%s of %v with half 4 is %v, want %v", tt.curve, tt.figure, got, tt.want)
		}
	}
}

func FuzzCurvesNeverFallNorLeaveTheirRange(f *testing.F) {
	f.Add(1.0, 2.0, 5.0)
	f.Add(math.NaN(), math.Inf(1), 1e-300)
	f.Add(-1.0, math.MaxFloat64, 1e15)
	f.Fuzz(func(t *testing.T, a, b, half float64) {
		if !(half > 0) || math.IsInf(half, 0) {
			return
		}
		low, _ := figure(min(a, b))
		high, _ := figure(max(a, b))
		for name, curve := range curves {
			x, y := curve(low, half), curve(high, half)
			if !(x >= 0 && y <= 1 && x <= y+1e-15) {
				t.Errorf("%s, half %v: %v gives %v, %v gives %v", name, half, low, x, high, y)
			}
		}
	})
}

// TestExpectationsAreThoseOfTheNormalModel checks the closed form against the
// textbook one: the conditional mean and covariance of an equicorrelated normal
// vector, by elimination.
func TestExpectationsAreThoseOfTheNormalModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "known")
		z := rapid.SliceOfN(rapid.Float64Range(-3, 3), n, n).Draw(t, "z")
		// A is the correlation of the known, with the unknown's column behind it.
		a := make([][]float64, n)
		for i := range a {
			a[i] = make([]float64, n+1)
			for j := range a[i] {
				a[i][j] = correlation
			}
			a[i][i] = 1
		}
		weights := solve(a)
		mean, explained, sum := 0.0, 0.0, 0.0
		for i := range z {
			mean += weights[i] * z[i]
			explained += weights[i] * correlation
			sum += z[i]
		}
		got := outlookFrom(sum, n)
		want := outlook{mean, 1 - explained, correlation - explained}
		if !near(got.z, want.z) || !near(got.variance, want.variance) || !near(got.covariance, want.covariance) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// TestSettleIsTheNormalModel checks expected shares and the variance of their
// weighted sum against the conditional distribution, written out.
func TestSettleIsTheNormalModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "criteria")
		criteria, found := make([]criterion, n), make([]finding, n)
		sum, known := 0.0, 0
		for i := range criteria {
			criteria[i] = criterion{
				curve: CurveScore, mean: 0.5, weight: rapid.Float64Range(0, 1).Draw(t, "weight"), sd: rapid.Float64Range(0.01, 0.1).Draw(t, "sd"),
			}
			if rapid.Bool().Draw(t, "known") {
				found[i] = finding{known: true, share: rapid.Float64Range(0.4, 0.6).Draw(t, "share")}
				sum += (found[i].share - 0.5) / criteria[i].sd
				known++
			}
		}
		o := outlook{variance: 1, covariance: correlation}
		if known > 0 {
			o = outlookFrom(sum, known) // proved above
		}
		want := 0.0
		for i := range criteria {
			for j := range criteria {
				c := o.covariance
				if i == j {
					c = o.variance
				}
				if !found[i].known && !found[j].known {
					want += criteria[i].weight * criteria[j].weight * criteria[i].sd * criteria[j].sd * c
				}
			}
		}
		if got := settle(criteria, found); !near(got, want) {
			t.Fatalf("variance %v, want %v", got, want)
		}
		for i, f := range found {
			if expected := 0.5 + criteria[i].sd*o.z; !f.known && !near(f.share, min(max(expected, 0), 1)) {
				t.Fatalf("share %d is %v, want %v", i, f.share, expected)
			}
		}
	})
}

// TestNoiseIsLeftOver holds that a known share that is off by as much as shares
// differ leaves half of their variance.
func TestNoiseIsLeftOver(t *testing.T) {
	c := []criterion{{curve: CurveScore, weight: 1, mean: 0.5, sd: 0.2, noise: 0.2}}
	f := []finding{{known: true, share: 0.9}}
	if got := settle(c, f); !near(got, 0.02) || !near(f[0].share, 0.7) {
		t.Errorf("variance %v, share %v, want 0.02, 0.7", got, f[0].share)
	}
}

// solve eliminates an augmented matrix and gives the solution.
func solve(a [][]float64) []float64 {
	n := len(a)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			f := a[j][i] / a[i][i]
			for k := range a[j] {
				a[j][k] -= f * a[i][k]
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = a[i][n] / a[i][i]
	}
	return x
}

// TestNoisyEffortIsThePosteriorMean integrates the posterior of lognormal days
// numerically.
func TestNoisyEffortIsThePosteriorMean(t *testing.T) {
	for _, e := range []effort{{1, 3, 0.8, 0.15}, {1, 3, 0.8, 0.5}, {2, 6, 0.4, 1}} {
		for _, points := range []float64{0, 1, 5, 13} {
			x := math.Log(points*e.perPoint + overhead)
			center := math.Log(e.mean) - e.sd*e.sd/2
			var mass, moment, logs, squares float64
			for u := -6.0; u < 8; u += 0.0005 {
				d := math.Exp(-sq(u-center)/(2*sq(e.sd)) - sq(x-u)/(2*sq(e.noise)))
				mass, moment, logs, squares = mass+d, moment+d*math.Exp(u), logs+d*u, squares+d*u*u
			}
			days, variance := e.days(points, true)
			wantVariance := squares/mass - sq(logs/mass)
			if math.Abs(days-moment/mass) > 1e-6 || math.Abs(variance-wantVariance) > 1e-6 {
				t.Errorf("%+v, %v points: %v days, variance %v, want %v, %v", e, points, days, variance, moment/mass, wantVariance)
			}
		}
	}
}

func TestEffort(t *testing.T) {
	tests := []struct {
		name   string
		anchor Anchor
		points float64
		known  bool
		want   float64
	}{
		{"points are days and an overhead", Anchor{}, 1, true, 1.5},
		{"nothing is quicker than the overhead", Anchor{}, 0, true, 0.5},
		{"nothing is longer than sixty days", Anchor{}, 100, true, 60},
		{"without an estimate three days are expected", Anchor{}, 0, false, 3},
		{"or as calibrated", Anchor{Mean: 4}, 0, false, 4},
		{"days per point", Anchor{PerPoint: 2}, 3, true, 6.5},
	}
	for _, tt := range tests {
		if got, _ := newEffort(tt.anchor).days(tt.points, tt.known); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestUrgencyByDaysToTheDate(t *testing.T) {
	r := ramp{horizon: 21, boost: 2}
	tests := []struct{ due, effort, slack, want float64 }{
		{100, 2, 97, 1},
		{24, 2, 21, 1},
		{13.5, 2, 10.5, 2},
		{3, 2, 0, 3},
		{0, 2, -3, 3},
		{-3000, 2, -3003, 3},
		{28, 7, 17.5, 1 + 2*3.5/21},
		{28, 60, 17.5, 1 + 2*3.5/21}, // the lead is bounded
	}
	for _, tt := range tests {
		factor, slack := r.at(ago(-tt.due), noon, tt.effort)
		if !near(factor, tt.want) || !near(slack, tt.slack) {
			t.Errorf("due in %v days, effort %v: factor %v, slack %v, want %v, %v", tt.due, tt.effort, factor, slack, tt.want, tt.slack)
		}
	}
	if f, _ := (ramp{horizon: 21}).at(ago(100), noon, 3); f != 1 {
		t.Errorf("without a boost the factor is %v, want 1", f)
	}
}

func TestConfidenceIsWhatIsKnown(t *testing.T) {
	all := work.Signals{work.Priority: 0.5, "stakeholders": 5, "revenue": 1000, work.Effort: 2}
	e := engineOf(t, nil)
	of := func(names ...work.Signal) float64 {
		s := work.Signals{}
		for _, n := range names {
			s[n] = all[n]
		}
		return e.Score(one("A", s), noon).Confidence
	}
	if got := of(); got != 0 {
		t.Errorf("confidence of nothing known is %v, want 0", got)
	}
	if got := of(work.Priority, "stakeholders", "revenue", work.Effort); got != 1 {
		t.Errorf("confidence of all known is %v, want 1", got)
	}
	chain := []float64{of(), of(work.Priority), of(work.Priority, "stakeholders"), of(work.Priority, "stakeholders", work.Effort)}
	for i := 1; i < len(chain); i++ {
		if chain[i] <= chain[i-1] {
			t.Errorf("confidence %v: one more known figure must raise it", chain)
		}
	}
	if a, b := e.Score(one("A", work.Signals{work.Votes: 5}), noon).Confidence, of(); a != b {
		t.Errorf("a count changed the confidence from %v to %v; an absent count is a real zero", b, a)
	}
}

// TestAboveIsTheShareOfDraws compares the closed form with simulation.
func TestAboveIsTheShareOfDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range [][2]Ranked{
		{{Density: 12, Sigma: 0.5}, {Density: 9, Sigma: 0.2}},
		{{Density: 5, Sigma: 0.8}, {Density: 5, Sigma: 0.8}},
		{{Density: 4, Sigma: 0.3}, {Density: 7, Sigma: 0.9}},
	} {
		const draws = 200_000
		above := 0
		for range draws {
			if c[0].Density*math.Exp(c[0].Sigma*rng.NormFloat64()) > c[1].Density*math.Exp(c[1].Sigma*rng.NormFloat64()) {
				above++
			}
		}
		if got, want := Above(c[0], c[1]), float64(above)/draws; math.Abs(got-want) > 0.005 {
			t.Errorf("Above(%+v, %+v) = %v, drawn %v", c[0], c[1], got, want)
		}
	}
}

func TestAboveWithoutDoubt(t *testing.T) {
	tests := []struct {
		name string
		a, b Ranked
		want float64
	}{
		{"the higher ratio is above for certain", Ranked{Density: 2}, Ranked{Density: 1}, 1},
		{"the lower is not", Ranked{Density: 1}, Ranked{Density: 2}, 0},
		{"equal ratios are even", Ranked{Density: 1}, Ranked{Density: 1}, 0.5},
		{"two zeros are even", Ranked{Sigma: 1}, Ranked{}, 0.5},
		{"something is above nothing", Ranked{Density: 1}, Ranked{}, 1},
	}
	for _, tt := range tests {
		if got := Above(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestCarriesAsksHalfOfTheNeighbours(t *testing.T) {
	ranking := func(ratios ...float64) Ranking {
		r := Ranking{Ranked: make([]Ranked, len(ratios))}
		for i, x := range ratios {
			r.Ranked[i] = Ranked{Density: x, Sigma: 0.1}
		}
		return r
	}
	tests := []struct {
		name       string
		r          Ranking
		hysteresis float64
		share      float64
		ok         bool
	}{
		{"clear steps carry", ranking(8, 4, 2, 1), 0.7, 1, true},
		{"half of them are enough", ranking(8, 4, 4), 0.7, 0.5, true},
		{"less than half are not", ranking(8, 4, 4, 4), 0.7, 1.0 / 3, false},
		{"ties do not carry", ranking(4, 4, 4), 0.51, 0, false},
		{"at one half any order carries", ranking(4, 4, 4), 0.5, 1, true},
		{"a single item has nothing to doubt", ranking(4), 0.9, 1, true},
		{"nor has an empty backlog", Ranking{}, 0.9, 1, true},
	}
	for _, tt := range tests {
		if share, ok := tt.r.Carries(tt.hysteresis); share != tt.share || ok != tt.ok {
			t.Errorf("%s: %v, %v, want %v, %v", tt.name, share, ok, tt.share, tt.ok)
		}
	}
}

// TestABacklogWithoutEvidenceDoesNotCarry is the case of a tracker in which
// nobody filled in anything but the default priority.
func TestABacklogWithoutEvidenceDoesNotCarry(t *testing.T) {
	e := engineOf(t, nil)
	var bare, full []work.Group
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range 60 {
		g := one(string(rune('A'+i)), work.Signals{work.Priority: 0.25})
		g.Items[0].Created = ago(float64(i) * 10)
		bare = append(bare, g)
		g.Items = []work.Item{g.Items[0]}
		g.Items[0].Signals = work.Signals{
			work.Priority: float64(rng.IntN(5)) / 4, work.Effort: float64(rng.IntN(14)),
			"stakeholders": float64(rng.IntN(11)), "revenue": 1e5 * rng.Float64(),
		}
		full = append(full, g)
	}
	if share, ok := e.Rank(bare, noon).Carries(0.7); ok {
		t.Errorf("a backlog of default priorities carries an order: share %v", share)
	}
	if share, ok := e.Rank(full, noon).Carries(0.7); !ok {
		t.Errorf("a backlog with every figure known does not carry an order: share %v", share)
	}
}

// TestSpansBeyondADurationSaturate guards dates that a tracker has as "never".
func TestSpansBeyondADurationSaturate(t *testing.T) {
	far := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	if d := daysBetween(noon, far); d < 1e5 {
		t.Errorf("the year 9999 is %v days away", d)
	}
	if d := daysBetween(far, time.Time{}); d > -1e5 {
		t.Errorf("the year 1 is %v days after 9999", d)
	}
}
