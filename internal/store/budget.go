package store

import (
	"context"
	"fmt"
	"time"

	"stackrank/internal/work"
)

// Budget is a rate that several processes share: one call each Every, and Burst
// calls at once after a rest. In any span of time no more than Burst + span/Every
// calls are granted.
type Budget struct {
	Name  string        // of the credential
	Every time.Duration // to the microsecond, above 0
	Burst int           // above 0
}

// span gives how long n calls take, in microseconds.
func (b Budget) span(n int) int64 { return int64(n) * b.Every.Microseconds() }

// Take asks for n calls at once, at most Burst. It gives 0 where they are
// granted; otherwise nothing is taken, and it gives the time after which they can
// be had unless others take them first.
//
// It is the generic cell rate algorithm (ITU-T I.371) in one statement: tat is
// the moment at which all that was granted has been paid for at the even rate.
func (s *Store) Take(ctx context.Context, b Budget, n int) (time.Duration, error) {
	if b.Every < time.Microsecond || n < 1 || n > b.Burst {
		return 0, fmt.Errorf("budget %s: %w: %d calls of at most %d, one each %s", b.Name, work.ErrInvalid, n, b.Burst, b.Every)
	}
	now := s.now().UnixMicro()
	granted, err := collect(ctx, s.db, scanOne[int64], `INSERT INTO budget (name, tat) VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT))
		ON CONFLICT (name) DO UPDATE SET tat = (CASE WHEN budget.tat > $2 THEN budget.tat ELSE $2 END) + $3
		WHERE (CASE WHEN budget.tat > $2 THEN budget.tat ELSE $2 END) + $3 <= CAST($2 AS BIGINT) + CAST($4 AS BIGINT)
		RETURNING tat`, b.Name, now, b.span(n), b.span(b.Burst))
	if err != nil || len(granted) == 1 {
		return 0, s.fault(err)
	}
	tat, err := collect(ctx, s.db, scanOne[int64], "SELECT tat FROM budget WHERE name = $1", b.Name)
	if err != nil || len(tat) == 0 {
		return 0, s.fault(err)
	}
	wait := tat[0] + b.span(n) - now - b.span(b.Burst)
	return time.Duration(max(wait, 1)) * time.Microsecond, nil
}

// Rest lets nobody take anything before a moment, such as a service asks for
// with Retry-After, and then one call each Every. An earlier moment than that
// of another Rest changes nothing.
func (s *Store) Rest(ctx context.Context, b Budget, until time.Time) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO budget (name, tat) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET tat = excluded.tat WHERE budget.tat < excluded.tat`,
		b.Name, until.UnixMicro()+b.span(b.Burst))
	return s.fault(err)
}
