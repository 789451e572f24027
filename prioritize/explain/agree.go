package explain

// Agreement says how alike two orders of the same items are; 1: the same,
// 0: as alike as chance makes them, −1: one is the other upside down.
type Agreement struct {
	Kendall  float64 // share of pairs in the same order less share in the other
	Spearman float64 // correlation of the places
}

// Agree compares two orders: place[i] is where the i-th item of the first stands
// in the second, from 0. Fewer than two items agree.
func Agree(place []int) Agreement {
	n := float64(len(place))
	if n < 2 {
		return Agreement{1, 1}
	}
	squares := 0.0
	for i, p := range place {
		d := float64(i - p)
		squares += d * d
	}
	return Agreement{
		Kendall:  1 - 4*float64(inversions(place))/(n*(n-1)),
		Spearman: 1 - 6*squares/(n*(n*n-1)),
	}
}

// inversions counts the pairs that stand the other way round, by merging.
func inversions(place []int) int {
	from, to := make([]int, len(place)), make([]int, len(place))
	copy(from, place)
	count := 0
	for size := 1; size < len(from); size *= 2 {
		for left := 0; left < len(from); left += 2 * size {
			mid, right := min(left+size, len(from)), min(left+2*size, len(from))
			count += merge(to[left:right], from[left:mid], from[mid:right])
		}
		from, to = to, from
	}
	return count
}

// merge merges two ascending runs and counts how often one of the second goes
// before one of the first.
func merge(to, a, b []int) int {
	count := 0
	for k := range to {
		if len(b) == 0 || len(a) > 0 && a[0] <= b[0] {
			to[k], a = a[0], a[1:]
		} else {
			to[k], b = b[0], b[1:]
			count += len(a)
		}
	}
	return count
}
