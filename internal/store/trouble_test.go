package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// explains checks that an error has a kind, is one line and says its parts.
func explains(t *testing.T, err, kind error, parts ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("the error %v is not of the kind %q", err, kind)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error %q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "state") {
		t.Errorf("the error %q is not one line that begins with where", err)
	}
}

func TestAddressesThatCannotBe(t *testing.T) {
	for _, address := range []string{"", "/tmp/x.db", "sqlite:", "sqlite://x.db", "sqlite:///", "mysql://u:hush@h/x", "postgres://u:hu%sh@h:x/y", "postgres://u:hush@h:99999999/y"} {
		_, err := Open(t.Context(), address, time.Now)
		explains(t, err, work.ErrInvalid, "want ")
		if err != nil && strings.Contains(err.Error(), "hu") {
			t.Errorf("Open(%q) shows the password: %v", address, err)
		}
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("what I wanted to say\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path  string
		kind  error
		parts []string
	}{
		{filepath.Join(dir, "none", "state.db"), work.ErrNotFound, []string{"there is no folder " + filepath.Join(dir, "none"), "make it"}},
		{dir, work.ErrInvalid, []string{"it is a folder"}},
		{text, work.ErrInvalid, []string{"the file is no database", "another file"}},
	}
	for _, tt := range tests {
		_, err := Open(t.Context(), "sqlite://"+tt.path, time.Now)
		explains(t, err, tt.kind, append(tt.parts, tt.path)...)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
}

func TestDamagedFileIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(t.Context(), "sqlite://"+path, noon().now)
	if err != nil {
		t.Fatal(err)
	}
	see(t, s, "a", backlogOf(500))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(content); i++ { // all but the first page, which lists the tables
		content[i] = 0xff
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), "sqlite://"+path, noon().now)
	explains(t, err, work.ErrInvalid, "the file is damaged", "put a copy back")
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	root := t.TempDir()
	address, err := Default(func(name string) string { return map[string]string{"XDG_STATE_HOME": root}[name] })
	if err != nil {
		t.Fatal(err)
	}
	begin(t, openAt(t, address, noon()), "a")
	folder := filepath.Join(root, "stackrank")
	for path, want := range map[string]fs.FileMode{
		folder: fs.ModeDir | 0o700, filepath.Join(folder, "stackrank.db"): 0o600,
		filepath.Join(folder, "stackrank.db-wal"): 0o600, filepath.Join(folder, "stackrank.db-shm"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestDefaultAddress(t *testing.T) {
	home := filepath.Join(t.TempDir(), "a b?#%")
	tests := []struct {
		name string
		env  map[string]string
		want string // below home; empty: an error
	}{
		{"the folder that is named", map[string]string{"XDG_STATE_HOME": home + "/x", "HOME": home}, "/x/stackrank/stackrank.db"},
		{"below home where none is named", map[string]string{"HOME": home}, "/.local/state/stackrank/stackrank.db"},
		{"a relative folder counts for nothing", map[string]string{"XDG_STATE_HOME": "x", "HOME": home}, "/.local/state/stackrank/stackrank.db"},
		{"without a home there is none", map[string]string{}, ""},
	}
	_, err := Default(func(string) string { return os.Args[0] }) // a file
	explains(t, err, work.ErrForbidden, "its folder cannot be made", "set state")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			address, err := Default(func(name string) string { return tt.env[name] })
			if tt.want == "" {
				explains(t, err, work.ErrInvalid, "set one of them")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			run := begin(t, openAt(t, address, noon()), "a")
			if _, err := os.Stat(home + tt.want); err != nil {
				t.Errorf("the address %s is not the file: %v", address, err)
			}
			if _, err := openAt(t, address, noon()).Find(t.Context(), run); err != nil {
				t.Errorf("opened again: %v", err)
			}
		})
	}
}

// holdFile is the role of a process that does not let go of a file.
func holdFile(ctx context.Context, address string) error {
	s, err := Open(ctx, address, time.Now)
	if err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println("held")
	wait()
	return tx.Commit()
}

func TestFileHeldByAnotherProcessIsTold(t *testing.T) {
	address := "sqlite://" + filepath.Join(t.TempDir(), "state.db")
	const patience = 300 * time.Millisecond
	s, err := open(t.Context(), address, noon().now, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	p := child(t, "hold", address)
	if got := p.line(); got != "held" {
		t.Fatal(got)
	}
	begun := time.Now()
	_, err = s.Begin(t.Context(), Run{Backlog: "a"})
	explains(t, err, work.ErrUnavailable, "another process has held the file for 300ms", "run again later")
	if took := time.Since(begun); took < patience || took > 10*patience {
		t.Errorf("it took %s to tell, want about %s", took, patience)
	}
	if _, err := s.Runs(t.Context(), Filter{}); err != nil {
		t.Errorf("reading goes on meanwhile, but: %v", err)
	}
	_, err = open(t.Context(), address, noon().now, patience)
	explains(t, err, work.ErrUnavailable, "another process has held the file for 300ms")
	time.AfterFunc(patience/3, p.release)
	begin(t, s, "a")
}

func TestFileIsSetUpToBeSafe(t *testing.T) {
	s := openAt(t, "sqlite://"+filepath.Join(t.TempDir(), "state.db"), noon())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "journal_size_limit": "16777216",
	} {
		var got string
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v, want %s", pragma, got, err, want)
		}
	}
}
