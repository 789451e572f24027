package prioritize

import (
	"cmp"
	"math"
	"slices"
	"time"

	"stackrank/internal/work"
)

// defaultTotalHalf is the ratio that gets a total of 50: 75 points of value
// without urgency at three days of work. Assumed; it moves no place.
const defaultTotalHalf = 25.0

// cd3u is cost of delay divided by duration, with explicit urgency: V·U/E, in
// points of value per week of delay and day of work. Ordering by it costs least
// when every item costs its value for each week that it waits.
type cd3u struct {
	criteria   []criterion
	effort     effort
	ramp       ramp
	confidence confidence
	half       float64
	require    []string
}

func newCD3U(s Settings) cd3u {
	m := cd3u{
		criteria: criteriaOf(s),
		effort:   newEffort(s.Anchors[nameEffort]),
		ramp:     ramp{horizon: float64(s.Urgency.Horizon), boost: s.Urgency.Boost},
		half:     cmp.Or(s.Anchors[nameTotal].Half, defaultTotalHalf),
		require:  slices.Compact(slices.Sorted(slices.Values(s.Require))),
	}
	m.confidence = newConfidence(m.criteria, m.effort)
	return m
}

func (m cd3u) score(g work.Group, now time.Time) Score {
	s := Score{Urgency: 1, Due: earliestDue(g)}
	variance := m.value(&s, g, now)
	s.Points, s.EffortKnown = pointsOf(g)
	var effortVariance float64
	s.Effort, effortVariance = m.effort.days(s.Points, s.EffortKnown)
	if !s.Due.IsZero() {
		s.Urgency, s.Slack = m.ramp.at(s.Due, now, s.Effort)
		s.Overdue = max(daysBetween(s.Due, now), 0)
	}
	s.Delay, s.Work = s.Value*s.Urgency, s.Effort
	s.Ratio = s.Delay / s.Work
	s.Confidence = m.confidence.of(variance, effortVariance)
	s.Sigma = math.Sqrt(logVariance(variance, max(s.Value/100, minMean)) + effortVariance)
	s.Unmet = m.unmet(&s)
	return s
}

// total is 100·r/(r+half), in a form in which no rounding can turn two ratios round.
func (m cd3u) total(ratio float64) float64 { return 100 * (1 - m.half/(ratio+m.half)) }

// minMean bounds the sum of shares from below where its variance is put on the
// logarithmic scale: below one point of a hundred all values are alike.
const minMean = 0.01

// value fills in the parts, their sum and the evidence of s, and gives the
// variance left in the weighted sum of shares.
func (m cd3u) value(s *Score, g work.Group, now time.Time) float64 {
	found := make([]finding, len(m.criteria))
	for i := range m.criteria {
		found[i], s.Evidence = m.criteria[i].find(g, now, s.Evidence)
	}
	variance := settle(m.criteria, found)
	s.Parts = make([]Part, len(m.criteria))
	for i, f := range found {
		c := &m.criteria[i]
		points := 100 * c.weight * f.share
		s.Parts[i] = Part{Criterion: c.name, Weight: c.weight, Known: f.known, From: f.from, Figure: f.figure, Share: f.share, Points: points}
		s.Value += points
	}
	if len(s.Evidence) > 1 {
		slices.SortStableFunc(s.Evidence, func(a, b Tally) int { return cmp.Compare(a.Signal, b.Signal) })
	}
	return variance
}

// unmet lists what the policy requires and the group does not know.
func (m cd3u) unmet(s *Score) []string {
	var out []string
	for _, name := range m.require {
		if !s.knows(name) {
			out = append(out, name)
		}
	}
	return out
}

// knows reports whether the group has a figure for a criterion, an effort or a
// due date.
func (s *Score) knows(name string) bool {
	switch name {
	case nameEffort:
		return s.EffortKnown
	case nameDue:
		return !s.Due.IsZero()
	}
	return slices.ContainsFunc(s.Parts, func(p Part) bool { return p.Criterion == name && p.Known })
}
