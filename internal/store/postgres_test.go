package store

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// TestServerTroubleIsTold holds what PostgreSQL refuses against what is said of
// it. No error shows a password.
func TestServerTroubleIsTold(t *testing.T) {
	s := startPostgres(t, false)
	base, err := url.Parse(s.fresh(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"CREATE ROLE guest LOGIN PASSWORD 'hush'", "CREATE ROLE locked NOLOGIN PASSWORD 'hush'", "CREATE DATABASE frozen", "ALTER DATABASE frozen SET default_transaction_read_only = on"} {
		if err := s.exec(t, statement); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		change func(u *url.URL)
		kind   error
		says   []string
	}{
		{"a wrong password", func(u *url.URL) { u.User = url.UserPassword("po", "hush") }, work.ErrAuth, []string{"mend name or password", `user "po"`}},
		{"no password", func(u *url.URL) { u.User = url.User("po") }, work.ErrAuth, []string{"mend name or password"}},
		{"a user who may not log in", func(u *url.URL) { u.User = url.UserPassword("locked", "hush") }, work.ErrAuth, []string{"let it in"}},
		{"no such database", func(u *url.URL) { u.Path = "/nowhere" }, work.ErrNotFound, []string{"there is no such database", "/nowhere: "}},
		{"no right to make tables", func(u *url.URL) { u.User = url.UserPassword("guest", "hush") }, work.ErrForbidden, []string{"lacks a right", "grant it CREATE"}},
		{"no schema", func(u *url.URL) { u.RawQuery = "search_path=nowhere" }, work.ErrInvalid, []string{"no schema to make tables in"}},
		{"a database that may only be read", func(u *url.URL) { u.Path = "/frozen" }, work.ErrForbidden, []string{"takes no writes", "name the primary"}},
		{"nobody listens", func(u *url.URL) { u.Host = "127.0.0.1:1" }, work.ErrUnavailable, []string{"the server is not reached", "127.0.0.1:1/"}},
		{"a host that is not known", func(u *url.URL) { u.Host = "nowhere.invalid" }, work.ErrUnavailable, []string{"the server is not reached", "nowhere.invalid"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := *base
			tt.change(&u)
			_, err := Open(t.Context(), u.String(), time.Now)
			explains(t, err, tt.kind, tt.says...)
			for _, secret := range []string{"hush", password, url.QueryEscape(password)} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("the error shows the password: %v", err)
				}
			}
		})
	}
}

// TestServerThatGoesAwayComesBack cuts the connections amid a run.
func TestServerThatGoesAwayComesBack(t *testing.T) {
	srv := startPostgres(t, false)
	s := openAt(t, srv.fresh(t), noon())
	run := begin(t, s, "a")
	tx, err := s.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'po'"); err != nil {
		t.Fatal(err)
	}
	_, err = tx.ExecContext(t.Context(), "SELECT 1")
	explains(t, s.fault(err), work.ErrUnavailable, "postgres://127.0.0.1:")
	_ = tx.Rollback()
	intend(t, s, run, entry("1"))
	if entries, err := s.Entries(t.Context(), run); err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// TestLeaseIsNotTakenAmidAnIntent stops an intent between the look at its lease
// and its end: until then nobody else gets the lease, though it has run out.
func TestLeaseIsNotTakenAmidAnIntent(t *testing.T) {
	address := startPostgres(t, false).fresh(t)
	c := noon()
	one, two := openAt(t, address, c), openAt(t, address, &clock{c.at.Add(2 * term)})
	r, err := one.Begin(t.Context(), Run{Backlog: "a", Lease: acquire(t, one, "host-1")})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := two.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "UPDATE run SET entries = entries"); err != nil {
		t.Fatal(err)
	}
	intended := make(chan error)
	go func() {
		_, err := one.Intend(context.Background(), r.ID, []Entry{entry("1")})
		intended <- err
	}()
	for waiting := 0; waiting == 0; time.Sleep(time.Millisecond) {
		if err := two.db.QueryRow("SELECT COUNT(*) FROM pg_locks WHERE NOT granted").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if l, err := two.Acquire(ctx, "backlog a", "host-2", term); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Acquire() = %v, %v amid an intent", l, err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-intended; err != nil {
		t.Error(err)
	}
	acquire(t, openAt(t, address, &clock{c.at.Add(4 * term)}), "host-3") // the database may have heard of the end of the wait too late
	if _, err := one.Intend(t.Context(), r.ID, []Entry{entry("2")}); !errors.Is(err, ErrLost) {
		t.Errorf("Intend() afterwards = %v", err)
	}
}
