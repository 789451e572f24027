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
	if _, ok := models[s.Model]; !ok {
		p.add("model", "%q is not a model of this version; there is: %s", s.Model, modelNames())
	}
	s.validateValue(&p)
	if h := float64(s.Urgency.Horizon); !(h > 0 && h <= maxDays) {
		p.add("urgency.horizon", "%v: want more than 0d, at most %dd", s.Urgency.Horizon, maxDays)
	}
	p.within("urgency.boost", s.Urgency.Boost, 0, maxBoost)
	for _, name := range slices.Sorted(maps.Keys(s.Anchors)) {
		s.validateAnchor(&p, name)
	}
	s.validateStakeholders(&p)
	if len(s.Evidence) > 0 {
		p.add("evidence", "files of evidence are not in this version; map a field to a signal instead")
	}
	s.validateRequire(&p)
	if h := s.Hysteresis; !(h >= 0.5 && h < 1) {
		p.add("hysteresis", "%v: want 0.5 (any pair is worth swapping) to below 1", h)
	}
	return errors.Join(p...)
}

func (s Settings) validateValue(p *problems) {
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(s.Value)) {
		key, w := "value."+name, s.Value[name]
		switch {
		case strings.TrimSpace(name) == "":
			p.add("value", "a criterion has no name")
		case name == nameEffort:
			p.add(key, "effort divides the value already; take it out")
		case name == nameDue:
			p.add(key, "a due date multiplies the value already; see urgency.boost")
		case name == nameTotal:
			p.add(key, "the name is taken by the scale of the total; choose another")
		}
		if !(w >= 0) || math.IsInf(w, 1) {
			p.add(key, "%v: want a weight of at least 0", w)
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

// validateAnchor looks at one anchor. Fields that its name does not read are
// refused, so that a scale never goes unnoticed.
func (s Settings) validateAnchor(p *problems, name string) {
	a, key := s.Anchors[name], "anchors."+name
	_, criterion := s.Value[name]
	switch {
	case name == nameEffort:
		p.unread(key, a, "mean, sd, noise and days_per_point", Anchor{Mean: a.Mean, SD: a.SD, Noise: a.Noise, PerPoint: a.PerPoint})
		p.scale(key+".mean", a.Mean, maxEffort)
		p.scale(key+".sd", a.SD, maxLogSD)
		p.within(key+".noise", a.Noise, 0, maxLogSD)
		p.scale(key+".days_per_point", a.PerPoint, maxEffort)
	case name == nameTotal:
		p.unread(key, a, "half", Anchor{Half: a.Half})
		p.scale(key+".half", a.Half, maxFigure)
	case s.isVoice(name) && name != nameStakeholders:
		p.unread(key, a, "quantiles", Anchor{Quantiles: a.Quantiles})
		p.quantiles(key+".quantiles", a.Quantiles)
	case !criterion:
		p.add(key, "no criterion of that name in value")
	default:
		p.criterionAnchor(key, a)
		if p.quantiles(key+".quantiles", a.Quantiles); a.Quantiles != nil && !s.isVoice(name) {
			p.add(key+".quantiles", "only the signal of a stakeholder has them")
		}
	}
}

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
	p.within(key+".noise", a.Noise, 0, 1)
	p.scale(key+".half_life", float64(a.HalfLife), maxDays)
}

// unread notes that an anchor sets more than the fields in read.
func (p *problems) unread(key string, a Anchor, fields string, read Anchor) {
	if !reflect.DeepEqual(a, read) {
		p.add(key, "only %s apply to it", fields)
	}
}

func (s Settings) validateRequire(p *problems) {
	for i, name := range s.Require {
		if s.Value[name] > 0 || name == nameEffort || name == nameDue {
			continue
		}
		p.add(fmt.Sprintf("require[%d]", i), "%q: want %s, %s or a criterion with a weight in value", name, nameEffort, nameDue)
	}
}
