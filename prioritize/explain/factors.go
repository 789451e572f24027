package explain

import (
	"math"

	"stackrank/prioritize"
)

// Kind says how the distance of two items can be taken apart.
type Kind string

// The kinds of comparison.
const (
	Factors     Kind = "factors"     // the terms multiply to the quotient of both figures
	Differences Kind = "differences" // the terms add up to the difference of both figures
	Whole       Kind = "whole"       // the model's figures cannot be taken apart; only the figures themselves are told
	Level       Kind = "level"       // equal figures: links or the order of the tracker decide
	Tier        Kind = "tier"        // a rule puts all of one tier before all of the next
)

// Names of terms that are no criteria.
const (
	TermUrgency = "urgency" // the factor of the due date
	TermEffort  = "effort"  // days of work
	TermLinks   = "links"   // what is lent by items that wait for it, and the block that it is done in
)

// Comparison says why one item stands above another, or below it.
type Comparison struct {
	Kind  Kind
	A, B  float64 // the figures that order: prioritize.Ranked.Density
	Total float64 // ln A/B of Factors, A−B of Differences, otherwise 0
	Terms []Term  // the terms of Factors and Differences, in the order of the parts; they add up to Total
}

// Term is what one difference between the items does.
type Term struct {
	Name   string  // a criterion or one of the Term constants
	A, B   float64 // both figures: points of a criterion, factors, or days
	Amount float64 // its part of the total; above 0 speaks for A
}

// Factor gives the term as a factor: 1 says nothing, above 1 speaks for A.
func (t Term) Factor() float64 { return math.Exp(t.Amount) }

// exact is how far the parts of a score may miss it, relative, for the model to
// be one that can be taken apart.
const exact = 1e-9

// Compare takes the distance of items x and y apart. The figures of most models
// are points·urgency/work, so their quotient falls into factors; the share of a
// criterion in the factor of the value is
//
//	(pX − pY)/L(VX, VY),  L(a, b) = (a−b)/ln(a/b),  L(a, a) = a
//
// by the logarithmic mean, which leaves no residual (Ang, Energy Policy 32, 2004).
// A product falls into its own factors, a sum into differences.
func (b *Backlog) Compare(x, y int) Comparison {
	return compare(b.engine.Shape(), b.ranked[x], b.ranked[y])
}

func compare(shape prioritize.Shape, a, b prioritize.Ranked) Comparison {
	c := Comparison{A: a.Density, B: b.Density}
	switch {
	case a.Band != b.Band:
		c.Kind = Tier
	case a.Density == b.Density:
		c.Kind = Level
	case shape == prioritize.Sum:
		c.Kind = Differences
		c.differ(a, b)
	case divides(a) && divides(b):
		c.Kind = Factors
		c.multiply(shape, a, b)
	default:
		c.Kind = Whole
	}
	return c
}

// divides reports whether the figures of an item can be taken apart: all that
// multiplies to the density is above zero and there is nothing else.
func divides(r prioritize.Ranked) bool {
	s := r.Score
	return s.Value > 0 && s.Urgency > 0 && s.Work > 0 && r.Density > 0 &&
		near(s.Value*s.Urgency/s.Work, s.Ratio) && near(points(s), s.Value)
}

func points(s prioritize.Score) float64 {
	sum := 0.0
	for _, p := range s.Parts {
		sum += p.Points
	}
	return sum
}

func near(a, b float64) bool { return math.Abs(a-b) <= exact*math.Max(math.Abs(a), math.Abs(b)) }

func (c *Comparison) add(name string, a, b, amount float64) {
	if a != b || amount != 0 {
		c.Terms = append(c.Terms, Term{name, a, b, amount})
	}
}

// differ fills in the differences of an additive model.
func (c *Comparison) differ(a, b prioritize.Ranked) {
	c.Total = a.Density - b.Density
	for i, p := range a.Score.Parts {
		q := b.Score.Parts[i]
		c.add(p.Criterion, p.Points, q.Points, p.Points-q.Points)
	}
	lentA, lentB := a.Density-a.Score.Ratio, b.Density-b.Score.Ratio
	c.add(TermLinks, lentA, lentB, lentA-lentB)
}

// multiply fills in the factors of a ratio model.
func (c *Comparison) multiply(shape prioritize.Shape, a, b prioritize.Ranked) {
	x, y := a.Score, b.Score
	c.Total = math.Log(a.Density / b.Density)
	if shape == prioritize.Product {
		c.product(x.Parts, y.Parts)
	} else {
		mean := logMean(x.Value, y.Value)
		for i, p := range x.Parts {
			q := y.Parts[i]
			c.add(p.Criterion, p.Points, q.Points, (p.Points-q.Points)/mean)
		}
	}
	c.add(TermUrgency, x.Urgency, y.Urgency, math.Log(x.Urgency/y.Urgency))
	c.add(TermEffort, x.Work, y.Work, -math.Log(x.Work/y.Work))
	lentA, lentB := a.Density/x.Ratio, b.Density/y.Ratio
	c.add(TermLinks, lentA, lentB, math.Log(lentA/lentB))
}

// product fills in the factors of two products, each of which the parts build up
// in turn.
func (c *Comparison) product(a, b []prioritize.Part) {
	soA, soB := 1.0, 1.0
	for i := range a {
		nextA, nextB := a[i].Points, b[i].Points
		if i > 0 {
			nextA, nextB = nextA+soA, nextB+soB
		}
		if a[i].Points != 0 || b[i].Points != 0 {
			c.add(a[i].Criterion, nextA/soA, nextB/soB, math.Log(nextA/soA)-math.Log(nextB/soB))
		}
		soA, soB = nextA, nextB
	}
}

// logMean is the logarithmic mean of two numbers above zero.
func logMean(a, b float64) float64 {
	if a == b {
		return a
	}
	return (a - b) / math.Log1p((a-b)/b)
}
