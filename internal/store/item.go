package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// Item is an item of a backlog as we last saw it and last wrote it.
type Item struct {
	work.Identity
	Key    string                   // as people saw it
	Values map[work.Slot]work.Value // as last written by us; a missing slot was never written
	Labels []string                 // ours, in the order given
	Lane   string                   // of the order as last written
	Place  int64                    // in that lane, from 1; 0: never written
	Digest string                   // of what its score rested on when that was last right
}

// row is an item as it is stored: two that are equal need no write.
type row struct {
	item                       work.Identity
	key, written, labels, lane string
	place                      int64
	digest                     string
}

func (r row) values(backlog string) []any {
	return []any{backlog, r.item.Site, r.item.ID, r.key, r.written, r.labels, r.lane, r.place, r.digest}
}

// Seen is a backlog as a run has left it.
type Seen struct {
	Items    []Item          // all of them, each identity once
	Pins     []Pin           // new ones, and those that took the place of older ones
	Unpinned []work.Identity // those whose pins have ended
	Run      string          // its id
	Note     json.RawMessage // of the caller about the backlog as a whole, kept as given; nil: none
}

// See replaces what is remembered of a backlog, in one transaction. It costs
// what has changed. What is remembered about an item that is now in no backlog,
// its evidence, goes; so does its pin in this backlog.
func (s *Store) See(ctx context.Context, backlog string, seen Seen) error {
	wanted, err := rowsFor(seen.Items)
	if err != nil {
		return err
	}
	err = s.within(ctx, "items "+backlog, func(tx *sql.Tx) error {
		present, err := rowsOf(ctx, tx, backlog)
		if err != nil {
			return err
		}
		if err := replace(ctx, tx, backlog, present, wanted); err != nil {
			return err
		}
		for _, p := range seen.Pins {
			if err := pin(ctx, tx, backlog, p); err != nil {
				return err
			}
		}
		for _, id := range seen.Unpinned {
			if err := unpin(ctx, tx, backlog, id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO outcome (backlog, run, note) VALUES ($1, $2, $3)
			ON CONFLICT (backlog) DO UPDATE SET run = excluded.run, note = excluded.note`, backlog, seen.Run, string(seen.Note))
		return err
	})
	return s.fault(err)
}

// rowsFor gives the stored form of items.
func rowsFor(items []Item) (map[work.Identity]row, error) {
	wanted := make(map[work.Identity]row, len(items))
	for _, it := range items {
		r, err := it.row()
		if err != nil {
			return nil, fmt.Errorf("item %s of %s: %w", it.ID, it.Site, err)
		}
		if _, twice := wanted[r.item]; twice {
			return nil, fmt.Errorf("item %s of %s: %w: it is given twice", it.ID, it.Site, work.ErrInvalid)
		}
		wanted[r.item] = r
	}
	return wanted, nil
}

// replace writes the difference between two sets of items.
func replace(ctx context.Context, tx *sql.Tx, backlog string, present []row, wanted map[work.Identity]row) error {
	gone := map[string][]string{} // ids by site
	for _, r := range present {
		w, ok := wanted[r.item]
		switch {
		case !ok:
			gone[r.item.Site] = append(gone[r.item.Site], r.item.ID)
		case w == r:
			delete(wanted, r.item)
		}
	}
	changed := slices.SortedFunc(maps.Values(wanted), func(a, b row) int { return a.item.Compare(b.item) })
	rows := make([][]any, len(changed))
	for i, r := range changed {
		rows[i] = r.values(backlog)
	}
	err := insert(ctx, tx, "INSERT INTO item (backlog, site, id, item_key, written, labels, lane, place, digest) VALUES",
		`ON CONFLICT (backlog, site, id) DO UPDATE SET item_key = excluded.item_key, written = excluded.written, labels = excluded.labels,
		lane = excluded.lane, place = excluded.place, digest = excluded.digest`, rows)
	if err != nil {
		return err
	}
	for _, site := range slices.Sorted(maps.Keys(gone)) {
		for ids := range slices.Chunk(gone[site], batch) {
			if err := forget(ctx, tx, backlog, site, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// forget removes items of a site from a backlog, and what is remembered about
// those that no other backlog holds.
func forget(ctx context.Context, tx *sql.Tx, backlog, site string, ids []string) error {
	args := []any{site, backlog}
	for _, id := range ids {
		args = append(args, id)
	}
	in := " IN (" + placeholders(3, len(ids)) + ")"
	for _, statement := range []string{
		"DELETE FROM item WHERE site = $1 AND backlog = $2 AND id" + in,
		"DELETE FROM pin WHERE site = $1 AND backlog = $2 AND id" + in,
		"DELETE FROM evidence WHERE site = $1 AND id" + in +
			" AND NOT EXISTS (SELECT 1 FROM item WHERE item.site = evidence.site AND item.id = evidence.id AND item.backlog <> $2)",
	} {
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}

// Outcome gives the run that See was last told of for a backlog, and its note;
// both are empty where there was none.
func (s *Store) Outcome(ctx context.Context, backlog string) (run string, note json.RawMessage, err error) {
	found, err := collect(ctx, s.db, scanPair, "SELECT run, note FROM outcome WHERE backlog = $1", backlog)
	if err != nil || len(found) == 0 {
		return "", nil, s.fault(err)
	}
	if text := found[0][1]; text != "" {
		note = json.RawMessage(text)
	}
	return found[0][0], note, nil
}

// Seen gives the items of a backlog as See last got them, by site and id.
func (s *Store) Seen(ctx context.Context, backlog string) (map[work.Identity]Item, error) {
	rows, err := rowsOf(ctx, s.db, backlog)
	if err != nil {
		return nil, s.fault(err)
	}
	out := make(map[work.Identity]Item, len(rows))
	for _, r := range rows {
		it, err := r.decode()
		if err != nil {
			return nil, s.fault(fmt.Errorf("item %s of %s: %w", r.item.ID, r.item.Site, err))
		}
		out[r.item] = it
	}
	return out, nil
}

func rowsOf(ctx context.Context, q querier, backlog string) ([]row, error) {
	return collect(ctx, q, scanRow, "SELECT "+itemColumns+" FROM item WHERE backlog = $1", backlog)
}

// itemColumns are what scanRow reads.
const itemColumns = "site, id, item_key, written, labels, lane, place, digest"

func scanRow(scan func(...any) error) (row, error) {
	var r row
	err := scan(&r.item.Site, &r.item.ID, &r.key, &r.written, &r.labels, &r.lane, &r.place, &r.digest)
	return r, err
}

// row gives the stored form of an item.
func (it Item) row() (row, error) {
	r := row{item: it.Identity, key: text(it.Key), lane: text(it.Lane), place: it.Place, digest: it.Digest}
	var err error
	if len(it.Values) > 0 {
		if r.written, err = encode(it.Values); err != nil {
			return r, err
		}
	}
	if len(it.Labels) > 0 {
		r.labels, err = encode(it.Labels)
	}
	return r, err
}

// decode gives the item that a row stands for.
func (r row) decode() (Item, error) {
	it := Item{Identity: r.item, Key: r.key, Lane: r.lane, Place: r.place, Digest: r.digest}
	if err := decode(r.written, &it.Values); err != nil {
		return it, err
	}
	return it, decode(r.labels, &it.Labels)
}

// Elsewhere gives those of the items that other backlogs hold, as each left them,
// by the names of the backlogs.
func (s *Store) Elsewhere(ctx context.Context, backlog string, items []work.Identity) (map[work.Identity][]Item, error) {
	ids := map[string][]string{} // by site
	for _, id := range items {
		ids[id.Site] = append(ids[id.Site], id.ID)
	}
	out := map[work.Identity][]Item{}
	for site, all := range ids {
		for some := range slices.Chunk(all, batch) {
			args := []any{backlog, site}
			for _, id := range some {
				args = append(args, id)
			}
			rows, err := collect(ctx, s.db, scanRow, "SELECT "+itemColumns+` FROM item
				WHERE backlog <> $1 AND site = $2 AND id IN (`+placeholders(3, len(some))+`) ORDER BY backlog`, args...)
			if err != nil {
				return nil, s.fault(err)
			}
			for _, r := range rows {
				it, err := r.decode()
				if err != nil {
					return nil, s.fault(fmt.Errorf("item %s of %s: %w", r.item.ID, r.item.Site, err))
				}
				out[r.item] = append(out[r.item], it)
			}
		}
	}
	return out, nil
}
