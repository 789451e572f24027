package prioritize

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"stackrank/internal/work"
)

// The fields of an anchor that a calibration measures.
const (
	FieldHalf      = "half"
	FieldMean      = "mean"
	FieldSD        = "sd"
	FieldQuantiles = "quantiles"
)

// Measure is one field of an anchor beside what a pull says of it.
type Measure struct {
	Anchor  string    // name in Settings.Anchors
	Field   string    // FieldHalf, …
	Present []float64 // what holds now: one number, or quantiles; none: the built-in tenth of a score
	BuiltIn bool      // Present is what is built in
	Found   []float64 // what the pull says; nil where it has too few figures
	Figures int       // on which Found rests
}

// LeastFigures is on how many figures an anchor must rest. Fewer leave it as it
// is (assumed).
const LeastFigures = 10

// Bounds of what a calibration finds, so that a field in which all say the same
// does not make the next figure that differs count beyond reason (assumed).
const (
	leastSD    = 0.05 // of shares
	leastLogSD = 0.1  // of the logarithm of days
	leastMean  = 0.01 // of shares, and as far below 1
)

// Calibrate measures the anchors of a policy on the groups of a pull: for each
// count and each sum of money the median of what is not zero; for each judgement
// the mean and the deviation of the known shares; for each stakeholder the
// quantiles of the scores; for effort the mean and the deviation of the
// estimated days. It changes nothing: Calibrated gives the policy.
//
// Counts are taken as found, not as aged, so that the day of the calibration
// does not matter. The error in what is known, an anchor's Noise, is taken out of
// the deviations. The correlation of judgements is left as assumed: the true one
// would hardly foretell better.
func Calibrate(s Settings, groups []work.Group) []Measure {
	voices := calibrateVoices(s, groups)
	halves := calibrateHalves(s, groups)
	next := Calibrated(s, slices.Concat(voices, halves))
	shares := calibrateShares(s, next, groups)
	return slices.Concat(byCriterion(s, halves, shares), voices, calibrateEffort(s, groups))
}

// Calibrated gives the policy with what a calibration found. It shares nothing
// with the one it was made from that either may change.
func Calibrated(s Settings, measured []Measure) Settings {
	s.Anchors = maps.Clone(s.Anchors)
	if s.Anchors == nil {
		s.Anchors = map[string]Anchor{}
	}
	for _, m := range measured {
		if m.Found == nil {
			continue
		}
		a := s.Anchors[m.Anchor]
		switch m.Field {
		case FieldHalf:
			a.Half = m.Found[0]
		case FieldMean:
			a.Mean = m.Found[0]
		case FieldSD:
			a.SD = m.Found[0]
		case FieldQuantiles:
			a.Quantiles = slices.Clone(m.Found)
		}
		s.Anchors[m.Anchor] = a
	}
	return s
}

// scaled gives the criteria of a policy that have anchors of their own: none where
// the model reads no weights, and not the effort and the date that a model may
// weigh.
func scaled(s Settings) []criterion {
	if f, _ := formulaOf(s.Model); !f.weights {
		return nil
	}
	return slices.DeleteFunc(criteriaOf(s), func(c criterion) bool { return c.name == nameEffort || c.name == nameDue })
}

