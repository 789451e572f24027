package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"stackrank/config"
	"stackrank/internal/report"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

func newHistory(a *app) *cobra.Command {
	var o historyOptions
	c := &cobra.Command{
		Use:   "history [RUN]",
		Short: "Show runs and what they wrote",
		Long: `Lists the runs that are remembered, newest first, or shows one with all of its
writes. RUN is the id of a run or the beginning of it. It contacts no tracker.

Fields, labels and moves are what a run had to write, failed the items that it could
not; ? where it still works or died before it counted: RUN shows what it wrote.`,
		Example: `  stackrank history
  stackrank history 20260302-1200
  stackrank history --format jsonl > runs.jsonl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.run = args[0]
			}
			return a.history(cmd.Context(), o)
		},
	}
	c.Flags().StringVarP(&o.format, "format", "f", string(report.Text), report.HistoryFormats)
	c.Flags().IntVar(&o.limit, "limit", 20, "list so many runs at most; 0: all")
	return c
}

// historyOptions are the flags of history and its argument.
type historyOptions struct {
	format string
	limit  int
	run    string
}

func (a *app) history(ctx context.Context, o historyOptions) (err error) {
	format := report.Format(o.format)
	if format != report.Text && format != report.JSON && format != report.JSONL {
		return usage("--format %q: want %s", o.format, report.HistoryFormats)
	}
	if o.limit < 0 {
		return usage("--limit %d: want a number of runs, or 0 for all", o.limit)
	}
	c, log, err := a.load()
	if err != nil {
		return err
	}
	open := a.opener(c, log)
	defer func() { err = errors.Join(err, open.close()) }()
	m, err := open.memory(ctx)
	if err != nil {
		return err
	}
	h, err := a.past(ctx, m, o)
	if err != nil {
		return err
	}
	return h.Write(a.out, format, a.style(reportOptions{}), zones(c))
}

// zones gives the zone of each backlog; UTC for those that are configured no more.
func zones(c config.Config) func(backlog string) *time.Location {
	return func(backlog string) *time.Location {
		for _, b := range c.Backlogs {
			if b.Name == backlog {
				return b.Timezone.Location()
			}
		}
		return time.UTC
	}
}

// past reads the runs, or one with its writes.
func (a *app) past(ctx context.Context, m *store.Store, o historyOptions) (report.History, error) {
	h := report.History{Version: report.Version, Runs: []report.PastRun{}}
	if o.run != "" {
		run, err := findRun(ctx, m, o.run)
		if err != nil {
			return h, err
		}
		entries, err := m.Entries(ctx, run.ID)
		h.Runs, h.Writes = append(h.Runs, pastRun(run)), make([]report.PastSlot, len(entries))
		for i, e := range entries {
			h.Writes[i] = pastSlot(e)
		}
		return h, err
	}
	runs, err := m.Runs(ctx, store.Filter{Backlog: a.backlog, Limit: o.limit})
	for _, r := range runs {
		h.Runs = append(h.Runs, pastRun(r))
	}
	return h, err
}

// findRun gives the run with an id or the beginning of one. That there is none, or
// more than one, is a mistake of who called.
func findRun(ctx context.Context, m *store.Store, id string) (store.Run, error) {
	run, err := m.Find(ctx, id)
	if errors.Is(err, work.ErrNotFound) || errors.Is(err, work.ErrInvalid) {
		err = outcome{exitUsage, err}
	}
	return run, err
}

func pastRun(r store.Run) report.PastRun {
	out := report.PastRun{
		ID: r.ID, Backlog: r.Backlog, Kind: string(r.Kind), Undoes: r.Target, Begun: r.Begun, Result: string(r.Result),
		Who: r.Who, Policy: r.Policy, Plan: r.Plan, Counts: r.Counts, Error: r.Error,
	}
	if !r.Ended.IsZero() {
		out.Ended = &r.Ended
	}
	return out
}

func pastSlot(e store.Entry) report.PastSlot {
	w := report.PastSlot{
		Run: e.Run, At: e.Intended, Ref: work.Ref{Source: e.Source, ID: e.Item.ID}, Key: e.Key, Result: string(e.State), Error: e.Error,
	}
	if e.Kind == store.Move {
		w.Op, w.Slot, w.Old, w.New = "move", "order", work.Text(e.Move.Was), work.Text(e.Move.After)
		return w
	}
	w.Op, w.Slot, w.Old, w.New = e.Edit.Op.String(), string(e.Edit.Slot), e.Edit.Old, e.Edit.New
	return w
}
