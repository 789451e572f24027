package prioritize

import (
	"time"

	"stackrank/internal/work"
)

// What the classes of service are made of, all assumed. The effect of the floor
// of a fixed date was measured: 0.05 costs at most 0.4 % more than none.
const (
	expedited       = 5.0  // times the value, at least
	fixedFloor      = 0.05 // of the highest factor: what a fixed date costs long before it comes
	intangibleFloor = 0.1  // of the value: what intangible work costs on its first day
	intangibleDays  = 90.0 // after which it costs all of it
	leastHorizon    = 1.0  // days, of a promise however short
	slaHorizon      = 0.25 // of the target: how long before its end a promise presses
)

// timing is what time makes of a group: a factor on its value.
type timing struct {
	class  work.ClassName // the one that decides; Standard where the group lacks what its class needs
	factor float64
	due    time.Time // the date or the end of the promise, whichever is earlier; zero: neither
	slack  float64   // days until the latest sensible start; 0 without a date
}

// timing gives the factor by class of service. It never falls as time goes on
// and makes no jump, and no class makes more effort pay.
func (r ramp) timing(g work.Group, now time.Time, effort float64) timing {
	class, it := classOf(g)
	t := timing{class: class, factor: 1, due: earliestDue(g)}
	dated := !t.due.IsZero()
	if dated {
		t.factor, t.slack = r.at(t.due, now, effort)
	}
	switch {
	case class == work.Expedite:
		t.factor = max(expedited, 1+2*r.boost)
	case class == work.FixedDate && dated:
		t.slack = daysBetween(now, t.due) - leadFactor*effort
		t.factor = r.fixed(daysBetween(now, t.due), effort)
	case class == work.SLA && it.Class.Target > 0 && !it.Created.IsZero():
		r.promise(&t, it, now, effort)
	case class == work.Intangible && !dated:
		t.factor = intangibleFloor + (1-intangibleFloor)*min(groupAge(g, now, intangibleDays)/intangibleDays, 1)
	default:
		t.class = work.Standard
	}
	return t
}

// classOf gives the class of the first member that has one, and that member.
func classOf(g work.Group) (work.ClassName, *work.Item) {
	for i := range g.Items {
		if c := g.Items[i].Class.Name; c != work.Standard {
			return c, &g.Items[i]
		}
	}
	return work.Standard, &g.Items[0]
}

// fixed gives the factor of work that is worth next to nothing before its date,
// so many days from now: it rises over the horizon to what standard work gets
// at its date.
//
// Long before the date, work that takes long comes within its horizon while
// short work does not, and a higher estimate would raise the score. Hence the
// factor is at least the highest one times the share of the days left that the
// work takes: exactly what it needs for no estimate to pay.
func (r ramp) fixed(days, effort float64) float64 {
	top, lead := 1+r.boost, leadFactor*effort
	if days <= lead {
		return top
	}
	low := fixedFloor * top
	near := min(max(1-(days-lead)/r.horizon, 0), 1)
	return max(low+(top-low)*near, top*lead/days)
}

// promise puts a promise to be done within the target from creation into t,
// which holds what the due date makes of it. It presses over the last quarter,
// and once it is broken the cost goes on growing until it is overdue by another
// target.
func (r ramp) promise(t *timing, it *work.Item, now time.Time, effort float64) {
	target := it.Class.Target.Hours() / hoursPerDay
	own := ramp{horizon: max(leastHorizon, slaHorizon*target), boost: r.boost}
	end := it.Created.Add(it.Class.Target)
	factor, slack := own.at(end, now, effort)
	factor += r.boost * min(max(daysBetween(end, now), 0)/target, 1)
	t.factor = max(t.factor, factor)
	if t.due.IsZero() || end.Before(t.due) {
		t.due, t.slack = end, slack
	}
}

// pressing gives how much time presses on a group, 0…1: nothing where its value
// counts once or less, all where it counts as at a due date or more. The size of
// the work does not enter, for models that add this figure to others would let
// more effort pay.
func (r ramp) pressing(g work.Group, now time.Time) float64 {
	gain := r.timing(g, now, 0).factor - 1
	if gain <= 0 {
		return 0
	}
	if gain >= r.boost {
		return 1
	}
	return gain / r.boost
}