// byCriterion puts the measures of one criterion together, the heaviest first.
func byCriterion(s Settings, lists ...[]Measure) []Measure {
	var out []Measure
	for _, c := range scaled(s) {
		for _, list := range lists {
			for _, m := range list {
				if m.Anchor == c.name {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// measure makes one of a number that is set where the anchor's field is.
func measure(anchor, field string, present, set float64, figures int) Measure {
	return Measure{Anchor: anchor, Field: field, Present: []float64{present}, BuiltIn: set == 0, Figures: figures}
}

// found notes what was measured, unless it rests on too little.
func (m Measure) found(x float64) Measure {
	if m.Figures >= LeastFigures {
		m.Found = []float64{significant(x, 3)}
	}
	return m
}

// significant rounds to so many digits that count.
func significant(x float64, digits int) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil {
		return x
	}
	return y
}

func calibrateVoices(s Settings, groups []work.Group) []Measure {
	var out []Measure
	for _, who := range s.Stakeholders {
		var scores []float64
		for _, g := range groups {
			if x, ok := firstKnown(g, who.Signal); ok {
				scores = append(scores, significant(x, 4))
			}
		}
		m := Measure{Anchor: string(who.Signal), Field: FieldQuantiles, Figures: len(scores)}
		m.Present = s.Anchors[m.Anchor].Quantiles
		m.BuiltIn = m.Present == nil
		if len(scores) >= LeastFigures {
			m.Found = quantilesOf(scores)
		}
		out = append(out, m)
	}
	return out
}

// calibrateHalves finds the scales of counts and sums of money: the figure that
// half of the items that have any exceed.
func calibrateHalves(s Settings, groups []work.Group) []Measure {
	var out []Measure
	for _, c := range scaled(s) {
		if c.curve != CurveCount && c.curve != CurveMoney {
			continue
		}
		var figures []float64
		for _, f := range c.findAll(groups) {
			if f.known && f.figure > 0 {
				figures = append(figures, f.figure)
			}
		}
		m := measure(c.name, FieldHalf, c.half, s.Anchors[c.name].Half, len(figures))
		out = append(out, m.found(min(max(middle(figures), minScale), maxFigure)))
	}
	return out
}

// middle gives the median, 0 of nothing.
func middle(xs []float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(xs))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// calibrateShares finds what is expected where nobody judged. The shares are
// those of the next policy, the anchors beside them those of the present one.
func calibrateShares(s, next Settings, groups []work.Group) []Measure {
	present := map[string]criterion{}
	for _, c := range scaled(s) {
		present[c.name] = c
	}
	var out []Measure
	for _, c := range scaled(next) {
		if c.curve.counts() {
			continue
		}
		var shares []float64
		for _, f := range c.findAll(groups) {
			if f.known {
				shares = append(shares, f.share)
			}
		}
		was, a := present[c.name], s.Anchors[c.name]
		mean, sd := moments(shares)
		mean = min(max(mean, leastMean), 1-leastMean)
		out = append(out,
			measure(c.name, FieldMean, was.mean, a.Mean, len(shares)).found(mean),
			measure(c.name, FieldSD, was.sd, a.SD, len(shares)).found(c.quiet(mean, sd, a.Noise)))
	}
	return out
}

// quiet takes the error in known shares out of the deviation that these have, in
// the way in which heard counts on it: a factor on the log scale, or of money,
// whose shares are logarithms, an amount.
func (c *criterion) quiet(mean, sd, noise float64) float64 {
	if c.factor > 0 {
		left := logVariance(sd*sd, mean) - noise*noise
		return min(max(mean*math.Sqrt(max(math.Expm1(left), 0)), leastSD), 1)
	}
	noise *= c.curve.slope(mean)
	return math.Sqrt(max(sd*sd-noise*noise, leastSD*leastSD))
}

// findAll reads the criterion from each group; ages are left out.
func (c *criterion) findAll(groups []work.Group) []finding {
	out := make([]finding, len(groups))
	for i, g := range groups {
		out[i], _ = c.find(g, g.Items[0].Created, nil)
	}
	return out
}

// calibrateEffort takes days as lognormal: the mean is e^(m + s²/2) of the mean m
// and the deviation s of their logarithms.
func calibrateEffort(s Settings, groups []work.Group) []Measure {
	a := s.Anchors[nameEffort]
	e := newEffort(a)
	exact := e
	exact.noise = 0
	var logs []float64
	for _, g := range groups {
		if points, ok := pointsOf(g); ok {
			days, _ := exact.days(points, true)
			logs = append(logs, math.Log(days))
		}
	}
	mean, sd := moments(logs)
	sd = min(math.Sqrt(max(sd*sd-e.noise*e.noise, leastLogSD*leastLogSD)), maxLogSD)
	days := min(max(math.Exp(mean+sd*sd/2), minEffort), maxEffort)
	return []Measure{
		measure(nameEffort, FieldMean, e.mean, a.Mean, len(logs)).found(days),
		measure(nameEffort, FieldSD, e.sd, a.SD, len(logs)).found(sd),
	}
}

// moments gives the mean and the standard deviation of a sample, 0 where there
// is too little of it. They are the same to the bit in whatever order it comes.
func moments(xs []float64) (mean, sd float64) {
	xs = slices.Sorted(slices.Values(xs))
	n := float64(len(xs))
	for _, x := range xs {
		mean += x / n
	}
	if n < 2 {
		return mean, 0
	}
	square := 0.0
	for _, x := range xs {
		square += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(square / (n - 1))
}
