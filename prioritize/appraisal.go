package prioritize

import (
	"cmp"
	"math"
	"slices"
	"time"

	"stackrank/internal/work"
)

// appraisal is what every model begins with: the value that the weighted
// criteria of the policy give to a group, its effort, its dates and its class of
// service.
type appraisal struct {
	criteria   []criterion
	effort     effort
	ramp       ramp
	confidence confidence
	require    []string
}

func newAppraisal(s Settings) appraisal {
	a := appraisal{
		criteria: criteriaOf(s),
		effort:   newEffort(s.Anchors[nameEffort]),
		ramp:     ramp{horizon: float64(s.Urgency.Horizon), boost: s.Urgency.Boost},
		require:  slices.Compact(slices.Sorted(slices.Values(s.Require))),
	}
	blank := a.blank()
	a.confidence = newConfidence(a.expected(), blank.value, blank.effort)
	return a
}

// expected gives the weighted sum of shares of an item about which nothing is
// known.
func (a *appraisal) expected() float64 {
	mean := 0.0
	for i := range a.criteria {
		mean += a.criteria[i].weight * a.criteria[i].mean
	}
	return mean
}

// blank gives what is left open about such an item.
func (a *appraisal) blank() doubt {
	var d doubt
	d.value = settle(a.criteria, make([]finding, len(a.criteria)))
	_, d.effort = a.effort.days(0, false)
	return d
}

// doubt is what is left open about a group: the variance of its weighted sum of
// shares, which lies in 0…1, and that of the logarithm of its effort.
type doubt struct{ value, effort float64 }

// halves splits what the criteria say into what is counted and what is judged,
// for models that read the two apart.
type halves struct {
	counted float64 // all aged pieces of evidence; 1 where the policy counts nothing
	judged  float64 // weighted mean of the shares of judgements, 0…1; a half where it judges nothing
	said    float64 // share of the weights of judgements that somebody gave, 0…1; it does not depend on what was said
}

// minMean bounds the sum of shares from below where its variance is put on the
// logarithmic scale: below one point of a hundred all values are alike.
const minMean = 0.01

// log gives the variance of the logarithm of a value of so many points.
func (d doubt) log(points float64) float64 {
	return logVariance(d.value, max(points/100, minMean))
}

// of gives what is common to all models: everything but Delay, Work, Ratio and
// Sigma, which finish completes.
func (a *appraisal) of(g work.Group, now time.Time) (Score, doubt) {
	s, d, _ := a.split(g, now)
	return s, d
}

// split is of, with the halves of the value.
func (a *appraisal) split(g work.Group, now time.Time) (Score, doubt, halves) {
	var s Score
	var d doubt
	var found []finding
	found, d.value = a.value(&s, g, now)
	s.Points, s.EffortKnown = pointsOf(g)
	s.Effort, d.effort = a.effort.days(s.Points, s.EffortKnown)
	t := a.ramp.timing(g, now, s.Effort)
	s.Class, s.Urgency, s.Due, s.Slack = t.class, t.factor, t.due, t.slack
	if !s.Due.IsZero() {
		s.Overdue = max(daysBetween(s.Due, now), 0)
	}
	s.Confidence = a.confidence.of(d.value, d.effort)
	return s, d, a.halves(found)
}

func (a *appraisal) halves(found []finding) halves {
	var h halves
	counts := 0
	for i := range a.criteria {
		if c := &a.criteria[i]; c.curve.counts() {
			counts++
			h.counted += found[i].aged
		} else {
			h.judged += c.weight * found[i].share
			if found[i].known {
				h.said += c.weight
			}
		}
	}
	if counts == 0 {
		h.counted = 1
	}
	if w := a.judgedWeight(); w > 0 {
		h.judged, h.said = h.judged/w, h.said/w
	} else {
		h.judged = defaultMean
	}
	return h
}

// judgedWeight gives the share of all weights that judgements have, 0…1.
func (a *appraisal) judgedWeight() float64 {
	w := 0.0
	for i := range a.criteria {
		if !a.criteria[i].curve.counts() {
			w += a.criteria[i].weight
		}
	}
	return w
}

// finish completes a score of which the model has set Delay and Work.
func (a *appraisal) finish(s Score, variance float64) Score {
	s.Ratio = s.Delay / s.Work
	s.Sigma = math.Sqrt(variance)
	s.Unmet = a.unmet(&s)
	return s
}

// value fills in the parts, their sum and the evidence of s, and gives what was
// found and the variance left in the weighted sum of shares.
func (a *appraisal) value(s *Score, g work.Group, now time.Time) ([]finding, float64) {
	found := make([]finding, len(a.criteria))
	for i := range a.criteria {
		found[i], s.Evidence = a.criteria[i].find(g, now, s.Evidence)
	}
	variance := settle(a.criteria, found)
	s.Parts = make([]Part, len(a.criteria))
	for i, f := range found {
		c := &a.criteria[i]
		points := 100 * c.weight * f.share
		s.Parts[i] = Part{Criterion: c.name, Weight: c.weight, Known: f.known, From: f.from, Figure: f.figure, Share: f.share, Points: points}
		s.Value += points
	}
	if len(s.Evidence) > 1 {
		slices.SortStableFunc(s.Evidence, func(a, b Tally) int { return cmp.Compare(a.Signal, b.Signal) })
	}
	return found, variance
}

// unmet lists what the policy requires and the group does not know.
func (a *appraisal) unmet(s *Score) []string {
	var out []string
	for _, name := range a.require {
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
