package prioritize

import (
	"fmt"
	"strings"

	"stackrank/internal/work"
)

// Assumptions says, in sentences for people, what the model takes for granted
// about the groups of a ranking: what stands in for figures that it reads by
// name and nobody gave, and what of the groups it does not read. It gives nothing
// where all is as the model wants it.
func (e *Engine) Assumptions(r Ranking) []string {
	var out, nowhere, instead []string
	for _, in := range e.formula.inputs {
		lacking := r.count(func(_ *work.Group, s *Score) bool { return !s.knows(string(in.signal)) })
		switch lacking {
		case 0:
		case len(r.Ranked):
			nowhere, instead = append(nowhere, string(in.signal)), append(instead, in.otherwise)
		default:
			out = append(out, fmt.Sprintf("%d of %d items lack %s; taken instead: %s.", lacking, len(r.Ranked), in.signal, in.otherwise))
		}
	}
	if len(nowhere) > 0 {
		out = append(out, fmt.Sprintf("No item has %s; taken instead: %s.", strings.Join(nowhere, ", "), strings.Join(instead, ", ")))
	}
	for _, u := range unread {
		if n := r.count(u.of); n > 0 && u.in(&e.formula) {
			out = append(out, fmt.Sprintf(u.sentence, e.name, n, len(r.Ranked)))
		}
	}
	return out
}

// count gives the number of groups of which something holds.
func (r Ranking) count(holds func(*work.Group, *Score) bool) int {
	n := 0
	for i := range r.Ranked {
		if holds(&r.Ranked[i].Group, &r.Ranked[i].Score) {
			n++
		}
	}
	return n
}

// unread are facts of a group that a model has no use for: which models, which
// groups, and how it is said of so many of all.
var unread = []struct {
	in       func(*formula) bool
	of       func(*work.Group, *Score) bool
	sentence string
}{
	{
		func(f *formula) bool { return !f.dates },
		func(_ *work.Group, s *Score) bool { return !s.Due.IsZero() },
		"Model %s reads no due dates, which %d of %d items have.",
	},
	{
		func(f *formula) bool { return !f.classes },
		func(g *work.Group, _ *Score) bool { class, _ := classOf(*g); return class != work.Standard },
		"Model %s reads no classes of service, which %d of %d items have.",
	},
	{
		func(f *formula) bool { return f.classes },
		func(g *work.Group, s *Score) bool {
			class, _ := classOf(*g)
			return s.Class != class && class != work.Intangible
		},
		"Model %s takes a fixed date that is not set, and a promise without a target or a beginning, for standard work: %d of %d items.",
	},
	{
		func(f *formula) bool { return f.reads(string(signalReach)) },
		func(_ *work.Group, s *Score) bool { return s.EffortKnown && s.Work == leastMonths },
		"Model %s counts every effort below half a person-month as half a month: that of %d of %d items.",
	},
}
