package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// measured is the program, which at its end writes the most memory that it held,
// in KiB, into the file that PEAK names. Only Linux tells.
func measured() {
	code := process(clockOf(os.Getenv("EPOCH")))
	status, err := os.ReadFile("/proc/self/status")
	if peak := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status); err == nil && peak != nil {
		err = os.WriteFile(os.Getenv("PEAK"), peak[1], 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// TestASyncWithNothingToDoIsQuick starts the program as a process of its own, for
// a backlog in which everything is in place. The fastest of a few counts, and the
// leanest: the machine does other things, too.
func TestASyncWithNothingToDoIsQuick(t *testing.T) {
	slower := 1
	if watched {
		slower = 20
	}
	r := newRig(t, simOptions{})
	var took []time.Duration
	var held []int
	for try := range 7 {
		d, peak := r.process(t, "sync", "--force")
		if try > 1 { // the first writes, the second reads what was written
			took, held = append(took, d), append(held, peak)
		}
	}
	if jira, trello := r.stats(t); jira.Writes == 0 || trello.Writes == 0 {
		t.Errorf("%d writes to Jira and %d to Trello, want some by the first sync", jira.Writes, trello.Writes)
	}
	most, mostMemory := time.Duration(slower)*300*time.Millisecond, slower*60_000
	if fastest, leanest := slices.Min(took), slices.Min(held); fastest > most || leanest > mostMemory {
		t.Errorf("%v and %d KiB, want at most %v and %d KiB", fastest, leanest, most, mostMemory)
	}
	t.Log(took, held)
}

// process runs the program as a process of its own, and gives how long it took
// and how much memory it held, in KiB; 0 where nobody tells.
func (r *rig) process(t *testing.T, args ...string) (took time.Duration, peak int) {
	t.Helper()
	args = append(args, "--config", r.file, "--log-level", "error")
	folder, _ := envBeside(t, args)("XDG_STATE_HOME")
	file := filepath.Join(t.TempDir(), "peak")
	c := exec.CommandContext(t.Context(), "measured", args...)
	c.Env = append(c.Environ(), "XDG_STATE_HOME="+folder, "PEAK="+file, "EPOCH="+time.Now().Format(time.RFC3339Nano))
	began := time.Now()
	out, err := c.CombinedOutput()
	took = time.Since(began)
	if err != nil {
		t.Fatalf("stackrank %v: %v\n%s", args, err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return took, 0
	}
	if peak, err = strconv.Atoi(string(text)); err != nil {
		t.Fatal(err)
	}
	return took, peak
}
