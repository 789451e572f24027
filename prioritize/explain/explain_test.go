package explain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// replaced joins the items of the backlog anew, those of the group at x changed.
func replaced(b *Backlog, x int, g work.Group) []work.Group {
	var items []work.Item
	for i := range b.ranked {
		if i == x {
			items = append(items, g.Items...)
		} else {
			items = append(items, b.ranked[i].Group.Items...)
		}
	}
	return work.Join(items)
}

// TestEveryFlipFlips applies each flip to the inputs, ranks the whole backlog
// anew, and holds the step against trying one after the other.
func TestEveryFlipFlips(t *testing.T) {
	flips := 0
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		b, _ := randomBy(t, rng, 2+rng.IntN(12), seed%2 == 1, names[rng.IntN(len(names))])
		x, y := rng.IntN(len(b.ranked)), rng.IntN(len(b.ranked))
		if x == y {
			continue
		}
		for _, up := range []bool{true, false} {
			if (x > y) != up {
				continue
			}
			got := b.Raise(x, y)
			if !up {
				got = b.Lower(x, y)
			}
			if !slices.IsSortedFunc(got, func(p, q Flip) int { return p.Steps - q.Steps }) {
				t.Errorf("seed %d: the smallest step is not first: %+v", seed, got)
			}
			for _, f := range got {
				flips++
				groups := replaced(b, x, f.Apply(b.ranked[x].Group, noon))
				gx, gy := placeOf(b, groups, noon, b.ranked[x].Group.Ref()), placeOf(b, groups, noon, b.ranked[y].Group.Ref())
				if (gx < gy) != up {
					t.Errorf("seed %d, up %v: %+v leaves %d at %d and %d at %d", seed, up, f, x, gx, y, gy)
				}
			}
			if seed%4 > 1 { // one after the other takes its time
				continue
			}
			if want := tried(b, x, y, up); !slices.Equal(got, want) {
				t.Errorf("seed %d, up %v: flips\n%+v, trying one after the other gives\n%+v", seed, up, got, want)
			}
		}
	}
	if flips < 2000 {
		t.Errorf("only %d flips were found", flips)
	}
	t.Logf("%d flips", flips)
}

// tried finds flips step by step.
func tried(b *Backlog, x, y int, up bool) []Flip {
	var out []Flip
	for _, l := range b.levers(x, up) {
		for n := 1; n <= l.most; n++ {
			if b.above(x, y, l.group(n)) == up {
				out = append(out, l.flip(n))
				break
			}
		}
	}
	slices.SortStableFunc(out, func(p, q Flip) int { return p.Steps - q.Steps })
	return out
}

// TestTermsMultiplyToTheQuotient holds the decomposition to its residual.
func TestTermsMultiplyToTheQuotient(t *testing.T) {
	compared := 0
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 2))
		b, _ := randomBy(t, rng, 2+rng.IntN(8), seed%2 == 1, names[rng.IntN(len(names))])
		i, j := rng.IntN(len(b.ranked)), rng.IntN(len(b.ranked))
		x, y := b.ranked[i], b.ranked[j]
		c := b.Compare(i, j)
		if c.Kind != Factors {
			continue
		}
		compared++
		sum := 0.0
		for _, term := range c.Terms {
			sum += term.Amount
		}
		if want := math.Log(x.Density / y.Density); math.Abs(sum-want) > 1e-12 || c.Total != want {
			t.Errorf("seed %d: terms add up to %v, total %v, want %v", seed, sum, c.Total, want)
		}
		for i, term := range b.Compare(j, i).Terms {
			if back := c.Terms[i]; math.Abs(back.Amount+term.Amount) > 1e-12 || back.Name != term.Name {
				t.Errorf("seed %d: %s is %v one way and %v the other", seed, term.Name, back.Amount, term.Amount)
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d pairs were compared", compared)
	}
}

