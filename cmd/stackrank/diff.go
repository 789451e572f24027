package main

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"stackrank/config"
	"stackrank/internal/cycle"
	"stackrank/internal/report"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	with   string
	format string
	at     string
	top    int
}

func newDiff(a *app) *cobra.Command {
	var o diffOptions
	c := &cobra.Command{
		Use:   "diff --with OTHER.yaml",
		Short: "Rank one pull by two policies and show who moves",
		Long: `Pulls the backlog once and ranks it by the policy of the configuration and by that
of another file: who moves most, who crosses the cut lines, and what each
criterion does. Both files must read the same sources. It writes nothing.`,
		Example: `  stackrank diff --with proposal.yaml
  stackrank diff --with proposal.yaml --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.diff(cmd.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.with, "with", "", "the configuration with the other policy")
	f.StringVarP(&o.format, "format", "f", string(report.Text), report.ExplainFormats)
	f.StringVar(&o.at, "at", "", "rank for this moment: RFC 3339, or a date in the backlog's zone")
	f.IntVar(&o.top, "top", 0, "show so many items that move (text: 10, else all)")
	return c
}

// diff compares the policies of each backlog.
func (a *app) diff(ctx context.Context, o diffOptions) error {
	format, err := explainFormat(o.format)
	if err != nil {
		return err
	}
	if o.with == "" {
		return usage("--with: name the configuration with the other policy")
	}
	v := viper.New()
	v.SetConfigFile(o.with)
	other, err := config.Load(v, configKinds())
	if err != nil {
		return outcome{exitUsage, fmt.Errorf("--with: %w", err)}
	}
	mine, _, err := a.load()
	if err != nil {
		return err
	}
	return a.each(ctx, func(ctx context.Context, open *opener, b config.Backlog) error {
		c, err := counterpart(mine, other, b, o.with)
		if err != nil {
			return fail(b.Name, err)
		}
		before, err := a.preview(ctx, o.at, open, b)
		if err != nil {
			return fail(b.Name, err)
		}
		in, err := inputs(a.opener(other, open.log), c, before.At)
		if err != nil {
			return fail(b.Name, err)
		}
		in.Memory = open.recall(ctx)
		after, err := cycle.Preview(ctx, in, before.Readers())
		if err != nil {
			return fail(b.Name, err)
		}
		return report.Compare(before, after, o.with).Write(a.out, format, a.style(reportOptions{top: o.top}))
	})
}

// counterpart gives the backlog of the same name in the other configuration. It
// must read the same, or two pulls would be compared and not two policies.
func counterpart(mine, other config.Config, b config.Backlog, file string) (config.Backlog, error) {
	names := make([]string, len(other.Backlogs))
	for i, c := range other.Backlogs {
		if names[i] = c.Name; c.Name != b.Name {
			continue
		}
		if !slices.Equal(slices.Sorted(slices.Values(b.Sources)), slices.Sorted(slices.Values(c.Sources))) {
			return c, usage("--with %s: it reads %s, and not %s", file, strings.Join(c.Sources, ", "), strings.Join(b.Sources, ", "))
		}
		for _, name := range b.Sources {
			if what := unlike(mine.Source(name), other.Source(name)); what != "" {
				return c, usage("--with %s: source %s has another %s; the sources must be the same", file, name, what)
			}
		}
		return c, nil
	}
	return config.Backlog{}, usage("--with %s: it has no backlog of this name; it has %s", file, strings.Join(names, ", "))
}

// unlike names what decides about the items of a source and is not the same in
// both; "" for nothing.
func unlike(a, b config.Source) string {
	switch {
	case a.Kind != b.Kind:
		return "kind"
	case len(a.Signals)+len(b.Signals) > 0 && !reflect.DeepEqual(a.Signals, b.Signals):
		return "signals"
	case reflect.DeepEqual(a.Options, b.Options):
		return ""
	}
	x, y := reflect.Indirect(reflect.ValueOf(a.Options)), reflect.Indirect(reflect.ValueOf(b.Options))
	for i := range x.NumField() {
		if f := x.Type().Field(i); f.IsExported() && !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			return key
		}
	}
	return "setting"
}
