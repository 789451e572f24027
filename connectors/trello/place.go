package trello

import (
	"cmp"
	"errors"
	"slices"
	"sort"
)

// The scale of positions, and how close the service lets them come before it
// gives out new ones by itself.
// Source: Trello's own client, 2025; positions of real boards.
const (
	step    = 16384.0
	middle  = float64(1 << 47)
	highest = float64(1 << 48)
	closest = 0.125
)

// apart is the least distance that we leave, so that the service never needs
// to renumber the neighbours.
const apart = 1.0

// spot is one open card of a list. Others than ours (separators, templates,
// done cards) stay where they are and take no part in the order.
type spot struct {
	id   string
	pos  float64
	ours bool
}

// move is a card and the position that it gets.
type move struct {
	id  string
	pos float64
}

// run is a wanted order: items next to each other behind after, or before
// before, or at the top. With before it was planned by positions: the items come
// between it and after, or above it, whatever else of ours stands there moves
// later, and there is room at the closest distance. Where some items are in way, they keep their
// order and only make room for the others.
type run struct {
	items, way    []string
	after, before string
}

// errNoRoom is for cards that immovable neighbours enclose.
var errNoRoom = errors.New("no room between the neighbouring cards: drag one of them a little in Trello")

// sortSpots puts spots in the order that people see; ties go by id.
func sortSpots(spots []spot) {
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.id, b.id))
	})
}

// arrange gives the fewest moves that bring the items into the order of the
// run, in the order of the list. Our cards outside of the run move only where
// there is no room beside them. Items and anchors must be among the spots.
func arrange(spots []spot, r run) ([]move, error) {
	spots = slices.Clone(spots)
	sortSpots(spots)
	planned := r.between(spots)
	if planned {
		spots = r.withoutStrays(spots)
	}
	a := newArrangement(spots, r)
	return assign(a.final(r), planned)
}

// between reports whether the anchors are there, in their order.
func (r run) between(spots []spot) bool {
	if r.before == "" {
		return false
	}
	after := slices.IndexFunc(spots, func(s spot) bool { return s.id == r.after })
	before := slices.IndexFunc(spots, func(s spot) bool { return s.id == r.before })
	return (after >= 0 || r.after == "") && after < before
}

// withoutStrays leaves out our cards between the anchors that are not in the run.
func (r run) withoutStrays(spots []spot) []spot {
	inside := r.after == ""
	return slices.DeleteFunc(spots, func(s spot) bool {
		if s.id == r.after || s.id == r.before {
			inside = s.id == r.after
			return false
		}
		return inside && s.ours && !slices.Contains(r.items, s.id)
	})
}

// arrangement is a run set against the spots of its list.
type arrangement struct {
	spots       []spot
	at          map[string]int // id to index of spots
	inRun       map[string]bool
	left, right int // indexes of our cards that enclose the run; -1 and len(spots): none
}

func newArrangement(spots []spot, r run) *arrangement {
	a := &arrangement{spots: spots, at: map[string]int{}, inRun: map[string]bool{}, left: -1, right: len(spots)}
	for i, s := range spots {
		a.at[s.id] = i
	}
	for _, id := range r.items {
		a.inRun[id] = true
	}
	switch {
	case r.after != "":
		a.left = a.at[r.after]
		a.right = a.next(a.left)
	case r.before != "":
		a.right = a.at[r.before]
		a.left = a.previous(a.right)
	default:
		a.right = a.next(-1)
	}
	return a
}

// next gives the index of the first of our cards behind i that is not in the run.
func (a *arrangement) next(i int) int {
	for i++; i < len(a.spots) && !a.fixed(i); i++ {
	}
	return i
}

// previous gives the index of the last of our cards before i that is not in the
// run, or -1.
func (a *arrangement) previous(i int) int {
	for i--; i >= 0 && !a.fixed(i); i-- {
	}
	return i
}

func (a *arrangement) fixed(i int) bool { return a.spots[i].ours && !a.inRun[a.spots[i].id] }

// place is a card in the wanted order, whether it needs a new position, and whether
// it gets that to make room.
type place struct {
	spot
	moved, way bool
}

// final gives all cards of the list in the wanted order. A longest increasing
// sequence of those items that already stand in the gap stays untouched.
func (a *arrangement) final(r run) []place {
	items, stay := r.items, a.staying(r)
	behind := map[string][]place{} // moved items by the card that they go right behind
	pending, last := []place(nil), ""
	if a.left >= 0 {
		last = a.spots[a.left].id
	}
	first := "" // the staying item or neighbour that the leading items go right before
	for _, id := range items {
		switch p := (place{spot: a.spots[a.at[id]], moved: true, way: slices.Contains(r.way, id)}); {
		case stay[id]:
			if last == "" {
				first = id
			}
			last = id
		case last == "":
			pending = append(pending, p)
		default:
			behind[last] = append(behind[last], p)
		}
	}
	if first == "" && a.right < len(a.spots) {
		first = a.spots[a.right].id
	}
	var out []place
	for _, s := range a.spots {
		if a.inRun[s.id] && !stay[s.id] {
			continue
		}
		if s.id == first {
			out = append(out, pending...)
			pending = nil
		}
		out = append(out, place{spot: s})
		out = append(out, behind[s.id]...)
	}
	return append(out, pending...)
}

