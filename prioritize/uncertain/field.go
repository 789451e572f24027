package uncertain

import (
	"cmp"
	"math"
	"slices"
)

const (
	tau       = 2 * math.Pi
	cells     = 1 << 14 // of the grid
	maxLevels = 20      // standard deviations that are told apart
	reach     = 9       // standard deviations after which a distribution has ended
)

// field is a backlog seen from afar: how many items are expected above a figure,
// and how uncertain their number is. Figures lie on a circular grid, and every
// sum over pairs is a convolution on it:
//
//	Σ_j Φ((μ_j − x)/√(σ² + σ_j²)) for all x = (Σ_j N(μ_j, σ_j²)) ∗ N(0, σ²), summed from above
//
// The normal densities are exact in the frequency domain, so that neither their
// width nor the number of levels of σ costs accuracy; the standard deviations
// between two levels are interpolated by their squares. Units that are certain
// are no convolution: they are counted one by one.
type field struct {
	at      []float64 // of each unit: its place on the grid, in cells
	step    float64   // width of a cell
	levels  []float64 // ascending, none where every unit is certain
	weights [][]float64
	squares [][]float64  // of the weights, cell by cell
	mixture []complex128 // spectrum of the density of all uncertain items
	whole   []complex128 // the same with the certain ones
	spectra transform
	ladder  ladder
}

func newField(units []unit) *field {
	f := &field{levels: levelsOf(units), spectra: newTransform(cells)}
	f.lay(units)
	f.ladder = newLadder(units, f.at)
	f.weights, f.squares = make([][]float64, len(f.levels)), make([][]float64, len(f.levels))
	for l := range f.levels {
		f.weights[l], f.squares[l] = make([]float64, cells), make([]float64, cells)
	}
	still := make([]float64, cells)
	for i := range units {
		if u := &units[i]; certain(u) {
			spread(still, f.at[i], u.size())
		} else {
			f.add(u, f.at[i])
		}
	}
	f.mixture = make([]complex128, cells)
	for l, sigma := range f.levels {
		for k, x := range f.spectrum(f.weights[l]) {
			f.mixture[k] += x * f.normal(k, sigma)
		}
	}
	f.whole = f.spectrum(still)
	for k, x := range f.mixture {
		f.whole[k] += x
	}
	return f
}

// certain reports whether a unit leaves nothing open.
func certain(u *unit) bool { return u.sigma <= grain }

// levelsOf gives the standard deviations that the field tells apart: all, or
// evenly spaced ones where there are too many.
func levelsOf(units []unit) []float64 {
	var all []float64
	for i := range units {
		if !certain(&units[i]) {
			all = append(all, units[i].sigma)
		}
	}
	slices.Sort(all)
	distinct := slices.Compact(all)
	if len(distinct) <= maxLevels {
		return distinct
	}
	low, high := distinct[0], distinct[len(distinct)-1]
	levels := make([]float64, maxLevels)
	for l := range levels {
		levels[l] = low + (high-low)*float64(l)/(maxLevels-1)
	}
	return levels
}

// lay places the units on the grid. A stretch in which there is no unit is cut to
// what decides every pair across it, so that one item far off does not coarsen
// the grid of all others.
func (f *field) lay(units []unit) {
	widest := grain
	if len(f.levels) > 0 {
		widest = f.levels[len(f.levels)-1]
	}
	order := make([]int, len(units))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(units[a].mu, units[b].mu) })
	f.at = make([]float64, len(units))
	place, last := reach*widest, math.Inf(-1)
	for _, i := range order {
		if gap := units[i].mu - last; !math.IsInf(gap, 1) {
			place += min(gap, 2*reach*widest)
		}
		f.at[i], last = place, units[i].mu
	}
	f.step = (place + reach*widest) / (cells - 2)
	for i := range f.at {
		f.at[i] /= f.step
	}
}

