package plan

import (
	"fmt"
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
		if want, possible := mostKept(at, held); possible != room || possible && count(keep) != want {
			t.Fatalf("positions %v, held %v: keeps %d, room %v; want %d, room %v", at, held, count(keep), room, want, possible)
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

func count(bs []bool) int {
	n := 0
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}

// TestPositionsLastThroughAYearOfMoves moves cards of a list of 200 for 250 days,
// six a day. No two come nearer than the gap. Where the cards go anywhere or
// mostly up, keeping it takes hardly more writes than the order alone; where all
// go into the same spot, day after day, the room there is used up and neighbours
// make way again and again.
func TestPositionsLastThroughAYearOfMoves(t *testing.T) {
	tests := []struct {
		name string
		to   func(*rand.Rand) int
		most float64 // writes, of those that the order alone takes
	}{
		{"anywhere", func(r *rand.Rand) int { return r.IntN(200) }, 1.1},
		{"mostly up", func(r *rand.Rand) int { return min(r.IntN(200), r.IntN(200)) }, 1.1},
		{"into the same spot", func(r *rand.Rand) int { return 100 + r.IntN(2) }, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			y := newYear(200)
			for range 250 {
				y.day(t, 6, tt.to)
			}
			t.Logf("%d writes; by the order alone %d; nearest %v", y.writes, y.least, y.nearest)
			if float64(y.writes) > tt.most*float64(y.least) {
				t.Errorf("%d writes, more than %v times the %d that the order alone takes", y.writes, tt.most, y.least)
			}
			if y.nearest < closestKept {
				t.Errorf("cards came as near as %v, want %v", y.nearest, closestKept)
			}
		})
	}
}

// year is a list in which cards move every day.
type year struct {
	rng           *rand.Rand
	order         []int
	at            []float64 // by card
	writes, least int
	nearest       float64
}

func newYear(cards int) *year {
	y := &year{rng: rand.New(rand.NewPCG(9, 10)), nearest: stepKept}
	for i := range cards {
		y.order, y.at = append(y.order, i), append(y.at, stepKept*float64(i+1))
	}
	return y
}

// day moves cards and gives out positions.
func (y *year) day(t *testing.T, moves int, to func(*rand.Rand) int) {
	t.Helper()
	before := slices.Clone(y.order)
	for range moves {
		i := y.rng.IntN(len(y.order))
		x := y.order[i]
		y.order = slices.Insert(slices.Delete(y.order, i, i+1), to(y.rng), x)
	}
	y.least += len(before) - longestKept(before, y.order)
	pos, keep := make([]float64, len(y.order)), make([]bool, len(y.order))
	for i, x := range y.order {
		pos[i] = y.at[x]
	}
	if !keepRoomy(pos, keep, 0, len(pos), closestKept) {
		t.Fatal("a list without held cards has no room")
	}
	y.writes += len(pos) - count(keep)
	spread(pos, keep)
	for i, x := range y.order {
		y.at[x] = pos[i]
		if i > 0 {
			y.nearest = min(y.nearest, pos[i]-pos[i-1])
		}
	}
}

// longestKept gives how many cards can keep their places by the order alone.
func longestKept(before, after []int) int {
	now := make([]int, len(before))
	for i, x := range after {
		now[i] = slices.Index(before, x)
	}
	keep := make([]bool, len(now))
	keepLongest(now, keep, 0, len(now), span[int]{0, len(now)})
	return count(keep)
}

// spread puts those that do not stay evenly between those that do, and behind
// the last in steps.
func spread(pos []float64, keep []bool) {
	above := 0.0
	for i := 0; i < len(pos); {
		if keep[i] {
			above = pos[i]
			i++
			continue
		}
		end := i
		for end < len(pos) && !keep[end] {
			end++
		}
		each := stepKept
		if end < len(pos) {
			each = float64(int((pos[end]-above)/float64(end-i+1)/closestKept)) * closestKept
		}
		for k := i; k < end; k++ {
			pos[k] = above + each*float64(k-i+1)
		}
		i = end
	}
}

func BenchmarkPositions(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e5} {
		at := make([]float64, n)
		for i, r := range jumpy(n).Ranking.Ranked {
			at[i] = float64(r.Group.Items[0].Native + 1)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				keepRoomy(at, make([]bool, n), 0, n, closestKept)
			}
		})
	}
}