func TestCompareSaysWhatItCannotTakeApart(t *testing.T) {
	ratio := func(value, urgency, days, ratio float64) prioritize.Ranked {
		return prioritize.Ranked{Density: ratio, Score: prioritize.Score{
			Value: value, Urgency: urgency, Effort: days, Delay: value * urgency, Work: days, Ratio: ratio,
			Parts: []prioritize.Part{{Criterion: "priority", Weight: 1, Points: value}},
		}}
	}
	sum := func(points ...float64) prioritize.Ranked {
		r := prioritize.Ranked{Score: prioritize.Score{Urgency: 1, Work: 1}}
		for i, p := range points {
			r.Score.Parts = append(r.Score.Parts, prioritize.Part{Criterion: fmt.Sprint(i), Points: p})
			r.Score.Value += p
		}
		r.Score.Delay, r.Score.Ratio, r.Density = r.Score.Value, r.Score.Value, r.Score.Value
		return r
	}
	tests := []struct {
		name  string
		shape prioritize.Shape
		a, b  prioritize.Ranked
		want  Kind
		n     int
	}{
		{"equal figures", prioritize.Quotient, ratio(10, 1, 2, 5), ratio(20, 1, 4, 5), Level, 0},
		{"a ratio", prioritize.Quotient, ratio(30, 2, 2, 30), ratio(20, 1, 4, 5), Factors, 3},
		{"no value at all", prioritize.Quotient, ratio(30, 1, 2, 15), ratio(0, 1, 4, 0), Whole, 0},
		{"a formula of its own", prioritize.Quotient, ratio(30, 1, 2, 99), ratio(20, 1, 4, 7), Whole, 0},
		{"a sum, also below zero", prioritize.Sum, sum(3, -5), sum(4, 1), Differences, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compare(tt.shape, tt.a, tt.b); got.Kind != tt.want || len(got.Terms) != tt.n {
				t.Errorf("compare() = %+v, want %s with %d terms", got, tt.want, tt.n)
			}
		})
	}
}

// TestWeightFlipsTurnTheOrder ranks anew a little on both sides of each weight.
func TestWeightFlipsTurnTheOrder(t *testing.T) {
	flips := 0
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 3))
		b, groups := randomBy(t, rng, 2, false, names[rng.IntN(len(names))])
		ref := b.ranked[0].Group.Ref()
		for _, f := range b.WeightFlips(0, 1) {
			flips++
			const little = 1e-6
			if f.At < little || f.At > 1-little {
				continue
			}
			low := placeOf(ranked(t, reweighted(b.settings, f.Criterion, f.At-little), groups), groups, noon, ref)
			high := placeOf(ranked(t, reweighted(b.settings, f.Criterion, f.At+little), groups), groups, noon, ref)
			if low == high {
				t.Errorf("seed %d: %+v: the first stays at %d", seed, f, low)
			}
			if upper := f.At > f.Weight; (upper && low != 1) || (!upper && high != 1) {
				t.Errorf("seed %d: %+v: it turns before that", seed, f)
			}
		}
	}
	if flips < 500 {
		t.Errorf("only %d flips were found", flips)
	}
}

// TestStabilityIsThatOfAGrid ranks anew at weights from 0 to 1.
func TestStabilityIsThatOfAGrid(t *testing.T) {
	points := 0
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 4))
		b, groups := randomBy(t, rng, 3+rng.IntN(20), false, names[rng.IntN(len(names))])
		n := 1 + rng.IntN(len(groups)-1)
		first := top(b.ranked, n)
		for _, in := range b.Stability(n) {
			if !(in.Low <= in.Weight && in.Weight <= in.High) {
				t.Fatalf("seed %d: %+v", seed, in)
			}
			for step := 1; step < 60; step++ {
				v := float64(step) / 60
				if math.Abs(v-in.Low) < 1e-9 || math.Abs(v-in.High) < 1e-9 {
					continue
				}
				points++
				same := slices.Equal(first, top(ranked(t, reweighted(b.settings, in.Criterion, v), groups).ranked, n))
				if inside := v > in.Low && v < in.High; same != inside {
					t.Errorf("seed %d: %s at %v: the first %d stay: %v, the interval is %+v", seed, in.Criterion, v, n, same, in)
				}
			}
		}
	}
	t.Logf("%d points", points)
}

// TestLinkedStabilityIsConfirmed ranks linked backlogs anew at what the interval
// says of its ends and its middle.
func TestLinkedStabilityIsConfirmed(t *testing.T) {
	drawn := 0
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 7))
		b, groups := random(t, rng, 4+rng.IntN(16), true)
		n := 1 + rng.IntN(len(groups)-1)
		first := top(b.ranked, n)
		for _, in := range b.Stability(n) {
			for _, v := range []float64{in.Low + 1e-5, (in.Low + in.Weight) / 2, (in.High + in.Weight) / 2, in.High - 1e-5} {
				if v <= in.Low || v >= in.High {
					continue
				}
				drawn++
				if !slices.Equal(first, top(ranked(t, reweighted(b.settings, in.Criterion, v), groups).ranked, n)) {
					t.Errorf("seed %d: %s at %v: other items are among the first %d; the interval is %+v", seed, in.Criterion, v, n, in)
				}
			}
		}
	}
	if drawn < 500 {
		t.Errorf("only %d weights were tried", drawn)
	}
}

