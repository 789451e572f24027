package trello

import (
	"math"
	"slices"
)

// sequence gives the moves in an order in which none takes a position that
// another card still holds: Trello would number the whole list anew, cards of
// others too. Where cards change places in a circle, one of them goes a little
// beside.
func sequence(spots []spot, moves []move) []move {
	s := sequencer{pending: slices.Clone(moves), held: map[string]float64{}}
	for _, p := range spots {
		s.final = append(s.final, p.pos)
		s.held[p.id] = p.pos
		if !slices.ContainsFunc(moves, func(m move) bool { return m.id == p.id }) {
			s.staying = append(s.staying, p.pos)
		}
	}
	for _, m := range moves {
		i := slices.IndexFunc(spots, func(p spot) bool { return p.id == m.id })
		s.final[i] = m.pos
	}
	slices.Sort(s.final)
	out := make([]move, 0, len(moves))
	for len(s.pending) > 0 {
		i := slices.IndexFunc(s.pending, func(m move) bool { return s.free(m.id, m.pos) })
		if i < 0 {
			i = 0
			s.dodge(&s.pending[0])
		}
		out = append(out, s.pending[i])
		s.pending = slices.Delete(s.pending, i, i+1)
	}
	return out
}

// sequencer knows which moves are to come, where their cards still stand, where
// the others stay, and all positions as they will be in the end, sorted.
type sequencer struct {
	pending []move
	held    map[string]float64
	staying []float64
	final   []float64
}

// free reports whether no other card holds the position: none that is still to
// move, and none that stays.
func (s *sequencer) free(id string, pos float64) bool {
	for _, other := range s.staying {
		if math.Abs(other-pos) < closest {
			return false
		}
	}
	for _, m := range s.pending {
		if m.id != id && math.Abs(s.held[m.id]-pos) < closest {
			return false
		}
	}
	return true
}

// dodges is how many distances on each side are looked at for a free position.
const dodges = 64

// dodge changes the position of a move to a free one between the same
// neighbours, as far from the wanted one as it must and no nearer to them than
// we leave cards, or than the service does.
func (s *sequencer) dodge(m *move) {
	i, _ := slices.BinarySearch(s.final, m.pos)
	lo, hi := 0.0, highest
	if i > 0 {
		lo = s.final[i-1]
	}
	if i+1 < len(s.final) {
		hi = s.final[i+1]
	}
	for _, least := range []float64{apart, 2 * closest, closest} {
		for k := range dodges {
			for _, pos := range []float64{m.pos + least*float64(k+1), m.pos - least*float64(k+1)} {
				if pos-lo >= least && hi-pos >= least && s.free(m.id, pos) {
					m.pos, s.final[i] = pos, pos
					return
				}
			}
		}
	}
}
