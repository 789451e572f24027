package prioritize

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Built-in scales. They are assumed until a calibration replaces them.
const (
	defaultMean     = 0.5
	defaultSD       = 0.25
	defaultHalf     = 5.0     // of a count: five get half of the credit
	defaultDemand   = 3.0     // of demand. Of 1 to 12 tried on a public tracker 2 and 3 foretold best, by little
	defaultMoney    = 10000.0 // of a sum of money: 200 000 get all of it
	defaultHalfLife = 90.0    // days. Of 30 to 365 tried on a public tracker 90 foretold best what users asked for next
)

// nameDemand is the criterion that is made of votes, watchers and comments.
const nameDemand = "demand"

// feed is one signal that a criterion reads, and what one of it is worth.
type feed struct {
	signal work.Signal
	worth  float64
}

// demandFeeds says what demand is made of. Watching costs a click and is often
// automatic, so four watchers weigh as one vote or comment (assumed). Who reports the
// same again took more trouble than who votes. A signal that the policy weighs by
// itself does not count here as well.
var demandFeeds = []feed{{work.Votes, 1}, {work.Watchers, 0.25}, {work.Comments, 1}, {work.Repeats, 2}}

// builtinCurves holds the curves of the criteria that are known by name. Any
// other name is a mapped signal and counts.
var builtinCurves = map[string]Curve{
	nameStakeholders:      CurveScore,
	"revenue":             CurveMoney,
	string(work.Priority): CurveOrdinal,
	string(work.Progress): CurveOrdinal,
	string(work.Breached): CurveOrdinal,
}

// ownOnly are judgements that say nothing about the parts of what they judge:
// how far an item has come, and whether its own promise was broken.
var ownOnly = []string{string(work.Progress), string(work.Breached)}

// criterion is one line of a policy, ready for use: every field is set.
type criterion struct {
	name     string
	weight   float64 // of 1
	curve    Curve
	half     float64
	mean, sd float64
	noise    float64 // standard deviation of the error in a known share, where one is expected
	factor   float64 // standard deviation of the factor by which a known share is off, on the log scale; 0: it is off by noise
	halfLife float64 // days
	feeds    []feed
	panel    panel   // people whose scores make it together; nil: it is one field
	inherits bool    // what nobody said of an item is expected from its parent
	report   float64 // what the report of an item is worth by itself, dated to its creation
}

// criteriaOf gives the criteria of a policy that have a weight, the heaviest
// first, equal weights by name.
func criteriaOf(s Settings) []criterion {
	names := slices.Sorted(maps.Keys(s.Value))
	sum := 0.0
	for _, name := range names {
		sum += s.Value[name]
	}
	var out []criterion
	for _, name := range names {
		if w := s.Value[name]; w > 0 {
			c := newCriterion(name, w/sum, s.Anchors[name])
			c.feeds = slices.DeleteFunc(slices.Clone(c.feeds), func(f feed) bool {
				return string(f.signal) != name && s.Value[string(f.signal)] > 0
			})
			if name == nameStakeholders {
				c.panel = newPanel(s)
			}
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b criterion) int { return cmp.Compare(b.weight, a.weight) })
	return out
}

func newCriterion(name string, weight float64, a Anchor) criterion {
	c := criterion{
		name:     name,
		weight:   weight,
		curve:    cmp.Or(a.Curve, builtinCurves[name], CurveCount),
		mean:     cmp.Or(a.Mean, defaultMean),
		sd:       cmp.Or(a.SD, defaultSD),
		halfLife: cmp.Or(float64(a.HalfLife), defaultHalfLife),
		feeds:    []feed{{work.Signal(name), 1}},
	}
	c.noise = a.Noise * c.curve.slope(c.mean)
	if c.curve != CurveMoney { // whose shares are logarithms already
		c.factor = a.Noise
	}
	c.inherits = !c.curve.counts() && !slices.Contains(ownOnly, name)
	if name == nameDemand {
		c.feeds, c.report, c.half = demandFeeds, 1, defaultDemand
	}
	if c.curve == CurveMoney {
		c.half = defaultMoney
	}
	c.half = cmp.Or(a.Half, c.half, defaultHalf)
	return c
}

// finding is what a group holds of one criterion.
type finding struct {
	known  bool
	figure float64  // as found
	aged   float64  // of a count: what age has left of it, and of the report
	share  float64  // place of the aged figure on the scale
	from   work.Ref // the parent whose figure it is; then known is false
}

// find reads the criterion from the group. It appends what each signal gathered
// to tallies.
func (c *criterion) find(g work.Group, now time.Time, tallies []Tally) (finding, []Tally) {
	if !c.curve.counts() {
		return c.judged(g), tallies
	}
	var f finding
	f.aged = c.report * reports(g, now, c.halfLife)
	for _, feed := range c.feeds {
		t, known := tally(g, feed.signal, c.halfLife, now)
		f.known = f.known || known
		f.figure += feed.worth * t.Amount
		f.aged += feed.worth * t.Decayed
		if t.Amount > 0 {
			tallies = append(tallies, t)
		}
	}
	f.share = curves[c.curve](f.aged, c.half)
	return f, tallies
}

// judged reads a judgement: of the group, or else of the nearest parent that has one.
func (c *criterion) judged(g work.Group) finding {
	if c.panel != nil {
		return c.panel.judge(g)
	}
	signal := c.feeds[0].signal
	x, ok := firstKnown(g, signal)
	f := finding{known: ok}
	for i := 0; !ok && c.inherits && i < len(g.Above); i++ {
		if x, ok = known(g.Above[i], signal); ok {
			f.from = g.Above[i].Ref
		}
	}
	f.figure, f.share = x, curves[c.curve](x, c.half)
	return f
}

// firstKnown gives the judgement of the first member that has one.
func firstKnown(g work.Group, s work.Signal) (float64, bool) {
	for i := range g.Items {
		if x, ok := known(&g.Items[i], s); ok {
			return x, true
		}
	}
	return 0, false
}

// known gives the figure that an item holds of a judgement.
func known(it *work.Item, s work.Signal) (float64, bool) {
	x, ok := it.Signals[s]
	if !ok {
		return 0, false
	}
	return figure(x)
}
