package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/report"
)

func newSync(a *app) *cobra.Command {
	var o reportOptions
	var s syncOptions
	c := &cobra.Command{
		Use:   "sync",
		Short: "Write scores, places, labels and order back",
		Long: `Pulls the backlog, ranks it, plans, and writes the plan. The first write of a
backlog, and a plan that edits many of its items, are refused until --force says
that a person has read the report.`,
		Example: `  stackrank sync --dry-run
  stackrank sync --force=first
  stackrank report --format json --output plan.json; stackrank sync --plan plan.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.dryRun {
				return a.report(cmd.Context(), o)
			}
			return a.sync(cmd.Context(), o, s)
		},
	}
	o.add(c)
	f := c.Flags()
	f.BoolVar(&s.dryRun, "dry-run", false, "write nothing; the same as report")
	f.StringVar(&s.plan, "plan", "", "apply the plan in this file, which report --format json saved")
	f.StringSliceVar(&s.force, "force", nil, "go past these brakes: first, share; without a value both")
	f.Lookup("force").NoOptDefVal = plan.BrakeFirst + "," + plan.BrakeShare
	return c
}

// syncOptions are the flags of sync alone.
type syncOptions struct {
	dryRun bool
	plan   string
	force  []string
}

func (s syncOptions) forces() (plan.Force, error) {
	var f plan.Force
	for _, name := range s.force {
		switch name {
		case plan.BrakeFirst:
			f.First = true
		case plan.BrakeShare:
			f.Share = true
		default:
			return f, usage("--force %q: want %s, %s, or both", name, plan.BrakeFirst, plan.BrakeShare)
		}
	}
	return f, nil
}

// sync writes each backlog and prints what was done.
func (a *app) sync(ctx context.Context, o reportOptions, s syncOptions) error {
	force, err := s.forces()
	if err != nil {
		return err
	}
	saved, err := readPlans(s.plan)
	if err != nil {
		return err
	}
	o.remember = true
	return a.print(ctx, o, func(ctx context.Context, in cycle.Inputs, sources []source) (cycle.Round, error) {
		in.Force = force
		if saved != nil {
			of, ok := saved[in.Backlog]
			if !ok {
				return cycle.Round{}, usage("--plan %s holds no plan for this backlog; choose with --backlog", s.plan)
			}
			in.Saved = &of
		}
		r, err := cycle.Sync(ctx, in, connectorsOf(sources))
		if err == nil && r.Partial() {
			err = outcome{exitPartial, nil}
		}
		return r, err
	})
}

// readPlans reads the documents that report saved; none where path is empty.
func readPlans(path string) (map[string]plan.Saved, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, outcome{exitUsage, fmt.Errorf("--plan: %w", err)}
	}
	defer f.Close() //nolint:errcheck // it was only read
	saved, err := report.ReadSaved(f)
	if err != nil {
		return nil, outcome{exitUsage, fmt.Errorf("--plan %s: %w", path, err)}
	}
	return saved, nil
}
