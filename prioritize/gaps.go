package prioritize

import "math"

// Gap is something that nobody has told about an item, and what an answer would
// settle.
type Gap struct {
	Input string  // a criterion, or "effort"
	Sigma float64 // standard deviation of ln Ratio that an answer takes away, > 0
}

// Gaps lists what is not known about a scored group: the effort first, then the
// judgements, heaviest first. Counts have no gaps, for an absent one is zero. Only
// cd3u tells, also within the tiers of moscow; other models give nothing.
func (e *Engine) Gaps(s Score) []Gap {
	inside := e.model
	if tiers, ok := inside.(moscow); ok {
		inside = tiers.inside
	}
	m, ok := inside.(cd3u)
	if !ok {
		return nil
	}
	s.Parts = s.Parts[len(s.Parts)-len(m.criteria):] // without the tier
	return m.gaps(&s)
}

// gaps of a value divided by the days of work: each figure is one factor.
func (m cd3u) gaps(s *Score) []Gap {
	var out []Gap
	add := func(input string, variance float64) {
		if variance > 0 {
			out = append(out, Gap{input, math.Sqrt(variance)})
		}
	}
	if !s.EffortKnown {
		_, before := m.effort.days(0, false)
		_, after := m.effort.days(m.effort.mean/m.effort.perPoint, true)
		add(nameEffort, before-after)
	}
	told := tellings(m.criteria, s.Parts)
	for i := range m.criteria {
		add(m.criteria[i].name, doubt{value: told.settles(i)}.log(s.Value))
	}
	return out
}

// telling is which judgements about an item are known, and what those say about
// the others.
type telling struct {
	criteria []criterion
	found    []finding
	outlook  outlook
}

// tellings takes from the parts of a score, which stand in the order of the
// criteria, what was known when it was made.
func tellings(criteria []criterion, parts []Part) telling {
	t := telling{criteria: criteria, found: make([]finding, len(criteria))}
	known := 0
	for i := range criteria {
		t.found[i] = finding{known: parts[i].Known, from: parts[i].From, share: parts[i].Share}
		if !criteria[i].curve.counts() && t.found[i].says() {
			known++
		}
	}
	t.outlook = outlookFrom(0, known)
	return t
}

// settles gives the variance of the weighted sum of shares that goes when a
// judgement is given. Where nothing was known of it, that is the variance of what
// the sum is expected to be after the answer,
//
//	cov(sum, x)² / var(x) · trust in an answer
//
// which includes what the answer says about the other unknown judgements. Where
// a parent's stands in, it is what is less open with the item's own. An answer is
// as noisy as any.
func (t telling) settles(i int) float64 {
	c, f := &t.criteria[i], &t.found[i]
	if c.curve.counts() || f.known {
		return 0
	}
	_, after := c.heard(&finding{known: true, share: f.share})
	if f.says() {
		_, before := c.heard(f)
		return c.weight * c.weight * max(before-after, 0)
	}
	together := c.weight * c.sd * (t.outlook.variance - t.outlook.covariance)
	for j := range t.criteria {
		if o := &t.criteria[j]; !o.curve.counts() && !t.found[j].says() {
			together += o.weight * o.sd * t.outlook.covariance
		}
	}
	trust := max(1-after/(c.sd*c.sd), 0)
	return together * together / t.outlook.variance * trust
}
