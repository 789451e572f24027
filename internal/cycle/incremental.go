package cycle

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"stackrank/connectors"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// Reading says how a round with a memory reads a source.
type Reading struct {
	Scope string        // digest of all that decides what is read of the source and how
	Every time.Duration // once the last whole reading is so old the source is read whole again; 0: always
}

// read reads a source: what has become of it since it was kept, or all of it
// where nothing is kept and where that is too little to go on from. whole is
// when the source was last read whole; zero: now.
func (in Inputs) read(ctx context.Context, r connectors.Reader) (s work.Snapshot, whole time.Time, err error) {
	if on, able := r.(connectors.Incremental); able {
		if last := in.kept(ctx, r.Source()); last != nil {
			s, err := goOn(ctx, on, last)
			if err == nil || !betterWhole(err) {
				return s, last.Whole, err
			}
			in.log().Debug("what has changed cannot be told, so the source is read whole", zap.String("source", last.Source), zap.Error(err))
		}
	}
	s, err = r.Pull(ctx)
	return s, time.Time{}, err
}

// goOn gives a source as it is now from how it was kept.
func goOn(ctx context.Context, on connectors.Incremental, last *store.Kept) (work.Snapshot, error) {
	d, err := on.Since(ctx, last.Cursor)
	if err != nil {
		return work.Snapshot{}, err
	}
	return d.Apply(work.Snapshot{Items: last.Items})
}

// betterWhole reports whether a whole reading may succeed where one of what has
// changed has failed: it asks other questions.
func betterWhole(err error) bool {
	return slices.ContainsFunc([]error{work.ErrCursor, work.ErrInvalid, work.ErrUnexpected, work.ErrNotFound}, func(kind error) bool { return errors.Is(err, kind) })
}

// kept gives a source as the last round kept it; nil where it is to be read
// whole. What cannot be read of the memory is no reason to give up: it saves
// requests and nothing else.
func (in Inputs) kept(ctx context.Context, source string) *store.Kept {
	how := in.Reading[source]
	if in.Memory == nil || how.Every <= 0 {
		return nil
	}
	open, err := in.Memory.Unended(ctx, in.Backlog)
	if err == nil && slices.ContainsFunc(open, func(run store.Run) bool { return run.Query == in.Query }) {
		return nil // it died, or writes at this moment
	}
	var last *store.Kept
	if err == nil {
		last, err = in.Memory.Kept(ctx, in.Backlog, source, how.Scope, how.Every)
	}
	if err != nil {
		in.log().Warn("what is kept of a source cannot be used, so it is read whole", zap.String("source", source), zap.Error(err))
		return nil
	}
	return last
}

// distrust has the sources of the backlog read whole next. It comes before the
// first write of whatever writes to a tracker, an undo among it: a cursor knows
// only the writes of its own connector, and of those that it lives to see. Only a
// round that has read the sources and seen all of its writes through keeps them
// again.
func (in Inputs) distrust(ctx context.Context) error { return in.Memory.Unkeep(ctx, in.Backlog) }

// keep keeps the sources as they were read, to go on from. It comes after the
// last write of the round. Where it fails, they are read whole next.
func (r *Round) keep(ctx context.Context, in Inputs, sources []connectors.Connector) {
	var kept []store.Kept
	for i, s := range r.Sources {
		how := in.Reading[s.Name]
		on, able := sources[i].(connectors.Incremental)
		if !able || how.Every <= 0 {
			continue
		}
		if cursor := on.Cursor(); cursor != nil {
			kept = append(kept, store.Kept{Source: s.Name, Scope: how.Scope, Cursor: cursor, Whole: s.whole, Items: s.Snapshot.Items})
		}
	}
	if err := in.Memory.Keep(ctx, in.Backlog, kept); err != nil {
		in.log().Warn("the sources cannot be kept as they were read, so they are read whole next time", zap.Error(err))
	}
}
