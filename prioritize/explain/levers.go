package explain

import (
	"maps"
	"math"
	"slices"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// mostPieces bounds how many more votes are proposed: beyond that it is no plan.
const mostPieces = 500

// farDays bounds how far ahead a due date is moved.
const farDays = 365

// fibonacci are the estimates that teams choose from.
var fibonacci = []float64{0.5, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89}

// grades are the scores that a person gives.
var grades = []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

// withSignal gives the group with a figure written where the policy reads it:
// on the first member that has one, or on the item that names the group.
func withSignal(g work.Group, s work.Signal, x float64) work.Group {
	at, _ := holder(g, s)
	items := slices.Clone(g.Items)
	items[at].Signals = maps.Clone(items[at].Signals)
	if items[at].Signals == nil {
		items[at].Signals = work.Signals{}
	}
	items[at].Signals[s] = x
	g.Items = items
	return g
}

// holder gives the index of the member whose figure is read, and whether there is one.
func holder(g work.Group, s work.Signal) (int, bool) {
	for i := range g.Items {
		x, ok := g.Items[i].Signals[s]
		if ok && !math.IsNaN(x) && (s != work.Effort || x >= 0) {
			return i, true
		}
	}
	return 0, false
}

// ladder is a lever over the rungs that lie in the wanted direction, of a
// figure that rises with the score (or falls, where falls is set).
func ladder(f Flip, g work.Group, rungs []float64, down bool) lever {
	rungs = slices.Clone(rungs)
	if f.Known {
		rungs = slices.DeleteFunc(rungs, func(r float64) bool { return r == f.From || (r < f.From) != down })
	}
	if down {
		slices.Reverse(rungs)
	}
	return lever{
		most:  len(rungs),
		group: func(n int) work.Group { return withSignal(g, f.Signal, rungs[n-1]) },
		flip: func(n int) Flip {
			f.To, f.Steps = rungs[n-1], n
			if !f.Known {
				f.Steps = 1 // to say it at all
			}
			return f
		},
	}
}

// estimate moves the story points: less work stands higher.
func (b *Backlog) estimate(g work.Group, up bool) lever {
	f := Flip{Name: TermEffort, Signal: work.Effort, Unit: Estimate}
	at, known := holder(g, work.Effort)
	if known {
		f.Known, f.From = true, g.Items[at].Signals[work.Effort]
	}
	return ladder(f, g, fibonacci, up)
}

// judgement moves what somebody wrote down.
func (b *Backlog) judgement(g work.Group, in prioritize.Input, up bool) lever {
	f := Flip{Name: in.Criterion, Signal: in.Signals[0]}
	at, known := holder(g, f.Signal)
	if known {
		f.Known, f.From = true, math.Max(g.Items[at].Signals[f.Signal], 0)
	}
	rungs := in.Steps
	switch {
	case rungs != nil:
		f.Unit = Step
	case in.Curve == prioritize.CurveScore:
		f.Unit, rungs = Grade, grades
	case in.Curve == prioritize.CurveMoney:
		f.Unit, rungs = Money, roundSums()
	default:
		f.Unit, rungs = Place, b.levels(f.Signal)
	}
	return ladder(f, g, rungs, up == in.Falls)
}

// roundSums are sums of money: 1, 2, 5, 10, … to a billion.
func roundSums() []float64 {
	var out []float64
	for power := range 9 {
		for _, digit := range []float64{1, 2, 5} {
			out = append(out, digit*math.Pow10(power))
		}
	}
	return append(out, 1e9)
}

// levels gives the figures of an ordered field that any item of the backlog has.
func (b *Backlog) levels(s work.Signal) []float64 {
	seen := map[float64]bool{}
	for i := range b.ranked {
		for _, it := range b.ranked[i].Group.Items {
			if x, ok := it.Signals[s]; ok && x >= 0 && x <= 1 {
				seen[x] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// pieces adds evidence dated now.
func (b *Backlog) pieces(g work.Group, in prioritize.Input) lever {
	f := Flip{Name: in.Criterion, Signal: usual(g, in.Signals), Unit: Piece, Known: true}
	for i := range g.Items {
		f.From += math.Max(g.Items[i].Signals[f.Signal], 0)
	}
	return lever{
		most:  mostPieces,
		group: func(n int) work.Group { return withEvidence(g, f.Signal, n, b.at) },
		flip: func(n int) Flip {
			f.To, f.Steps = float64(n), n
			return f
		},
	}
}

// usual gives the signal that the group has most of.
func usual(g work.Group, signals []work.Signal) work.Signal {
	best, most := signals[0], 0.0
	for _, s := range signals {
		sum := 0.0
		for i := range g.Items {
			sum += g.Items[i].Signals[s]
		}
		if sum > most {
			best, most = s, sum
		}
	}
	return best
}

// withEvidence gives the group with so many more pieces of evidence. A count
// that the tracker keeps beside them rises too.
func withEvidence(g work.Group, s work.Signal, n int, at time.Time) work.Group {
	k, counted := holder(g, s)
	if counted {
		g = withSignal(g, s, math.Max(g.Items[k].Signals[s], 0)+float64(n))
	} else {
		g.Items = slices.Clone(g.Items)
	}
	it := &g.Items[k]
	it.Events = append(slices.Clone(it.Events), work.Event{Signal: s, At: at, Amount: float64(n)})
	return g
}

// date moves the due date, day by day: earlier stands higher, but no date that
// has passed is proposed. An item without one has it moved from where the
// horizon of the policy begins.
func (b *Backlog) date(g work.Group, up bool) lever {
	f := Flip{Name: "due", Unit: Date}
	for i := range g.Items {
		if due := g.Items[i].Due; !due.IsZero() && (f.WasDue.IsZero() || due.Before(f.WasDue)) {
			f.Known, f.WasDue = true, due
		}
	}
	from := f.WasDue
	if from.IsZero() {
		from = b.day(int(b.settings.Urgency.Horizon) + 14) // two weeks of work before it
	}
	ahead := int(math.Round(from.Sub(b.at).Hours() / 24))
	move, most := -1, ahead
	if !up {
		move, most = 1, farDays-ahead
	}
	if !up && f.WasDue.IsZero() {
		most = 0
	}
	due := func(n int) time.Time { return b.day(ahead + move*n) }
	return lever{
		most:  most,
		group: func(n int) work.Group { return withDue(g, due(n)) },
		flip: func(n int) Flip {
			f.Due, f.Steps = due(n), (n+6)/7
			return f
		},
	}
}

// day gives the end of the day so many days after that of the ranking.
func (b *Backlog) day(n int) time.Time {
	t := b.at
	return time.Date(t.Year(), t.Month(), t.Day()+n, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// withDue gives the group with its due date moved, on every member that has one.
func withDue(g work.Group, due time.Time) work.Group {
	g.Items = slices.Clone(g.Items)
	any := false
	for i := range g.Items {
		if !g.Items[i].Due.IsZero() {
			g.Items[i].Due, any = due, true
		}
	}
	if !any {
		g.Items[0].Due = due
	}
	return g
}

// Apply gives the group with the change made, for the moment of the ranking.
func (f Flip) Apply(g work.Group, at time.Time) work.Group {
	switch f.Unit {
	case Date:
		return withDue(g, f.Due)
	case Piece:
		return withEvidence(g, f.Signal, int(f.To), at)
	}
	return withSignal(g, f.Signal, f.To)
}
