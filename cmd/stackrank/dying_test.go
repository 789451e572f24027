package main

import (
	"context"
	"errors"

	"stackrank/internal/cycle"
	"stackrank/internal/store"
)

// dying is a memory whose process dies at one of the calls that write to it.
type dying struct {
	cycle.Memory
	left int // calls before that
}

var errDying = errors.New("the process died")

func (d *dying) call() error {
	if d.left--; d.left < 0 {
		return errDying
	}
	return nil
}

func (d *dying) Intend(ctx context.Context, run string, entries []store.Entry) (store.Intent, error) {
	if err := d.call(); err != nil {
		return store.Intent{}, err
	}
	return d.Memory.Intend(ctx, run, entries)
}

func (d *dying) Settle(ctx context.Context, in store.Intent, results []store.Result) error {
	if err := d.call(); err != nil {
		return err
	}
	return d.Memory.Settle(ctx, in, results)
}

func (d *dying) See(ctx context.Context, backlog string, s store.Seen) error {
	if err := d.call(); err != nil {
		return err
	}
	return d.Memory.See(ctx, backlog, s)
}

func (d *dying) End(ctx context.Context, run string, e store.Ending) error {
	if err := d.call(); err != nil {
		return err
	}
	return d.Memory.End(ctx, run, e)
}
