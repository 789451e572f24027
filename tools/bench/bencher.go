package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// bencher collects the rows of a run.
type bencher struct {
	options
	programs programs
	folder   string
	day      time.Time
	rows     []row
}

// bench measures everything and keeps it after each contender, so that a run
// which is cut leaves what it has.
func bench(ctx context.Context, o options) error {
	b := &bencher{options: o, day: time.Now().UTC().Truncate(24 * time.Hour)}
	if err := b.recall(); err != nil {
		return err
	}
	var err error
	if b.folder, err = os.MkdirTemp("", "stackrank-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder) //nolint:errcheck // a leftover harms nobody
	for _, kind := range o.kinds {
		for _, items := range o.items {
			for _, latency := range o.latencies {
				if err := b.all(ctx, row{Kind: kind, Items: items, Latency: latency}); err != nil {
					return errors.Join(err, b.write())
				}
			}
		}
	}
	return b.write()
}

// all runs every contender at one size and latency.
func (b *bencher) all(ctx context.Context, r row) error {
	for _, c := range contenders {
		r.Contender = c.name
		if !slices.Contains(b.peers, c.name) || !slices.Contains(c.kinds, r.Kind) || len(b.known(r, r.Items)) > 0 {
			continue
		}
		if err := b.one(ctx, c, r); err != nil {
			return fmt.Errorf("%s, %s, %d items, %s: %w", c.name, r.Kind, r.Items, r.Latency, err)
		}
		if err := b.keep(); err != nil {
			return err
		}
	}
	return nil
}

// known gives what was measured of a contender in the same place with so many
// items.
func (b *bencher) known(like row, items int) []row {
	var out []row
	for _, r := range b.rows {
		if r.Contender == like.Contender && r.Kind == like.Kind && r.Latency == like.Latency && r.Items == items {
			out = append(out, r)
		}
	}
	return out
}

// one adds the rows of a contender. A serial one with many items is measured
// with fewer, and its figures are multiplied.
func (b *bencher) one(ctx context.Context, c contender, r row) error {
	r.Measured = r.Items
	if c.serial {
		r.Measured = min(r.Items, b.sample)
	}
	rows := b.known(r, r.Measured)
	if len(rows) == 0 {
		var err error
		if rows, err = b.fastest(ctx, c, r); err != nil {
			return err
		}
	}
	for _, m := range rows {
		m.Items, m.Measured = r.Items, r.Measured
		m.figures = m.scaled(r.Items, r.Measured)
		b.rows = append(b.rows, m)
	}
	return nil
}

// fastest runs a contender several times and keeps the run of each step that
// took least.
func (b *bencher) fastest(ctx context.Context, c contender, r row) ([]row, error) {
	var best []row
	for range b.repeat {
		rows, err := b.steps(ctx, c, r)
		if err != nil {
			return nil, err
		}
		if best == nil {
			best = rows
		}
		for i := range rows {
			if rows[i].Wall < best[i].Wall {
				best[i] = rows[i]
			}
		}
	}
	return best, nil
}

// steps runs the steps of a contender on a fresh site; none where its program
// is missing.
func (b *bencher) steps(ctx context.Context, c contender, r row) ([]row, error) {
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	if why := b.programs.missing(c.name); why != "" {
		say("left out: %s", why)
		return nil, nil
	}
	data, err := b.data(r.Measured)
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp(b.folder, "home-")
	if err != nil {
		return nil, err
	}
	s, err := startSite(ctx, b.programs.stackrank, r.Kind, data, home, r.Latency)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	steps, err := c.steps(ctx, b.programs, task{site: s, items: r.Measured, home: home})
	if err != nil {
		return nil, err
	}
	var out []row
	for _, st := range steps {
		r.Name, r.Note = st.name, st.note
		routes, err := r.measure(s, st.commands)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
		say("%s %d %s: %s: %d requests, %d writes, %s (%s of CPU), %d MB",
			r.Kind, r.Measured, r.Latency, st.name, r.Requests, r.Writes, seconds(r.Wall), seconds(r.CPU), megabytes(r.Memory))
		if b.routes {
			for _, route := range slices.Sorted(maps.Keys(routes)) {
				say("  %6d %s", routes[route], route)
			}
		}
	}
	return out, nil
}

// prepare builds the programs when the first is needed.
func (b *bencher) prepare(ctx context.Context) error {
	if b.programs.stackrank != "" {
		return nil
	}
	var err error
	b.programs, err = build(ctx, b.folder)
	return err
}

// data gives the file with so many issues, made when first asked for.
func (b *bencher) data(n int) (string, error) {
	name := filepath.Join(b.folder, fmt.Sprintf("issues-%d.jsonl", n))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return "", err
	}
	return name, errors.Join(generate(f, n, b.seed, b.day), f.Close())
}

// recall reads the rows of earlier runs.
func (b *bencher) recall() error {
	text, err := os.ReadFile(b.kept)
	if b.kept == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &b.rows)
}

// keep writes the rows down for later runs.
func (b *bencher) keep() error {
	if b.kept == "" {
		return nil
	}
	text, err := json.MarshalIndent(b.rows, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(b.kept, text, 0o600)
}

// write writes the tables.
func (b *bencher) write() error {
	if b.out == "" {
		return writeTables(os.Stdout, b.rows)
	}
	f, err := os.Create(b.out)
	if err != nil {
		return err
	}
	return errors.Join(writeTables(f, b.rows), f.Close())
}

func megabytes(n int64) int64 { return (n + 500_000) / 1_000_000 }

// say tells how far the run is.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
