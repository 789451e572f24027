package prioritize

// confidence measures how much of what could be known about an item is known:
//
//	1 − σ²/σ₀²,   σ² = ln(1 + v/m²) + e
//
// where v is the variance left in the item's weighted sum of shares, m the sum
// that is expected of any item, e the variance left in the logarithm of its
// effort where the model divides by it, and σ₀² the same for an item about which nothing is known. So it is 1
// when every judgement and the effort are known without noise, and 0 when none
// is. Counts do not enter: an absent count is a real zero.
type confidence struct {
	mean  float64 // m
	blank float64 // σ₀²
}

// newConfidence describes the item about which nothing is known: the expected
// figure, its variance, and the variance of the logarithm of what divides it.
func newConfidence(mean, variance, work float64) confidence {
	c := confidence{mean: max(mean, minScale)}
	c.blank = logVariance(variance, c.mean) + work
	return c
}

// of gives the confidence in an item with so much left open. Where nothing could
// be known all is.
func (c confidence) of(variance, work float64) float64 {
	if c.blank == 0 {
		return 1
	}
	left := logVariance(variance, c.mean) + work
	return min(max(1-left/c.blank, 0), 1)
}
