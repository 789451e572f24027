// Package store owns what the program remembers between rounds: runs and the
// journal of their writes, items as they were last written, evidence over time,
// pins, cursors of sources, leases and rate budgets. It keeps them in SQLite or
// PostgreSQL with one set of SQL. It does not know what the values mean.
//
// The memory is not the truth: who loses it loses history, undo and drift, never
// correctness. No transaction is open between two calls, so that no network call
// to a tracker can stand inside one.
package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Store is an open memory. It is used by several goroutines and, through the
// database, by several processes at once, whose clocks must agree.
type Store struct {
	db  *sql.DB
	as  dialect
	now func() time.Time
}

// Open opens the memory at an address, sqlite:///PATH or postgres://HOST/NAME,
// and brings its tables up to date. The file of an SQLite database is made for
// its owner alone; the folder must exist. An address may hold a password: no
// error shows it. A database of a later version is refused with ErrLater; what
// else is wrong with a database has a kind of package work.
func Open(ctx context.Context, address string, now func() time.Time) (*Store, error) {
	return open(ctx, address, now, busyTimeout)
}

// open is Open with the time to wait for another process that holds an SQLite
// file.
func open(ctx context.Context, address string, now func() time.Time, patience time.Duration) (*Store, error) {
	db, as, err := connect(address, patience)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, as: as, now: now}
	if as.awaken != nil {
		if err := as.awaken(ctx, db); err != nil {
			return nil, errors.Join(s.fault(err), db.Close())
		}
	}
	if err := s.migrate(ctx, ours()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close ends all connections.
func (s *Store) Close() error { return s.db.Close() }

// dialect is what differs between the databases.
type dialect struct {
	place  string                                      // the database as people see it, without a secret
	goose  string                                      // goose's name of it
	begin  string                                      // begins the transaction that migrates
	exists string                                      // counts the table of migrations
	awaken func(ctx context.Context, db *sql.DB) error // opens the first connection; nil: nothing is special about it
	lock   string                                      // keeps others that name the same $1 out until the transaction ends; empty: a transaction is alone anyway
	diagnose
}

// diagnose says what an error of the database means. Its zero answer is that it
// does not know.
type diagnose func(error) diagnosis

// diagnosis is what is wrong and what to do, for the person who runs the program.
type diagnosis struct {
	says string // one sentence
	kind error  // of package work; nil: none
	own  string // what of the database's own words is worth showing; empty: all
}

// connect prepares a database; nothing is contacted before it is used.
func connect(address string, patience time.Duration) (*sql.DB, dialect, error) {
	scheme, err := scheme(address)
	if err != nil {
		return nil, dialect{}, err
	}
	if scheme == "sqlite" {
		return connectSQLite(address, patience)
	}
	return connectPostgres(address, patience)
}

// within runs do in one transaction, which is committed when do succeeds. The
// transactions that name the same lock follow one another; the empty name locks
// nothing.
func (s *Store) within(ctx context.Context, lock string, do func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.locked(ctx, tx, lock, do); err != nil {
		_ = tx.Rollback() // what failed is not committed, whatever this says: SQLite has often rolled back by itself
		return err
	}
	return tx.Commit()
}

func (s *Store) locked(ctx context.Context, tx *sql.Tx, lock string, do func(tx *sql.Tx) error) error {
	if lock != "" && s.as.lock != "" {
		if _, err := tx.ExecContext(ctx, s.as.lock, lock); err != nil {
			return err
		}
	}
	return do(tx)
}
