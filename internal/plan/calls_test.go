package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// spent is what a plan of moves takes.
type spent struct{ calls, items int }

func (s spent) price(p prices) int { return s.calls*p.call + s.items*p.item }

// taken counts the calls and items of the gaps that a set of kept places leaves.
// Held places are kept, so no gap crosses them.
func taken(keep []bool, limit int) spent {
	var s spent
	gap := 0
	for _, k := range append(slices.Clone(keep), true) {
		if !k {
			gap++
			continue
		}
		s.calls += (gap + limit - 1) / limit
		s.items += gap
		gap = 0
	}
	return s
}

// cheapest marks what stays in a lane whose held places are given.
func cheapest(pos []int, held []bool, limit int, p prices) []bool {
	keep := make([]bool, len(pos))
	from := 0
	for i := range len(pos) + 1 {
		if i < len(pos) && !held[i] {
			continue
		}
		keepCheapest(pos, keep, from, i, limit, p)
		if i < len(pos) {
			keep[i] = true
		}
		from = i + 1
	}
	return keep
}

// enumerated gives the least of what any ascending set that holds the held
// places takes, at least one place of it kept.
func enumerated(pos []int, held []bool, limit int, less func(a, b spent) bool) spent {
	var best spent
	found := false
	keep := make([]bool, len(pos))
	for set := range 1 << len(pos) {
		last, ok := -1, set > 0
		for i, p := range pos {
			keep[i] = set>>i&1 == 1
			ok = ok && (keep[i] || !held[i]) && (!keep[i] || p > last)
			if keep[i] {
				last = p
			}
		}
		if s := taken(keep, limit); ok && (!found || less(s, best)) {
			best, found = s, true
		}
	}
	return best
}

func byCalls(a, b spent) bool {
	return a.calls < b.calls || a.calls == b.calls && a.items < b.items
}

// TestNoSequenceOfMovesTakesFewerCalls compares the fewest calls with a search
// through every sequence of calls, items moved twice included, and the fewest
// items at that many calls with every set that could stay, for all permutations.
func TestNoSequenceOfMovesTakesFewerCalls(t *testing.T) {
	for _, size := range []struct{ n, limit int }{
		{1, 1}, {2, 1}, {3, 1}, {3, 2}, {4, 1}, {4, 2}, {4, 3}, {5, 1}, {5, 2}, {5, 3}, {6, 1}, {6, 2}, {6, 3}, {7, 1}, {7, 2}, {7, 3},
	} {
		t.Run(fmt.Sprintf("%d items, %d a call", size.n, size.limit), func(t *testing.T) {
			n, limit := size.n, size.limit
			fewest := searched(n, limit)
			held := make([]bool, n)
			for order, calls := range fewest {
				pos := unpacked(order, n)
				got := taken(cheapest(pos, held, limit, prices{call: n + 1, item: 1}), limit)
				if got.calls != calls {
					t.Errorf("%v takes %d calls, want %d", pos, got.calls, calls)
				}
				if want := enumerated(pos, held, limit, byCalls); got != want {
					t.Errorf("%v takes %+v, want %+v", pos, got, want)
				}
			}
		})
	}
}

// searched gives, for every order of n items, how many calls lead to it from the
// sorted one. A call takes up to limit items out and puts them back next to each
// other, in any order, anywhere.
func searched(n, limit int) map[uint32]int {
	sorted := make([]int, n)
	for i := range sorted {
		sorted[i] = i
	}
	calls := map[uint32]int{packed(sorted): 0}
	for edge := []uint32{packed(sorted)}; len(edge) > 0; {
		var further []uint32
		for _, from := range edge {
			afterCalls(unpacked(from, n), nil, limit, func(order []int) {
				to := packed(order)
				if _, seen := calls[to]; !seen {
					calls[to] = calls[from] + 1
					further = append(further, to)
				}
			})
		}
		edge = further
	}
	return calls
}

// afterCalls tells every order that one call leads to.
func afterCalls(rest, group []int, limit int, tell func([]int)) {
	if len(group) > 0 {
		for at := range len(rest) + 1 {
			tell(slices.Insert(slices.Clone(rest), at, group...))
		}
	}
	if len(group) == limit {
		return
	}
	for i, x := range rest {
		left := slices.Delete(slices.Clone(rest), i, i+1)
		afterCalls(left, append(slices.Clone(group), x), limit, tell)
	}
}

func packed(order []int) uint32 {
	var p uint32
	for _, x := range order {
		p = p<<4 | uint32(x)
	}
	return p
}

func unpacked(p uint32, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[n-1-i] = int(p >> (4 * i) & 15)
	}
	return order
}

// TestNoSetThatStaysIsCheaper compares with every set that could stay, at prices
// of every proportion and around held items.
func TestNoSetThatStaysIsCheaper(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		n, limit := 1+rng.IntN(9), 1+rng.IntN(4)
		p := prices{call: 1 + rng.IntN(12), item: 1 + rng.IntN(3)}
		pos, held := randomOrder(rng, n)
		keep := cheapest(pos, held, limit, p)
		last := -1
		for i, k := range keep {
			if held[i] && !k {
				t.Fatalf("%v, held %v: the held item at %d moves", pos, held, i)
			}
			if k && pos[i] < last {
				t.Fatalf("%v: what stays is %v and does not ascend", pos, keep)
			}
			if k {
				last = pos[i]
			}
		}
		less := func(a, b spent) bool { return a.price(p) < b.price(p) }
		got, want := taken(keep, limit), enumerated(pos, held, limit, less)
		if got.price(p) != want.price(p) {
			t.Errorf("%v, held %v, %d a call, prices %+v: %+v, want the price of %+v", pos, held, limit, p, got, want)
		}
	}
}

// randomOrder gives a permutation in which the held places stand where they are.
func randomOrder(rng *rand.Rand, n int) (pos []int, held []bool) {
	pos, held = make([]int, n), make([]bool, n)
	var free []int
	for i := range n {
		pos[i] = i
		if held[i] = rng.IntN(4) == 0; !held[i] {
			free = append(free, i)
		}
	}
	rng.Shuffle(len(free), func(x, y int) { pos[free[x]], pos[free[y]] = pos[free[y]], pos[free[x]] })
	return pos, held
}

// BenchmarkCalls plans the order of backlogs in which every twentieth item is
// wanted elsewhere, and of some that stand anyhow.
func BenchmarkCalls(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e5} {
		jumped := make([]int, n)
		for i, r := range jumpy(n).Ranking.Ranked {
			jumped[i] = r.Group.Items[0].Native
		}
		anyhow := rand.New(rand.NewPCG(5, 6)).Perm(n)
		for _, from := range []struct {
			name string
			pos  []int
		}{{"jumped", jumped}, {"anyhow", anyhow}} {
			b.Run(fmt.Sprintf("%s/%d", from.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					keepCheapest(from.pos, make([]bool, n), 0, n, 50, defaultPrices())
				}
			})
		}
	}
}
