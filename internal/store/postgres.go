package store

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"stackrank/internal/work"
)

// maxConns is how many connections one process holds at most: a server grants
// a hundred to all its clients together unless it is told otherwise.
const maxConns = 8

// connectPostgres prepares a database on a server. patience bounds the wait for
// a connection unless the address says connect_timeout.
func connectPostgres(address string, patience time.Duration) (*sql.DB, dialect, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil { // it may show the password, whatever was mistyped
		return nil, dialect{}, fmt.Errorf("state: %w: want postgres://USER@HOST:5432/NAME, special characters of a password as %%40", work.ErrInvalid)
	}
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, patience)
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	place := fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), c.Database)
	return db, dialect{
		place: place, goose: "postgres", begin: "BEGIN",
		exists:   "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '" + versions + "'",
		lock:     "SELECT pg_advisory_xact_lock(hashtextextended('stackrank ' || CAST($1 AS TEXT), 0))",
		diagnose: diagnosePostgres,
	}, nil
}

// postgresFaults says what the server's codes mean.
// Source: PostgreSQL, appendix A, "PostgreSQL Error Codes".
var postgresFaults = map[string]diagnosis{
	"28P01": {says: "the server refuses the user: mend name or password", kind: work.ErrAuth},
	"28000": {says: "the server refuses the user: let it in by pg_hba.conf, or name another", kind: work.ErrAuth},
	"3D000": {says: "there is no such database: have one made that the user owns", kind: work.ErrNotFound},
	"42501": {says: "the user lacks a right: let it own the database, or grant it CREATE on its schema", kind: work.ErrForbidden},
	"3F000": {says: "there is no schema to make tables in: give the user one by search_path", kind: work.ErrInvalid},
	"25006": {says: "the server takes no writes: name the primary, not a standby, and a database that is not read-only", kind: work.ErrForbidden},
	"53100": {says: "the server's disk is full: make room, then run again", kind: work.ErrUnavailable},
	"53300": {says: "the server grants no further connection: raise max_connections, or run again later", kind: work.ErrUnavailable},
	"57P01": {says: "the server shut the connection down: run again when it is up", kind: work.ErrUnavailable},
	"57P03": {says: "the server is starting or stopping: run again later", kind: work.ErrUnavailable},
}

func diagnosePostgres(err error) diagnosis {
	if own, ok := errors.AsType[*pgconn.PgError](err); ok {
		d := postgresFaults[own.Code]
		d.own = own.Error()
		return d
	}
	var refused *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &refused) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) {
		return diagnosis{says: "the server is not reached: see that it runs and that host and port are right", kind: work.ErrUnavailable}
	}
	return diagnosis{}
}
