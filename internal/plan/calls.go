package plan

import (
	"math"
	"slices"
)

// prices say what a plan of moves costs, in whole units of any size. Both are
// above 0.
type prices struct {
	call int // a call that places a run
	item int // an item in it
}

// defaultPrices let five moved items weigh as much as one call: a call counts
// against the limits of the service, a moved item in its history and in the mind
// of who watches the backlog. Measured on 1000 items of which every twentieth
// changed places: 32 calls and 123 moved items, where fewest items takes 44 calls
// and 92 items, and fewest calls 14 calls and 428 items.
func defaultPrices() prices { return prices{call: 5, item: 1} }

// keepCheapest marks which of the places from…to-1 keep their items, so that
// the rest is moved for the lowest price, with at most limit items a call. pos
// gives, for each wanted place, where its item stands now. What stays must ascend
// and lie in from…to-1 itself; nothing beyond crosses the ends.
//
// A call places its items between two items that never move, so a set that stays
// needs ⌈L/limit⌉ calls for each gap of L places between two of its members, and
// no plan with that set does with fewer: each item's last move puts it into its
// gap. Hence the price up to a place i that stays is
//
//	f(i) = min over j < i, pos[j] < pos[i]:  f(j) + call·⌈(i-j-1)/limit⌉ + item·(i-j-1)
//
// from j = 0, the end above, and the answer is f at the end below. It takes
// O(n·log n) whatever the limit is: see stairs.
func keepCheapest(pos []int, keep []bool, from, to, limit int, p prices) {
	n := to - from // places are 1…n in here, the ends 0 and n+1
	before := make([]int, n+2)
	table := make(fenwick, n+1)
	table.add(0, step{}, p.call)
	for i := 1; i <= n; i++ {
		now := pos[from+i-1] - from
		if now < 0 || now >= n {
			continue
		}
		f, j := table.best(now, i, limit, p)
		before[i] = j
		table.add(now+1, newStep(f, i, limit, p), p.call)
	}
	_, last := table.best(n, n+1, limit, p)
	for ; last > 0; last = before[last] {
		keep[from+last-1] = true
	}
}

// step is a place that may stay above a gap. With j = q·limit + residue, the gap
// from j to i costs call·(q' - q), and one call more where the residue of i-1 =
// q'·limit + residue' is the greater one. So a step with a greater residue serves
// more places, and one with a lower base does it for less.
type step struct {
	residue int
	base    int // f(j) - item·j - call·q
	at      int // j
}

func newStep(f, j, limit int, p prices) step {
	return step{residue: j % limit, base: f - p.item*j - p.call*(j/limit), at: j}
}

// stairs are steps of which none is better than another in both ways: residues
// fall and bases fall. A base that lies a call or more above the lowest is of no
// use, since that one costs a call more at most; so there are no more stairs than
// units in the price of a call.
type stairs []step

// add puts a step in and takes out what it makes useless.
func (s stairs) add(n step, call int) stairs {
	end := s.reach(n.residue)
	from := end
	if end > 0 && s[end-1].residue == n.residue && s[end-1].base >= n.base {
		from--
	}
	if from > 0 && s[from-1].base <= n.base || len(s) > 0 && s[len(s)-1].base+call <= n.base {
		return s
	}
	to := end
	for to < len(s) && s[to].base >= n.base {
		to++
	}
	s = slices.Replace(s, from, to, n)
	lowest := s[len(s)-1].base
	useless := 0
	for s[useless].base >= lowest+call {
		useless++
	}
	return slices.Delete(s, 0, useless)
}

// reach gives how many stairs have the residue or a greater one.
func (s stairs) reach(residue int) int {
	end, _ := slices.BinarySearchFunc(s, residue, func(x step, r int) int {
		if x.residue >= r {
			return -1
		}
		return 1
	})
	return end
}

// fenwick holds stairs by where their items stand now, so that the best of all
// that stand above a place is found in logarithmic time.
type fenwick []stairs

// add enters a step whose item stands at now; 0 is the end above.
func (t fenwick) add(now int, s step, call int) {
	for k := now + 1; k <= len(t); k += k & -k {
		t[k-1] = t[k-1].add(s, call)
	}
}

// best gives the lowest price at which place i stays with some step above it
// whose item stands at now at most, and the place of that step.
func (t fenwick) best(now, i, limit int, p prices) (price, at int) {
	residue, calls := (i-1)%limit, (i-1)/limit
	base := math.MaxInt
	take := func(b, j int) {
		if b < base || b == base && j > at { // the later one: rather those above it rise
			base, at = b, j
		}
	}
	for k := now + 1; k > 0; k -= k & -k {
		s := t[k-1]
		if len(s) == 0 {
			continue
		}
		if end := s.reach(residue); end > 0 {
			take(s[end-1].base, s[end-1].at)
		}
		lowest := s[len(s)-1]
		take(lowest.base+p.call, lowest.at)
	}
	return base + p.item*(i-1) + p.call*calls, at
}
