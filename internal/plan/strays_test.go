package plan

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestStraysAreTheFewestThatDriftedFurthest(t *testing.T) {
	for n := range 8 {
		was := make([]int, n)
		for i := range was {
			was[i] = i
		}
		permute(was, 0, func() {
			got, want := stay(was, strays(was)), bestStay(was)
			if got.kept != want.kept || got.drift != want.drift || got.ups != want.ups {
				t.Fatalf("strays(%v) = %v: %+v stays, want %+v", was, strays(was), got, want)
			}
		})
	}
}

// permute calls f with every order of s from the k-th on.
func permute(s []int, k int, f func()) {
	if k == len(s) {
		f()
		return
	}
	for i := k; i < len(s); i++ {
		s[k], s[i] = s[i], s[k]
		permute(s, k+1, f)
		s[k], s[i] = s[i], s[k]
	}
}

// stay sums up what is not moved; at is -1 where it does not ascend.
func stay(was []int, moved []bool) tally {
	out, last := tally{}, -1
	for now, then := range was {
		if moved[now] {
			continue
		}
		if then < last {
			return tally{at: -1}
		}
		last = then
		out.kept++
		out.drift += distance(now, then)
		if now < then {
			out.ups++
		}
	}
	return out
}

// bestStay tries every set.
func bestStay(was []int) tally {
	best := tally{kept: -1}
	moved := make([]bool, len(was))
	for set := range 1 << len(was) {
		for i := range moved {
			moved[i] = set>>i&1 == 1
		}
		s := stay(was, moved)
		better := cmp.Or(cmp.Compare(s.kept, best.kept), cmp.Compare(best.drift, s.drift), cmp.Compare(best.ups, s.ups)) > 0
		if s.at == 0 && better {
			best = s
		}
	}
	return best
}

func TestOneDragIsOneStray(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "items")
		from, to := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")
		was := make([]int, n)
		for i := range was {
			was[i] = i
		}
		was = slices.Insert(slices.Delete(was, from, from+1), to, from)
		for i, moved := range strays(was) {
			want := was[i] == from && from != to
			if distance(from, to) == 1 { // the one that went up
				want = i == min(from, to)
			}
			if moved != want {
				t.Errorf("dragged from %d to %d: the item at %d is moved: %v", from, to, i, moved)
			}
		}
	})
}
