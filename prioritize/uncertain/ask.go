package uncertain

import (
	"cmp"
	"math"
	"slices"
)

// Question is one thing that is not known about an item.
type Question struct {
	Key      string  // of the item
	Input    string  // what is not known, in the words of the policy: "effort", "revenue"
	Resolves float64 // standard deviation of ln density that the answer would take away, ≥ 0
}

// Worth is what an answer is worth.
type Worth struct {
	Question
	Gain  float64 // expected gain of the first places, in densities of the line; ≥ 0
	Turns float64 // probability that the answer carries the item over the line, 0…½ or a little more
}

// AskNext gives every question what its answer would do for the choice of the
// first top items, the most valuable first, then by key and input. The line
// runs between the last of them and the next one, at θ halfway between their ln
// densities. An answer moves the density of its item, whose expectation stays
// e^Mu, by a lognormal factor with the standard deviation it resolves; it is
// worth the expected gain over the line if the item is below it, and the
// expected loss that it avoids if the item is above:
//
//	d₁ = (Mu − θ)/σ + σ/2,   d₂ = d₁ − σ
//	below: e^(Mu−θ)·Φ(d₁) − Φ(d₂)      above: Φ(−d₂) − e^(Mu−θ)·Φ(−d₁)
//
// Every question is valued as if it were the only one; the items are taken one by
// one, also those of a block. Questions about items that are not in the list
// are left out. Without a line, which is where top leaves nobody out or in,
// there is nothing to gain, and the result is empty.
func AskNext(items []Item, top int, questions []Question) []Worth {
	if top < 1 || top >= len(items) {
		return nil
	}
	byKey := make(map[string]Item, len(items))
	figures := make([]float64, len(items))
	for i, it := range items {
		byKey[it.Key] = it
		figures[i] = it.Mu
	}
	slices.Sort(figures)
	line := (figures[len(items)-top] + figures[len(items)-top-1]) / 2
	out := make([]Worth, 0, len(questions))
	for _, q := range questions {
		if it, ok := byKey[q.Key]; ok {
			out = append(out, worth(q, it.Mu-line))
		}
	}
	slices.SortFunc(out, func(a, b Worth) int {
		return cmp.Or(cmp.Compare(b.Gain, a.Gain), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Input, b.Input))
	})
	return out
}

// hugeLog is a logarithm whose exponential is finite; beyond it no answer turns
// anything.
const hugeLog = 700

// worth values a question about an item that lies so far above the line, on the
// logarithmic scale.
func worth(q Question, above float64) Worth {
	w := Worth{Question: q}
	if q.Resolves <= grain {
		return w
	}
	d1 := above/q.Resolves + q.Resolves/2
	d2 := d1 - q.Resolves
	if above < 0 {
		w.Turns = normal(d2)
		w.Gain = math.Exp(above)*normal(d1) - w.Turns
	} else {
		w.Turns = normal(-d2)
		w.Gain = w.Turns - math.Exp(min(above, hugeLog))*normal(-d1)
	}
	w.Gain = max(w.Gain, 0)
	return w
}

// PerItem merges the questions about one item into one without input, as if all
// were answered at once. They are in the order in which the items are first
// asked about.
func PerItem(questions []Question) []Question {
	at := map[string]int{}
	var out []Question
	for _, q := range questions {
		i, seen := at[q.Key]
		if !seen {
			i = len(out)
			at[q.Key] = i
			out = append(out, Question{Key: q.Key})
		}
		out[i].Resolves = math.Hypot(out[i].Resolves, q.Resolves)
	}
	return out
}
