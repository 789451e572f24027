package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// migrateAtOnce is the role of a process that opens a new database when it is
// told to.
func migrateAtOnce(ctx context.Context, address string) error {
	fmt.Println("ready")
	wait()
	s, err := Open(ctx, address, time.Now)
	if err != nil {
		return err
	}
	if _, err := s.Begin(ctx, Run{Backlog: "a"}); err != nil {
		return err
	}
	fmt.Println("migrated")
	return s.Close()
}

func processesMigrateAtOnce(t *testing.T, fresh func(testing.TB) string) {
	for range 3 {
		address := fresh(t)
		var all []*process
		for range 4 {
			all = append(all, child(t, "migrate", address))
		}
		for _, p := range all {
			if got := p.line(); got != "ready" {
				t.Fatal(got)
			}
		}
		for _, p := range all {
			p.release()
		}
		for _, p := range all {
			if got := p.line(); got != "migrated" {
				t.Error(got)
			}
			if err := p.cmd.Wait(); err != nil {
				t.Error(err)
			}
		}
		s := openAt(t, address, noon())
		if runs, err := s.Runs(t.Context(), Filter{}); err != nil || len(runs) != 4 {
			t.Errorf("%d runs, %v, want one of each process", len(runs), err)
		}
	}
}

func laterVersionIsRefused(t *testing.T, fresh func(testing.TB) string) {
	address := fresh(t)
	s := openAt(t, address, noon())
	run := begin(t, s, "a")
	if _, err := s.db.Exec("INSERT INTO state_migration (version_id, is_applied) VALUES (99, CAST(1 AS " + boolOf(s) + "))"); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), address, noon().now)
	if !errors.Is(err, ErrLater) {
		t.Fatalf("Open() = %v, want it refused", err)
	}
	for _, part := range []string{"made by a later version", "version 99", "use the later program", s.as.place} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error %q does not say %q", err, part)
		}
	}
	if strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("the error is %q, want one line", err)
	}
	if r, err := s.Find(t.Context(), run); err != nil || r.ID != run {
		t.Errorf("what is there is gone: %v, %v", r, err)
	}
}

// boolOf gives the type that goose's own table has for yes and no.
func boolOf(s *Store) string {
	if s.as.goose == "postgres" {
		return "BOOLEAN"
	}
	return "INTEGER"
}

// failedMigrationIsTakenBack makes two further migrations, the second of which
// fails at its end.
func failedMigrationIsTakenBack(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	files := fstest.MapFS{
		"00092_two.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE two (id TEXT NOT NULL);\n")},
		"00093_three.sql": {Data: []byte("-- +goose Up\nCREATE TABLE three (id TEXT NOT NULL);\nINSERT INTO nowhere VALUES (1);\n")},
	}
	made, err := fs.Glob(ours(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range made {
		text, err := fs.ReadFile(ours(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	if err := s.migrate(t.Context(), files); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("migrate() = %v, want what failed", err)
	}
	has := func(table string) bool {
		_, err := s.db.Exec("SELECT * FROM " + table)
		return err == nil
	}
	if !has("two") || has("three") {
		t.Errorf("the whole migration is there: %v, the failed one: %v", has("two"), has("three"))
	}
	files["00093_three.sql"].Data = []byte("-- +goose Up\nCREATE TABLE three (id TEXT NOT NULL);\n")
	for range 2 {
		if err := s.migrate(t.Context(), files); err != nil || !has("three") {
			t.Errorf("migrate() = %v once the migration is mended", err)
		}
	}
	begin(t, s, "a")
}
