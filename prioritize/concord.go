package prioritize

import (
	"cmp"
	"math"
	"slices"
)

// Concordance says how far several people put items in one order.
type Concordance struct {
	People int     // who were compared; 0: fewer than two people have rated three items in common
	Items  int     // that all of them rated
	W      float64 // Kendall's coefficient, 0 (none) to 1 (one order)
	Chi2   float64 // People·(Items − 1)·W
	P      float64 // probability of so much by chance, from χ² with Items − 1 degrees of freedom
}

// rating is what one person said of one item, if anything.
type rating struct {
	score float64
	given bool
}

// concordance compares people by the items that they have in common. Of the k
// people with the most ratings, for every k, it takes those with the most ratings
// in common: one who rated three items must not hide how the others agree.
// Kendall's coefficient is corrected for ties (Kendall and Babington Smith 1939).
func concordance(table [][]rating) Concordance {
	rows, items := common(table)
	m, n := float64(len(rows)), float64(len(items))
	if len(rows) < 2 || len(items) < 3 {
		return Concordance{}
	}
	sums := make([]float64, len(items))
	ties := 0.0
	for _, row := range rows {
		ranks, t := midRanks(row, items)
		ties += t
		for i, r := range ranks {
			sums[i] += r
		}
	}
	square, mean := 0.0, m*(n+1)/2
	for _, s := range sums {
		square += (s - mean) * (s - mean)
	}
	whole := m*m*(n*n*n-n) - m*ties
	if whole <= 0 {
		return Concordance{} // nobody tells anything apart
	}
	w := min(12*square/whole, 1)
	chi2 := m * (n - 1) * w
	return Concordance{People: len(rows), Items: len(items), W: w, Chi2: chi2, P: chi2Tail(chi2, len(items)-1)}
}

// common gives the people to compare and the items that all of them rated.
func common(table [][]rating) (rows [][]rating, items []int) {
	rated := func(row []rating) (n int) {
		for _, r := range row {
			if r.given {
				n++
			}
		}
		return n
	}
	sorted := slices.Clone(table)
	slices.SortStableFunc(sorted, func(a, b []rating) int { return cmp.Compare(rated(b), rated(a)) })
	for k := 2; k <= len(sorted); k++ {
		var all []int
		for i := range sorted[0] {
			if !slices.ContainsFunc(sorted[:k], func(row []rating) bool { return !row[i].given }) {
				all = append(all, i)
			}
		}
		if len(all) >= 3 && k*len(all) >= len(rows)*len(items) {
			rows, items = sorted[:k], all
		}
	}
	return rows, items
}

// midRanks gives the ranks of one person's items, from 1, equal scores sharing
// the middle of theirs, and Σ(t³ − t) over the sizes t of the ties.
func midRanks(row []rating, items []int) (ranks []float64, ties float64) {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	score := func(i int) float64 { return row[items[i]].score }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score(a), score(b)) })
	ranks = make([]float64, len(items))
	for i := 0; i < len(order); {
		next := i
		for next < len(order) && score(order[next]) == score(order[i]) {
			next++
		}
		for _, k := range order[i:next] {
			ranks[k] = float64(i+1+next) / 2
		}
		t := float64(next - i)
		ties += t*t*t - t
		i = next
	}
	return ranks, ties
}

// sameWay counts the pairs of scores that differ, and gives the share of them in
// which the earlier is the higher, 0 where there is none. It takes time n·log n.
func sameWay(scores []float64) (share float64, pairs int) {
	levels := slices.Compact(slices.Sorted(slices.Values(scores)))
	seen := make([]int, len(levels)+1) // a Fenwick tree over the levels of the scores seen so far
	same := 0
	for i, x := range scores {
		level, _ := slices.BinarySearch(levels, x)
		notAbove := countTo(seen, level+1)
		same += i - notAbove
		pairs += i - notAbove + countTo(seen, level)
		for k := level + 1; k < len(seen); k += k & -k {
			seen[k]++
		}
	}
	if pairs == 0 {
		return 0, 0
	}
	return float64(same) / float64(pairs), pairs
}

// countTo gives how many are in the first n levels of a Fenwick tree.
func countTo(tree []int, n int) (sum int) {
	for ; n > 0; n -= n & -n {
		sum += tree[n]
	}
	return sum
}

// chi2Tail gives the probability that χ² with so many degrees of freedom is at
// least x: the regularised upper incomplete gamma function Q(df/2, x/2).
func chi2Tail(x float64, df int) float64 {
	a, z := float64(df)/2, x/2
	if z <= 0 {
		return 1
	}
	log, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(z) - z - log)
	if z < a+1 {
		return max(1-front*lowerSeries(a, z), 0)
	}
	return min(front*upperFraction(a, z), 1)
}

// maxTerms bounds the expansions below. They need about √a of them.
const maxTerms = 100_000

// lowerSeries is Σ zⁿ/(a·(a+1)·…·(a+n)), which converges fast for z < a+1.
// Source: NIST Digital Library of Mathematical Functions, 8.11.4.
func lowerSeries(a, z float64) float64 {
	term := 1 / a
	sum := term
	for n := 1; n < maxTerms && term > sum*1e-16; n++ {
		term *= z / (a + float64(n))
		sum += term
	}
	return sum
}

// upperFraction is the continued fraction 1/(z+1−a− 1·(1−a)/(z+3−a− …)), by the
// method of Lentz, which converges fast for z ≥ a+1.
// Source: NIST Digital Library of Mathematical Functions, 8.9.2.
func upperFraction(a, z float64) float64 {
	const tiny = 1e-300
	b := z + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for n := 1.0; n < maxTerms; n++ {
		an := n * (a - n)
		b += 2
		d = 1 / cmp.Or(an*d+b, tiny)
		c = cmp.Or(b+an/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return h
}
