package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"stackrank/internal/work"
)

// RunKind says what a run was for.
type RunKind string

// The kinds of run.
const (
	Sync RunKind = "sync" // ranks and writes
	Undo RunKind = "undo" // takes another run back
	Plan RunKind = "plan" // plans and waits for approval
)

// Outcome says how a run ended.
type Outcome string

// The outcomes.
const (
	RunDone    Outcome = "done"    // everything was written
	RunPartial Outcome = "partial" // some items were not
	RunFailed  Outcome = "failed"
	RunRefused Outcome = "refused" // by a brake
)

// Run is one run over one backlog.
type Run struct {
	ID      string // given by Begin; sorts by the beginning: "20260302-120000000-5f0c9a1e", UTC
	Backlog string
	Kind    RunKind
	Target  string // of an Undo: the run that it takes back
	Who     string // who or what began it
	Policy  string // digest of the policy
	Plan    string // digest of the plan
	Query   string // digest of the sources and their queries
	Lease   Lease  // under which it writes, by name and token; zero: under none

	Begun time.Time // UTC, to the millisecond, like all times here; zero before Begin: now
	Ended time.Time // zero: it runs, or it died

	Result Outcome         // empty until it ended
	Counts json.RawMessage // of the caller, kept as given; nil: none
	Error  string
}

// Ending is what is known when a run ends.
type Ending struct {
	Result Outcome
	Counts json.RawMessage // JSON; nil: none
	Err    error           // nil: none
}

// Begin records that a run begins and gives it its id. A run without a time
// begins now, and after all others of its backlog: their order is kept where
// they begin within one millisecond or a clock was set back.
func (s *Store) Begin(ctx context.Context, r Run) (Run, error) {
	err := s.within(ctx, "runs "+r.Backlog, func(tx *sql.Tx) error {
		if r.Begun.IsZero() {
			last, err := collect(ctx, tx, scanOne[int64], "SELECT COALESCE(MAX(begun), 0) FROM run WHERE backlog = $1", r.Backlog)
			if err != nil {
				return err
			}
			r.Begun = moment(max(s.stamp(), last[0]+1))
		}
		r.Begun = moment(millis(r.Begun))
		r.ID = newID(r.Begun)
		_, err := tx.ExecContext(ctx, `INSERT INTO run
			(id, backlog, kind, target, who, policy_digest, plan_digest, query_digest, lease, token, begun, ended, result, counts, error, entries)
			VALUES (`+placeholders(1, 11)+`, 0, '', '', '', 0)`,
			r.ID, r.Backlog, r.Kind, r.Target, text(r.Who), r.Policy, r.Plan, r.Query, r.Lease.Name, r.Lease.Token, millis(r.Begun))
		return err
	})
	if err != nil {
		return Run{}, s.fault(err)
	}
	return r, nil
}

// newID gives an id that sorts by time and that people can read and type: its
// first digits are enough where they are unique.
func newID(t time.Time) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return fmt.Sprintf("%s%03d-%x", t.Format("20060102-150405"), t.Nanosecond()/1e6, b)
}

