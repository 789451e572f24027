package plan

import "math"

// summits is a row of counts that are raised one by one or lifted together, and
// asked for the highest among neighbours, each in logarithmic time. A count that
// was never raised stands below all others.
type summits struct {
	size int
	top  []int // by node of a complete tree, the leaves last: the highest below it
	pend []int // by node: what is still to be added below it
}

// unreached is the count that was never raised; no number of lifts makes it one.
const unreached = math.MinInt / 2

func newSummits(n int) *summits {
	size := 1
	for size < n {
		size *= 2
	}
	s := &summits{size: size, top: make([]int, 2*size), pend: make([]int, 2*size)}
	for i := range s.top {
		s.top[i] = unreached
	}
	return s
}

// lift adds one to the counts from…to-1.
func (s *summits) lift(from, to int) {
	if from < to {
		s.liftBelow(1, span[int]{0, s.size}, span[int]{from, to})
	}
}

// liftBelow lifts what a node has of the wanted counts; both spans end before
// their high.
func (s *summits) liftBelow(node int, has, want span[int]) {
	if want.high <= has.low || has.high <= want.low {
		return
	}
	if want.low <= has.low && has.high <= want.high {
		s.top[node]++
		s.pend[node]++
		return
	}
	half := (has.low + has.high) / 2
	s.liftBelow(2*node, span[int]{has.low, half}, want)
	s.liftBelow(2*node+1, span[int]{half, has.high}, want)
	s.top[node] = max(s.top[2*node], s.top[2*node+1]) + s.pend[node]
}

// raise makes a count at least v, and reports whether it was less.
func (s *summits) raise(i, v int) bool {
	node := s.size + i
	above := 0
	for k := node / 2; k > 0; k /= 2 {
		above += s.pend[k]
	}
	if s.top[node]+above >= v {
		return false
	}
	s.top[node] = v - above
	for k := node / 2; k > 0; k /= 2 {
		s.top[k] = max(s.top[2*k], s.top[2*k+1]) + s.pend[k]
	}
	return true
}

// highest gives the highest of the counts from…to-1, of which there is one at
// least, and the first place that has it.
func (s *summits) highest(from, to int) (v, at int) {
	return s.highestBelow(1, span[int]{0, s.size}, span[int]{from, to})
}

func (s *summits) highestBelow(node int, has, want span[int]) (v, at int) {
	if want.high <= has.low || has.high <= want.low {
		return math.MinInt, 0
	}
	if has.high-has.low == 1 {
		return s.top[node], has.low
	}
	half := (has.low + has.high) / 2
	if want.low <= has.low && has.high <= want.high { // all of it: go where the highest is
		child, part := 2*node, span[int]{has.low, half}
		if s.top[2*node+1] > s.top[2*node] {
			child, part = 2*node+1, span[int]{half, has.high}
		}
		_, at = s.highestBelow(child, part, part)
		return s.top[node], at
	}
	v, at = s.highestBelow(2*node, span[int]{has.low, half}, want)
	if right, place := s.highestBelow(2*node+1, span[int]{half, has.high}, want); right > v {
		v, at = right, place
	}
	if v == math.MinInt {
		return v, at
	}
	return v + s.pend[node], at
}
