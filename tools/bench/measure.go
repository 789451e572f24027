package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// figures are what a step cost.
type figures struct {
	Requests, Writes int
	Wall             time.Duration
	CPU              time.Duration // of the processes of the step
	Memory           int64         // bytes; the most that one of them held at once
	Floor            int64         // bytes that this program held: Linux tells no less of a child
}

// scaled gives the figures of so many items as if each cost what it did with
// fewer. Memory stays as measured.
func (f figures) scaled(items, measured int) figures {
	f.Requests = f.Requests * items / measured
	f.Writes = f.Writes * items / measured
	f.Wall = f.Wall * time.Duration(items) / time.Duration(measured)
	f.CPU = f.CPU * time.Duration(items) / time.Duration(measured)
	return f
}

// measure runs commands one after the other and notes what they cost together.
// It gives the requests by route.
func (f *figures) measure(s *site, commands []*exec.Cmd) (map[string]int, error) {
	before, err := s.count()
	if err != nil {
		return nil, err
	}
	*f = figures{}
	for _, c := range commands {
		if err := f.spend(c); err != nil {
			return nil, err
		}
	}
	after, err := s.count()
	f.Requests, f.Writes = after.Total-before.Total, after.Writes-before.Writes
	routes := after.Requests
	for route, n := range before.Requests {
		if routes[route] -= n; routes[route] == 0 {
			delete(routes, route)
		}
	}
	return routes, err
}

// spend runs a command to its end and adds what it took, its own children
// included.
func (f *figures) spend(c *exec.Cmd) error {
	said, err := os.CreateTemp("", "bench-said-")
	if err != nil {
		return err
	}
	defer os.Remove(said.Name()) //nolint:errcheck // a leftover harms nobody
	defer said.Close()           //nolint:errcheck // nothing is lost
	c.Stdout, c.Stderr = said, said
	begin := time.Now()
	err = c.Run()
	f.Wall += time.Since(begin)
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, tail(said.Name(), 4000))
	}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return fmt.Errorf("%s: the system does not tell its memory", c.Path)
	}
	f.CPU += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	f.Memory, f.Floor = max(f.Memory, usage.Maxrss*1024), max(f.Floor, ownPeak())
	return nil
}

// tail gives the last bytes of a file.
func tail(name string, n int) string {
	text, _ := os.ReadFile(name)
	return string(text[max(0, len(text)-n):])
}

// ownPeak gives the most memory that this program held so far. What getrusage
// tells of it would count the program that started it too.
func ownPeak() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		return 0
	}
	return kilobytes * 1024
}
