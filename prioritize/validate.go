package prioritize

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Names that an anchor or a requirement may carry beside those of criteria.
const (
	nameEffort = "effort"
	nameTotal  = "total"
	nameDue    = "due"
)

// maxBoost bounds the factor of urgency, so that one date cannot make every
// other figure meaningless.
const maxBoost = 100

// minScale is the least mean, deviation or half of an anchor. Below it the
// standard scores of the missing-value model lose their meaning.
const minScale = 0.001

// problems gathers what is wrong with settings.
type problems []error

func (p *problems) add(key, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
}

// within notes a number that is none or lies outside low…high.
func (p *problems) within(key string, x, low, high float64) {
	if !(x >= low && x <= high) { // also true for NaN
		p.add(key, "%v: want %v to %v", x, low, high)
	}
}

// scale notes a number of an anchor that is neither 0, which keeps what is built
// in, nor within minScale…high.
func (p *problems) scale(key string, x, high float64) {
	if x != 0 && !(x >= minScale && x <= high) {
		p.add(key, "%v: want %v to %v, or nothing for what is built in", x, minScale, high)
	}
}

// Validate gives every problem of the settings, joined, each beginning with its
// key and a colon; nil when there is none.
func (s Settings) Validate() error {
	var p problems
	f, ok := formulaOf(s.Model)
	if !ok {
		p.add("model", "%q is not a model of this version; there is: %s", s.Model, modelNames())
		f = models[modelCD3U]
	}
	s.validateValue(&p, f)
	if h := float64(s.Urgency.Horizon); !(h > 0 && h <= maxDays) {
		p.add("urgency.horizon", "%v: want more than 0d, at most %dd", s.Urgency.Horizon, maxDays)
	}
	p.within("urgency.boost", s.Urgency.Boost, 0, maxBoost)
	for _, name := range slices.Sorted(maps.Keys(s.Anchors)) {
		s.validateAnchor(&p, f, name)
	}
	s.validateStakeholders(&p, f)
	s.validateOwn(&p)
	s.validateRequire(&p, f)
	if h := s.Hysteresis; !(h >= 0.5 && h < 1) {
		p.add("hysteresis", "%v: want 0.5 (any pair is worth swapping) to below 1", h)
	}
	return errors.Join(p...)
}

func (s Settings) validateValue(p *problems, f formula) {
	if !f.weights {
		if !maps.Equal(s.Value, Default().Value) {
			p.add("value", "model %s has its own coefficients and reads no weights; take them out", s.Model)
		}
		return
	}
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(s.Value)) {
		w := s.Value[name]
		s.validateCriterion(p, f, name)
		if !(w >= 0) || math.IsInf(w, 1) {
			p.add("value."+name, "%v: want a weight of at least 0", w)
		}
		sum += w
	}
	if sum == 0 {
		p.add("value", "want at least one criterion with a weight above 0")
	}
	if math.IsInf(sum, 1) {
		p.add("value", "the weights add up to more than a number can hold")
	}
}

// validateCriterion notes a weight for what carries none.
func (s Settings) validateCriterion(p *problems, f formula, name string) {
	key := "value." + name
	switch {
	case strings.TrimSpace(name) == "":
		p.add("value", "a criterion has no name")
	case name == nameTotal:
		p.add(key, "the name is taken by the scale of the total; choose another")
	case f.reads(name):
		p.add(key, "model %s reads it by name; take it out", s.Model)
	case !slices.Contains(f.reserved, name):
	case name == nameEffort && f.reads(string(signalEase)):
		p.add(key, "ease stands for effort; take it out")
	case name == nameEffort:
		p.add(key, "effort divides the value already; take it out")
	case f.dates:
		p.add(key, "a due date multiplies the value already; see urgency.boost")
	default:
		p.add(key, "model %s reads no due dates; take it out", s.Model)
	}
}

// validateAnchor looks at one anchor. Fields that its name does not read are
// refused, so that a scale never goes unnoticed.
func (s Settings) validateAnchor(p *problems, f formula, name string) {
	a, key := s.Anchors[name], "anchors."+name
	_, criterion := s.Value[name]
	switch {
	case name == nameEffort:
		p.unread(key, a, "mean, sd, noise and days_per_point", Anchor{Mean: a.Mean, SD: a.SD, Noise: a.Noise, PerPoint: a.PerPoint})
		p.scale(key+".mean", a.Mean, maxEffort)
		p.scale(key+".sd", a.SD, maxLogSD)
		p.within(key+".noise", a.Noise, 0, maxLogSD)
		p.scale(key+".days_per_point", a.PerPoint, maxEffort)
	case name == nameTotal && !f.half:
		p.add(key, "the score of model %s is on a scale of its own; take it out", s.Model)
	case name == nameTotal, name == string(signalCostOfDelay) && f.reads(name):
		p.unread(key, a, "half", Anchor{Half: a.Half})
		p.scale(key+".half", a.Half, maxFigure)
	case s.isVoice(name) && name != nameStakeholders:
		p.unread(key, a, "quantiles", Anchor{Quantiles: a.Quantiles})
		p.quantiles(key+".quantiles", a.Quantiles)
	case f.reads(name):
		p.add(key, "model %s has a fixed scale for it; take it out", s.Model)
	case !criterion || name == nameDue:
		p.add(key, "no criterion of that name in value")
	default:
		p.criterionAnchor(key, a)
		if p.quantiles(key+".quantiles", a.Quantiles); a.Quantiles != nil && !s.isVoice(name) {
			p.add(key+".quantiles", "only the signal of a stakeholder has them")
		}
	}
}

// criterionAnchor looks at the scale of one criterion.
func (p *problems) criterionAnchor(key string, a Anchor) {
	if _, ok := curves[a.Curve]; !ok && a.Curve != "" {
		p.add(key+".curve", "%q: want %s, %s, %s or %s", a.Curve, CurveOrdinal, CurveScore, CurveCount, CurveMoney)
	}
	if a.PerPoint != 0 {
		p.add(key+".days_per_point", "only anchors.%s has it", nameEffort)
	}
	p.scale(key+".half", a.Half, maxFigure)
	p.scale(key+".mean", a.Mean, 1)
	p.scale(key+".sd", a.SD, 1)
	p.within(key+".noise", a.Noise, 0, maxLogSD)
	p.scale(key+".half_life", float64(a.HalfLife), maxDays)
}

// unread notes that an anchor sets more than the fields in read.
func (p *problems) unread(key string, a Anchor, fields string, read Anchor) {
	if !reflect.DeepEqual(a, read) {
		p.add(key, "only %s apply to it", fields)
	}
}

func (s Settings) validateRequire(p *problems, f formula) {
	for i, name := range s.Require {
		if s.Value[name] > 0 && f.weights || f.reads(name) || name == nameEffort || name == nameDue {
			continue
		}
		p.add(fmt.Sprintf("require[%d]", i), "%q: want %s, %s or a criterion with a weight in value", name, nameEffort, nameDue)
	}
}
