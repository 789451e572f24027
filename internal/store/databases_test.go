package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// engine is one of the two that the memory is kept in.
type engine struct {
	name  string
	fresh func(t testing.TB) string // gives the address of an empty one
}

// databases gives both. PostgreSQL runs until the test ends; without sync it does
// not wait for the disk.
func databases(t testing.TB, sync bool) []engine {
	return []engine{
		{"sqlite", func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "state.db") }},
		{"postgres", startPostgres(t, sync).fresh},
	}
}

// server is a PostgreSQL that the test started.
type server struct {
	missing string // why there is none
	url     url.URL
	count   atomic.Int64
}

const password = "a secret: /@%"

// startPostgres starts a server of the installed programs with a folder of its
// own.
func startPostgres(t testing.TB, sync bool) *server {
	t.Helper()
	bin, missing := installed()
	if missing != "" {
		return &server{missing: missing}
	}
	home := reachable(t)
	drop := unprivileged(t, home)
	words := filepath.Join(home, "password")
	if err := os.WriteFile(words, []byte(password+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(home, "data")
	init := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username=po", "--pwfile="+words, "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync")
	init.Dir = home
	drop(init)
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s := &server{url: url.URL{Scheme: "postgres", User: url.UserPassword("po", password), Host: "127.0.0.1:" + strconv.Itoa(freePort(t))}}
	s.run(t, drop, filepath.Join(bin, "postgres"), "-D", data, "-c", fmt.Sprint("fsync=", sync))
	return s
}

// run starts the server and waits until it answers. A shell stands between that
// ends it when the test is gone, whatever way it went.
func (s *server) run(t testing.TB, drop func(*exec.Cmd), program ...string) {
	cmd := exec.Command("sh", append([]string{"-c", `"$@" & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid`, "sh"}, program...)...)
	cmd.Args = append(cmd.Args, "-p", s.url.Port(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "log_min_messages=panic")
	cmd.Dir = "/"
	drop(cmd)
	alive, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = alive.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("postgres: %v", err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		err := s.exec(t, "SELECT 1")
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("postgres does not answer: %v", err)
		}
	}
}

// exec runs a statement as the owner of the server.
func (s *server) exec(t testing.TB, statement string) error {
	db, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(context.Background(), statement)
	return errors.Join(err, db.Close())
}

func (s *server) address(name string) string {
	u := s.url
	u.Path = "/" + name
	return u.String()
}

// fresh makes a database. Without PostgreSQL the test is skipped, or fails where
// all services are required.
func (s *server) fresh(t testing.TB) string {
	t.Helper()
	if s.missing != "" {
		if os.Getenv("STACKRANK_REQUIRE_SERVICES") == "1" {
			t.Fatal(s.missing)
		}
		t.Skip(s.missing)
	}
	name := fmt.Sprintf("memory_%d", s.count.Add(1))
	if err := s.exec(t, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return s.address(name)
}

// installed finds the folder of the server's programs.
func installed() (bin, missing string) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), ""
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin") // where Debian keeps them, by version
	if err != nil || len(found) == 0 {
		return "", "PostgreSQL is not installed: on Debian, apt-get install postgresql"
	}
	return found[len(found)-1], ""
}

// unprivileged gives a folder to a user who is not root, as the server wants it,
// and gives what makes a command run as that user.
func unprivileged(t testing.TB, folder string) func(*exec.Cmd) {
	t.Helper()
	if os.Getuid() != 0 {
		return func(*exec.Cmd) {}
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, gid := number(t, u.Uid), number(t, u.Gid)
	if err := os.Chown(folder, uid, gid); err != nil {
		t.Fatal(err)
	}
	return func(cmd *exec.Cmd) { runAs(cmd, uid, gid) }
}

// reachable gives an empty folder that other users can reach.
func reachable(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o711); err != nil {
		t.Fatal(err)
	}
	return folder
}

func number(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}

// openAt opens a memory that is closed at the end of the test.
func openAt(t testing.TB, address string, c *clock) *Store {
	t.Helper()
	s, err := Open(context.Background(), address, c.now)
	if err != nil {
		t.Fatal(strings.ReplaceAll(err.Error(), password, "•••"))
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
