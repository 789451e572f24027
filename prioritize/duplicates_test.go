package prioritize

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// repeats gives items of which each repeats the one before.
func repeats(items ...work.Item) []work.Item {
	for i := range items {
		items[i].Ref = work.Ref{Source: "s", ID: string(rune('A' + i))}
		if i > 0 {
			items[i].Links = []work.Link{{Kind: work.Duplicates, To: items[i-1].Ref}}
		}
	}
	return items
}

func TestDuplicatesShareEvidenceByHand(t *testing.T) {
	first := work.Item{Created: ago(90), Signals: work.Signals{work.Votes: 4, work.Priority: 0.25}}
	second := work.Item{Created: ago(0), Signals: work.Signals{work.Votes: 1, work.Priority: 1}}
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"demand": 1, "priority": 1} })
	for _, r := range e.Rank(work.Join(repeats(first, second)), noon).Ranked {
		// A report of a half-life ago, one that repeats it today, four votes of then, one of now.
		want := 0.5*1 + 2 + 4*0.5 + 1
		if p := r.Score.Parts[0]; p.Criterion != "demand" || p.Figure != 5 || !near(p.Share, share(want, 3)) {
			t.Errorf("%s: %+v, want a share of %v", r.Group.Ref(), p, share(want, 3))
		}
		if p := r.Score.Parts[1]; p.Figure != r.Group.Items[0].Signals[work.Priority] {
			t.Errorf("%s has the priority %v of its duplicate; judgements are its own", r.Group.Ref(), p.Figure)
		}
	}
}

// TestDuplicatesHaveOneDemand holds that all of a set have the same evidence,
// that no link that says it again adds to it, and that it is no less than that of
// any of them alone.
func TestDuplicatesHaveOneDemand(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"demand": 1, "customers": 1} })
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		items := make([]work.Item, 2+rng.IntN(4))
		for i := range items {
			items[i] = randomItem(rng, tame)
		}
		items = repeats(items...)
		shared := e.Score(work.Join(items)[0], noon)
		again := slices.Clone(items)
		again[0].Links = []work.Link{{Kind: work.Duplicates, To: again[len(again)-1].Ref}, {Kind: work.Duplicates, To: again[1].Ref}}
		for _, g := range append(work.Join(items), work.Join(again)...) {
			if s := e.Score(g, noon); !near(s.Value, shared.Value) {
				t.Fatalf("%s has a value of %v, the first %v", g.Ref(), s.Value, shared.Value)
			}
			if alone := e.Score(work.Group{Items: g.Items}, noon); alone.Value > shared.Value+1e-9 {
				t.Fatalf("%s alone has a value of %v, with its duplicates %v", g.Ref(), alone.Value, shared.Value)
			}
		}
	})
}

func TestTheMirrorOfADuplicateIsNoThirdReport(t *testing.T) {
	items := repeats(work.Item{Created: noon}, work.Item{Created: noon})
	items = append(items, work.Item{Ref: work.Ref{Source: "t", ID: "x"}, Created: noon, Links: []work.Link{{Kind: work.Mirrors, To: items[1].Ref}}})
	if got := reports(work.Join(items)[0], noon, 90); math.Abs(got-3) > 1e-12 {
		t.Errorf("two reports, one with a mirror, are worth %v, want 1 and 2", got)
	}
}

func TestThousandsOfDuplicatesAreRankedInTime(t *testing.T) {
	const n = 20_000
	items := make([]work.Item, n)
	for i := range items {
		items[i] = one(strconv.Itoa(i+1), work.Signals{work.Votes: 1}).Items[0]
		if i > 0 {
			items[i].Links = []work.Link{{Kind: work.Duplicates, To: items[0].Ref, Open: true}}
		}
	}
	e := engineOf(t, nil)
	begun := time.Now()
	r := e.Rank(work.Join(items), noon)
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("ranking %d duplicates took %v", n, took)
	}
	if first, last := r.Ranked[0].Score.Value, r.Ranked[n-1].Score.Value; first != last {
		t.Errorf("duplicates are worth %v and %v, want the same for all", first, last)
	}
}
