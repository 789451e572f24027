package main

import (
	"context"

	"github.com/spf13/cobra"

	"stackrank/internal/cycle"
	"stackrank/internal/report"
)

// reportOptions are the flags of report, shared by sync.
type reportOptions struct {
	format   string
	output   string
	top      int
	at       string
	redact   bool
	exitCode bool
	remember bool // no flag: the round writes, and is remembered
}

func (o *reportOptions) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.format, "format", "f", string(report.Text), report.FormatNames())
	f.StringVarP(&o.output, "output", "o", "", "write to this file instead of standard output")
	f.IntVar(&o.top, "top", 0, "show so many items (text: 20, else all)")
	f.StringVar(&o.at, "at", "", "rank for this moment: RFC 3339, or a date in the backlog's zone")
	f.BoolVar(&o.redact, "redact", false, "keys and places only, no titles")
}

func newReport(a *app) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:   "report",
		Short: "Show the order and what a sync would write",
		Long: `Pulls the backlog, ranks it, plans, and prints: what the order rests on, what
would move and why, and what needs a decision. It writes nothing.`,
		Example: `  stackrank report
  stackrank report --format markdown --output order.md
  stackrank report --exit-code      # exits with 4 when changes are pending`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.report(cmd.Context(), o) },
	}
	o.add(c)
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with 4 when changes are pending")
	return c
}

// report previews each backlog and prints it.
func (a *app) report(ctx context.Context, o reportOptions) error {
	return a.print(ctx, o, func(ctx context.Context, in cycle.Inputs, sources []source) (cycle.Round, error) {
		r, err := cycle.Preview(ctx, in, readersOf(sources))
		if err == nil && o.exitCode && !r.Plan.Empty() {
			err = outcome{exitPending, nil}
		}
		return r, err
	})
}
