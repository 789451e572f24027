package plan

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

func opts() []cmp.Option {
	return []cmp.Option{cmp.AllowUnexported(work.Value{}), cmp.Comparer(func(a, b work.Value) bool { return a == b })}
}

func TestPlanOfItsOwnResultIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.apply(t, Build(w.input()))
		if again := Build(w.input()); !again.Empty() {
			t.Errorf("after a plan was carried out there is still: %+v", again)
		}
	})
}

func TestOnlyWhatIsOursIsTouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		before := map[work.Ref]work.Item{}
		for _, tr := range w.trackers {
			maps.Copy(before, tr.items)
		}
		w.apply(t, Build(w.input()))
		for ref, was := range before {
			is := w.find(ref)
			if diff := cmp.Diff(foreign(w.rules, was), foreign(w.rules, is)); diff != "" {
				t.Errorf("%s: labels of others changed (-before +after):\n%s", ref, diff)
			}
			if w.rules.ignored(was) || was.Refused != "" {
				if diff := cmp.Diff(was, is, opts()...); diff != "" {
					t.Errorf("%s is not to be written, but (-before +after):\n%s", ref, diff)
				}
			}
			if w.rules.holding(was) != "" && !slices.Equal(was.Labels, is.Labels) {
				t.Errorf("%s is held, but its labels went from %v to %v", ref, was.Labels, is.Labels)
			}
			to := w.rules.To[ref.Source]
			if to.Score == "" && was.Outputs[work.SlotScore] != is.Outputs[work.SlotScore] {
				t.Errorf("%s: the score was written although no field is configured", ref)
			}
			if !to.Labels && !slices.Equal(was.Labels, is.Labels) {
				t.Errorf("%s: labels were written although the source takes none", ref)
			}
		}
	})
}

func foreign(r Rules, it work.Item) []string {
	return slices.DeleteFunc(slices.Clone(it.Labels), r.owns)
}

func TestMovesLeadToTheArrangement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		a := Arrange(w.input())
		before := map[string][]work.Ref{}
		for _, tr := range w.trackers {
			for lane, refs := range tr.lanes {
				before[tr.source+lane] = refs
			}
		}
		w.apply(t, a.Plan())
		for _, l := range a.lanes {
			want := make([]work.Ref, len(l.target))
			for i, m := range l.target {
				want[i] = m.item.Ref
				if m.held != "" && before[l.source+l.id][i] != m.item.Ref {
					t.Errorf("%s is held as %s, but its place is to go to another", m.item.Ref, m.held)
				}
			}
			if !w.rules.To[l.source].Order {
				want = before[l.source+l.id]
			}
			if got := w.tracker(l.source).lanes[l.id]; !slices.Equal(got, want) {
				t.Errorf("lane %s%s is %v, want %v", l.source, l.id, got, want)
			}
		}
	})
}

func (w world) tracker(source string) *tracker {
	return w.trackers[slices.IndexFunc(w.trackers, func(t *tracker) bool { return t.source == source })]
}

func TestJointOrderSeenInOneLaneIsTheLane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		a := Arrange(w.input())
		seen := map[work.Ref]bool{}
		for i, p := range a.Placed {
			if p.Place != i+1 || seen[p.Ranked.Group.Ref()] {
				t.Fatalf("line %d has place %d and ref %s", i+1, p.Place, p.Ranked.Group.Ref())
			}
			seen[p.Ranked.Group.Ref()] = true
		}
		if len(seen) != len(w.groups()) {
			t.Fatalf("%d of %d groups are placed", len(seen), len(w.groups()))
		}
		for _, l := range a.lanes {
			var want, got []work.Ref
			for _, m := range l.target {
				if m.mirror == 0 {
					want = append(want, m.item.Ref)
				}
			}
			for _, p := range a.Placed {
				if it := p.Ranked.Group.Items[0]; !it.Subtask && it.Ref.Source == l.source && it.Lane == l.id {
					got = append(got, it.Ref)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("lane %s%s reads %v in the joint order, and %v by itself", l.source, l.id, got, want)
			}
		}
	})
}

