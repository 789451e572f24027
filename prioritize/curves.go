package prioritize

import "math"

// Curve names the shape by which the figure of a criterion becomes its share of
// the criterion's weight. Every curve has a fixed scale, never falls, and stays
// within 0…1, so that no item can move the share of another.
type Curve string

// The curves.
const (
	CurveOrdinal Curve = "ordinal" // a place between 0 and 1, taken as it is
	CurveScore   Curve = "score"   // a score of 0…10, divided by ten
	CurveCount   Curve = "count"   // x/(x+half): half gets half of the credit, three halves three quarters
	CurveMoney   Curve = "money"   // ln(1+x/half)/ln 21: twenty halves get all of it
)

// curves holds the shape of each curve, for a figure ≥ 0 and a half > 0.
var curves = map[Curve]func(figure, half float64) float64{
	CurveOrdinal: func(x, _ float64) float64 { return min(x, 1) },
	CurveScore:   func(x, _ float64) float64 { return min(x/10, 1) },
	CurveCount:   func(x, half float64) float64 { return 1 - half/(x+half) },
	CurveMoney:   func(x, half float64) float64 { return min(math.Log1p(x/half)/math.Log(21), 1) },
}

// slope is how far the share of a judgement moves with the logarithm of its
// figure, where the share is the given one. It turns the error of an estimate,
// which is a factor, into the error of a share.
func (c Curve) slope(share float64) float64 {
	if c == CurveMoney {
		return (1 - math.Pow(21, -share)) / math.Log(21)
	}
	return share
}

// counts reports whether the figure is made of pieces of evidence that age, and
// whose absence is a real zero. All other figures are judgements: they stand as
// somebody wrote them down, and what nobody wrote down is not known.
func (c Curve) counts() bool { return c == CurveCount }

// maxFigure bounds every figure before it is added up, so that no input can
// make a sum infinite. It lies beyond every count and every amount of money.
const maxFigure = 1e15

// figure cleans a number that comes from outside: what is no number is not
// known, what is below zero is zero.
func figure(x float64) (float64, bool) {
	if math.IsNaN(x) {
		return 0, false
	}
	return min(max(x, 0), maxFigure), true
}
