package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"stackrank/internal/work"
)

// systemRoles are the roles that only this system has.
func systemRoles() map[string]role { return map[string]role{"fill": fillUp, "look": lookIn} }

// self makes a child run the program that this process runs, wherever that is:
// another user may not reach its path.
func self(cmd *exec.Cmd) { cmd.Path = "/proc/self/exe" }

// lookIn is the role of a process that opens a memory and writes to it.
func lookIn(ctx context.Context, address string) error {
	s, err := Open(ctx, address, time.Now)
	if err == nil {
		_, err = s.Begin(ctx, Run{Backlog: "a"})
	}
	if err == nil {
		return errors.New("it could be written")
	}
	fmt.Println(errors.Is(err, work.ErrForbidden), said(err))
	return nil
}

func TestMissingRightsAreTold(t *testing.T) {
	tests := []struct {
		name         string
		folder, file os.FileMode
		files        bool // the file is there
		want         string
	}{
		{"a file that may only be read", 0o777, 0o444, true, "it cannot be written: give this user the right to write the file and its folder"},
		{"a file that may not be read", 0o777, 0, true, "it cannot be opened: give this user the right to read and write the file"},
		{"a folder that may only be read", 0o555, 0o666, true, "give this user the right"},
		{"a folder without the file", 0o555, 0, false, "this user may not write in"},
		{"a folder that may not be entered", 0, 0, false, "this user may not write in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := reachable(t)
			t.Cleanup(func() { // so that it can be removed
				if err := os.Chmod(folder, 0o700); err != nil {
					t.Error(err)
				}
			})
			path := filepath.Join(folder, "state.db")
			if tt.files {
				s, err := Open(t.Context(), "sqlite://"+path, time.Now)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(s.Close(), os.Chmod(path, tt.file)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(folder, tt.folder); err != nil {
				t.Fatal(err)
			}
			got := child(t, "look", "sqlite://"+path, unprivileged(t, t.TempDir()), self).line()
			if !strings.HasPrefix(got, "true state "+path+": ") || !strings.Contains(got, tt.want) {
				t.Errorf("it says %q, want %q", got, tt.want)
			}
		})
	}
}

// fillUp is the role of a process whose disk runs full, and gets room again.
func fillUp(ctx context.Context, address string) error {
	path := strings.TrimPrefix(address, "sqlite://")
	more, err := limit(filepath.Dir(path))
	if err != nil {
		return err
	}
	s, err := Open(ctx, address, time.Now)
	if err != nil {
		return err
	}
	kept := 0
	for n := 1000; err == nil; n += 1000 {
		if err = s.See(ctx, "a", Seen{Items: backlogOf(n)}); err == nil {
			kept = n
		}
	}
	fmt.Println(errors.Is(err, work.ErrUnavailable), said(err))
	items, err := s.Seen(ctx, "a")
	if err != nil || len(items) != kept || kept == 0 {
		return fmt.Errorf("%d items are there, %w, want %d", len(items), err, kept)
	}
	if err := more(); err != nil {
		return err
	}
	if err := s.See(ctx, "a", Seen{Items: backlogOf(kept + 1000)}); err != nil {
		return err
	}
	items, err = s.Seen(ctx, "a")
	fmt.Println(len(items)-kept, err)
	return s.Close()
}

// limit lets a disk become full, in the way that the test asks for, and gives
// what makes room.
func limit(folder string) (more func() error, err error) {
	if os.Getenv("STACKRANK_TEST_LIMIT") == "file" {
		signal.Ignore(syscall.SIGXFSZ)
		var was syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			return nil, err
		}
		return func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) },
			syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 2 << 20, Max: was.Max})
	}
	if err := syscall.Mount("none", folder, "tmpfs", 0, "size=4m"); err != nil {
		return nil, err
	}
	return func() error { return syscall.Mount("none", folder, "tmpfs", syscall.MS_REMOUNT, "size=64m") }, nil
}

func TestFullDiskIsTold(t *testing.T) {
	tests := []struct{ name, limit, want string }{
		{"no file may grow further", "file", "the disk refuses to read or write: look for its room, a limit on the size of files"},
	}
	if os.Getuid() == 0 { // who may mount a small disk
		tests = append(tests, struct{ name, limit, want string }{"the disk is full", "disk", "the disk is full: make room, then run again"})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			p := child(t, "fill", "sqlite://"+path, func(cmd *exec.Cmd) {
				cmd.Env = append(cmd.Env, "STACKRANK_TEST_LIMIT="+tt.limit)
				if tt.limit == "disk" {
					cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // nobody else sees what it mounts
				}
			})
			if got := p.line(); !strings.HasPrefix(got, "true state "+path+": ") || !strings.Contains(got, tt.want) {
				t.Errorf("it says %q, want %q", got, tt.want)
			}
			if got := p.line(); got != "1000 <nil>" {
				t.Errorf("with more room it says %q, want 1000 items more", got)
			}
		})
	}
}

// runAs makes a command run as another user.
func runAs(cmd *exec.Cmd, uid, gid int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
