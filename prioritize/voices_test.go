package prioritize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// threeVoices ranks four items that Ann, Ben and Cem see differently.
func threeVoices(t *testing.T) (Settings, Ranking) {
	t.Helper()
	s := Default()
	s.Value = map[string]float64{"stakeholders": 1}
	s.Stakeholders = []Stakeholder{{Name: "Ann", Weight: 2, Signal: "ann"}, {Name: "Ben", Weight: 1, Signal: "ben"}, {Name: "Cem", Weight: 1, Signal: "cem"}}
	e, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return s, e.Rank([]work.Group{
		one("1", work.Signals{"ann": 9, "ben": 1, "cem": 8}),
		one("2", work.Signals{"ann": 6, "ben": 6, "cem": 6}),
		one("3", work.Signals{"ann": 2, "ben": 5}),
		one("4", nil),
	}, noon)
}

func TestEverybodyIsHeard(t *testing.T) {
	v := Hear(threeVoices(t))
	got := make([]string, len(v.People))
	for i, p := range v.People {
		got[i] = fmt.Sprint(p.Name, " ", p.Order, " ", p.Distinct, " ", p.Greatest, " ", p.Pairs, " ", p.Same)
	}
	want := []string{
		"Ann [s:1 s:2 s:3] 3 9 3 1",
		"Ben [s:2 s:3 s:1] 3 6 3 0.3333333333333333",
		"Cem [s:1 s:2] 2 8 1 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

func TestDisagreementIsTheMeanDistanceFromTheMedian(t *testing.T) {
	v := Hear(threeVoices(t))
	got := map[string]float64{}
	for _, o := range v.Rated {
		got[o.Ref.ID] = o.Disagreement
	}
	// By weight: of item 1 the median is 0.9, of item 3 it is 0.2.
	want := map[string]float64{"1": (0 + 0.8 + 0.1) / 4, "2": 0, "3": 0.3 / 3}
	if len(got) != len(want) {
		t.Fatalf("rated %v, want %v", got, want)
	}
	for id, d := range want {
		if !near(got[id], d) {
			t.Errorf("disagreement on %s = %v, want %v", id, got[id], d)
		}
	}
	if said := v.Rated[0].Said; v.Rated[0].Ref.ID != "1" || v.People[said[0].Person].Name != "Ann" || v.People[said[2].Person].Name != "Ben" {
		t.Errorf("opinions %+v: want the highest first", v.Rated[0])
	}
}

// TestTheMedianIsTheLeastDistantShare tries every share that was given.
func TestTheMedianIsTheLeastDistantShare(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		said, voices := make([]Opinion, 1+rng.IntN(8)), make([]voice, 8)
		total := 0.0
		for i := range said {
			said[i] = Opinion{Person: i, Share: float64(rng.IntN(5)) / 4}
			voices[i].weight = float64(rng.IntN(4))
			total += voices[i].weight
		}
		if total == 0 {
			return
		}
		least := math.Inf(1)
		for _, middle := range said {
			sum := 0.0
			for i, o := range said {
				sum += voices[i].weight * math.Abs(o.Share-middle.Share)
			}
			least = min(least, sum/total)
		}
		d := disagreement(said, voices)
		if !near(d, least) || d > 0.5+1e-12 {
			t.Fatalf("disagreement %v of %+v, want %v", d, said, least)
		}
	})
}

func TestNobodyIsHeardWhereNobodyIsNamed(t *testing.T) {
	_, r := threeVoices(t)
	if v := Hear(Default(), r); len(v.People) != 0 || len(v.Rated) != 0 || v.Concord != (Concordance{}) {
		t.Errorf("voices %+v, want none", v)
	}
}

// TestHearingIsTheSameForEveryOrderOfTheInput holds the whole of it.
func TestHearingIsTheSameForEveryOrderOfTheInput(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := settingsOf(rng, modelCD3U)
		addPeople(rng, &s)
		e, _ := New(s)
		groups := randomGroups(rng, rng.IntN(40), tame)
		want := Hear(s, e.Rank(groups, noon))
		rng.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
		if diff := cmp.Diff(want, Hear(s, e.Rank(groups, noon))); diff != "" {
			t.Fatalf("depends on the input (-first +shuffled):\n%s", diff)
		}
	})
}

// TestPairsAreCountedAsByHand compares with counting every pair.
func TestPairsAreCountedAsByHand(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		scores := make([]float64, rng.IntN(60))
		for i := range scores {
			scores[i] = float64(rng.IntN(10))
		}
		same, pairs := 0, 0
		for i := range scores {
			for j := range i {
				if scores[j] > scores[i] {
					same++
				}
				if scores[j] != scores[i] {
					pairs++
				}
			}
		}
		share, n := sameWay(scores)
		if n != pairs || pairs > 0 && !near(share, float64(same)/float64(pairs)) {
			t.Fatalf("%v: %v of %d, want %d of %d", scores, share, n, same, pairs)
		}
	})
}

// ratings gives a full table.
func ratings(rows ...[]float64) [][]rating {
	var out [][]rating
	for _, row := range rows {
		r := make([]rating, len(row))
		for i, x := range row {
			r[i] = rating{score: x, given: !math.IsNaN(x)}
		}
		out = append(out, r)
	}
	return out
}

