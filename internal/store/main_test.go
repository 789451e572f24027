package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// role is what a process does with a database.
type role func(ctx context.Context, address string) error

// roles are what the test binary does when it is started again as a process of
// its own: see child. What a role prints is read by the test that started it.
var roles = map[string]role{
	"migrate": migrateAtOnce,
	"crash":   crashAmidCall,
	"hold":    holdFile,
	"spend":   spendBudget,
}

func TestMain(m *testing.M) {
	name := os.Getenv("STACKRANK_TEST_ROLE")
	if name == "" {
		os.Exit(m.Run())
	}
	play, ok := roles[name]
	if !ok {
		play = systemRoles()[name]
	}
	if err := play(context.Background(), os.Getenv("STACKRANK_TEST_ADDRESS")); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// process is a running child.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

// child starts the test binary again in a role, on a database. It waits in the
// role until release.
func child(t testing.TB, role, address string, change ...func(*exec.Cmd)) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STACKRANK_TEST_ROLE="+role, "STACKRANK_TEST_ADDRESS="+address)
	cmd.Stderr = os.Stderr
	for _, f := range change {
		f(cmd)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout)}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return p
}

// line reads the next line that the child prints.
func (p *process) line() string {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatalf("the child ended without a word: %v", p.cmd.Wait())
	}
	return p.lines.Text()
}

// release lets a child go on that waits.
func (p *process) release() { _ = p.stdin.Close() }

// wait is the role's side of release.
func wait() { _, _ = io.Copy(io.Discard, os.Stdin) }

// said gives what an error prints, on one line.
func said(err error) string { return strings.ReplaceAll(err.Error(), "\n", " | ") }

// clock is a time that stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }
func noon() *clock                    { return &clock{time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)} }
