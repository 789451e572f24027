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
func (r Round) Moment() time.Time { return endOfDay(r.At) }

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

// Price says by how much more delay costs because one item keeps the place that
// a person gave it.
type Price struct {
	Ref   work.Ref
	Share float64 // of the cost of the order without the pin: 0.009 is 0.9 %; below 0 where it saves
}

// Prices gives the price of every pin, by place; nothing where delay costs nothing.
func (r Round) Prices() []Price {
	given := r.given()
	cost := r.Ranking.Cost(indexes(r.Placed))
	var out []Price
	for _, p := range r.Placed {
		if p.Held != plan.HeldPinned {
			continue
		}
		without := plan.Arrange(given.Release(p.Ranked.Place - 1)).Placed
		if base := r.Ranking.Cost(indexes(without)); base > 0 {
			out = append(out, Price{p.Ranked.Group.Ref(), cost/base - 1})
		}
	}
	return out
}

// indexes gives the placed groups as indexes of the ranking.
func indexes(placed []plan.Placed) []int {
	out := make([]int, len(placed))
	for i, p := range placed {
		out[i] = p.Ranked.Place - 1
	}
	return out
}