func TestConcordanceOfKnownCases(t *testing.T) {
	up, down := []float64{1, 2, 3, 4, 5}, []float64{5, 4, 3, 2, 1}
	no := math.NaN()
	tests := []struct {
		name          string
		table         [][]rating
		w             float64
		people, items int
	}{
		{"one order is 1", ratings(up, up, []float64{10, 20, 30, 40, 50}), 1, 3, 5},
		{"opposite orders are 0", ratings(up, down), 0, 2, 5},
		{"two against two are 0", ratings(up, down, up, down), 0, 4, 5},
		// Sums of ranks 3.5, 6.5 and 8 with one pair of ties: 12·(6.25+0.25+4)/(9·24−3·6) = 126/198.
		{"ties are corrected for", ratings([]float64{1, 1, 2}, []float64{1, 2, 3}, []float64{1, 3, 2}), 126.0 / 198, 3, 3},
		{"one order with the same ties is 1", ratings([]float64{1, 1, 2, 3}, []float64{4, 4, 6, 9}), 1, 2, 4},
		{"one person is no company", ratings(up), 0, 0, 0},
		{"two items are too few", ratings([]float64{1, 2}, []float64{1, 2}), 0, 0, 0},
		{"who tells nothing apart agrees with nobody", ratings([]float64{3, 3, 3}, []float64{3, 3, 3}), 0, 0, 0},
		{"who rated little hides nobody", ratings(up, up, []float64{no, no, 1, no, no}), 1, 2, 5},
		{"items that not all rated are left out", ratings([]float64{1, 2, 3, no, 9}, []float64{1, 2, 3, 0, 4}), 1, 2, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := concordance(tt.table)
			if !near(c.W, tt.w) || c.People != tt.people || c.Items != tt.items {
				t.Errorf("concordance %+v, want W %v of %d people and %d items", c, tt.w, tt.people, tt.items)
			}
		})
	}
}

// TestConcordanceIsThatOfTheMeanCorrelation recomputes W without ties from
// Spearman's coefficient over all pairs of people: W = (1 + (m−1)·r̄)/m.
func TestConcordanceIsThatOfTheMeanCorrelation(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		m, n := 2+rng.IntN(5), 3+rng.IntN(12)
		rows := make([][]float64, m)
		for i := range rows {
			rows[i] = make([]float64, n)
			for k, x := range rng.Perm(n) {
				rows[i][k] = float64(x)
			}
		}
		sum, pairs := 0.0, 0.0
		for i := range rows {
			for j := range i {
				d := 0.0
				for k := range n {
					d += (rows[i][k] - rows[j][k]) * (rows[i][k] - rows[j][k])
				}
				sum += 1 - 6*d/float64(n*n*n-n)
				pairs++
			}
		}
		want := (1 + float64(m-1)*sum/pairs) / float64(m)
		got := concordance(ratings(rows...))
		if math.Abs(got.W-want) > 1e-9 || !near(got.Chi2, float64(m*(n-1))*got.W) {
			t.Fatalf("%v: %+v, want W %v", rows, got, want)
		}
	})
}

// TestChanceIsFoundByTheTest draws orders at random: the test at 5 % must call
// about 5 % of them agreement. χ² is a little too careful for few people.
func TestChanceIsFoundByTheTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const trials = 4000
	called := 0
	for range trials {
		rows := make([][]float64, 6)
		for i := range rows {
			rows[i] = make([]float64, 12)
			for k, x := range rng.Perm(12) {
				rows[i][k] = float64(x)
			}
		}
		if concordance(ratings(rows...)).P < 0.05 {
			called++
		}
	}
	if share := float64(called) / trials; share < 0.03 || share > 0.06 {
		t.Errorf("%v of random orders are called agreement, want about 0.05", share)
	}
}

func TestTailOfChiSquare(t *testing.T) {
	tests := []struct {
		x    float64
		df   int
		want float64
	}{
		{0, 4, 1},
		{3.841458820694124, 1, 0.05}, // critical values of the usual tables
		{5.991464547107979, 2, 0.05},
		{18.307038053275146, 10, 0.05},
		{124.34211340400407, 100, 0.05},
		{23.209251158954356, 10, 0.01},
		{1063.5, 1000, 0.0801}, // beyond the tables, by the cube-root approximation of Wilson and Hilferty
	}
	for _, tt := range tests {
		if got := chi2Tail(tt.x, tt.df); math.Abs(got-tt.want) > 1e-4*max(1, float64(tt.df)/100) {
			t.Errorf("P(χ² ≥ %v with %d degrees) = %v, want %v", tt.x, tt.df, got, tt.want)
		}
	}
	for x := 0.5; x < 60; x += 0.5 { // with 2 degrees it is e^(−x/2), on both sides of where the method changes
		if got, want := chi2Tail(x, 2), math.Exp(-x/2); math.Abs(got-want) > 1e-12 {
			t.Errorf("P(χ² ≥ %v with 2 degrees) = %v, want %v", x, got, want)
		}
	}
	var tails []float64
	for x := 0.0; x < 400; x++ {
		tails = append(tails, -chi2Tail(x, 150))
	}
	if !slices.IsSorted(tails) {
		t.Error("the tail rises somewhere with 150 degrees")
	}
}
