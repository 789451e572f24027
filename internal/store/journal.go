package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"stackrank/internal/work"
)

// EntryKind says what an entry of the journal is about.
type EntryKind string

// The kinds of entry.
const (
	Edit EntryKind = "edit" // of one slot
	Move EntryKind = "move" // of the item to another place
)

// State says how far a write has come.
type State string

// The states. Only Intended is open.
const (
	Intended State = "intended" // about to be written, or the process died on the way
	Done     State = "done"
	Failed   State = "failed"
	Unknown  State = "unknown" // nobody can say whether it was written
)

// Entry is one write to one slot or to the place of one item.
type Entry struct {
	Run    string // set by Intend, like Seq and Call
	Seq    int64  // from 1 within the run, in the order of writing
	Call   int64  // the Seq of the first entry that the same call to the service writes
	Source string
	Item   work.Identity
	Key    string // as people saw it: "PAY-42"
	Kind   EntryKind
	Edit   work.Edit // of an Edit
	Move   Step      // of a Move

	State    State
	Error    string
	Intended time.Time
	Settled  time.Time // zero: not yet
}

// Step is where one item moves, by the ids of items of the same site. The
// fields are those of work.Run.
type Step struct{ Lane, After, Before, Was string }

// Intent names the entries of one call to a service.
type Intent struct {
	Run  string
	Call int64
}

// Result is the outcome of one item of a call, or of one of its entries.
type Result struct {
	Item  work.Identity
	Seq   int64 // of the entry; 0: all entries of the item
	State State
	Err   error // nil: none
}

// Intend commits what one call is about to write, before it is made: all its
// entries or none. The run must be running and hold its lease; the error is of
// the kind ErrLost where another process has taken that, and then the call must
// not be made.
func (s *Store) Intend(ctx context.Context, run string, entries []Entry) (Intent, error) {
	in := Intent{Run: run}
	if len(entries) == 0 {
		return in, fmt.Errorf("run %s: %w: a call that writes nothing", run, work.ErrInvalid)
	}
	err := s.within(ctx, "", func(tx *sql.Tx) error {
		last, err := s.reserve(ctx, tx, run, len(entries))
		if err != nil {
			return err
		}
		in.Call = last - int64(len(entries)) + 1
		return s.write(ctx, tx, in, entries)
	})
	return in, s.fault(err)
}

// reserve takes n numbers of a run and gives the last. The lease is held fast
// until the transaction ends, so that who takes it next sees these entries.
func (s *Store) reserve(ctx context.Context, tx *sql.Tx, run string, n int) (int64, error) {
	_, err := tx.ExecContext(ctx, `UPDATE lease SET token = token
		WHERE EXISTS (SELECT 1 FROM run WHERE run.id = $1 AND run.lease = lease.name AND run.token = lease.token)`, run)
	if err != nil {
		return 0, err
	}
	last, err := collect(ctx, tx, scanOne[int64], `UPDATE run SET entries = entries + $2 WHERE id = $1 AND ended = 0 AND
		(lease = '' OR EXISTS (SELECT 1 FROM lease WHERE lease.name = run.lease AND lease.token = run.token)) RETURNING entries`, run, n)
	if err != nil {
		return 0, err
	}
	if len(last) == 0 {
		return 0, s.notRunning(ctx, tx, run)
	}
	return last[0], nil
}

func (s *Store) write(ctx context.Context, tx *sql.Tx, in Intent, entries []Entry) error {
	now := s.stamp()
	rows := make([][]any, len(entries))
	for i, e := range entries {
		var values [2]string
		for j, v := range []work.Value{e.Edit.Old, e.Edit.New} {
			var err error
			if values[j], err = encode(v); err != nil {
				return err
			}
		}
		rows[i] = []any{
			in.Run, in.Call + int64(i), in.Call, e.Source, e.Item.Site, e.Item.ID, text(e.Key), string(e.Kind),
			e.Edit.Op.String(), string(e.Edit.Slot), values[0], values[1],
			text(e.Move.Lane), e.Move.After, e.Move.Before, e.Move.Was, string(Intended), "", now, int64(0),
		}
	}
	return insert(ctx, tx, "INSERT INTO journal ("+journalColumns+") VALUES", "", rows)
}

