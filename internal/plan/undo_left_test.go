package plan

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// TestUndoRestoresWhatHasLeft lets items of a run be done, and others be gone.
func TestUndoRestoresWhatHasLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		before := w.state()
		deeds := w.run(t, Build(w.input()))
		looked := map[work.Ref]Looked{}
		gone := map[work.Ref]bool{}
		in := w.input()
		for g := range in.Ranking.Ranked {
			group := &in.Ranking.Ranked[g].Group
			group.Items = slices.DeleteFunc(slices.Clone(group.Items), func(it work.Item) bool {
				switch rapid.IntRange(0, 3).Draw(t, "fate") {
				case 0:
					looked[it.Ref] = Looked{Item: it}
					return true
				case 1:
					gone[it.Ref] = true
					looked[it.Ref] = Looked{Gone: true}
					return true
				}
				return false
			})
		}
		p := Undo(deeds, in, looked)
		for _, r := range p.Runs {
			for _, ref := range r.Items {
				if _, left := looked[ref]; left {
					t.Errorf("undo moves %s, which has left", ref)
				}
			}
		}
		told := map[work.Ref]bool{}
		for _, s := range p.Skipped {
			told[s.Ref] = true
		}
		p.Runs = nil // the others have nothing to stand behind
		w.run(t, p)
		now := w.state()
		for _, d := range deeds {
			was, is := before.Items[d.Ref], now.Items[d.Ref]
			if gone[d.Ref] && !told[d.Ref] {
				t.Errorf("%s is gone, and nothing says so", d.Ref)
			}
			if diff := cmp.Diff([]any{was.Outputs, was.Labels}, []any{is.Outputs, is.Labels}, opts()...); !gone[d.Ref] && !told[d.Ref] && diff != "" {
				t.Errorf("%s is not as before the run (-before +now):\n%s", d.Ref, diff)
			}
		}
	})
}

// TestUndoBringsTheOthersBackWhereSomeHaveLeft deletes items after a run that is
// remembered.
func TestUndoBringsTheOthersBackWhereSomeHaveLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		want := w.state().Lanes
		deeds, past := w.remembered(t)
		gone := map[work.Ref]bool{}
		for _, tr := range w.trackers {
			for _, ref := range slices.SortedFunc(maps.Keys(tr.items), work.Ref.Compare) {
				if rapid.IntRange(0, 3).Draw(t, "leaves") == 0 {
					gone[ref] = true
					delete(tr.items, ref)
				}
			}
			for lane, refs := range tr.lanes {
				tr.lanes[lane] = slices.DeleteFunc(slices.Clone(refs), func(ref work.Ref) bool { return gone[ref] })
			}
		}
		p := Undo(deeds, w.with(past, noon.Add(time.Hour)), nil)
		for _, s := range p.Skipped {
			if !gone[s.Ref] {
				t.Errorf("%s is here, and undo leaves it: %s", s.Ref, s.Why)
			}
		}
		w.run(t, p)
		now := w.state().Lanes
		for lane, refs := range want {
			refs = slices.DeleteFunc(refs, func(ref work.Ref) bool { return gone[ref] })
			if !slices.Equal(refs, now[lane]) {
				t.Errorf("lane %s: %v, want %v", lane, now[lane], refs)
			}
		}
	})
}
