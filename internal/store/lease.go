package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrHeld is the kind of the error of Acquire where another holds the lease.
var ErrHeld = errors.New("held by another")

// ErrLost is the kind of the error where a lease is no longer the caller's.
var ErrLost = errors.New("lease lost")

// Lease is the right to be the only one, for a time. Token rises with each new
// holder: what is done under an older one can be told and refused.
type Lease struct {
	Name   string // what for: "backlog payments"
	Holder string // who, as people should read it
	Token  int64
	Until  time.Time
}

// Acquire takes a lease that nobody holds, for a term from now. The error is of
// the kind ErrHeld, and says who holds it, where somebody does, be it the same
// holder. Clocks of several hosts must agree to well within the term.
func (s *Store) Acquire(ctx context.Context, name, holder string, term time.Duration) (Lease, error) {
	now := s.now()
	l := Lease{Name: name, Holder: holder, Until: moment(millis(now.Add(term)))}
	token, err := collect(ctx, s.db, scanOne[int64], `INSERT INTO lease (name, holder, token, expires) VALUES ($1, $2, 1, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = lease.token + 1, expires = excluded.expires
		WHERE lease.expires <= $4 RETURNING token`, name, text(holder), millis(l.Until), millis(now))
	if err != nil {
		return Lease{}, s.fault(err)
	}
	if len(token) == 0 {
		return Lease{}, s.held(ctx, name)
	}
	l.Token = token[0]
	return l, nil
}

// Holding gives a lease as somebody has it or had it last; the zero Lease where
// nobody ever had.
func (s *Store) Holding(ctx context.Context, name string) (Lease, error) {
	found, err := collect(ctx, s.db, func(scan func(...any) error) (Lease, error) {
		l := Lease{Name: name}
		var until int64
		err := scan(&l.Holder, &l.Token, &until)
		l.Until = moment(until)
		return l, err
	}, "SELECT holder, token, expires FROM lease WHERE name = $1", name)
	if err != nil || len(found) == 0 {
		return Lease{}, s.fault(err)
	}
	return found[0], nil
}

// held says who holds a lease.
func (s *Store) held(ctx context.Context, name string) error {
	l, err := s.Holding(ctx, name)
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w: %s has it until %s: wait for it to end", name, ErrHeld, l.Holder, l.Until.Format(time.RFC3339))
}

// Renew prolongs a lease to a term from now. One that ran out and that nobody
// took since is prolonged too. The error is of the kind ErrLost where it was
// taken or released.
func (s *Store) Renew(ctx context.Context, l Lease, term time.Duration) (Lease, error) {
	l.Until = moment(millis(s.now().Add(term)))
	return l, s.turn(ctx, l, millis(l.Until), l.Holder)
}

// Release gives a lease back. The error is of the kind ErrLost where it was no
// longer the caller's.
func (s *Store) Release(ctx context.Context, l Lease) error {
	return s.turn(ctx, l, 0, "")
}

// turn sets the end and the holder of a lease that is still l's.
func (s *Store) turn(ctx context.Context, l Lease, until int64, holder string) error {
	done, err := s.db.ExecContext(ctx, "UPDATE lease SET expires = $4, holder = $5 WHERE name = $1 AND token = $2 AND holder = $3",
		l.Name, l.Token, text(l.Holder), until, text(holder))
	if err != nil {
		return s.fault(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return s.fault(err)
	}
	return fmt.Errorf("%s: %w", l.Name, ErrLost)
}