// staying gives the items that need no move: as many as can be with room for the
// others between them, at the closest distance. Where there is none for all, only
// the order counts. Where some are to make room, it is all or none.
func (a *arrangement) staying(r run) map[string]bool {
	items := r.items
	low, high := closest, highest-closest*float64(len(items))
	if a.left >= 0 {
		low += a.spots[a.left].pos
	}
	if a.right < len(a.spots) {
		high = a.spots[a.right].pos - closest*float64(len(items))
	}
	var ids []string
	key := map[string]float64{}
	for k, id := range items {
		i := a.at[id]
		room := a.spots[i].pos - closest*float64(k) // never falls where all between find room
		switch {
		case i <= a.left || i >= a.right:
			continue
		case low > high:
			key[id] = float64(i)
		case room < low || room > high:
			continue
		default:
			key[id] = room
		}
		ids = append(ids, id)
	}
	stay := map[string]bool{}
	for _, id := range longestRising(ids, key) {
		stay[id] = true
	}
	if len(r.way) > 0 && len(stay) < len(items) {
		return nil
	}
	return stay
}

// longestRising gives a longest subsequence of ids whose keys never fall.
func longestRising(ids []string, key map[string]float64) []string {
	tails := []int{} // index of the id that ends the best subsequence of each length
	before := make([]int, len(ids))
	for i, id := range ids {
		n := sort.Search(len(tails), func(n int) bool { return key[ids[tails[n]]] > key[id] })
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	var out []string
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			out = append(out, ids[i])
		}
	}
	slices.Reverse(out)
	return out
}

// assign gives every moved card a position. Where neighbours leave no room it
// moves as few of our own cards beside them as it must; where a plan has made room
// at the closest distance, that comes first.
func assign(places []place, planned bool) ([]move, error) {
	for i := 0; i < len(places); {
		if !places[i].moved {
			i++
			continue
		}
		j := i
		for j+1 < len(places) && places[j+1].moved {
			j++
		}
		from, to, pos := widen(places, i, j, planned)
		if pos == nil {
			return nil, errNoRoom
		}
		for k := from; k <= to; k++ {
			places[k].pos, places[k].moved = pos[k-from], true
		}
		i = to + 1
	}
	var moves []move
	for _, p := range places {
		if p.moved {
			moves = append(moves, move{p.id, p.pos})
		}
	}
	return moves, nil
}

// widen gives the smallest window around places i to j whose cards may all
// move and fit between the neighbours of the window, and their positions. Where
// no window has room at our distance, the closest that Trello keeps must do.
func widen(places []place, i, j int, planned bool) (from, to int, pos []float64) {
	lefts, rights := reach(places, i, -1), reach(places, j, +1)
	low, high := edge(places, i-1, 0), edge(places, j+1, highest)
	if slices.ContainsFunc(places[i:j+1], func(p place) bool { return p.way }) {
		if pos = share(low, high, places[i:j+1]); pos != nil {
			return i, j, pos
		}
	}
	if planned && fit(low, high, j-i+1) == nil {
		if pos = squeeze(low, high, j-i+1); pos != nil {
			return i, j, pos
		}
	}
	for extra := range len(lefts) + len(rights) - 1 {
		for l := max(0, extra-len(rights)+1); l <= min(extra, len(lefts)-1); l++ {
			from, to = lefts[l], rights[extra-l]
			if pos = fit(edge(places, from-1, 0), edge(places, to+1, highest), to-from+1); pos != nil {
				return from, to, pos
			}
		}
	}
	return i, j, squeeze(low, high, j-i+1)
}

// reach gives the ends of windows that take in ever more of our cards on one
// side, beginning at i. Cards that move anyway are taken in for nothing.
func reach(places []place, i, side int) []int {
	inside := func(k int) bool { return k >= 0 && k < len(places) }
	absorb := func() {
		for inside(i+side) && places[i+side].moved {
			i += side
		}
	}
	absorb()
	ends := []int{i}
	for inside(i+side) && places[i+side].ours {
		i += side
		absorb()
		ends = append(ends, i)
	}
	return ends
}

// edge gives the position of the card at i, or otherwise at the end of the list.
func edge(places []place, i int, otherwise float64) float64 {
	if i < 0 || i >= len(places) {
		return otherwise
	}
	return places[i].pos
}
