package store

import (
	"context"
	"database/sql"
	"time"
)

// Prune removes the runs of a backlog that ended and began before a moment, with
// their journal, and gives how many there were: they can be shown and undone no
// more. The run that See was last told of stays with all after it, whatever their
// age, since what those wrote is remembered nowhere else; so do runs that have not
// ended.
func (s *Store) Prune(ctx context.Context, backlog string, before time.Time) (int, error) {
	const old = `backlog = $1 AND ended <> 0 AND begun < $2 AND begun < COALESCE(
		(SELECT last.begun FROM outcome JOIN run last ON last.id = outcome.run WHERE outcome.backlog = $1), $2)`
	var pruned int64
	err := s.within(ctx, "runs "+backlog, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM journal WHERE run IN (SELECT id FROM run WHERE "+old+")", backlog, millis(before)); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "DELETE FROM run WHERE "+old, backlog, millis(before))
		if err != nil {
			return err
		}
		pruned, err = done.RowsAffected()
		return err
	})
	return int(pruned), s.fault(err)
}
