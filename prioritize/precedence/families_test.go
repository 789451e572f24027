package precedence

import (
	"math"
	"math/rand/v2"
)

// fibonacci is the scale that durations are drawn from.
var fibonacci = []float64{1, 2, 3, 5, 8, 13}

// draw gives n jobs without links: weights lognormal, durations from the scale.
func draw(rng *rand.Rand, n int) Jobs {
	j := Jobs{Weight: make([]float64, n), Duration: make([]float64, n)}
	for i := range n {
		j.Weight[i] = math.Exp(rng.NormFloat64())
		j.Duration[i] = fibonacci[rng.IntN(len(fibonacci))]
	}
	return j
}

// drawWhole is draw with weights 0…9 and durations 1…9, so that many are equal.
func drawWhole(rng *rand.Rand, n int) Jobs {
	j := Jobs{Weight: make([]float64, n), Duration: make([]float64, n)}
	for i := range n {
		j.Weight[i], j.Duration[i] = float64(rng.IntN(10)), float64(1+rng.IntN(9))
	}
	return j
}

// family is a way to link jobs.
type family struct {
	name string
	link func(rng *rand.Rand, j *Jobs)
}

var families = []family{
	{"random, 1 link a job", linkEach(1)},
	{"random, 2 links a job", linkEach(2)},
	{"random, 4 links a job", linkEach(4)},
	{"shared enablers", shareEnablers},
}

// linkEach draws d·n links along a random order.
func linkEach(d int) func(*rand.Rand, *Jobs) {
	return func(rng *rand.Rand, j *Jobs) {
		n := len(j.Weight)
		at := rng.Perm(n)
		for range d * n {
			a, b := rng.IntN(n), rng.IntN(n)
			if a != b {
				j.Before = append(j.Before, [2]int32{int32(at[min(a, b)]), int32(at[max(a, b)])})
			}
		}
	}
}

// shareEnablers makes a quarter of the jobs worth next to nothing, and lets each
// of the others wait for one or two of them.
func shareEnablers(rng *rand.Rand, j *Jobs) {
	n := len(j.Weight)
	at := rng.Perm(n)
	few := n / 4
	for _, i := range at[:few] {
		j.Weight[i] *= 0.02
	}
	for _, i := range at[few:] {
		for range 1 + rng.IntN(2) {
			j.Before = append(j.Before, [2]int32{int32(at[rng.IntN(few)]), int32(i)})
		}
	}
}

// realistic links a quarter of the jobs in components of 2 to 23, most of them
// small, by a random tree and half as many further links.
func realistic(rng *rand.Rand, n int) Jobs {
	j := draw(rng, n)
	at := rng.Perm(n)
	for k := 0; k < n/4; {
		size := min(2+int(rng.ExpFloat64()*3), 23, n-k)
		for i := 1; i < size; i++ {
			j.Before = append(j.Before, [2]int32{int32(at[k+rng.IntN(i)]), int32(at[k+i])})
			if b := rng.IntN(2 * i); b < i {
				j.Before = append(j.Before, [2]int32{int32(at[k+b]), int32(at[k+i])})
			}
		}
		k += size
	}
	return j
}

// adversary is a large problem of one component.
type adversary struct {
	name string
	make func(rng *rand.Rand, n int) Jobs
}

var adversaries = []adversary{
	{"chain", func(rng *rand.Rand, n int) Jobs {
		return linked(draw(rng, n), func(i int) []int { return []int{i - 1} })
	}},
	{"chain, rising", func(_ *rand.Rand, n int) Jobs {
		j := Jobs{}
		for i := range n {
			j.Weight, j.Duration = append(j.Weight, float64(i)), append(j.Duration, 1)
		}
		return linked(j, func(i int) []int { return []int{i - 1} })
	}},
	{"star, one enabler", func(rng *rand.Rand, n int) Jobs {
		return linked(draw(rng, n), func(int) []int { return []int{0} })
	}},
	{"star, one goal", func(rng *rand.Rand, n int) Jobs {
		j := draw(rng, n)
		j.Weight[n-1] = float64(n)
		for i := range n - 1 {
			j.Before = append(j.Before, [2]int32{int32(i), int32(n - 1)})
		}
		return j
	}},
	{"tree of enablers", func(rng *rand.Rand, n int) Jobs {
		return linked(draw(rng, n), func(i int) []int { return []int{rng.IntN(i)} })
	}},
	{"tree of goals", func(rng *rand.Rand, n int) Jobs {
		j := linked(draw(rng, n), func(i int) []int { return []int{rng.IntN(i)} })
		for k, e := range j.Before {
			j.Before[k] = [2]int32{e[1], e[0]}
		}
		return j
	}},
	{"comb", func(rng *rand.Rand, n int) Jobs {
		return linked(draw(rng, n), func(i int) []int { return []int{i - 2 + i%2} })
	}},
	{"diamonds", func(_ *rand.Rand, n int) Jobs {
		j := Jobs{}
		for i := range n {
			j.Weight, j.Duration = append(j.Weight, float64(1+i+i*7%5)), append(j.Duration, float64(1+i%3))
		}
		return linked(j, func(i int) []int {
			if i%3 == 0 {
				return []int{i - 1, i - 2}
			}
			return []int{i - i%3}
		})
	}},
	{"grid", func(rng *rand.Rand, n int) Jobs {
		side := int(math.Sqrt(float64(n)))
		return linked(draw(rng, side*side), func(i int) []int {
			var b []int
			if i >= side {
				b = append(b, i-side)
			}
			if i%side > 0 {
				b = append(b, i-1)
			}
			return b
		})
	}},
	{"100 layers", func(rng *rand.Rand, n int) Jobs {
		width := max(1, n/100)
		return linked(draw(rng, n), func(i int) []int {
			layer := i / width
			if layer == 0 {
				return nil
			}
			return []int{(layer-1)*width + rng.IntN(width), (layer-1)*width + rng.IntN(width)}
		})
	}},
	{"random, 1 link a job", func(rng *rand.Rand, n int) Jobs {
		j := draw(rng, n)
		linkEach(1)(rng, &j)
		return j
	}},
	{"random, 2 links a job", func(rng *rand.Rand, n int) Jobs {
		j := draw(rng, n)
		linkEach(2)(rng, &j)
		return j
	}},
}

// linked puts before each job but the first those that pick names.
func linked(j Jobs, pick func(i int) []int) Jobs {
	for i := 1; i < len(j.Weight); i++ {
		for _, b := range pick(i) {
			j.Before = append(j.Before, [2]int32{int32(b), int32(i)})
		}
	}
	return j
}
