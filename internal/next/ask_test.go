package next

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func TestTheQuestionIsAboutTheItemAtTheLine(t *testing.T) {
	known := func(priority, points float64) func(*work.Item) {
		return func(it *work.Item) { it.Signals[work.Priority], it.Signals[work.Effort] = priority, points }
	}
	items := []work.Item{
		thing(1, known(1, 1)), thing(2, known(0.9, 2)),
		thing(3, func(it *work.Item) { it.Signals[work.Priority] = 0.8 }), // no estimate
		thing(4, known(0.1, 30)),
		thing(5, func(it *work.Item) { it.Signals[work.Priority], it.Signals[work.Effort] = 0.05, 50 }),
	}
	b := ranked(t, 2, 5, items)
	_, asks := b.uncertain()
	if len(asks) != 1 || b.items(asks[0].Line)[0].Key != "A-3" || asks[0].Input != "effort" || asks[0].Above {
		t.Fatalf("asks = %+v, want the estimate of A-3, which is below the line", asks)
	}
	b.Lines[asks[0].Line].Fixed = true
	if _, asks := b.uncertain(); len(asks) != 0 {
		t.Errorf("asks = %+v about an item that keeps its place", asks)
	}
}

func TestWhatNobodyHasEverToldIsNotAsked(t *testing.T) {
	var items []work.Item
	for n := range 20 {
		items = append(items, thing(n+1, func(it *work.Item) { it.Signals[work.Priority] = float64(n) / 20 }))
	}
	if _, asks := ranked(t, 10, 20, items).uncertain(); len(asks) != 0 {
		t.Errorf("asks = %+v, where no item has an estimate", asks)
	}
	items[0].Signals[work.Effort] = 2
	if _, asks := ranked(t, 10, 20, items).uncertain(); len(asks) != mostAsked {
		t.Errorf("%d questions, want %d where one item has an estimate", len(asks), mostAsked)
	}
}

// TestQuestionsAreAnswerable checks any backlog: no item twice, nothing that is
// known, no more than five; bands hold places, and the counts fit.
func TestQuestionsAreAnswerable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := ranked(t, rapid.IntRange(0, 30).Draw(t, "top"), 30, someItems(t, 40))
		o, asks := b.uncertain()
		seen := map[int]bool{}
		for _, a := range asks {
			signal := work.Signal(a.Input)
			if _, known := b.items(a.Line)[0].Signals[signal]; known || seen[a.Line] || len(asks) > mostAsked || !(a.Turns >= worthwhile && a.Turns <= 1) {
				t.Fatalf("%+v of %+v", a, asks)
			}
			seen[a.Line] = true
		}
		if (b.Top < 1 || b.Top >= len(b.Lines)) && len(asks) > 0 {
			t.Fatalf("%+v, where nobody is left out of the first %d", asks, b.Top)
		}
		for i, band := range o.Bands {
			if band.Low < 1 || band.Low > band.High || band.High > len(b.Lines) {
				t.Fatalf("line %d of %d has the band %+v", i, len(b.Lines), band)
			}
		}
		if o.Sure > max(b.Top, 0) || o.Sure+o.Contested > len(b.Lines) {
			t.Fatalf("%+v of %d lines", o, len(b.Lines))
		}
	})
}

// TestAnAnswerCountsByItsPartOfTheBlock links items into blocks: the parts of a
// block add up to the whole, and a question about a small part is worth less than
// the same about an item that stands alone.
func TestAnAnswerCountsByItsPartOfTheBlock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := ranked(t, 5, 20, someItems(t, 30))
		blocks := b.blocks()
		delay, days, size := map[int]float64{}, map[int]float64{}, map[int]int{}
		for _, l := range b.Lines {
			block := l.Ranked.Block
			size[block]++
			delay[block] += blocks.share(l.Ranked, "priority")
			days[block] += blocks.share(l.Ranked, effort)
		}
		for block, n := range size {
			if math.Abs(delay[block]-1) > 1e-9 || math.Abs(days[block]-1) > 1e-9 {
				t.Fatalf("the parts of block %d of %d items add up to %v of its delay and %v of its work", block, n, delay[block], days[block])
			}
		}
	})
}

func TestAQuestionAboutAPartOfABlockIsWorthLess(t *testing.T) {
	items := func(link []work.Link) []work.Item {
		out := []work.Item{
			thing(1, func(it *work.Item) { it.Signals[work.Priority], it.Signals[work.Effort] = 1, 1 }),
			thing(2, func(it *work.Item) { it.Signals[work.Priority] = 0.6 }), // no estimate
			thing(3, func(it *work.Item) { it.Signals[work.Priority], it.Signals[work.Effort] = 0.9, 3 }),
			thing(4, func(it *work.Item) { it.Signals[work.Priority], it.Signals[work.Effort] = 0.5, 4 }),
		}
		out[2].Links = link
		return out
	}
	turns := func(link ...work.Link) float64 {
		_, asks := ranked(t, 1, 4, items(link)).uncertain()
		if len(asks) != 1 || asks[0].Input != "effort" {
			t.Fatalf("asks = %+v, want the estimate of A-2", asks)
		}
		return asks[0].Turns
	}
	alone, part := turns(), turns(blockedBy("2", true))
	if !(part < alone) {
		t.Errorf("the answer changes the first place with %v as a part of a block, with %v alone", part, alone)
	}
}

// TestTheAgendaIsTheSameEveryTime would fail if a map's order came through.
func TestTheAgendaIsTheSameEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := ranked(t, 5, 20, someItems(t, 40))
		if diff := cmp.Diff(For(*b), For(*b)); diff != "" {
			t.Fatalf("-first +second:\n%s", diff)
		}
	})
}

func BenchmarkFor(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(map[int]string{1000: "1e3", 10_000: "1e4", 100_000: "1e5"}[n], func(b *testing.B) {
			var items []work.Item
			for i := range n {
				items = append(items, thing(i+1, func(it *work.Item) {
					it.Signals[work.Priority] = float64(i%5) / 4
					it.Signals[work.Votes] = float64(i * 7 % 31)
					if i%3 > 0 {
						it.Signals[work.Effort] = float64(i % 13)
					}
				}))
			}
			lines := ranked(b, 10, 30, items)
			for b.Loop() {
				For(*lines)
			}
		})
	}
}
