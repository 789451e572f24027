package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"stackrank/config"
	"stackrank/connectors"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// uses are the values of check --for.
var uses = map[string]connectors.Use{
	"report": connectors.ForReport, "fields": connectors.ForFields, "order": connectors.ForOrder,
}

func newCheck(a *app) *cobra.Command {
	var purpose string
	c := &cobra.Command{
		Use:   "check",
		Short: "Say what is missing for a report or a sync, and how to mend it",
		Long: `Checks the configuration, credentials, permissions and fields against the trackers.
Every finding comes with its fix. It exits with 0 only when what was asked for
could be done. It writes nothing.`,
		Example: `  stackrank check                   # for what the configuration writes
  stackrank check --for report      # for reading alone, with the least rights`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, ok := uses[purpose]; !ok && purpose != "" {
				return usage("--for %q: want report, fields or order", purpose)
			}
			return a.each(cmd.Context(), func(ctx context.Context, open *opener, b config.Backlog) error {
				return a.check(ctx, open, b, purpose)
			})
		},
	}
	c.Flags().StringVar(&purpose, "for", "", "report, fields or order: check for that much and print the least rights; default: what the configuration writes")
	return c
}

// check prints what each source of the backlog lacks.
func (a *app) check(ctx context.Context, open *opener, b config.Backlog, purpose string) error {
	sources, err := open.open(b)
	if err != nil {
		return err
	}
	failed := 0
	for _, s := range sources {
		to, asked := uses[purpose]
		if !asked {
			to = use(b.Write.To[s.Source()])
		}
		fmt.Fprintf(a.out, "%s  source %s, for %s\n", b.Name, s.Source(), useName(to))
		failed += a.checkSource(ctx, s, to)
	}
	failed += a.checkEvidence(open, b)
	if failed > 0 {
		return outcome{exitFailed, fmt.Errorf("backlog %s: %d to mend before it can be done", b.Name, failed)}
	}
	return nil
}

func useName(u connectors.Use) string {
	for name, v := range uses {
		if v == u {
			return name
		}
	}
	return fmt.Sprint(int(u))
}

// marks stand before a finding by its level.
var marks = map[work.Level]string{work.Note: "ok  ", work.Warning: "note", work.Failure: "FIX "}

// checkSource prints the findings of one source and gives how many fail it.
func (a *app) checkSource(ctx context.Context, s source, to connectors.Use) int {
	c, ok := s.Connector.(connectors.Checker)
	if !ok {
		return 0
	}
	findings, err := c.Check(ctx, to)
	if err != nil {
		fmt.Fprintf(a.out, "  %s  %s\n", marks[work.Failure], report.Clean(work.Plain(err)))
		return 1
	}
	return a.printFindings(findings)
}

// printFindings prints findings, the gravest first, and gives how many are
// failures.
func (a *app) printFindings(findings []work.Finding) int {
	slices.SortStableFunc(findings, func(x, y work.Finding) int { return cmp.Compare(y.Level, x.Level) })
	failed := 0
	for _, f := range findings {
		fmt.Fprintf(a.out, "  %s  %s\n", marks[f.Level], report.Say(f.Message))
		if f.Fix != "" {
			fmt.Fprintf(a.out, "        %s\n", report.Say(f.Fix))
		}
		if f.Level == work.Failure {
			failed++
		}
	}
	return failed
}
