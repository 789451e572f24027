package plan

import "math"

// scale is a lane that is ordered by positions: where the item of each wanted
// place stands, by position and by number, the least distance between two
// positions, and what all of them lie below.
type scale struct {
	at        []float64
	now       []int
	gap, high float64
}

// What room is worth, in writes for each time that it can be halved once more.
// Where neighbours have begun to make way in numbers, they will again tomorrow, and
// a place with room for long is worth many writes; elsewhere it is worth few.
// Both are measured: see docs/benchmarks.md.
const (
	worthSeldom = 1.0 / 3
	worthOften  = 5.0
	often       = 8 // items that make way at once
)

// farthest is the most items between two that stay for which room is looked
// for beyond what is needed today.
const farthest = 1000

// settle marks which of the places from…to-1 keep their items, and which of the
// others only make room. Where all that are in order can keep their positions,
// they do. Where not, the fewest that must get new ones are a short view: the next
// items that come there find as little room, and in the end many make way for
// each. So new positions are weighed against the room that they give.
func (s scale) settle(keep, way []bool, from, to int) {
	ordered := make([]bool, len(keep))
	keepLongest(s.now, ordered, from, to, span[int]{from, to - 1})
	if !keepRoomy(s.at, keep, from, to, s.gap) {
		copy(keep[from:to], ordered[from:to])
		return
	}
	short := marked(ordered[from:to]) - marked(keep[from:to])
	if short <= 0 {
		return
	}
	worth := worthSeldom
	if short >= often {
		worth = worthOften
	}
	s.keepAhead(keep, s.squeezed(ordered, from, to), span[int]{from, to}, worth)
	s.makeWay(ordered, keep, way, span[int]{from, to})
}

// makeWay marks what is in order, also with all that stays, and does not stay.
func (s scale) makeWay(ordered, keep, way []bool, within span[int]) {
	from, low := within.low, within.low
	for i := within.low; i <= within.high; i++ {
		if i < within.high && !keep[i] {
			continue
		}
		high := within.high
		if i < within.high {
			high = s.now[i]
		}
		for k := from; k < i; k++ {
			way[k] = ordered[k] && low <= s.now[k] && s.now[k] < high
		}
		from, low = i+1, high+1
	}
}

// marked counts what is true.
func marked(bs []bool) int {
	n := 0
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}

// squeezed marks the items that come to stand where those in order leave no room.
func (s scale) squeezed(ordered []bool, from, to int) []bool {
	out := make([]bool, len(ordered))
	last := from - 1
	for i := from; i <= to; i++ {
		if i < to && !ordered[i] {
			continue
		}
		if s.position(i)-s.position(last) < s.gap*float64(i-last) {
			for k := last + 1; k < i; k++ {
				out[k] = true
			}
		}
		last = i
	}
	return out
}

// position gives where the item of a place stands, the ends of the scale before
// the first and behind the last.
func (s scale) position(i int) float64 {
	switch {
	case i < 0:
		return 0
	case i >= len(s.at):
		return s.high
	}
	return s.at[i]
}

// keepAhead marks the places that keep their items at the least price: one for
// each new position, and for each place where squeezed items come, worth times
// how often the room for each of them is half of what the whole scale has. keep
// holds a choice that is possible, and stays as it is where there is no end of the
// scale or nothing within reach. What is at the ends of within stays.
//
// price(i) = min over j < i of price(j) + i-j-1 + what the room between costs.
func (s scale) keepAhead(keep, squeezed []bool, within span[int], worth float64) {
	if s.high <= 0 {
		return
	}
	from, to := within.low, within.high
	price, before := make([]float64, to-from+2), make([]int, to-from+2) // by place, the one before from first
	coming := make([]int, to-from+2)                                    // squeezed items before a place
	for i := from; i <= to; i++ {
		k := i - from + 1
		coming[k] = coming[k-1]
		if i > from && squeezed[i-1] {
			coming[k]++
		}
		price[k] = math.Inf(1)
		for j := k - 1; j >= max(0, k-1-farthest); j-- {
			lowest := price[j] + float64(k-j-1)
			if lowest >= price[k] || k-j > len(s.at) { // something has to stay for the others to go by
				continue
			}
			if p := lowest + s.room(j+from-1, i, coming[k]-coming[j+1], worth); p < price[k] {
				price[k], before[k] = p, j
			}
		}
	}
	if math.IsInf(price[to-from+1], 1) {
		return
	}
	clear(keep[from:to])
	for k := before[to-from+1]; k > 0; k = before[k] {
		keep[k+from-1] = true
	}
}

// room gives what it costs that all between two places come to stand between the
// positions of their items, some of them squeezed; infinitely much where they
// cannot.
func (s scale) room(j, i, squeezed int, worth float64) float64 {
	room := s.position(i) - s.position(j)
	switch {
	case room < s.gap*float64(i-j):
		return math.Inf(1)
	case squeezed == 0:
		return 0
	}
	return worth * math.Log2(s.high*float64(squeezed+1)/room)
}
