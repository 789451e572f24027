package prioritize

// confidence measures how much of what could be known about an item is known:
//
//	1 − σ²/σ₀²,   σ² = ln(1 + v/m²) + e
//
// where v is the variance left in the item's weighted sum of shares, m the sum
// that is expected of any item, e the variance left in the logarithm of its
// effort, and σ₀² the same for an item about which nothing is known. So it is 1
// when every judgement and the effort are known without noise, and 0 when none
// is. Counts do not enter: an absent count is a real zero.
type confidence struct {
	mean  float64 // m
	blank float64 // σ₀²
}

func newConfidence(criteria []criterion, e effort) confidence {
	var c confidence
	for i := range criteria {
		c.mean += criteria[i].weight * criteria[i].mean
	}
	v := settle(criteria, make([]finding, len(criteria)))
	_, days := e.days(0, false)
	c.blank = logVariance(v, c.mean) + days
	return c
}

func (c confidence) of(variance, effortVariance float64) float64 {
	left := logVariance(variance, c.mean) + effortVariance
	return min(max(1-left/c.blank, 0), 1)
}
