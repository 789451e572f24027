package plan

import (
	"cmp"
	"slices"
	"sort"
)

// slope is an order seen as a curve of what is brought over the work until then,
// and the least concave curve above it: pieces whose densities fall. An item that
// comes into the order costs least where the pieces turn less dense than it is,
// since going before a piece costs the piece the item's work and spares the item
// the piece's.
type slope []piece

// piece is a stretch of an order, up to the next piece.
type piece struct {
	from          int // index in the order
	brought, work float64
	upTo          curve // before the piece
}

// curve is a point of the curve: all that is brought and worked before it.
type curve struct{ brought, work float64 }

// density gives what a piece brings for its work.
func (p piece) density() float64 { return p.brought / p.work }

func newSlope(present []belief, order []int) slope {
	var s slope
	var at curve
	for k, i := range order {
		b := present[i]
		p := piece{from: k, brought: b.density * b.work, work: b.work, upTo: at}
		at.brought += p.brought
		at.work += p.work
		for len(s) > 0 && s[len(s)-1].density() < p.density() {
			last := s[len(s)-1]
			p = piece{last.from, last.brought + p.brought, last.work + p.work, last.upTo}
			s = s[:len(s)-1]
		}
		s = append(s, p)
	}
	return append(s, piece{from: len(order), upTo: at}) // the end, less dense than anything
}

// cheapest gives the places from…to at which something of a density costs least.
func (s slope) cheapest(density float64) (from, to int) {
	const equal = 1e-9 // densities that differ by less are the same but for rounding
	last := len(s) - 1
	f := sort.Search(last, func(k int) bool { return s[k].density() <= density*(1+equal) })
	t := sort.Search(last, func(k int) bool { return s[k].density() < density*(1-equal) })
	return s[f].from, s[t].from
}

// gain is what would be spared if one item alone went to the cheapest place.
type gain struct {
	item   int // index in present
	spared float64
}

// dearest gives the items of an order, those that cost most where they stand first.
func dearest(present []belief, order []int) []gain {
	s := newSlope(present, order)
	out := make([]gain, len(order))
	var at curve
	for n, i := range order {
		b := present[i]
		k := sort.Search(len(s)-1, func(k int) bool { return s[k].density() <= b.density })
		best := s[k].upTo
		out[n] = gain{i, b.work * (best.brought - at.brought - b.density*(best.work-at.work))}
		at.brought += b.density * b.work
		at.work += b.work
	}
	slices.SortStableFunc(out, func(x, y gain) int { return cmp.Compare(y.spared, x.spared) })
	return out
}
