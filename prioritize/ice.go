package prioritize

import (
	"time"

	"stackrank/internal/work"
)

// ice is impact · confidence · ease, each from 1 to 10, over ten: 0.1…100. Ease
// is the inverse of effort already, so nothing is divided.
//
// What nobody gave is taken from what is common to all models: the weighted
// criteria stand in for impact, the share of the judgements that somebody gave for
// confidence, the estimate for ease.
type ice struct {
	appraisal
	sure confidence
}

// signalEase is the third signal of ice, 1 to 10.
const signalEase work.Signal = "ease"

var iceInputs = []input{
	{signalImpact, "the weighted criteria"},
	{signalConfidence, "how many of the judgements are there"},
	{signalEase, "the effort"},
}

const (
	iceLeast = 1.0
	iceMost  = 10.0
	iceSpan  = iceMost - iceLeast
)

func newICE(s Settings) ice {
	m := ice{appraisal: newAppraisal(s)}
	m.sure = newConfidence(1, 0, m.left([]Part{{}, {}, {}}, m.blank()))
	return m
}

func (m ice) score(g work.Group, now time.Time) Score {
	s, d, h := m.split(g, now)
	given := []Part{
		read(g, signalImpact, iceMost, iceLeast+iceSpan*s.Value/100),
		read(g, signalConfidence, iceMost, (1+h.said)*iceMost/2),
		read(g, signalEase, iceMost, iceLeast+iceSpan*m.effort.ease(s.Effort)),
	}
	so := 10 * iceMost // without doubt and as easy as can be, an impact counts ten times
	for i := range given {
		x := max(given[i].Share, iceLeast)
		before := so
		so *= x / iceMost
		given[i].Share, given[i].Points = (x-iceLeast)/iceSpan, so-before
	}
	given[0].Points += 10 * iceMost
	for i := range s.Parts {
		s.Parts[i] = standIn(s.Parts[i], !given[0].Known)
	}
	s.Parts = append(given, s.Parts...)
	s.Value, s.Class, s.Urgency = so, work.Standard, 1
	s.Delay, s.Work = s.Value, 1
	left := m.left(given, d)
	s.Confidence = m.sure.of(0, left)
	return m.finish(s, left)
}

// left gives the variance of the logarithm of the product.
func (m ice) left(given []Part, d doubt) float64 {
	left := 0.0
	if !given[0].Known {
		left += logVariance(sq(iceSpan)*d.value, iceLeast+iceSpan*m.expected())
	}
	if !given[1].Known {
		left += sq(trustNoise)
	}
	if !given[2].Known {
		const even = 0.5 // the share of what is expected of any work
		left += sq(iceSpan*even*(1-even)/(iceLeast+iceSpan*even)) * d.effort
	}
	return left
}

func (m ice) total(ratio float64, _ int) float64 { return min(max(ratio, 0), 100) }
