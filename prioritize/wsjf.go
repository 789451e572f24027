package prioritize

import (
	"cmp"
	"slices"
	"time"

	"stackrank/internal/work"
)

// wsjf is weighted shortest job first as SAFe has it: (business value + time
// criticality + risk reduction or opportunity enablement) / job size, each on
// the scale 1, 2, 3, 5, 8, 13, 20. Figures between these steps stand as they are.
//
// What nobody gave is taken from what is common to all models: business value
// from the weighted criteria, time criticality from the class of service and the
// date, job size from the estimate in days.
type wsjf struct {
	appraisal
	half float64
}

// The scale of SAFe and what follows from it.
const (
	wsjfLeast       = 1.0
	wsjfMost        = 20.0
	wsjfSpan        = wsjfMost - wsjfLeast
	defaultWSJFHalf = 5.0 // the ratio that gets a total of 50: 15 in all at a size of 3. Assumed; it moves no place
)

// The signals of wsjf.
const (
	signalBusinessValue   work.Signal = "business_value"
	signalRiskReduction   work.Signal = "risk_reduction"
	signalTimeCriticality work.Signal = "time_criticality"
	signalSize            work.Signal = "size"
)

var wsjfInputs = []input{
	{signalBusinessValue, "the weighted criteria"},
	{signalRiskReduction, "1"},
	{signalTimeCriticality, "due date and class of service"},
	{signalSize, "the effort in days"},
}

func newWSJF(s Settings) wsjf {
	m := wsjf{newAppraisal(s), cmp.Or(s.Anchors[nameTotal].Half, defaultWSJFHalf)}
	blank := m.blank()
	m.confidence = newConfidence(3*wsjfLeast+wsjfSpan*m.expected(), sq(wsjfSpan)*blank.value+sq(wsjfSpan*defaultSD), blank.effort)
	return m
}

func (m wsjf) score(g work.Group, now time.Time) Score {
	s, d := m.of(g, now)
	variance := m.value(&s, g, now, d)
	points := min(max(s.Points*m.effort.perPoint, wsjfLeast), wsjfMost)
	if !s.EffortKnown {
		points = min(max(m.effort.mean, wsjfLeast), wsjfMost)
	}
	size := m.given(g, signalSize, 0, points)
	if size.Known {
		d.effort = 0
	}
	s.Parts = append(s.Parts, size)
	s.Urgency = 1
	s.Delay, s.Work = s.Value, wsjfLeast+wsjfSpan*size.Share
	s.Confidence = m.confidence.of(variance, d.effort)
	return m.finish(s, logVariance(variance, s.Value)+d.effort)
}

// value replaces the value of the criteria by the sum of the three, and gives
// the variance of that sum. Where the criteria stand in for business value their
// parts add what is beyond its least; elsewhere they were not read.
func (m wsjf) value(s *Score, g work.Group, now time.Time, d doubt) float64 {
	variance := 0.0
	business := m.given(g, signalBusinessValue, 1, wsjfLeast)
	risk := m.given(g, signalRiskReduction, 1, wsjfLeast)
	urgent := m.given(g, signalTimeCriticality, 1, wsjfLeast+wsjfSpan*m.ramp.pressing(g, now))
	for i := range s.Parts {
		p := &s.Parts[i]
		if business.Known {
			*p = p.unread()
		}
		p.Weight /= 3
		p.Points *= wsjfSpan / 100
	}
	if !business.Known {
		variance += sq(wsjfSpan) * d.value
	}
	if !risk.Known {
		variance += sq(wsjfSpan * defaultSD)
	}
	s.Parts = append([]Part{business, risk, urgent}, s.Parts...)
	s.Value = sumOf(s.Parts)
	return variance
}

// given reads one figure on the scale, or takes what stands in for it.
func (m wsjf) given(g work.Group, signal work.Signal, counts, otherwise float64) Part {
	x, known := firstKnown(g, signal)
	p := Part{Criterion: string(signal), Weight: counts / 3, Known: known}
	if known {
		p.Figure = x
	} else {
		x = otherwise
	}
	x = min(max(x, wsjfLeast), wsjfMost)
	p.Share, p.Points = (x-wsjfLeast)/wsjfSpan, counts*x
	return p
}

func (m wsjf) total(ratio float64, _ int) float64 { return hyperbolic(ratio, m.half) }

// unread gives the part of a criterion that the model did not look at.
func (p Part) unread() Part { return Part{Criterion: p.Criterion, Weight: p.Weight} }

// sumOf adds up the points of parts.
func sumOf(parts []Part) float64 {
	sum := 0.0
	for i := range parts {
		sum += parts[i].Points
	}
	return sum
}

// sortParts puts the heaviest first, equal weights by name.
func sortParts(parts []Part) {
	slices.SortStableFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Criterion, b.Criterion))
	})
}
