package prioritize

import (
	"cmp"
	"math"
	"time"

	"stackrank/internal/work"
)

// rice is reach · impact · confidence / effort as Intercom has it: people per
// quarter, 0.25 to 3, 0 to 1, and person-months of which half a month is the
// least. Figures between the published steps stand as they are.
//
// What nobody gave is taken from what is common to all models: what the policy
// counts stands in for reach, what it judges for impact, and the share of
// the judgements that somebody gave for confidence.
type rice struct {
	appraisal
	half float64
	sure confidence
}

// The signals of rice. Impact and confidence are those of ice too, on its scale.
const (
	signalReach      work.Signal = "reach"
	signalImpact     work.Signal = "impact"
	signalConfidence work.Signal = "confidence"
)

var riceInputs = []input{
	{signalReach, "the counted evidence by its age"},
	{signalImpact, "the judged criteria"},
	{signalConfidence, "how many of the judgements are there"},
}

// The scale of rice, and how far off what stands in for its figures is, as
// standard deviations of the logarithm. The latter and the half are assumed.
const (
	daysPerMonth    = 20.0
	leastMonths     = 0.5
	mostMonths      = 60.0
	defaultRICEHalf = 50.0
	reachNoise      = 1.0
	trustNoise      = 0.2
)

// impacts are the published steps: minimal, low, medium, high, massive.
var impacts = []float64{0.25, 0.5, 1, 2, 3}

// impactOf puts a share of 0…1 on the scale of impact, in straight lines between
// the steps.
func impactOf(share float64) float64 {
	at := share * float64(len(impacts)-1)
	i := min(int(at), len(impacts)-2)
	return impacts[i] + (at-float64(i))*(impacts[i+1]-impacts[i])
}

func newRICE(s Settings) rice {
	m := rice{appraisal: newAppraisal(s), half: cmp.Or(s.Anchors[nameTotal].Half, defaultRICEHalf)}
	m.sure = newConfidence(1, 0, m.left([]Part{{}, {}, {}}, m.blank()))
	return m
}

func (m rice) score(g work.Group, now time.Time) Score {
	s, d, h := m.split(g, now)
	given := []Part{
		read(g, signalReach, maxFigure, h.counted),
		read(g, signalImpact, impacts[len(impacts)-1], impactOf(h.judged)),
		read(g, signalConfidence, 1, (1+h.said)/2),
	}
	r, i, c := given[0].Share, max(given[1].Share, impacts[0]), given[2].Share
	given[0].Share, given[0].Points = 1-m.half/(r+m.half), r
	given[1].Share, given[1].Points = i/impacts[len(impacts)-1], r*(i-1)
	given[2].Points = r * i * (c - 1)
	for k := range s.Parts {
		s.Parts[k] = standIn(s.Parts[k], m.criteria[k].curve.counts() && !given[0].Known || !m.criteria[k].curve.counts() && !given[1].Known)
	}
	s.Parts = append(given, s.Parts...)
	s.Value, s.Class, s.Urgency = r*i*c, work.Standard, 1
	s.Delay, s.Work = s.Value, m.months(&s)
	left := m.left(given, d)
	s.Confidence = m.sure.of(0, left)
	return m.finish(s, left)
}

// left gives the variance of the logarithm of the ratio.
func (m rice) left(given []Part, d doubt) float64 {
	left := d.effort
	if !given[0].Known {
		left += sq(reachNoise)
	}
	if !given[1].Known {
		sd := defaultSD
		if w := m.judgedWeight(); w > 0 {
			sd = math.Sqrt(d.value) / w
		}
		left += sq(sd * math.Log(impacts[len(impacts)-1]/impacts[0]))
	}
	if !given[2].Known {
		left += sq(trustNoise)
	}
	return left
}

// months gives the person-months of an estimate, without the overhead of days,
// so that the figures are those of a sheet of paper.
func (m rice) months(s *Score) float64 {
	days := m.effort.mean
	if s.EffortKnown {
		days = s.Points * m.effort.perPoint
	}
	return min(max(days/daysPerMonth, leastMonths), mostMonths)
}

func (m rice) total(ratio float64, _ int) float64 { return hyperbolic(ratio, m.half) }

// read gives a figure that a model multiplies, at most so much, or what stands
// in for it. It is the share of the part until the model puts it on its scale.
func read(g work.Group, signal work.Signal, most, otherwise float64) Part {
	x, known := firstKnown(g, signal)
	p := Part{Criterion: string(signal), Weight: 1.0 / 3, Known: known, Figure: x, Share: min(x, most)}
	if !known {
		p.Share = otherwise
	}
	return p
}

// standIn gives the part of a criterion that a product has no points for: as it
// is where it stands in for a figure, unread elsewhere.
func standIn(p Part, used bool) Part {
	if !used {
		p = p.unread()
	}
	p.Points = 0
	return p
}
