package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Count is how much evidence a service shows for an item now, without saying
// when it came.
type Count struct {
	Item   work.Identity
	Signal work.Signal
	Amount float64   // ≥ 0, to four decimals
	From   time.Time // the date of what is there at the first observation: when the item was made; zero: now
}

// decimals is the precision of amounts, that of work.Value: they are stored as
// whole ten-thousandths, so that increments add up exactly.
const decimals = 1e4

// maxAmount is the largest amount that is exact as a float64.
const maxAmount = 1 << 53 / decimals

// Observe brings the evidence of items up to their counts, and gives it for the
// items and signals of the counts, as Evidence does. What a first count holds is
// dated by From, what a later one adds by now; what a later one lacks is taken from
// the newest evidence. So the amounts always add up to the last count.
func (s *Store) Observe(ctx context.Context, counts []Count) (map[work.Identity][]work.Event, error) {
	now, out := s.stamp(), map[work.Identity][]work.Event{}
	sites, err := bySite(counts)
	if err != nil {
		return nil, err
	}
	err = s.within(ctx, "evidence", func(tx *sql.Tx) error {
		for _, site := range slices.Sorted(maps.Keys(sites)) {
			known, err := increments(ctx, tx, site)
			if err != nil {
				return err
			}
			next := foresee(known, sites[site], now)
			if err := observe(ctx, tx, site, known, next); err != nil {
				return err
			}
			maps.Copy(out, eventsOf(site, next))
		}
		return nil
	})
	return out, s.fault(err)
}

// Foresee gives what Observe would give and writes nothing.
func (s *Store) Foresee(ctx context.Context, counts []Count) (map[work.Identity][]work.Event, error) {
	now, out := s.stamp(), map[work.Identity][]work.Event{}
	sites, err := bySite(counts)
	if err != nil {
		return nil, err
	}
	for site, counts := range sites {
		known, err := increments(ctx, s.db, site)
		if err != nil {
			return nil, s.fault(err)
		}
		maps.Copy(out, eventsOf(site, foresee(known, counts, now)))
	}
	return out, nil
}

// foresee gives the increments of the strands that are counted, once they add up
// to the counts.
func foresee(known map[strand][]increment, counts []Count, now int64) map[strand][]increment {
	out := make(map[strand][]increment, len(counts))
	for _, c := range counts {
		k := strand{c.Item.ID, c.Signal}
		had, again := out[k]
		if !again {
			had = known[k]
		}
		out[k] = brought(had, c, now)
	}
	return out
}

// bySite sorts counts by their sites, and refuses what is no count.
func bySite(counts []Count) (map[string][]Count, error) {
	out := map[string][]Count{}
	for _, c := range counts {
		if !(c.Amount >= 0 && c.Amount <= maxAmount) {
			return nil, fmt.Errorf("item %s of %s: %w: %s %v is no count", c.Item.ID, c.Item.Site, work.ErrInvalid, c.Signal, c.Amount)
		}
		out[c.Item.Site] = append(out[c.Item.Site], c)
	}
	return out, nil
}

// observe writes what separates the known evidence of a site from the next.
func observe(ctx context.Context, tx *sql.Tx, site string, known, next map[strand][]increment) error {
	var order []strand // those that change
	for k, incs := range next {
		if !slices.Equal(incs, known[k]) {
			order = append(order, k)
		}
	}
	slices.SortFunc(order, strand.compare)
	var rows [][]any
	for _, k := range order {
		for _, inc := range next[k] {
			if !slices.Contains(known[k], inc) {
				rows = append(rows, []any{site, k.id, string(k.signal), inc.at, inc.amount})
			}
		}
		if err := retract(ctx, tx, site, k, known[k], next[k]); err != nil {
			return err
		}
	}
	return insert(ctx, tx, "INSERT INTO evidence (site, id, signal, at, amount) VALUES",
		"ON CONFLICT (site, id, signal, at) DO UPDATE SET amount = excluded.amount", rows)
}

// retract removes the increments of a strand that are left out of its new ones.
func retract(ctx context.Context, tx *sql.Tx, site string, k strand, had, have []increment) error {
	for _, inc := range had {
		if slices.ContainsFunc(have, func(h increment) bool { return h.at == inc.at }) {
			continue
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM evidence WHERE site = $1 AND id = $2 AND signal = $3 AND at = $4", site, k.id, string(k.signal), inc.at)
		if err != nil {
			return err
		}
	}
	return nil
}

// strand names the evidence of one signal of one item of a site.
type strand struct {
	id     string
	signal work.Signal
}

func (k strand) compare(o strand) int {
	return cmp.Or(cmp.Compare(k.id, o.id), cmp.Compare(k.signal, o.signal))
}

// increment is a piece of evidence as it is stored. The first of a strand stays
// even when nothing is left of it: it says that a first count was taken.
type increment struct{ at, amount int64 }

// brought gives the increments of a strand, oldest first, once they add up to a
// count. Those it had are not changed.
func brought(had []increment, c Count, now int64) []increment {
	want := int64(math.Round(c.Amount * decimals))
	if len(had) == 0 {
		return []increment{{cmp.Or(millis(c.From), now), want}}
	}
	more := want
	for _, inc := range had {
		more -= inc.amount
	}
	if more == 0 {
		return had
	}
	out := slices.Clone(had)
	if more > 0 {
		at, found := slices.BinarySearchFunc(out, now, func(inc increment, now int64) int { return cmp.Compare(inc.at, now) })
		if found {
			out[at].amount += more
			return out
		}
		return slices.Insert(out, at, increment{now, more})
	}
	for i := len(out) - 1; more < 0; i-- {
		taken := min(out[i].amount, -more)
		out[i].amount -= taken
		more += taken
	}
	later := slices.DeleteFunc(out[1:], func(inc increment) bool { return inc.amount == 0 })
	return out[:1+len(later)]
}

// Evidence gives the dated evidence of the items of a site, by signal and oldest
// first.
func (s *Store) Evidence(ctx context.Context, site string) (map[work.Identity][]work.Event, error) {
	known, err := increments(ctx, s.db, site)
	if err != nil {
		return nil, s.fault(err)
	}
	return eventsOf(site, known), nil
}

// eventsOf gives increments of a site as evidence.
func eventsOf(site string, known map[strand][]increment) map[work.Identity][]work.Event {
	out := map[work.Identity][]work.Event{}
	for k, incs := range known {
		item := work.Identity{Site: site, ID: k.id}
		for _, inc := range incs {
			if inc.amount > 0 {
				out[item] = append(out[item], work.Event{Signal: k.signal, At: moment(inc.at), Amount: float64(inc.amount) / decimals})
			}
		}
	}
	for _, events := range out {
		slices.SortFunc(events, func(a, b work.Event) int { return cmp.Or(cmp.Compare(a.Signal, b.Signal), a.At.Compare(b.At)) })
	}
	return out
}

// increments reads the evidence of a site, oldest first.
func increments(ctx context.Context, q querier, site string) (map[strand][]increment, error) {
	type found struct {
		strand
		increment
	}
	rows, err := collect(ctx, q, func(scan func(...any) error) (found, error) {
		var f found
		var signal string
		err := scan(&f.id, &signal, &f.at, &f.amount)
		f.signal = work.Signal(signal)
		return f, err
	}, "SELECT id, signal, at, amount FROM evidence WHERE site = $1 ORDER BY id, signal, at", site)
	out := make(map[strand][]increment, len(rows))
	for _, f := range rows {
		out[f.strand] = append(out[f.strand], f.increment)
	}
	return out, err
}
