package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// migrations are the changes of the tables, oldest first, the same for both
// databases.
//
//go:embed migrations/*.sql
var migrations embed.FS

// versions is the table that says which migrations were made.
const versions = "state_migration"

// ours gives the files of the migrations.
func ours() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(fmt.Sprintf("store: the program was built without its migrations: %v", err))
	}
	return files
}

// migrate brings the tables up to date, each migration whole or not at all.
// Several processes that do so at once wait for each other.
func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	table, err := database.NewStore(database.Dialect(s.as.goose), versions)
	if err != nil {
		return err
	}
	l := &locker{as: s.as, table: table}
	if err := s.upgrade(ctx, l, files); err != nil {
		return s.fault(err)
	}
	return nil
}

// upgrade makes the migrations that the database lacks. goose is asked for one
// after the other: when asked for all, it first looks without its lock.
func (s *Store) upgrade(ctx context.Context, l *locker, files fs.FS) error {
	p, err := goose.NewProvider(database.Dialect(s.as.goose), s.db, files, goose.WithTableName(versions),
		goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(l),
		goose.WithIsolateDDL(true), // no transaction of its own: the locker holds one around all
	)
	if err != nil {
		return err
	}
	known := p.ListSources()
	at, err := s.survey(ctx, l, known[len(known)-1].Version)
	if err != nil {
		return err
	}
	for _, m := range known {
		if m.Version <= at {
			continue
		}
		l.want = m.Version
		if _, err := p.ApplyVersion(ctx, m.Version, true); err != nil && !errors.Is(err, goose.ErrAlreadyApplied) {
			return err
		}
	}
	return nil
}

// survey makes the table of versions where there is none, and gives the version
// of the database. It refuses a later one than newest and a database that cannot
// be written, so that this is found out here and not amid a round.
func (s *Store) survey(ctx context.Context, l *locker, newest int64) (at int64, err error) {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := l.SessionLock(ctx, c); err != nil {
		return 0, err
	}
	if at, err = l.prepare(ctx, c); err == nil && at > newest {
		err = fmt.Errorf("state %s: %w: its tables have version %d, this program knows %d: use the later program, or set state in the configuration to another database",
			s.as.place, ErrLater, at, newest)
	}
	if err != nil {
		return 0, errors.Join(err, l.end(ctx, c, "ROLLBACK"))
	}
	return at, l.end(ctx, c, "COMMIT")
}

// locker is goose's lock as one transaction around a migration.
type locker struct {
	as    dialect
	table database.Store
	want  int64 // the version after the migration
}

// SessionLock begins the transaction and waits for others that migrate.
func (l *locker) SessionLock(ctx context.Context, c *sql.Conn) error {
	if _, err := c.ExecContext(ctx, l.as.begin); err != nil {
		return err
	}
	if l.as.lock == "" {
		return nil
	}
	if _, err := c.ExecContext(ctx, l.as.lock, versions); err != nil {
		return errors.Join(err, l.end(ctx, c, "ROLLBACK"))
	}
	return nil
}

// SessionUnlock commits, or takes all back where the migration failed.
func (l *locker) SessionUnlock(ctx context.Context, c *sql.Conn) error {
	if at, err := l.table.GetLatestVersion(ctx, c); err != nil || at < l.want {
		return l.end(ctx, c, "ROLLBACK")
	}
	return l.end(ctx, c, "COMMIT")
}

// end ends the transaction, also when ctx is done.
func (l *locker) end(ctx context.Context, c *sql.Conn, how string) error {
	_, err := c.ExecContext(context.WithoutCancel(ctx), how)
	return err
}

// prepare makes the table of versions or looks whether it can be written, and
// gives the version. goose itself would try to make it several times and lose
// the first error.
func (l *locker) prepare(ctx context.Context, c *sql.Conn) (int64, error) {
	var tables int
	if err := c.QueryRowContext(ctx, l.as.exists).Scan(&tables); err != nil {
		return 0, err
	}
	if tables == 0 {
		if err := l.table.CreateVersionTable(ctx, c); err != nil {
			return 0, err
		}
		return 0, l.table.Insert(ctx, c, database.InsertRequest{})
	}
	if _, err := c.ExecContext(ctx, "DELETE FROM "+versions+" WHERE version_id < 0"); err != nil {
		return 0, err
	}
	return l.table.GetLatestVersion(ctx, c)
}
