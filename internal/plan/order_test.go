package plan

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"stackrank/internal/work"
)

// TestFewestItemsMove compares with a search over every set of items that could
// stay: items that never move keep their relative order whatever the others do,
// so a set can stay only if it ascends.
func TestFewestItemsMove(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		n := 1 + rng.IntN(8)
		pos, held := randomOrder(rng, n)
		keep := kept(pos, func(i int) bool { return held[i] })
		last := -1
		for i, k := range keep {
			if held[i] && !k {
				t.Fatalf("kept(%v, held %v) moves the held item at %d", pos, held, i)
			}
			if k && pos[i] < last {
				t.Fatalf("kept(%v) = %v: what stays does not ascend", pos, keep)
			}
			if k {
				last = pos[i]
			}
		}
		if got, want := count(keep), mostKept(pos, held); got != want {
			t.Errorf("kept(%v, held %v) keeps %d, want %d", pos, held, got, want)
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

func mostKept(pos []int, held []bool) int {
	best := 0
	for set := range 1 << len(pos) {
		last, ok := -1, true
		for i, p := range pos {
			in := set>>i&1 == 1
			ok = ok && (in || !held[i]) && (!in || p > last)
			if in {
				last = p
			}
		}
		if ok {
			best = max(best, bits.OnesCount(uint(set)))
		}
	}
	return best
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

func TestRuns(t *testing.T) {
	tests := []struct {
		name        string
		now, wanted string
		held        string
		limit       int
		want        string
	}{
		{name: "nothing moves in the wanted order", now: "abc", wanted: "abc", want: ""},
		{name: "an item that rises stands behind what is above it", now: "abcde", wanted: "aebcd", want: "e>a(d)"},
		{name: "an item that rises to the top stands before the first that stays", now: "abcd", wanted: "dabc", want: "d<a(c)"},
		{name: "items that move next to each other make one run", now: "abcdef", wanted: "aefbcd", want: "e>a(d) f>e(e)"},
		{name: "a run is cut at the limit and goes on behind itself", now: "abcdefghi", wanted: "ghiabcdef", limit: 2, want: "g<a(f) h>g(g) | i>h(h)"},
		{name: "a held item is an anchor and never moves", now: "abc", wanted: "cba", held: "b", want: "c<b(b) | a>b()"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for i, r := range laneOf(tt.now, tt.wanted, tt.held).runs(tt.limit) {
				if i > 0 {
					got += " | "
				}
				got += showRun(r)
			}
			if got != tt.want {
				t.Errorf("runs(%s → %s) = %q, want %q", tt.now, tt.wanted, got, tt.want)
			}
		})
	}
}

// showRun gives "e>a(d)": e comes behind a and stood behind d; "<": before.
func showRun(r work.Run) string {
	s := ""
	for i, ref := range r.Items {
		sign, anchor := ">", r.After.ID
		if r.After.IsZero() {
			sign, anchor = "<", r.Before.ID
		}
		if i > 0 {
			s += " "
			sign, anchor = ">", r.Items[i-1].ID
		}
		s += fmt.Sprintf("%s%s%s(%s)", ref.ID, sign, anchor, r.Was[i].ID)
	}
	return s
}

func laneOf(now, wanted, held string) lane {
	l := lane{source: "jira"}
	for i, c := range now {
		m := &member{item: &work.Item{Ref: work.Ref{Source: "jira", ID: string(c)}, Native: i}}
		if slices.Contains([]rune(held), c) {
			m.held = HeldPinned
		}
		l.present = append(l.present, m)
	}
	for _, c := range wanted {
		l.target = append(l.target, l.present[slices.Index([]rune(now), c)])
	}
	return l
}
