package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"stackrank/config"
	"stackrank/internal/report"
	"stackrank/prioritize"
)

// calibrateOptions are the flags of calibrate.
type calibrateOptions struct {
	write  bool
	format string
}

func newCalibrate(a *app) *cobra.Command {
	var o calibrateOptions
	c := &cobra.Command{
		Use:   "calibrate [--write]",
		Short: "Measure the scales of the scores on what the trackers hold",
		Long: `Pulls the backlog and measures what its scores are held against: how much is half
of a count or a sum of money, what is expected of items that nobody judged, how
much work an item is that nobody estimated, and how each stakeholder uses the
scale. It shows them beside those of the policy.

With --write they go into policy.anchors of the configuration, whose comments and
layout stay. They hold until the next calibrate --write: scores change then, and
at no other time for the sake of other items. Nothing is written to a tracker.`,
		Example: `  stackrank calibrate
  stackrank calibrate --write --backlog payments
  stackrank calibrate --format json | jq .anchors`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.calibrate(cmd.Context(), o) },
	}
	c.Flags().BoolVar(&o.write, "write", false, "put what was found into the configuration file")
	c.Flags().StringVarP(&o.format, "format", "f", string(report.Text), "text or json")
	return c
}

// calibrate measures each backlog and prints what it found.
func (a *app) calibrate(ctx context.Context, o calibrateOptions) error {
	format := report.Format(o.format)
	if format != report.Text && format != report.JSON {
		return usage("--format %q: want text or json", o.format)
	}
	return a.each(ctx, func(ctx context.Context, open *opener, b config.Backlog) error {
		c, err := a.measure(ctx, open, b, o.write)
		if err != nil {
			return fail(b.Name, err)
		}
		return c.Write(a.out, format, a.style(reportOptions{}))
	})
}

// measure calibrates one backlog, and writes what it found where that is wanted.
func (a *app) measure(ctx context.Context, open *opener, b config.Backlog, write bool) (report.Calibration, error) {
	r, err := a.preview(ctx, "", open, b)
	if err != nil {
		return report.Calibration{}, err
	}
	if len(r.Ranking.Ranked) == 0 {
		return report.Calibration{}, errors.New("no open items to measure on; look at the query and the lists of its sources")
	}
	c, measured, err := report.NewCalibration(r)
	if err != nil {
		return c, err
	}
	if write {
		err = a.writeAnchors(b.Name, prioritize.Calibrated(prioritize.Settings{}, measured).Anchors)
		c.Written = err == nil
	}
	return c, err
}

// writeAnchors puts anchors into the configuration file, or says what to put
// there by hand.
func (a *app) writeAnchors(backlog string, anchors map[string]prioritize.Anchor) error {
	file := cmp.Or(a.viper.ConfigFileUsed(), config.DefaultFile)
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed, err := config.SetAnchors(file, data, configKinds(), backlog, anchors)
	if errors.Is(err, config.ErrShape) {
		return outcome{exitFailed, fmt.Errorf("%w; put this under policy by hand:\n%s", err, config.AnchorLines(anchors))}
	}
	if err != nil || string(changed) == string(data) {
		return err
	}
	return replaceFile(file, changed)
}

// replaceFile writes the whole of a file anew, with the rights that it has, or
// leaves it as it is. A file that is only a link stays one.
func replaceFile(path string, data []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("%s is read-only; nothing was written", path)
	}
	return writeFile(path, info.Mode().Perm(), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
