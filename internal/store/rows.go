package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// querier is what reads: the database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// executor is what writes: the database or a transaction.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// collect reads all rows of a query before it returns, since an SQLite database
// has one connection.
func collect[T any](ctx context.Context, q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	for rows.Next() {
		row, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// scanOne reads a row of one column.
func scanOne[T any](scan func(...any) error) (T, error) {
	var v T
	err := scan(&v)
	return v, err
}

// scanPair reads a row of two texts.
func scanPair(scan func(...any) error) (both [2]string, err error) {
	err = scan(&both[0], &both[1])
	return both, err
}

// batch is how many rows or ids one statement carries. SQLite looks each
// placeholder up among all of the statement, so that more cost it more than they
// save; fewer cost a server round trips.
const batch = 25

// insert adds rows of equal width. head ends in VALUES, tail follows the rows.
func insert(ctx context.Context, tx *sql.Tx, head, tail string, rows [][]any) error {
	rest := rows
	if len(rows) >= 2*batch {
		whole := len(rows) / batch * batch
		rest = rows[whole:]
		if err := insertPrepared(ctx, tx, head+tuples(batch, len(rows[0]))+tail, rows[:whole]); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(rest, batch) {
		if _, err := tx.ExecContext(ctx, head+tuples(len(chunk), len(chunk[0]))+tail, slices.Concat(chunk...)...); err != nil {
			return err
		}
	}
	return nil
}

// insertPrepared adds whole batches of rows by one statement that is read once.
func insertPrepared(ctx context.Context, tx *sql.Tx, statement string, rows [][]any) (err error) {
	prepared, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, prepared.Close()) }()
	for chunk := range slices.Chunk(rows, batch) {
		if _, err := prepared.ExecContext(ctx, slices.Concat(chunk...)...); err != nil {
			return err
		}
	}
	return nil
}

// tuples gives n tuples of placeholders: " ($1, $2), ($3, $4) ".
func tuples(n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(" (" + placeholders(i*width+1, width) + ")")
	}
	b.WriteByte(' ')
	return b.String()
}

// placeholders gives n of them, from one on: "$3, $4".
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(from+i))
	}
	return b.String()
}

// millis gives a time as it is stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the reverse of millis.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// stamp gives the present as it is stored.
func (s *Store) stamp() int64 { return s.now().UnixMilli() }

// text gives a text that both databases take: PostgreSQL refuses what is no
// UTF-8 and the character NUL.
func text(t string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(t, "\uFFFD"), "\x00", "\uFFFD")
}

// encode gives the JSON of a value that can be printed.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// decode reads what encode wrote; the empty text leaves v as it is.
func decode(from string, v any) error {
	if from == "" {
		return nil
	}
	return json.Unmarshal([]byte(from), v)
}
