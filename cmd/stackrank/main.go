// Command stackrank keeps a backlog in the right order: it pulls work items
// from Jira and Trello, ranks them, and writes the result back. This package
// owns flags, wiring and exit codes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // zones must be known on machines without them

	"golang.org/x/term"

	"stackrank/config"
	"stackrank/internal/report"
)

// The exit codes, part of the product's contract.
const (
	exitDone    = 0
	exitFailed  = 1 // failed, or refused by a brake
	exitUsage   = 2 // usage or configuration
	exitPartial = 3 // done, some items not written
	exitPending = 4 // changes pending (report --exit-code)
)

func main() { os.Exit(process(time.Now)) }

// process runs the command of this process, with the clock that it goes by, and
// gives the exit code.
func process(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], world{
		out: os.Stdout, err: os.Stderr, env: os.LookupEnv, now: now,
		outTerminal: terminalWidth(os.Stdout), errTerminal: terminalWidth(os.Stderr),
	})
}

// world is everything outside that a command touches.
type world struct {
	out, err    io.Writer
	env         func(name string) (string, bool)
	now         func() time.Time
	outTerminal int // cells of a line; 0: no terminal
	errTerminal int
}

func terminalWidth(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil {
		return max(w, 40)
	}
	return 0
}

// run is main without the process. It prints what went wrong and gives the
// exit code.
func run(ctx context.Context, args []string, w world) int {
	root := newRoot(w)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = outcome{exitFailed, errors.New("stopped; what was written stays, and the same command goes on from there")}
	}
	if err != nil {
		if text := err.Error(); text != "" {
			fmt.Fprintln(w.err, "stackrank: "+report.Printable(text))
		}
	}
	return exitCode(err)
}

// outcome is an error that knows its exit code. Its error may be nil: then
// everything that is to be said has been printed.
type outcome struct {
	code int
	err  error
}

func (o outcome) Error() string {
	if o.err == nil {
		return ""
	}
	return o.err.Error()
}

func (o outcome) Unwrap() error { return o.err }

// usage marks an error as one of flags or arguments.
func usage(format string, args ...any) error {
	return outcome{exitUsage, fmt.Errorf(format, args...)}
}

// exitCode is the one place that decides it.
func exitCode(err error) int {
	var o outcome
	var problems config.Problems
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &o):
		return o.code
	case errors.As(err, &problems):
		return exitUsage
	}
	return exitFailed
}
