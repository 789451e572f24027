package prioritize

import (
	"cmp"
	"math"

	"stackrank/internal/work"
)

// The scale of effort, all assumed: review and release cost half a day whatever
// the size, which also keeps the ratio of tiny items bounded.
const (
	overhead        = 0.5 // days
	minEffort       = 0.5 // days
	maxEffort       = 60  // days
	defaultDays     = 3.0 // expected where nobody estimated
	defaultEffortSD = 0.8 // of the logarithm of days
	defaultPerPoint = 1.0
	maxLogSD        = 3 // beyond a factor of twenty an estimate says nothing
)

// effort turns estimates into expected days of work. Days are lognormal with
// the given mean and log-sd before anybody estimates.
type effort struct {
	perPoint, mean, sd, noise float64
}

func newEffort(a Anchor) effort {
	return effort{
		perPoint: cmp.Or(a.PerPoint, defaultPerPoint),
		mean:     min(max(cmp.Or(a.Mean, defaultDays), minEffort), maxEffort),
		sd:       cmp.Or(a.SD, defaultEffortSD),
		noise:    a.Noise,
	}
}

// pointsOf gives the estimate of the first member that has one. A negative
// estimate is how some trackers write "none".
func pointsOf(g work.Group) (float64, bool) {
	for i := range g.Items {
		if x, ok := g.Items[i].Signals[work.Effort]; ok && x >= 0 {
			return figure(x)
		}
	}
	return 0, false
}

// days gives the posterior mean of the days of work and the variance of their
// logarithm. An estimate without noise stands as it is.
func (e effort) days(points float64, known bool) (mean, variance float64) {
	if !known {
		return e.mean, e.sd * e.sd
	}
	days := min(max(points*e.perPoint+overhead, minEffort), maxEffort)
	if e.noise == 0 {
		return days, 0
	}
	prior, noise := e.sd*e.sd, e.noise*e.noise
	trust := prior / (prior + noise)
	center := math.Log(e.mean) - prior/2
	days = math.Exp(center + trust*(math.Log(days)-center) + trust*noise/2)
	return min(max(days, minEffort), maxEffort), trust * noise
}

// ease puts days of work on a scale of 0…1 on which less is more: what is
// expected of any work gets half.
func (e effort) ease(days float64) float64 { return e.mean / (days + e.mean) }
