package prioritize

import (
	"maps"
	"slices"
	"time"

	"stackrank/internal/work"
)

// weighted is the weighted sum of shares, 0…100: 100·Σ w·x. Effort and due date
// are criteria like any other here, where they have a weight: effort adds its
// weight times 1 − days/(days + expected days), the date its weight times what
// it presses. Nothing is divided, so that the size of work counts by a weight and
// not by what it costs.
type weighted struct {
	appraisal
	effortWeight float64 // share of all weights
	dueWeight    float64
}

func newWeighted(s Settings) weighted {
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(s.Value)) {
		sum += s.Value[name]
	}
	w := weighted{effortWeight: s.Value[nameEffort] / sum, dueWeight: s.Value[nameDue] / sum}
	s.Value = maps.Clone(s.Value)
	delete(s.Value, nameEffort)
	delete(s.Value, nameDue)
	w.appraisal = newAppraisal(s)
	for i := range w.criteria {
		w.criteria[i].weight = s.Value[w.criteria[i].name] / sum
	}
	blank := w.blank()
	w.confidence = newConfidence(w.expected()+w.effortWeight/2, blank.value+w.effortVariance(0.5, blank), 0)
	return w
}

// effortVariance gives the variance of what effort adds to the sum of shares,
// where its own share is x.
func (m weighted) effortVariance(x float64, d doubt) float64 {
	return sq(m.effortWeight*x*(1-x)) * d.effort
}

func (m weighted) score(g work.Group, now time.Time) Score {
	s, d := m.of(g, now)
	left := d.value
	if m.effortWeight > 0 {
		x := m.effort.ease(s.Effort)
		s.add(Part{Criterion: nameEffort, Weight: m.effortWeight, Known: s.EffortKnown, Figure: s.Points, Share: x})
		left += m.effortVariance(0.5, d)
		d.value += m.effortVariance(x, d)
	}
	if m.dueWeight > 0 {
		s.add(Part{Criterion: nameDue, Weight: m.dueWeight, Known: !s.Due.IsZero(), Share: m.ramp.pressing(g, now)})
	}
	sortParts(s.Parts)
	s.Urgency = 1
	if m.dueWeight == 0 {
		s.Class = work.Standard
	}
	s.Delay, s.Work = s.Value, 1
	s.Confidence = m.confidence.of(left, 0)
	return m.finish(s, d.log(s.Value))
}

// add puts a part with its share of the weights behind the others.
func (s *Score) add(p Part) {
	p.Points = 100 * p.Weight * p.Share
	s.Parts = append(s.Parts, p)
	s.Value += p.Points
}

func (m weighted) total(ratio float64, _ int) float64 { return min(max(ratio, 0), 100) }

// sq gives x².
func sq(x float64) float64 { return x * x }
