package plan

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// The least distance that the tests keep, and the distance that they leave where
// there is room, as on a real scale of positions.
const (
	closestKept = 0.125
	stepKept    = 16384.0
)

// TestFewestNewPositions compares with every set of cards that could keep its
// position, some of them held.
func TestFewestNewPositions(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	full := 0
	for range 20_000 {
		n := 1 + rng.IntN(10)
		at, held := randomPositions(rng, n)
		keep := make([]bool, n)
		room := true
		from := 0
		for i := range n + 1 {
			if i < n && !held[i] {
				continue
			}
			room = keepRoomy(at, keep, from, i, closestKept) && room
			if i < n {
				keep[i] = true
			}
			from = i + 1
		}
		if want, possible := mostKept(at, held); possible != room || possible && marked(keep) != want {
			t.Fatalf("positions %v, held %v: keeps %d, room %v; want %d, room %v", at, held, marked(keep), room, want, possible)
		} else if possible && !roomy(at, keep) {
			t.Fatalf("positions %v: what stays, %v, leaves too little room", at, keep)
		}
		if room {
			full++
		}
	}
	if full < 10_000 {
		t.Errorf("only %d of 20000 lists had room", full)
	}
}

// randomPositions gives positions in the wanted order of the cards: mostly a
// few distances apart, some pulled together, some out of order; held ones ascend.
func randomPositions(rng *rand.Rand, n int) (at []float64, held []bool) {
	at, held = make([]float64, n), make([]bool, n)
	last := 0.0
	for i := range at {
		last += closestKept * float64(rng.IntN(9)) / 2
		at[i] = max(last, 0.001)
		held[i] = rng.IntN(6) == 0
	}
	for range rng.IntN(n + 1) {
		x, y := rng.IntN(n), rng.IntN(n)
		if !held[x] && !held[y] {
			at[x], at[y] = at[y], at[x]
		}
	}
	return at, held
}

// roomy reports whether all others fit between those that stay.
func roomy(at []float64, keep []bool) bool {
	j, above := -1, 0.0
	for i, k := range keep {
		if !k {
			continue
		}
		if at[i]-above < closestKept*float64(i-j) {
			return false
		}
		j, above = i, at[i]
	}
	return true
}

func mostKept(at []float64, held []bool) (best int, possible bool) {
	keep := make([]bool, len(at))
	for set := range 1 << len(at) {
		all := true
		for i := range at {
			keep[i] = set>>i&1 == 1
			all = all && (keep[i] || !held[i])
		}
		if all && roomy(at, keep) {
			best, possible = max(best, bits.OnesCount(uint(set))), true
		}
	}
	return best, possible
}

// TestRoomIsWeighedAgainstWrites compares the price of what stays with that of
// every set of cards that could stay, where some come that find no room.
func TestRoomIsWeighedAgainstWrites(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	weighed := 0
	for range 20_000 {
		n := 2 + rng.IntN(9)
		at, _ := randomPositions(rng, n)
		s := scale{at, numbered(at), closestKept, closestKept * float64(n) * (1 + 100*rng.Float64())}
		from, to := rng.IntN(2), n-rng.IntN(2)
		keep, way := make([]bool, n), make([]bool, n)
		s.settle(keep, way, from, to)
		if !slices.Contains(way, true) {
			continue
		}
		ordered := make([]bool, n)
		keepLongest(s.now, ordered, from, to, span[int]{from, to - 1})
		fewest := make([]bool, n)
		keepRoomy(at, fewest, from, to, closestKept)
		worth := worthSeldom
		if marked(ordered[from:to])-marked(fewest[from:to]) >= often {
			worth = worthOften
		}
		squeezed := s.squeezed(ordered, from, to)
		got, want := s.price(keep, squeezed, span[int]{from, to}, worth), math.Inf(1)
		for set := range 1 << (to - from) {
			for i := from; i < to; i++ {
				fewest[i] = set>>(i-from)&1 == 1
			}
			if to-from < n || set > 0 {
				want = min(want, s.price(fewest, squeezed, span[int]{from, to}, worth))
			}
		}
		if weighed++; math.Abs(got-want) > 1e-9 && !math.IsInf(want, 1) {
			t.Fatalf("positions %v below %v, places %d to %d: %v costs %v, want %v", at, s.high, from, to, keep, got, want)
		}
	}
	if weighed < 1000 {
		t.Errorf("in only %d of 20000 lists cards made way", weighed)
	}
}

// price gives what it costs that the places of keep and the ends stay.
func (s scale) price(keep, squeezed []bool, within span[int], worth float64) float64 {
	sum, last := 0.0, within.low-1
	for i := within.low; i <= within.high; i++ {
		if i < within.high && !keep[i] {
			continue
		}
		sum += float64(i-last-1) + s.room(last, i, marked(squeezed[last+1:i]), worth)
		last = i
	}
	return sum
}

// numbered gives where cards stand by their positions, those with equal ones in
// the wanted order.
func numbered(at []float64) []int {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(at[x], at[y]) })
	now := make([]int, len(at))
	for place, i := range order {
		now[i] = place
	}
	return now
}

// longestKept gives how many cards can keep their places by the order alone.
func longestKept(before, after []int) int {
	now := make([]int, len(before))
	for i, x := range after {
		now[i] = slices.Index(before, x)
	}
	keep := make([]bool, len(now))
	keepLongest(now, keep, 0, len(now), span[int]{0, len(now)})
	return marked(keep)
}

func BenchmarkPositions(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e5} {
		at := make([]float64, n)
		for i, r := range jumpy(n).Ranking.Ranked {
			at[i] = float64(r.Group.Items[0].Native + 1)
		}
		now := numbered(at)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				scale{at, now, closestKept, 1 << 48}.settle(make([]bool, n), make([]bool, n), 0, n)
			}
		})
	}
}
