package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"stackrank/config"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/report"
)

func newDemo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the whole job on simulated trackers, without an account",
		Long: `Starts a simulated Jira and a simulated Trello with a built-in backlog, ranks both
as one list, writes the result back, and syncs again to show that nothing is left
to write.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
}

func (a *app) demo(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "stackrank-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := simOptions{
		deployment: string(jirasim.Cloud), now: a.now,
		jiraAddr: "127.0.0.1:0", trelloAddr: "127.0.0.1:0",
	}
	s, err := startSims(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	file := filepath.Join(dir, "stackrank.yaml")
	if err := writeSandboxConfig(file, s, o); err != nil {
		return err
	}
	a.viper.SetConfigFile(file)
	return a.each(ctx, a.demoRounds)
}

// demoRounds syncs twice: the first round writes, the second finds nothing.
func (a *app) demoRounds(ctx context.Context, open *opener, b config.Backlog) error {
	forced := func(ctx context.Context, in cycle.Inputs, sources []source) (cycle.Round, error) {
		in.Force = plan.ForceAll()
		return cycle.Sync(ctx, in, connectorsOf(sources))
	}
	if !a.viper.IsSet("log.level") {
		open.log = open.log.WithOptions(zap.IncreaseLevel(zap.WarnLevel)) // the report is what there is to see
	}
	at := a.now()
	o := reportOptions{at: at.Format("2006-01-02T15:04:05Z07:00")}
	d, err := a.round(ctx, o, open, b, forced)
	if err != nil {
		return err
	}
	if err := d.Write(a.out, report.Text, a.style(o)); err != nil {
		return err
	}
	again, err := a.round(ctx, o, open, b, forced)
	if err != nil {
		return err
	}
	writes := 0
	if again.Written != nil {
		writes = again.Written.Done + len(again.Written.Failed)
	}
	_, err = fmt.Fprintf(a.out, "\nsecond sync: %d writes\n", writes)
	return err
}