const journalColumns = `run, seq, call, source, site, id, item_key, kind, op, slot, old_value, new_value,
	lane, after_id, before_id, was_id, state, error, intended, settled`

// Settle records the outcomes of a call, after it. An item without one stays
// open; one that is settled again takes the newer outcome.
func (s *Store) Settle(ctx context.Context, in Intent, results []Result) error {
	now := s.stamp()
	err := s.within(ctx, "", func(tx *sql.Tx) error {
		for _, g := range alike(results) {
			args := append([]any{in.Run, in.Call, string(g.state), text(g.says), now, g.site, g.seq}, g.ids...)
			done, err := tx.ExecContext(ctx, `UPDATE journal SET state = $3, error = $4, settled = $5
				WHERE run = $1 AND seq >= $2 AND call = $2 AND site = $6 AND CAST($7 AS BIGINT) IN (0, seq) AND id IN (`+placeholders(8, len(g.ids))+`)`, args...)
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil || n == 0 {
				return cmp.Or(err, fmt.Errorf("run %s: %w: call %d has no entry for %s of %s", in.Run, work.ErrNotFound, in.Call, g.ids[0], g.site))
			}
		}
		return nil
	})
	return s.fault(err)
}

// sameResult is the items of one site that share an outcome, or one entry.
type sameResult struct {
	site  string
	seq   int64 // 0: all entries of the items
	state State
	says  string
	ids   []any
}

func alike(results []Result) []sameResult {
	var out []sameResult
	for _, r := range results {
		next := sameResult{site: r.Item.Site, seq: r.Seq, state: r.State}
		if r.Err != nil {
			next.says = r.Err.Error()
		}
		i := len(out) - 1
		if i < 0 || r.Seq != 0 || out[i].seq != 0 || out[i].site != next.site || out[i].state != next.state || out[i].says != next.says || len(out[i].ids) == batch {
			out = append(out, next)
			i++
		}
		out[i].ids = append(out[i].ids, r.Item.ID)
	}
	return out
}

// Entries lists the journal of a run in the order of writing.
func (s *Store) Entries(ctx context.Context, run string) ([]Entry, error) {
	found, err := collect(ctx, s.db, scanEntry, "SELECT "+journalColumns+" FROM journal WHERE run = $1 ORDER BY seq", run)
	return found, s.fault(err)
}

// OpenEntries lists the entries of a backlog that have no outcome, oldest first. Who
// holds the backlog's lease finds here what a run left behind that died.
func (s *Store) OpenEntries(ctx context.Context, backlog string) ([]Entry, error) {
	found, err := collect(ctx, s.db, scanEntry, "SELECT "+journalColumns+` FROM journal
		WHERE state = 'intended' AND run IN (SELECT id FROM run WHERE backlog = $1)
		ORDER BY (SELECT begun FROM run WHERE run.id = journal.run), run, seq`, backlog)
	return found, s.fault(err)
}

func scanEntry(scan func(...any) error) (Entry, error) {
	var e Entry
	var op, before, after string
	var intended, settled int64
	err := scan(&e.Run, &e.Seq, &e.Call, &e.Source, &e.Item.Site, &e.Item.ID, &e.Key, &e.Kind, &op, &e.Edit.Slot, &before, &after,
		&e.Move.Lane, &e.Move.After, &e.Move.Before, &e.Move.Was, &e.State, &e.Error, &intended, &settled)
	if err != nil {
		return e, err
	}
	e.Intended, e.Settled = moment(intended), moment(settled)
	if err := e.Edit.Op.UnmarshalText([]byte(op)); err != nil {
		return e, err
	}
	if err := decode(before, &e.Edit.Old); err != nil {
		return e, err
	}
	return e, decode(after, &e.Edit.New)
}
