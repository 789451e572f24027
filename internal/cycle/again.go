package cycle

import (
	"context"
	"maps"
	"slices"
	"time"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// Moment gives the moment that the ranking stands for: the end of the round's
// day, in its zone.
func (r Round) Moment() time.Time { return work.EndOfDay(r.At) }

// Readers gives sources that hold what the round has read, so that one pull can
// be ranked by several policies.
func (r Round) Readers() []connectors.Reader {
	out := make([]connectors.Reader, len(r.Sources))
	for i, s := range r.Sources {
		out[i] = kept{s}
	}
	return out
}

// kept is a source that was read already.
type kept struct{ source Source }

func (k kept) Source() string  { return k.source.Name }
func (k kept) Caps() work.Caps { return k.source.Caps }

// Pull gives the items with maps and slices of their own: a round may add to
// what it was given.
func (k kept) Pull(context.Context) (work.Snapshot, error) {
	s := k.source.Snapshot
	s.Items, s.Findings = slices.Clone(s.Items), slices.Clone(s.Findings)
	for i := range s.Items {
		it := &s.Items[i]
		it.Signals, it.Attrs = maps.Clone(it.Signals), maps.Clone(it.Attrs)
		it.Events, it.Links = slices.Clone(it.Events), slices.Clone(it.Links)
	}
	return s, nil
}

// Price says by how much more delay costs because the item keeps the place that a
// person pinned or moved it to, as a share of the cost of the order without that pin:
// 0.009 is 0.9 %; below 0 where it saves. It gives false for what is not pinned,
// and where delay costs nothing.
func (r Round) Price(p plan.Placed) (share float64, ok bool) {
	if !p.Held.ByPerson() {
		return 0, false
	}
	without := plan.Arrange(r.given.Release(p.Ranked.Place - 1)).Placed
	base := r.Ranking.Cost(indexes(without))
	if base <= 0 {
		return 0, false
	}
	return r.Ranking.Cost(indexes(r.Placed))/base - 1, true
}

// indexes gives the placed groups as indexes of the ranking.
func indexes(placed []plan.Placed) []int {
	out := make([]int, len(placed))
	for i, p := range placed {
		out[i] = p.Ranked.Place - 1
	}
	return out
}
