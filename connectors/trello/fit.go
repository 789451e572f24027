package trello

import "math"

// fit gives k positions between two neighbours as Trello's own client does, or
// nil where they would come closer than we want. 0 and highest stand for the
// ends of the list.
// Source: Trello's own client, 2025: a step from the neighbour that is nearer
// the middle of the scale, else the midpoint.
func fit(lo, hi float64, k int) []float64 {
	n := float64(k)
	wide := hi-lo >= (n+1)*step
	switch {
	case lo == 0 && hi == highest:
		return steps(middle, k)
	case wide && (hi == highest || (lo != 0 && math.Abs(lo-middle) <= math.Abs(hi-middle))):
		return steps(lo+step, k)
	case wide:
		return steps(hi-n*step, k)
	}
	lo, hi = math.Ceil(lo), math.Floor(hi)
	each := (hi - lo) / (n + 1)
	if each < apart {
		return nil
	}
	out := make([]float64, k)
	for i := range out {
		out[i] = lo + math.Floor(each*float64(i+1))
	}
	return out
}

func steps(from float64, k int) []float64 {
	out := make([]float64, k)
	for i := range out {
		out[i] = from + step*float64(i)
	}
	return out
}

// squeeze gives k positions as close as Trello keeps them, or nil. Their distance
// is a multiple of the closest, which the numbers of both scales hold exactly.
func squeeze(lo, hi float64, k int) []float64 {
	each := math.Floor((hi-lo)/float64(k+1)/closest) * closest
	if each < closest {
		return nil
	}
	out := make([]float64, k)
	for i := range out {
		out[i] = lo + each*float64(i+1)
	}
	return out
}

// share gives positions between two neighbours to cards of which some only make
// room, or nil. One half of the room goes to both sides of the cards that come,
// where the next ones may come, too, and one to the distances between the others,
// which may have to make room again. Behind the last card half of the scale is left.
func share(lo, hi float64, places []place) []float64 {
	if hi == highest {
		hi = lo + (hi-lo)/2
	}
	near := make([]bool, len(places)+1) // by distance: next to a card that comes
	for i, p := range places {
		near[i] = near[i] || !p.way
		near[i+1] = !p.way
	}
	spare := hi - lo - closest*float64(len(near))
	if spare < 0 {
		return nil
	}
	nears := 0
	for _, n := range near {
		if n {
			nears++
		}
	}
	others := len(near) - nears
	if nears > 0 && others > 0 {
		spare /= 2
	}
	out := make([]float64, len(places))
	for i := range out {
		n := others
		if near[i] {
			n = nears
		}
		lo += closest + math.Floor(spare/float64(n)/closest)*closest
		out[i] = lo
	}
	return out
}
