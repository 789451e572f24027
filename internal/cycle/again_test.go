package cycle

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// TestReadersGiveWhatWasRead ranks what a round has read once more: the same
// policy makes the same round, and another finds everything as it was pulled.
func TestReadersGiveWhatWasRead(t *testing.T) {
	a, b := source("a", .25, .5, 1), source("b", .75, 1)
	in := inputs("a", "b")
	first, err := Preview(t.Context(), in, []connectors.Reader{a, b})
	if err != nil {
		t.Fatal(err)
	}
	in.Policy.Value = map[string]float64{"demand": 1}
	if _, err := Preview(t.Context(), in, first.Readers()); err != nil {
		t.Fatal(err)
	}
	in.Policy = inputs().Policy
	again, err := Preview(t.Context(), in, first.Readers())
	if err != nil {
		t.Fatal(err)
	}
	if again.Plan.Digest != first.Plan.Digest || again.PolicyDigest != first.PolicyDigest {
		t.Error("the same policy makes another plan of the same pull")
	}
	if !again.Moment().Equal(first.Moment()) || again.Moment().Before(first.At) {
		t.Errorf("it is ranked for %v, and was for %v", again.Moment(), first.Moment())
	}
}

// TestPricesAreTheCostOfPins pins one item of a lane at random: the price is the
// cost of the order with the pin against that of the order without, written out.
func TestPricesAreTheCostOfPins(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tr := source("a", rapid.SliceOfN(rapid.SampledFrom([]float64{.05, .25, .5, .75, 1}), 2, 9).Draw(rt, "priorities")...)
		for i := range tr.items {
			tr.items[i].Signals[work.Effort] = float64(rapid.IntRange(1, 13).Draw(rt, "points"))
		}
		pin := rapid.IntRange(0, len(tr.items)-1).Draw(rt, "pin")
		free := previewed(t, tr)
		for _, p := range free.Placed {
			if _, ok := free.Price(p); ok {
				rt.Fatalf("%s is not pinned, and has a price", p.Ranked.Group.Ref())
			}
		}
		tr.items[pin].Labels = []string{"stackrank-pin"}
		held := previewed(t, tr)
		want := costOf(held)/costOf(free) - 1
		for _, p := range held.Placed {
			got, ok := held.Price(p)
			if ok != p.Pinned || ok && math.Abs(got-want) > 1e-9 || want < -1e-9 {
				rt.Fatalf("the price of %s is %v, %v; want %v", p.Ranked.Group.Ref(), got, ok, want)
			}
		}
	})
}

func previewed(t *testing.T, tr *tracker) Round {
	t.Helper()
	r, err := Preview(t.Context(), inputs("a"), []connectors.Reader{tr})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// costOf adds up delay times the time of completion.
func costOf(r Round) float64 {
	done, cost := 0.0, 0.0
	for _, p := range r.Placed {
		done += p.Ranked.Score.Work
		cost += p.Ranked.Score.Delay * done
	}
	return cost
}
