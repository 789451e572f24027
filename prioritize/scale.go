package prioritize

import (
	"cmp"
	"slices"
)

// quantileCount is how many quantiles a calibration stores of a person's
// scores: the least, one every 5 %, and the greatest.
const quantileCount = 21

// scale turns the score of one person into the share of all that this person
// rates which it leaves behind: its mid-rank percentile, 0…1, in a distribution
// that is frozen. So those who rate high and those who rate low count alike, and
// no item that comes or goes moves a share.
type scale []level

// level is one score of a scale.
type level struct {
	score float64
	share float64    // its percentile
	next  [2]float64 // the percentiles right above it and right below the next level
}

// newScale makes the scale from quantiles at equal steps from the least to the
// greatest score. Without any it is a tenth of the score.
//
// Each quantile stands for an equal part of the scores, the first and the last
// for half of one. A score that several quantiles share stands in the middle of
// them. Those between two levels stand within half a part of where these meet.
func newScale(quantiles []float64) scale {
	switch len(quantiles) {
	case 0:
		return scale{{score: 0, share: 0, next: [2]float64{0, 1}}, {score: 10, share: 1}}
	case 1:
		return scale{{score: quantiles[0], share: 0.5}}
	}
	var s scale
	parts := float64(len(quantiles) - 1)
	below := 0.0
	for i := 0; i < len(quantiles); {
		end := i
		for end < len(quantiles) && quantiles[end] == quantiles[i] {
			end++
		}
		here := min(float64(end), parts+0.5) - max(float64(i), 0.5) // the ends lose half of their part
		s = append(s, level{score: quantiles[i], share: (below + here/2) / parts})
		below, i = below+here, end
	}
	s.bridge(0.5 / parts)
	return s
}

// bridge sets the percentiles between the levels, within half a part of where
// two of them meet.
func (s scale) bridge(half float64) {
	below := 0.0
	for i := range s[:len(s)-1] {
		meet := 2*s[i].share - below
		s[i].next = [2]float64{max(s[i].share, meet-half), min(s[i+1].share, meet+half)}
		below = meet
	}
}

// of gives the percentile of a score. Below all that the scale has seen it is 0,
// above 1.
func (s scale) of(x float64) float64 {
	i, exact := slices.BinarySearchFunc(s, x, func(l level, x float64) int { return cmp.Compare(l.score, x) })
	switch {
	case exact:
		return s[i].share
	case i == 0:
		return 0
	case i == len(s):
		return 1
	}
	low := s[i-1]
	part := (x - low.score) / (s[i].score - low.score)
	return min(low.next[0]+part*(low.next[1]-low.next[0]), low.next[1])
}

// quantilesOf gives the quantiles of scores that newScale reads, each of them one
// of the scores. They mirror the scores: those of −x are the negatives in
// reverse, as far as there is one score in the middle.
func quantilesOf(scores []float64) []float64 {
	sorted := slices.Sorted(slices.Values(scores))
	n, last := len(sorted), quantileCount-1
	out := make([]float64, quantileCount)
	for k := range out {
		i := k * n / last
		if 2*k > last {
			i = n - 1 - (last-k)*n/last
		}
		out[k] = sorted[i]
	}
	return out
}
