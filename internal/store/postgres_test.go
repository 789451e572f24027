package store

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// TestServerTroubleIsTold holds what PostgreSQL refuses against what is said of
// it. No error shows a password.
func TestServerTroubleIsTold(t *testing.T) {
	s := startPostgres(t)
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
	srv := startPostgres(t)
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
