package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"stackrank/config"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
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
	return a.print(ctx, o, func(ctx context.Context, in cycle.Inputs, sources []source) (cycle.Round, error) {
		in.Force = force
		if saved != nil {
			of, ok := saved[in.Backlog]
			if !ok {
				return cycle.Round{}, usage("--plan %s holds no plan for this backlog; choose with --backlog", s.plan)
			}
			in.Saved = &of
		}
		r, err := cycle.Sync(ctx, in, connectorsOf(sources), plan.NoJournal{})
		if err == nil && (failures(r) > 0 || len(r.Drift) > 0) {
			err = outcome{exitPartial, nil}
		}
		return r, err
	})
}

func failures(r cycle.Round) int {
	n := 0
	for _, res := range r.Results {
		if res.Err != nil {
			n++
		}
	}
	return n
}

// print runs a round for each backlog and prints its document. The error of a
// round that got far enough to plan comes after its document.
func (a *app) print(ctx context.Context, o reportOptions, round func(context.Context, cycle.Inputs, []source) (cycle.Round, error)) error {
	format, err := report.ParseFormat(o.format)
	if err != nil {
		return usage("--%w", err)
	}
	if o.top < 0 {
		return usage("--top %d: want a number of items, or 0 for the format's own", o.top)
	}
	return a.printTo(o.output, func(w io.Writer) error {
		return a.each(ctx, func(ctx context.Context, c config.Config, b config.Backlog, log *zap.Logger) error {
			d, err := a.round(ctx, o, a.opener(c, log), b, round)
			if d == nil {
				return err
			}
			return errors.Join(err, d.Write(w, format, a.style(o)))
		})
	})
}

func (a *app) style(o reportOptions) report.Style {
	s := report.Style{Top: o.top, Width: a.outTerminal}
	if o.output == "" && a.outTerminal > 0 {
		_, plain := a.env("NO_COLOR")
		s.Color = !plain
	}
	return s
}

// round makes one round and its document; no document where there is no plan.
func (a *app) round(ctx context.Context, o reportOptions, open *opener, b config.Backlog, do func(context.Context, cycle.Inputs, []source) (cycle.Round, error)) (*report.Document, error) {
	at, err := a.moment(o.at, b)
	if err != nil {
		return nil, err
	}
	sources, err := open.open(b)
	if err != nil {
		return nil, err
	}
	bars := a.progress(sources)
	in := cycle.Inputs{
		Backlog: b.Name, Policy: b.Policy, Rules: b.Write, Now: at, Log: open.log,
		Pulled: bars.pulled, Written: bars.written,
	}
	r, err := do(ctx, in, sources)
	bars.stop()
	if r.Plan.Digest == "" {
		return nil, fail(b.Name, err)
	}
	d := report.New(r)
	sent := requests(sources)
	for i := range d.Sources {
		d.Sources[i].Requests = sent[d.Sources[i].Name]
	}
	if o.redact {
		d = d.Redact()
	}
	return &d, fail(b.Name, err)
}

// fail names the backlog in an error that says something.
func fail(backlog string, err error) error {
	if err == nil || err.Error() == "" {
		return err
	}
	return fmt.Errorf("backlog %s: %w", backlog, err)
}

// moment gives the time to rank for, in the backlog's zone.
func (a *app) moment(at string, b config.Backlog) (time.Time, error) {
	zone := b.Timezone.Location()
	if at == "" {
		return a.now().In(zone), nil
	}
	t, err := parseTime("--at", at, zone)
	return t.In(zone), err
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

// writeFile writes a whole file or leaves the old one.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".stackrank-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is there only after a failure
	werr := write(f)
	var o outcome
	if werr != nil && !errors.As(werr, &o) {
		return errors.Join(werr, f.Close())
	}
	if err := errors.Join(f.Chmod(0o644), f.Close(), os.Rename(f.Name(), path)); err != nil {
		return err
	}
	return werr
}
