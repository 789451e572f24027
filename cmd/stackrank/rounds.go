package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"stackrank/config"
	"stackrank/internal/cycle"
	"stackrank/internal/report"
)

// roundFunc makes one round over opened sources.
type roundFunc func(context.Context, cycle.Inputs, []source) (cycle.Round, error)

// print runs a round for each backlog and prints its document. The error of a
// round that got far enough to plan comes after its document.
func (a *app) print(ctx context.Context, o reportOptions, round roundFunc) error {
	format, err := report.ParseFormat(o.format)
	if err != nil {
		return usage("--%w", err)
	}
	if o.top < 0 {
		return usage("--top %d: want a number of items, or 0 for the format's own", o.top)
	}
	return a.printTo(o.output, func(w io.Writer) error {
		return a.each(ctx, func(ctx context.Context, open *opener, b config.Backlog) error {
			d, err := a.round(ctx, o, open, b, round)
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
func (a *app) round(ctx context.Context, o reportOptions, open *opener, b config.Backlog, do roundFunc) (*report.Document, error) {
	at, err := a.moment(o.at, b)
	if err != nil {
		return nil, err
	}
	in, err := inputs(open, b, at)
	if err != nil {
		return nil, fail(b.Name, err)
	}
	if !o.remember {
		in.Memory = open.recall(ctx)
	} else if in.Memory, err = open.memory(ctx); err != nil {
		return nil, fail(b.Name, err)
	}
	sources, err := open.open(b)
	if err != nil {
		return nil, err
	}
	bars := a.progress(sources)
	in.Pulled, in.Written = bars.pulled, bars.written
	in.Skew = func() map[string]time.Duration { return open.skew(sources, at) }
	r, err := do(ctx, in, sources)
	bars.stop()
	if r.Plan.Digest == "" {
		return nil, fail(b.Name, err)
	}
	d, lost := documentOf(ctx, r)
	if lost != nil {
		return nil, fail(b.Name, errors.Join(err, lost))
	}
	sent := requests(sources)
	for i := range d.Sources {
		d.Sources[i].Requests = sent[d.Sources[i].Name]
	}
	if o.redact {
		d = d.Redact()
	}
	return &d, fail(b.Name, err)
}

// documentOf gives the document of a round. Nobody waits for it who has had enough,
// unless it tells what was written.
func documentOf(ctx context.Context, r cycle.Round) (report.Document, error) {
	if r.Results != nil {
		return report.New(r), nil
	}
	return cycle.Within(ctx, func() report.Document { return report.New(r) })
}

// preview makes a round that writes nothing, without a document.
func (a *app) preview(ctx context.Context, at string, open *opener, b config.Backlog) (cycle.Round, error) {
	moment, err := a.moment(at, b)
	if err != nil {
		return cycle.Round{}, err
	}
	in, err := inputs(open, b, moment)
	if err != nil {
		return cycle.Round{}, err
	}
	sources, err := open.open(b)
	if err != nil {
		return cycle.Round{}, err
	}
	bars := a.progress(sources)
	in.Pulled, in.Memory = bars.pulled, open.recall(ctx)
	r, err := cycle.Preview(ctx, in, readersOf(sources))
	bars.stop()
	return r, err
}

// inputs gives what every round over a backlog starts from, the files of
// evidence among it.
func inputs(open *opener, b config.Backlog, at time.Time) (cycle.Inputs, error) {
	files, err := open.evidence(b)
	return cycle.Inputs{
		Backlog: b.Name, Policy: b.Policy, Rules: b.Write, Now: at, Log: open.log, Evidence: files, Who: who(), Gone: gone, Query: query(open.config, b), Reading: reading(open.config, b),
	}, err
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

// writeFile writes a whole file, with these rights, or leaves the old one. What
// ends with an exit code of its own is written nevertheless.
func writeFile(path string, rights os.FileMode, write func(io.Writer) error) error {
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
	if err := errors.Join(f.Chmod(rights), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return werr
}
