package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"stackrank/internal/work"
)

// busyTimeout is how long a statement waits for another process that holds the
// file of an SQLite database.
const busyTimeout = 5 * time.Second

// maxLog is the size in bytes that the write-ahead log is cut back to after a
// large transaction.
const maxLog = 16 << 20

// connectSQLite prepares a database in a file. One connection at a time, write
// transactions that lock at their beginning and the write-ahead log keep
// "database is locked" away. The log is synchronised at each commit: an intent
// that is recorded outlives a loss of power.
func connectSQLite(address string, patience time.Duration) (*sql.DB, dialect, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || len(u.Path) < 2 {
		return nil, dialect{}, fmt.Errorf("state: %w: want sqlite:///PATH, with three slashes and a path from the root", work.ErrInvalid)
	}
	if err := makeFile(u.Path); err != nil {
		return nil, dialect{}, err
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		fmt.Sprintf("journal_size_limit(%d)", maxLog),
	}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: u.Path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, dialect{}, fmt.Errorf("state %s: %w", u.Path, err)
	}
	db.SetMaxOpenConns(1)
	return db, dialect{
		place: u.Path, goose: "sqlite3", begin: "BEGIN IMMEDIATE",
		exists:   "SELECT COUNT(*) FROM sqlite_master WHERE name = '" + versions + "'",
		diagnose: diagnoseSQLite(patience),
		awaken:   func(ctx context.Context, db *sql.DB) error { return awaken(ctx, db, patience) },
	}, nil
}

// awaken opens the first connection, which turns the write-ahead log on. Where
// several processes do so at once SQLite refuses some of them without waiting,
// whatever busy_timeout says, because waiting could lock them up for ever; they
// ask again.
func awaken(ctx context.Context, db *sql.DB, patience time.Duration) error {
	const pause = 10 * time.Millisecond
	for end := time.Now().Add(patience); ; {
		err := db.PingContext(ctx)
		if !busy(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// busy reports whether another process held what was needed.
func busy(err error) bool {
	var own *sqlite.Error
	if !errors.As(err, &own) {
		return false
	}
	code := own.Code() & 0xff // the rest says more than we tell
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

// makeFile makes the file, readable and writable for its owner alone, unless it
// is there. SQLite gives the files beside it the same permissions. A file that is
// there is not opened: closing it would drop the locks that SQLite holds on it
// elsewhere in this process.
func makeFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("state %s: %w: it is a folder: name a file in it", path, work.ErrInvalid)
	case err == nil:
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		var f *os.File
		if f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err == nil {
			return f.Close()
		}
	}
	folder := filepath.Dir(path)
	switch {
	case errors.Is(err, fs.ErrExist): // another process was faster
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("state %s: %w: there is no folder %s: make it, or set state in the configuration", path, work.ErrNotFound, folder)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("state %s: %w: this user may not write in %s: give it the right, or set state in the configuration", path, work.ErrForbidden, folder)
	}
	return fmt.Errorf("state %s: the file cannot be made: %w", path, err)
}

// sqliteFaults says what SQLite's result codes mean.
// Source: https://sqlite.org/rescode.html.
var sqliteFaults = map[int]diagnosis{
	sqlite3.SQLITE_READONLY: {says: "it cannot be written: give this user the right to write the file and its folder", kind: work.ErrForbidden},
	sqlite3.SQLITE_PERM:     {says: "this user may not use it: give the right to read and write the file and its folder", kind: work.ErrForbidden},
	sqlite3.SQLITE_CANTOPEN: {says: "it cannot be opened: give this user the right to read and write the file and its folder", kind: work.ErrForbidden},
	sqlite3.SQLITE_FULL:     {says: "the disk is full: make room, then run again", kind: work.ErrUnavailable},
	sqlite3.SQLITE_IOERR:    {says: "the disk refuses to read or write: look for its room, a limit on the size of files, and its health", kind: work.ErrUnavailable},
	sqlite3.SQLITE_NOTADB:   {says: "the file is no database: set state in the configuration to another file", kind: work.ErrInvalid},
	sqlite3.SQLITE_CORRUPT:  {says: "the file is damaged: put a copy back, or move it away; without it history, undo and pins are lost, nothing else", kind: work.ErrInvalid},
}

func diagnoseSQLite(patience time.Duration) diagnose {
	return func(err error) diagnosis {
		if busy(err) {
			return diagnosis{says: fmt.Sprintf("another process has held the file for %s: end it, or run again later", patience), kind: work.ErrUnavailable}
		}
		var own *sqlite.Error
		if !errors.As(err, &own) {
			return diagnosis{}
		}
		return sqliteFaults[own.Code()&0xff] // the rest says more than we tell
	}
}
