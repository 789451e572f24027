package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"stackrank/config"
	"stackrank/internal/cycle"
	"stackrank/internal/report"
)

func newUndo(a *app) *cobra.Command {
	var o undoOptions
	c := &cobra.Command{
		Use:   "undo [RUN]",
		Short: "Take a run back",
		Long: `Restores the fields, labels and places that a run wrote, where they still are as the
run left them; what has changed since is named and stays. RUN is the id of a run
or the beginning of it, as history shows it. Without it, the newest run of each
backlog is taken back that wrote something, is no undo and is not undone.

An undo is a run itself: undo with its id brings back what it took. The next sync
plans anew, so change the policy first, or let no sync run, where the order was
not wanted.`,
		Example: `  stackrank undo --dry-run
  stackrank undo
  stackrank undo 20260302-1200`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.run = args[0]
			}
			return a.undo(cmd.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be restored; write nothing")
	c.Flags().StringVarP(&o.format, "format", "f", string(report.Text), report.UndoFormats)
	return c
}

// undoOptions are the flags of undo and its argument.
type undoOptions struct {
	dryRun bool
	format string
	run    string // empty: the newest of each backlog
}

// undo takes a run back, or the newest one of each backlog, and prints what was done.
func (a *app) undo(ctx context.Context, o undoOptions) error {
	format := report.Format(o.format)
	if format != report.Text && format != report.JSON {
		return usage("--format %q: want %s", o.format, report.UndoFormats)
	}
	c, log, err := a.load()
	if err != nil {
		return err
	}
	open := a.opener(c, log)
	backlogs, err := a.undoing(ctx, open, &o)
	if err != nil {
		return errors.Join(err, open.close())
	}
	return a.eachOf(ctx, open, backlogs, func(ctx context.Context, open *opener, b config.Backlog) error {
		u, err := a.undoOf(ctx, o, open, b)
		if u.Plan.Digest == "" {
			return fail(b.Name, err)
		}
		if err == nil && !o.dryRun && u.Partial() {
			err = outcome{exitPartial, nil}
		}
		return errors.Join(fail(b.Name, err), report.NewUndo(u).Write(a.out, format, a.style(reportOptions{})))
	})
}

// undoing gives the backlogs in which a run is to be taken back: that of the run,
// whose id is completed, or all that were asked for.
func (a *app) undoing(ctx context.Context, open *opener, o *undoOptions) ([]config.Backlog, error) {
	backlogs, err := a.backlogs(open.config)
	if err != nil || o.run == "" {
		return backlogs, err
	}
	m, err := open.memory(ctx)
	if err != nil {
		return nil, err
	}
	run, err := findRun(ctx, m, o.run)
	if err != nil {
		return nil, err
	}
	o.run = run.ID
	for _, b := range backlogs {
		if b.Name == run.Backlog {
			return []config.Backlog{b}, nil
		}
	}
	if a.backlog != "" {
		return nil, usage("run %s is one of backlog %s, not of %s", run.ID, run.Backlog, a.backlog)
	}
	return nil, usage("run %s is one of backlog %s, which the configuration does not have", run.ID, run.Backlog)
}

// undoOf makes one undo, or shows it.
func (a *app) undoOf(ctx context.Context, o undoOptions, open *opener, b config.Backlog) (cycle.Undone, error) {
	at, err := a.moment("", b)
	if err != nil {
		return cycle.Undone{}, err
	}
	in, err := inputs(open, b, at)
	if err != nil {
		return cycle.Undone{}, err
	}
	if in.Memory, err = open.memory(ctx); err != nil {
		return cycle.Undone{}, err
	}
	sources, err := open.open(b)
	if err != nil {
		return cycle.Undone{}, err
	}
	bars := a.progress(sources)
	defer bars.stop()
	in.Pulled, in.Written = bars.pulled, bars.written
	if o.dryRun {
		return cycle.PreviewUndo(ctx, in, o.run, readersOf(sources))
	}
	return cycle.Undo(ctx, in, o.run, connectorsOf(sources))
}