// level gives the level below a standard deviation, and the share of the level
// above it with which both together have its variance.
func (f *field) level(sigma float64) (l int, upper float64) {
	l, exact := slices.BinarySearch(f.levels, sigma)
	if exact || l == len(f.levels) {
		return min(l, len(f.levels)-1), 0
	}
	if l == 0 {
		return 0, 0
	}
	a, b := f.levels[l-1], f.levels[l]
	return l - 1, (sigma*sigma - a*a) / (b*b - a*a)
}

// add puts an uncertain unit into the two levels around it.
func (f *field) add(u *unit, at float64) {
	l, upper := f.level(u.sigma)
	for k, share := range []float64{1 - upper, upper} {
		if share > 0 {
			spread(f.weights[l+k], at, share*u.size())
			spread(f.squares[l+k], at, share*u.size()*u.size())
		}
	}
}

// spread shares a weight out among the two cells around a place.
func spread(cells []float64, at, weight float64) {
	i, right := int(at), at-math.Floor(at)
	cells[i] += weight * (1 - right)
	cells[i+1] += weight * right
}

func (f *field) spectrum(cells []float64) []complex128 {
	out := make([]complex128, len(cells))
	for i, x := range cells {
		out[i] = complex(x, 0)
	}
	f.spectra.forward(out)
	return out
}

// normal is the transform of a normal density at frequency k.
func (f *field) normal(k int, sigma float64) complex128 {
	omega := tau * float64(min(k, cells-k)) / (cells * f.step)
	return complex(math.Exp(-omega*omega*sigma*sigma/2), 0)
}

// above gives, for every cell, how many items of a mixture are expected above a
// figure there that has itself this standard deviation.
func (f *field) above(mixture []complex128, sigma float64) []float64 {
	x := make([]complex128, cells)
	for k := range x {
		x[k] = mixture[k] * f.normal(k, sigma)
	}
	f.spectra.inverse(x)
	out, sum := make([]float64, cells), 0.0
	for i := cells - 1; i >= 0; i-- {
		here := real(x[i]) / cells
		out[i] = sum + here/2
		sum += here
	}
	return out
}

// noise gives, for every cell, the variance of the number of uncertain items
// above it: Σ_j w_j²·Φ(1−Φ), a convolution as well.
func (f *field) noise() []float64 {
	sum := make([]complex128, cells)
	kernel := make([]float64, cells)
	for l, sigma := range f.levels {
		for i := range kernel {
			p := normal(float64(min(i, cells-i)) * f.step / sigma)
			kernel[i] = p * (1 - p)
		}
		shape := f.spectrum(kernel)
		for k, x := range f.spectrum(f.squares[l]) {
			sum[k] += x * shape[k]
		}
	}
	f.spectra.inverse(sum)
	out := make([]float64, cells)
	for i := range out {
		out[i] = max(real(sum[i])/cells, 0)
	}
	return out
}

// read interpolates between cells; beyond the ends the last one holds.
func read(cells []float64, at float64) float64 {
	at = min(max(at, 0), float64(len(cells)-1))
	i := min(int(at), len(cells)-2)
	return cells[i] + (at-float64(i))*(cells[i+1]-cells[i])
}

// ladder counts the certain items above a place of the grid.
type ladder struct {
	at    []float64 // ascending
	above []float64 // items at this rung or above it; one entry more, of none
}

func newLadder(units []unit, at []float64) ladder {
	var order []int
	for i := range units {
		if certain(&units[i]) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
	l := ladder{make([]float64, len(order)), make([]float64, len(order)+1)}
	for r := len(order) - 1; r >= 0; r-- {
		l.at[r] = at[order[r]]
		l.above[r] = l.above[r+1] + units[order[r]].size()
	}
	return l
}

// over gives the number of certain items above the place, and at it.
func (l ladder) over(at float64) (above, level float64) {
	from, _ := slices.BinarySearch(l.at, at)
	to, _ := slices.BinarySearch(l.at, math.Nextafter(at, math.Inf(1)))
	return l.above[to], l.above[from] - l.above[to]
}
