package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Kept is a source of a backlog as a round has read it, to go on from.
type Kept struct {
	Source string
	Scope  string      // all that decides what is read and how; with another one nothing is kept
	Cursor []byte      // from where the reading goes on
	Whole  time.Time   // when the source was last read whole; zero when given to Keep: just now
	Items  []work.Item // each ref once, in the order of their ids; where they stand is not kept
}

// keptVersion is that of the form in which items are kept. It is part of the
// scope: what another form was kept in is none.
const keptVersion = "1 "

// Keep replaces what is kept of the sources of a backlog, in one transaction;
// a source that is not among them is kept no more. It costs what has changed and
// a look at the rest. The places of the items (lane, number and position) are
// left out: who goes on from a cursor is told them anew, and one card on top of
// a list would change all that are below.
func (s *Store) Keep(ctx context.Context, backlog string, sources []Kept) error {
	wanted := make([]map[string]string, len(sources))
	for i, k := range sources {
		var err error
		if wanted[i], err = keptRows(k.Items); err != nil {
			return fmt.Errorf("source %s: %w", k.Source, err)
		}
	}
	err := s.within(ctx, "kept "+backlog, func(tx *sql.Tx) error {
		for i, k := range sources {
			if err := keepItems(ctx, tx, backlog, k.Source, wanted[i]); err != nil {
				return err
			}
			if err := s.keepCursor(ctx, tx, backlog, k); err != nil {
				return err
			}
		}
		return dropOthers(ctx, tx, backlog, sources)
	})
	return s.fault(err)
}

// Unkeep forgets from where the sources of a backlog can be gone on: each is read
// whole next. The items stay, so that to keep them again costs what has changed.
func (s *Store) Unkeep(ctx context.Context, backlog string) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM kept WHERE backlog = $1", backlog)
	return s.fault(err)
}

// Kept gives a source as it was kept last. It gives nil where there is none of
// this scope, and where the source was last read whole longer ago than every.
func (s *Store) Kept(ctx context.Context, backlog, source, scope string, every time.Duration) (*Kept, error) {
	var heads []head
	var rows [][2]string
	err := s.within(ctx, "kept "+backlog, func(tx *sql.Tx) (err error) {
		heads, err = collect(ctx, tx, scanHead, "SELECT cursor, whole FROM kept WHERE backlog = $1 AND source = $2 AND scope = $3",
			backlog, source, text(keptVersion+scope))
		heads = slices.DeleteFunc(heads, func(h head) bool { return !s.young(h, every) })
		if err != nil || len(heads) == 0 {
			return err
		}
		rows, err = collect(ctx, tx, scanPair, "SELECT id, item FROM kept_item WHERE backlog = $1 AND source = $2 ORDER BY id", backlog, source)
		return err
	})
	if err != nil || len(heads) == 0 {
		return nil, s.fault(err)
	}
	k := Kept{Source: source, Scope: scope, Whole: moment(heads[0].whole), Items: make([]work.Item, len(rows))}
	if k.Cursor, err = base64.StdEncoding.DecodeString(heads[0].cursor); err != nil {
		return nil, s.fault(fmt.Errorf("the cursor of source %s as it was kept: %w", source, err))
	}
	for i, r := range rows {
		if k.Items[i], err = decodeItem(r[1]); err != nil {
			return nil, s.fault(fmt.Errorf("item %s of source %s as it was kept: %w", r[0], source, err))
		}
	}
	return &k, nil
}

// head is what is kept of a source beside its items.
type head struct {
	cursor string
	whole  int64
}

// young reports whether the source was read whole less than every ago.
func (s *Store) young(h head, every time.Duration) bool {
	age := s.now().Sub(moment(h.whole))
	return age >= 0 && age < every
}

func scanHead(scan func(...any) error) (h head, err error) {
	err = scan(&h.cursor, &h.whole)
	return h, err
}

// keptRows gives the stored form of items, by id.
func keptRows(items []work.Item) (map[string]string, error) {
	out := make(map[string]string, len(items))
	for _, it := range items {
		row, err := encodeItem(it)
		if err != nil {
			return nil, fmt.Errorf("item %s: %w", it.Ref, err)
		}
		if _, twice := out[it.Ref.ID]; twice {
			return nil, fmt.Errorf("item %s: %w: it is given twice", it.Ref, work.ErrInvalid)
		}
		out[it.Ref.ID] = row
	}
	return out, nil
}

// keepItems writes the difference between the items that are kept of a source
// and those that are to be.
func keepItems(ctx context.Context, tx *sql.Tx, backlog, source string, wanted map[string]string) error {
	present, err := collect(ctx, tx, scanPair, "SELECT id, item FROM kept_item WHERE backlog = $1 AND source = $2", backlog, source)
	if err != nil {
		return err
	}
	var gone []string
	for _, r := range present {
		w, ok := wanted[r[0]]
		switch {
		case !ok:
			gone = append(gone, r[0])
		case w == r[1]:
			delete(wanted, r[0])
		}
	}
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		rows = append(rows, []any{backlog, source, id, wanted[id]})
	}
	if err := insert(ctx, tx, "INSERT INTO kept_item (backlog, source, id, item) VALUES",
		"ON CONFLICT (backlog, source, id) DO UPDATE SET item = excluded.item", rows); err != nil {
		return err
	}
	for ids := range slices.Chunk(gone, batch) {
		args := []any{backlog, source}
		for _, id := range ids {
			args = append(args, id)
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM kept_item WHERE backlog = $1 AND source = $2 AND id IN ("+placeholders(3, len(ids))+")", args...); err != nil {
			return err
		}
	}
	return nil
}

// keepCursor writes from where a source can be gone on.
func (s *Store) keepCursor(ctx context.Context, tx *sql.Tx, backlog string, k Kept) error {
	whole := millis(k.Whole)
	if k.Whole.IsZero() {
		whole = s.stamp()
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO kept (backlog, source, scope, cursor, whole) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (backlog, source) DO UPDATE SET scope = excluded.scope, cursor = excluded.cursor, whole = excluded.whole`,
		backlog, k.Source, text(keptVersion+k.Scope), base64.StdEncoding.EncodeToString(k.Cursor), whole)
	return err
}

// dropOthers removes what is kept of other sources than these.
func dropOthers(ctx context.Context, tx *sql.Tx, backlog string, stay []Kept) error {
	args, others := []any{backlog}, ""
	for _, k := range stay {
		args = append(args, k.Source)
	}
	if len(stay) > 0 {
		others = " AND source NOT IN (" + placeholders(2, len(stay)) + ")"
	}
	for _, table := range []string{"kept", "kept_item"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE backlog = $1"+others, args...); err != nil {
			return err
		}
	}
	return nil
}
