package report

import (
	"strings"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
	"stackrank/prioritize/explain"
)

// mostPriced bounds the pins that a report prices: each is an order of its own.
const mostPriced = 20

// leastPrice is the share of the cost of delay from which a price is told.
const leastPrice = 0.0005

// overrides tells what the pins of people and a rule of tiers cost, the pins by
// place. A model whose figures are no cost of delay has no prices.
func overrides(r cycle.Round) []Finding {
	var pinned []plan.Placed
	for _, p := range r.Placed {
		if p.Held.ByPerson() && len(pinned) < mostPriced {
			pinned = append(pinned, p)
		}
	}
	if len(pinned) == 0 && !strings.HasPrefix(r.Policy.Model, "moscow") {
		return nil
	}
	b, err := explain.New(r.Policy, r.Ranking, r.Moment())
	if err != nil || b.Shape() == prioritize.Sum {
		return nil
	}
	var out []Finding
	for _, p := range pinned {
		if share, ok := r.Price(p); ok && share >= leastPrice {
			out = append(out, pinPrice(p, share))
		}
	}
	if share, ok := b.Tiers(); ok && share >= leastPrice {
		out = append(out, Finding{
			Code: "tier-price", Level: work.Note.String(),
			Message: priced("Putting whole tiers first", share), Fix: "Move what matters into an earlier tier, or rank without tiers.",
		})
	}
	return out
}

// pinPrice tells what it costs that an item keeps the place a person gave it.
func pinPrice(p plan.Placed, share float64) Finding {
	it := p.Ranked.Group.Items[0]
	fix := "Take the label off where that is too much."
	if p.Held == plan.HeldMoved {
		fix = "Move it nearer to its place by score where that is too much."
	}
	return Finding{Ref: it.Ref, Code: "pin-price", Level: work.Note.String(), Message: priced(pinOf(it.Key, string(p.Held)), share), Fix: fix}
}

// pinOf names what a person did to keep an item where it is.
func pinOf(key, held string) string {
	if held == string(plan.HeldMoved) {
		return "The place to which " + key + " was moved by hand"
	}
	return "Your pin of " + key
}
