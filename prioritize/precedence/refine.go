package precedence

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// fine is how many units a weight must have for its rounding to count for nothing.
const fine = 1 << 20

// faint takes the pieces from base on apart that are less dense than every one with
// a weight of many units, and gives their nodes, which come last: they are a
// problem on their own, and its scale is their own. Where a few weights are more
// than all others together could ever be, those others would be rounded to nothing.
// Where none of them is rounded by much, or they are not that light, there are none.
func (s *solver) faint(a span, base int, u unit) (rest span) {
	many := func(v int32) bool { return s.w[v] >= fine }
	if !slices.ContainsFunc(s.set(a), many) {
		return span{}
	}
	pieces := s.pieces[base:]
	slices.SortFunc(pieces, func(x, y piece) int { return cmp.Compare(x.from, y.from) })
	leastW, leastP := int64(math.MaxInt64), int64(1)
	for _, b := range pieces {
		set := s.set(b.span)
		if w, p := s.f.sums(set); slices.ContainsFunc(set, many) && lighter(w, p, leastW, leastP) {
			leastW, leastP = w, p
		}
	}
	rest.from = a.from
	var dense []piece
	var light []int32
	for _, b := range pieces {
		set := s.set(b.span)
		w, p := s.f.sums(set)
		last := int32(0)
		if lighter(w, p, leastW, leastP) {
			last, light = 1, append(light, set...)
		} else {
			b.from, b.to = rest.from, rest.from+b.to-b.from
			rest.from, dense = b.to, append(dense, b)
		}
		for _, v := range set {
			s.label[v] = last
		}
	}
	if !s.rounded(light, u) {
		return span{}
	}
	s.group(a, s.label, 2)
	s.pieces = append(s.pieces[:base], dense...)
	rest.to = a.to
	s.forget(rest)
	return rest
}

// rounded reports whether a set is light and the weights of some of its nodes were
// rounded by much.
func (s *solver) rounded(set []int32, u unit) bool {
	if w, _ := s.f.sums(set); w >= fine {
		return false
	}
	return slices.ContainsFunc(set, func(v int32) bool {
		return math.Abs(float64(s.w[v])*u.weight-s.g.weight[v])*fine > s.g.weight[v]
	})
}

// forget puts a set back to where nothing is cut and its edges carry nothing.
func (s *solver) forget(a span) {
	set := s.set(a)
	slices.Sort(set)
	for _, v := range set {
		clear(s.f.carried[s.g.preAt[v]:s.g.preAt[v+1]])
	}
}

// lighter reports whether w1/p1 is less than w2/p2.
func lighter(w1, p1, w2, p2 int64) bool {
	hi1, lo1 := bits.Mul64(uint64(w1), uint64(p2))
	hi2, lo2 := bits.Mul64(uint64(w2), uint64(p1))
	return hi1 < hi2 || hi1 == hi2 && lo1 < lo2
}