// TestNothingStandsBeforeWhatItWaitsFor looks across lanes, at backlogs in which
// nothing is held.
func TestNothingStandsBeforeWhatItWaitsFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		in := w.input()
		placed := Arrange(in).Placed
		if slices.ContainsFunc(placed, func(p Placed) bool { return p.Held != "" && p.Held != HeldSubtask }) {
			return
		}
		place := make([]int, len(placed))
		for _, p := range placed {
			place[p.Ranked.Place-1] = p.Place
		}
		for _, x := range in.binding() {
			if place[x[0]] > place[x[1]] {
				t.Fatalf("%v at place %d goes before %v at %d", in.Ranking.Ranked[x[0]].Group.Ref(), place[x[0]], in.Ranking.Ranked[x[1]].Group.Ref(), place[x[1]])
			}
		}
	})
}

func TestPlaceAgainstScoreIsExplained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		placed := Arrange(worlds(t).input()).Placed
		for i, p := range placed {
			for _, q := range placed[i+1:] {
				if p.Ranked.Place > q.Ranked.Place && p.Reason == "" && q.Reason == "" {
					t.Errorf("%s stands above %s against the scores, and neither says why", p.Ranked.Group.Ref(), q.Ranked.Group.Ref())
				}
			}
		}
	})
}

func TestDigestDoesNotDependOnInputOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		groups := w.groups()
		want := Build(w.inputOf(groups))
		got := Build(w.inputOf(rapid.Permutation(groups).Draw(t, "order")))
		if diff := cmp.Diff(want, got, opts()...); diff != "" {
			t.Errorf("the plan depends on the order of the input (-first +shuffled):\n%s", diff)
		}
	})
}

func TestPlanSurvivesItsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Build(worlds(t).input())
		printed, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Plan
		if err := json.Unmarshal(printed, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, opts()...); diff != "" || !got.Intact() {
			t.Errorf("read back it is another plan, intact %v (-printed +read):\n%s", got.Intact(), diff)
		}
	})
}

func TestInterruptedPlanGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.hysteresis = 0.5 // above it an order that an interruption leaves may do as well
		in := w.input()
		p := Build(in)
		n := rapid.IntRange(0, len(p.Runs)).Draw(t, "runs made")
		w.apply(t, Plan{Runs: p.Runs[:n]})
		rest := Build(w.input())
		holds := slices.ContainsFunc(Arrange(in).lanes, func(l lane) bool {
			return slices.ContainsFunc(l.target, func(m *member) bool { return m.held != "" })
		})
		if most := (Plan{Runs: p.Runs[n:]}).price(); rest.price() > most && !holds && w.trackers[1].gap == 0 {
			t.Errorf("after %d of %d runs there is still to pay %d, want at most %d", n, len(p.Runs), rest.price(), most)
		}
		w.apply(t, rest)
		// Equal scores keep the order in which the interruption left them, and
		// held items keep the places that it left them.
		scores := map[work.Ref]float64{}
		for _, r := range in.Ranking.Ranked {
			for _, it := range r.Group.Items {
				scores[it.Ref] = r.Total
			}
		}
		for _, l := range Arrange(in).lanes {
			same := func(x, y work.Ref) bool { return scores[x] == scores[y] }
			held := func(ref work.Ref) bool { return w.rules.held(w.find(ref)) != "" }
			got := slices.DeleteFunc(slices.Clone(w.tracker(l.source).lanes[l.id]), held)
			want := slices.DeleteFunc(refsOf(l.target), held)
			if w.rules.To[l.source].Order && !slices.EqualFunc(got, want, same) {
				t.Errorf("lane %s%s ends as %v, want %v", l.source, l.id, got, want)
			}
		}
	})
}

// price gives what the runs of a plan cost.
func (p Plan) price() int {
	return spent{len(p.Runs), p.count().Moved}.price(defaultPrices())
}

func TestInterruptedPlanComesToAnEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		p := Build(w.input())
		w.apply(t, Plan{Runs: p.Runs[:rapid.IntRange(0, len(p.Runs)).Draw(t, "runs made")]})
		w.apply(t, Build(w.input()))
		if again := Build(w.input()); !again.Empty() {
			t.Errorf("after an interruption and a whole plan there is still: %+v", again)
		}
	})
}

func TestNoPairStandsAgainstTheEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		in := w.input()
		for _, l := range Arrange(in).lanes {
			if !w.rules.To[l.source].Order {
				continue
			}
			free := slices.DeleteFunc(slices.Clone(l.target), func(m *member) bool { return m.held != "" })
			for i, m := range free {
				for _, below := range free[i+1:] {
					x, y := in.Ranking.Ranked[m.group], in.Ranking.Ranked[below.group]
					if p := prioritize.Above(y, x); p > w.hysteresis+1e-9 {
						t.Errorf("%s stands above %s, and belongs below with %v, over %v", m.item.Ref, below.item.Ref, p, w.hysteresis)
					}
					if slices.Contains(in.binding(), [2]int{below.group, m.group}) {
						t.Errorf("%s stands above %s, which has to go first", m.item.Ref, below.item.Ref)
					}
				}
			}
		}
	})
}

func TestPositionsKeepTheirDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.rules.Hold = nil
		cards := w.trackers[1]
		cards.drawPositions(t)
		for ref, it := range cards.items { // nothing is held, so there is always room
			it.Labels, it.Refused = nil, ""
			cards.items[ref] = it
		}
		w.apply(t, Build(w.input()))
		for _, lane := range cards.lanes {
			for i := 1; i < len(lane); i++ {
				if d := cards.pos[lane[i]] - cards.pos[lane[i-1]]; d < cards.gap {
					t.Errorf("%s and %s come as near as %v", lane[i-1], lane[i], d)
				}
			}
		}
	})
}

func refsOf(ms []*member) []work.Ref {
	var out []work.Ref
	for _, m := range ms {
		out = append(out, m.item.Ref)
	}
	return out
}

func TestFilteredPlanTouchesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		a := Arrange(w.input())
		p := a.Plan()
		drop := map[work.Ref]bool{}
		for it := range w.input().items() {
			drop[it.Ref] = rapid.Bool().Draw(t, "drop")
		}
		moved := map[work.Ref]bool{}
		for _, r := range p.Runs {
			for _, ref := range r.Items {
				moved[ref] = true
			}
		}
		f := p.Filter(func(ref work.Ref) bool { return !drop[ref] })
		for _, x := range f.writes() {
			for _, ref := range x.Refs() {
				if drop[ref] {
					t.Fatalf("%s was filtered out and is still written", ref)
				}
			}
		}
		w.apply(t, f)
		for _, l := range a.lanes {
			stays := func(ref work.Ref) bool { return drop[ref] && moved[ref] }
			got := slices.DeleteFunc(slices.Clone(w.tracker(l.source).lanes[l.id]), stays)
			want := slices.DeleteFunc(refsOf(l.target), stays)
			if w.rules.To[l.source].Order && !slices.Equal(got, want) {
				t.Errorf("lane %s%s without the items left out is %v, want %v", l.source, l.id, got, want)
			}
		}
	})
}

func TestFailedItemsFailAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		a := Arrange(w.input())
		p := a.Plan()
		for _, tr := range w.trackers {
			for ref := range tr.items {
				if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
					tr.fails[ref] = work.ErrForbidden
				}
			}
		}
		results, err := p.Apply(context.Background(), w.writers(), NoJournal{})
		if err != nil {
			t.Fatalf("Apply() = %v", err)
		}
		var want []work.Result
		failed := map[work.Ref]bool{}
		for _, x := range p.writes() {
			for _, ref := range x.Refs() {
				want = append(want, work.Result{Ref: ref, Err: w.tracker(ref.Source).fails[ref]})
				failed[ref] = w.tracker(ref.Source).fails[ref] != nil && x.Run != nil || failed[ref]
			}
		}
		if !slices.Equal(results, want) {
			t.Errorf("results are\n%v, want\n%v", results, want)
		}
		for _, l := range a.lanes {
			fails := func(ref work.Ref) bool { return failed[ref] }
			got := slices.DeleteFunc(slices.Clone(w.tracker(l.source).lanes[l.id]), fails)
			if want := slices.DeleteFunc(refsOf(l.target), fails); w.rules.To[l.source].Order && !slices.Equal(got, want) {
				t.Errorf("lane %s%s without the failed items is %v, want %v", l.source, l.id, got, want)
			}
		}
	})
}