// TestTiersHaveAPrice: putting whole tiers first never costs less than the order
// of the model within, and what it costs is the sum written out.
func TestTiersHaveAPrice(t *testing.T) {
	priced := 0
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 8))
		b, groups := randomBy(t, rng, 2+rng.IntN(30), false, "moscow")
		got, ok := b.Tiers()
		if !ok {
			t.Fatalf("seed %d: no price", seed)
		}
		s := b.settings
		s.Model = "cd3u"
		free := ranked(t, s, groups)
		cost := func(order []prioritize.Ranked) float64 {
			done, sum := 0.0, 0.0
			for _, r := range order {
				own := free.engine.Score(r.Group, noon)
				done += own.Work
				sum += own.Delay * done
			}
			return sum
		}
		if want := cost(b.ranked)/cost(free.ranked) - 1; math.Abs(got-want) > 1e-9 || got < -1e-9 {
			t.Errorf("seed %d: the tiers cost %v, want %v", seed, got, want)
		}
		if got > 0.01 {
			priced++
		}
	}
	if priced < 50 {
		t.Errorf("only %d backlogs have a price", priced)
	}
	if _, ok := ranked(t, prioritize.Default(), nil).Tiers(); ok {
		t.Error("a model without tiers has a price of tiers")
	}
}

// top gives the refs of the first n, sorted.
func top(r []prioritize.Ranked, n int) []string {
	var out []string
	for i := range n {
		out = append(out, r[i].Group.Ref().String())
	}
	slices.Sort(out)
	return out
}

// TestEntriesAreThoseOfBruteForce ranks everything on every day.
func TestEntriesAreThoseOfBruteForce(t *testing.T) {
	entries, spared := 0, 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 5))
		b, groups := randomBy(t, rng, 5+rng.IntN(60), seed%2 == 1, names[rng.IntN(len(names))])
		n := 1 + rng.IntN(5)
		if n >= len(groups) {
			continue
		}
		seen := map[string]bool{}
		for _, ref := range top(b.ranked, n) {
			seen[ref] = true
		}
		var want []string
		for d := 1; d <= 90; d++ {
			now := noon.AddDate(0, 0, d)
			r := b.engine.Rank(groups, now)
			for _, x := range r.Ranked[:n] {
				if ref := x.Group.Ref().String(); !seen[ref] {
					seen[ref] = true
					want = append(want, fmt.Sprint(ref, " on ", now.Format(time.DateOnly)))
				}
			}
		}
		var got []string
		for _, e := range b.Enter(n, 90) {
			got = append(got, fmt.Sprint(b.ranked[e.Item].Group.Ref(), " on ", e.Day.Format(time.DateOnly)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: enter %v, want %v", seed, got, want)
		}
		entries += len(want)
		spared += len(groups) - len(b.candidates(n, noon.AddDate(0, 0, 90)))
	}
	if entries < 100 || spared < 1000 {
		t.Errorf("only %d entries, %d items spared", entries, spared)
	}
	t.Logf("%d entries, %d items spared", entries, spared)
}

func FuzzNthLargest(f *testing.F) {
	f.Add(uint64(1), 5, 2)
	f.Fuzz(func(t *testing.T, seed uint64, size, n int) {
		if size < 1 || size > 1000 || n < 1 || n > size {
			return
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		xs := make([]float64, size)
		for i := range xs {
			xs[i] = float64(rng.IntN(size))
			if rng.IntN(20) == 0 {
				xs[i] = math.Inf(1 - 2*rng.IntN(2))
			}
		}
		sorted := slices.Sorted(slices.Values(xs))
		if got, want := nthLargest(xs, n), sorted[size-n]; got != want {
			t.Errorf("the %d-th largest is %v, want %v", n, got, want)
		}
	})
}

func FuzzAgreeIsTheCountOfPairs(f *testing.F) {
	f.Add(uint64(1), 5)
	f.Fuzz(func(t *testing.T, seed uint64, n int) {
		if n < 2 || n > 200 {
			return
		}
		place := rand.New(rand.NewPCG(seed, 0)).Perm(n)
		same, sum, squares := 0, 0.0, 0.0
		mean := float64(n-1) / 2
		for i := range place {
			for j := range i {
				if place[j] < place[i] {
					same++
				} else {
					same--
				}
			}
			sum += (float64(i) - mean) * (float64(place[i]) - mean)
			squares += (float64(i) - mean) * (float64(i) - mean)
		}
		got := Agree(place)
		if want := float64(same) / float64(n*(n-1)/2); math.Abs(got.Kendall-want) > 1e-12 {
			t.Errorf("Kendall's tau is %v, want %v", got.Kendall, want)
		}
		if want := sum / squares; math.Abs(got.Spearman-want) > 1e-9 {
			t.Errorf("Spearman's rho is %v, want %v", got.Spearman, want)
		}
	})
}

func BenchmarkEnter(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			backlog, _ := random(b, rand.New(rand.NewPCG(7, 8)), n, false)
			b.Logf("%d candidates", len(backlog.candidates(20, noon.AddDate(0, 0, 90))))
			for b.Loop() {
				backlog.Enter(20, 90)
			}
		})
	}
}