// End records how a run ended. A run ends once.
func (s *Store) End(ctx context.Context, id string, e Ending) error {
	says := ""
	if e.Err != nil {
		says = e.Err.Error()
	}
	done, err := s.db.ExecContext(ctx, `UPDATE run SET ended = $2, result = $3, counts = $4, error = $5 WHERE id = $1 AND ended = 0`,
		id, s.stamp(), e.Result, text(string(e.Counts)), text(says))
	if err != nil {
		return s.fault(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return s.fault(err)
	}
	return s.notRunning(ctx, s.db, id)
}

// notRunning says why a run that should run does not.
func (s *Store) notRunning(ctx context.Context, q querier, id string) error {
	found, err := runs(ctx, q, "WHERE id = $1", id)
	switch {
	case err != nil:
		return s.fault(err)
	case len(found) == 0:
		return fmt.Errorf("run %s: %w", id, work.ErrNotFound)
	case !found[0].Ended.IsZero():
		return fmt.Errorf("run %s: %w: it has ended", id, work.ErrInvalid)
	}
	return fmt.Errorf("run %s: %w: another process took the lease %q meanwhile; it goes on from here", id, ErrLost, found[0].Lease.Name)
}

// Filter chooses runs. Its zero value chooses all.
type Filter struct {
	Backlog string    // empty: of all backlogs
	Results []Outcome // empty: all, also the runs that have not ended
	Before  string    // the id of a run: only those that began before it; empty: from the newest on
	Limit   int       // 0: no limit
}

// Runs lists runs, newest first.
func (s *Store) Runs(ctx context.Context, f Filter) ([]Run, error) {
	where, args := []string{"1 = 1"}, []any{}
	if f.Backlog != "" {
		args = append(args, f.Backlog)
		where = append(where, "backlog = "+placeholders(len(args), 1))
	}
	if len(f.Results) > 0 {
		where = append(where, "result IN ("+placeholders(len(args)+1, len(f.Results))+")")
		for _, r := range f.Results {
			args = append(args, r)
		}
	}
	if f.Before != "" {
		args = append(args, f.Before)
		p := placeholders(len(args), 1)
		where = append(where, "(begun, id) < (SELECT begun, id FROM run WHERE id = "+p+")")
	}
	query := "WHERE " + strings.Join(where, " AND ") + " ORDER BY begun DESC, id DESC"
	if f.Limit > 0 {
		args = append(args, f.Limit)
		query += " LIMIT " + placeholders(len(args), 1)
	}
	found, err := runs(ctx, s.db, query, args...)
	return found, s.fault(err)
}

// Unended lists the runs of a backlog that have not ended, oldest first. Who
// holds the backlog's lease finds here the runs that died.
func (s *Store) Unended(ctx context.Context, backlog string) ([]Run, error) {
	found, err := runs(ctx, s.db, "WHERE backlog = $1 AND ended = 0 ORDER BY begun, id", backlog)
	return found, s.fault(err)
}

// Find gives the run with an id, or the only one whose id begins so. Its errors
// are of the kinds work.ErrNotFound and work.ErrInvalid.
func (s *Store) Find(ctx context.Context, id string) (Run, error) {
	found, err := runs(ctx, s.db, "WHERE substr(id, 1, CAST($2 AS INTEGER)) = $1 ORDER BY begun DESC, id DESC LIMIT 2", id, len(id))
	switch {
	case err != nil:
		return Run{}, s.fault(err)
	case id == "" || len(found) == 0:
		return Run{}, fmt.Errorf("run %q: %w: stackrank history lists the runs", id, work.ErrNotFound)
	case len(found) > 1:
		return Run{}, fmt.Errorf("run %q: %w: more than one begins so, %s and %s among them: write more of it", id, work.ErrInvalid, found[0].ID, found[1].ID)
	}
	return found[0], nil
}

// runs reads runs; what follows FROM is given.
func runs(ctx context.Context, q querier, where string, args ...any) ([]Run, error) {
	return collect(ctx, q, scanRun, `SELECT id, backlog, kind, target, who, policy_digest, plan_digest, query_digest,
		lease, token, begun, ended, result, counts, error FROM run `+where, args...)
}

func scanRun(scan func(...any) error) (Run, error) {
	var r Run
	var begun, ended int64
	var counts string
	err := scan(&r.ID, &r.Backlog, &r.Kind, &r.Target, &r.Who, &r.Policy, &r.Plan, &r.Query,
		&r.Lease.Name, &r.Lease.Token, &begun, &ended, &r.Result, &counts, &r.Error)
	r.Begun, r.Ended = moment(begun), moment(ended)
	if counts != "" {
		r.Counts = json.RawMessage(counts)
	}
	return r, err
}
