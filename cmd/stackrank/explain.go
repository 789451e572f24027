package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stackrank/config"
	"stackrank/internal/cycle"
	"stackrank/internal/report"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	format string
	at     string
	versus string
}

func newExplain(a *app) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain REF",
		Short: "Say why an item stands where it does, and what would move it",
		Long: `Pulls the backlog and explains one item: the parts of its score, the smallest
changes that would move it up or down, what it waits for, and when it enters the
top. REF is a ref (platform:10042), a key (PAY-42) or an address. It writes nothing.`,
		Example: `  stackrank explain PAY-42
  stackrank explain PAY-42 --versus PAY-7   # why the one is above the other
  stackrank explain PAY-42 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), args[0], o) },
	}
	f := c.Flags()
	f.StringVarP(&o.format, "format", "f", string(report.Text), report.ExplainFormats)
	f.StringVar(&o.at, "at", "", "rank for this moment: RFC 3339, or a date in the backlog's zone")
	f.StringVar(&o.versus, "versus", "", "another item, by ref, key or address")
	return c
}

// explain looks for the items in each backlog and prints what it finds. It is an
// error when no backlog has them.
func (a *app) explain(ctx context.Context, name string, o explainOptions) error {
	format, err := explainFormat(o.format)
	if err != nil {
		return err
	}
	found := false
	var missed lost
	err = a.each(ctx, func(ctx context.Context, open *opener, b config.Backlog) error {
		r, err := a.preview(ctx, o.at, open, b)
		if err != nil {
			return fail(b.Name, err)
		}
		x, versus, ok := missed.find(r, name, o.versus)
		if !ok {
			return nil
		}
		found = true
		e, err := report.Explain(r, x, versus)
		if err != nil {
			return fail(b.Name, err)
		}
		return e.Write(a.out, format, a.style(reportOptions{}))
	})
	if err == nil && !found {
		err = missed.error()
	}
	return err
}

// explainFormat reads --format of explain and diff.
func explainFormat(s string) (report.Format, error) {
	f := report.Format(s)
	if f != report.Text && f != report.JSON {
		return f, usage("--format %q: want %s", s, report.ExplainFormats)
	}
	return f, nil
}

// lost remembers the name that was not found and what is like it.
type lost struct {
	name string
	near []string
}

// find gives the indexes of both items in a round; −1 for a second that nobody
// asked for.
func (l *lost) find(r cycle.Round, name, versus string) (x, y int, ok bool) {
	if x, ok = report.Find(r, name); !ok {
		l.miss(r, name)
		return 0, 0, false
	}
	if versus == "" {
		return x, -1, true
	}
	if y, ok = report.Find(r, versus); !ok {
		l.miss(r, versus)
	}
	return x, y, ok
}

func (l *lost) miss(r cycle.Round, name string) {
	if l.name != name {
		*l = lost{name: name}
	}
	l.near = append(l.near, report.Nearest(r, name)...)
}

func (l *lost) error() error {
	hint := "; it may be done, or no query reads it"
	if len(l.near) > 0 {
		hint = "; did you mean " + strings.Join(l.near[:min(3, len(l.near))], ", ") + "?"
	}
	return fmt.Errorf("%q: no open item of that ref, key or address%s", l.name, hint)
}
