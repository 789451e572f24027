package prioritize

import (
	"cmp"
	"time"

	"stackrank/internal/work"
)

// cd3 is cost of delay divided by duration as Black Swan Farming has it: what a
// week of delay costs, in money, over the days of work. The cost is a judgement
// that has time in it already, so dates and classes of service do not multiply it.
//
// Where nobody gave the cost the weighted criteria stand in for it. Value is in
// points; one point is so much money a week.
type cd3 struct {
	appraisal
	half    float64
	perWeek float64 // money in a point
}

// signalCostOfDelay is the signal of cd3, in money per week.
const signalCostOfDelay work.Signal = "cost_of_delay"

// defaultWeekly is the cost of a week that is worth 50 points. Assumed.
const defaultWeekly = 5000.0

// costNoise is the standard deviation of the logarithm of a cost that weighted
// points stand in for, beside what is not known of the points. Assumed.
const costNoise = 0.5

var cd3Inputs = []input{{signalCostOfDelay, "the weighted criteria, 50 points for the money at anchors.cost_of_delay.half"}}

func newCD3(s Settings) cd3 {
	m := cd3{
		appraisal: newAppraisal(s),
		half:      cmp.Or(s.Anchors[nameTotal].Half, defaultTotalHalf),
		perWeek:   cmp.Or(s.Anchors[string(signalCostOfDelay)].Half, defaultWeekly) / 50,
	}
	blank := m.blank()
	m.confidence = newConfidence(m.expected(), blank.value, blank.effort+sq(costNoise))
	return m
}

func (m cd3) score(g work.Group, now time.Time) Score {
	s, d := m.of(g, now)
	cost := Part{Criterion: string(signalCostOfDelay), Weight: 1}
	left := d.effort
	if x, ok := firstKnown(g, signalCostOfDelay); ok {
		cost.Known, cost.Figure, cost.Points = true, x, x/m.perWeek
		cost.Share = curves[CurveMoney](x, m.perWeek*50)
		d.value = 0
		for i := range s.Parts {
			s.Parts[i] = s.Parts[i].unread()
		}
	} else {
		left += sq(costNoise)
	}
	s.Parts = append([]Part{cost}, s.Parts...)
	s.Value = sumOf(s.Parts)
	s.Class, s.Urgency = work.Standard, 1
	s.Delay, s.Work = s.Value, s.Effort
	s.Confidence = m.confidence.of(d.value, left)
	return m.finish(s, d.log(s.Value)+left)
}

func (m cd3) total(ratio float64, _ int) float64 { return hyperbolic(ratio, m.half) }
