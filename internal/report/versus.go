package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stackrank/internal/work"
	"stackrank/prioritize"
	"stackrank/prioritize/explain"
)

// Versus says why one item stands above another by score.
type Versus struct {
	Above  work.Ref       `json:"above"`
	Below  work.Ref       `json:"below"`
	Keys   [2]string      `json:"keys"`   // of both
	Places [2]int         `json:"places"` // of both, as the plan places them
	Ranks  [2]int         `json:"ranks"`  // of both, by score
	Kind   string         `json:"kind"`   // "factors", "differences", "tier", "level" or "whole"
	Total  float64        `json:"total"`  // the quotient of factors, the difference of differences, else 0
	Terms  []VersusTerm   `json:"terms"`  // what multiplies or adds up to the total, the largest effect first
	Sure   float64        `json:"sure"`   // probability that the upper one belongs above, 0…1
	Linked bool           `json:"linked"` // the links put the two into this order; no figure does
	Turns  []Turned       `json:"turns"`  // changes of the lower one, each enough to turn the order round
	Weight []VersusWeight `json:"weights"`
	Said   string         `json:"said"`
}

// VersusTerm is what one difference does.
type VersusTerm struct {
	Name   string  `json:"name"`
	Effect float64 `json:"effect"` // a factor above or below 1, or a difference above or below 0
	Above  float64 `json:"above"`  // points, a factor, or days of the upper one
	Below  float64 `json:"below"`
	Said   string  `json:"said"`
}

// VersusWeight is a weight at which both stand equal.
type VersusWeight struct {
	Criterion string  `json:"criterion"`
	Weight    float64 `json:"weight"` // now, of 1
	At        float64 `json:"at"`
}

// versus compares two items, the better one first whichever was asked for.
func (e teller) versus(x, y int) Versus {
	x, y = min(x, y), max(x, y)
	a, b := e.ranked(x), e.ranked(y)
	c := e.b.Compare(x, y)
	v := Versus{
		Above: a.Group.Ref(), Below: b.Group.Ref(), Keys: [2]string{a.Group.Items[0].Key, b.Group.Items[0].Key},
		Places: [2]int{e.item(x).Place, e.item(y).Place}, Ranks: [2]int{x + 1, y + 1},
		Kind: string(c.Kind), Total: c.Total, Sure: round(prioritize.Above(*a, *b), 4), Turns: []Turned{}, Weight: []VersusWeight{}, Terms: []VersusTerm{},
	}
	if c.Kind == explain.Factors {
		v.Total = math.Exp(c.Total)
	}
	for _, t := range c.Terms {
		v.Terms = append(v.Terms, term(c.Kind, t))
	}
	slices.SortStableFunc(v.Terms, byEffect)
	if v.Linked = e.before(x, y); !v.Linked {
		e.turnsOf(&v, x, y)
	}
	v.Said = v.sentence()
	return v
}

// turnsOf fills in what would turn the order round.
func (e teller) turnsOf(v *Versus, x, y int) {
	for _, f := range e.b.Raise(y, x) {
		v.Turns = append(v.Turns, e.turned(f))
	}
	for _, w := range e.b.WeightFlips(x, y) {
		v.Weight = append(v.Weight, VersusWeight{w.Criterion, round(w.Weight, 4), round(w.At, 4)})
	}
}

// byEffect puts the terms that speak most for the upper one first.
func byEffect(p, q VersusTerm) int {
	switch {
	case p.Effect > q.Effect:
		return -1
	case p.Effect < q.Effect:
		return 1
	}
	return strings.Compare(p.Name, q.Name)
}

func term(kind explain.Kind, t explain.Term) VersusTerm {
	v := VersusTerm{Name: t.Name, Effect: t.Amount, Above: t.A, Below: t.B}
	if kind == explain.Factors {
		v.Effect = t.Factor()
	}
	v.Said = difference(t)
	return v
}

// difference names a term: "smaller effort", "more demand".
func difference(t explain.Term) string {
	more := t.Amount > 0
	switch t.Name {
	case explain.TermEffort, "size":
		return choose(more, "smaller effort", "larger effort")
	case explain.TermUrgency:
		return choose(more, "more urgent", "less urgent")
	case explain.TermLinks:
		return choose(more, "more from links", "less from links")
	case "priority":
		return choose(more, "higher priority", "lower priority")
	}
	return choose(more, "more ", "less ") + nameOf(t.Name)
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// shownTerms bounds the terms of the sentence.
const shownTerms = 3

// sentence says the comparison in one line.
func (v Versus) sentence() string {
	up, down := Clean(v.Keys[0]), Clean(v.Keys[1])
	switch explain.Kind(v.Kind) {
	case explain.Level:
		if v.Linked {
			return fmt.Sprintf("%s goes before %s by their links.", up, down)
		}
		return fmt.Sprintf("%s and %s have the same figure; links or the tracker's order decide.", up, down)
	case explain.Tier:
		return fmt.Sprintf("%s is in an earlier tier than %s; figures do not matter between tiers.", up, down)
	case explain.Whole:
		return fmt.Sprintf("%s has the higher figure; it cannot be taken apart by criteria.", up)
	}
	terms := v.strongest()
	said := make([]string, len(terms))
	for i, t := range terms {
		said[i] = v.effect(t.Effect) + " " + t.Said
	}
	if len(terms) < len(v.Terms) {
		said = append(said, "…")
	}
	return fmt.Sprintf("%s is above %s: %s = %s.", up, down, strings.Join(said, ", "), v.effect(v.Total))
}

// strongest gives the terms with the largest effects either way, in the order
// of the document.
func (v Versus) strongest() []VersusTerm {
	if len(v.Terms) <= shownTerms {
		return v.Terms
	}
	size := func(t VersusTerm) float64 {
		if v.Kind == string(explain.Factors) {
			return math.Abs(math.Log(t.Effect))
		}
		return math.Abs(t.Effect)
	}
	sizes := make([]float64, len(v.Terms))
	for i, t := range v.Terms {
		sizes[i] = size(t)
	}
	slices.Sort(sizes)
	least := sizes[len(sizes)-shownTerms]
	var out []VersusTerm
	for _, t := range v.Terms {
		if size(t) >= least {
			out = append(out, t)
		}
	}
	return out
}

// effect prints a factor or a difference.
func (v Versus) effect(x float64) string {
	if v.Kind == string(explain.Differences) {
		return signed(x)
	}
	return fmt.Sprintf("×%.2f", x)
}

// neutral is the effect that says nothing.
func (v Versus) neutral() float64 {
	if v.Kind == string(explain.Differences) {
		return 0
	}
	return 1
}
