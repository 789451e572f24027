package connectortest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// incremental are the rules for connectors that read what has changed.
var incremental = []rule{
	{"an unchanged source has no items to read", sinceNothing},
	{"what was written is read back since", sinceWritten},
	{"a new order is read back since", sinceReordered},
	{"another connector goes on from the cursor", sinceElsewhere},
	{"an incremental read writes nothing", sinceWritesNothing},
	{"a cursor that is none asks for a pull", sinceRubbish},
}

// incrementalDisturbed are those for a service that does not answer.
var incrementalDisturbed = []rule{
	{"a refused incremental read has the right kind", sinceKinds},
	{"a cancelled incremental read returns at once", cancelSince},
}

// since gives the connector's power to read what has changed, if it has it.
func (r *rig) since(t *testing.T) (connectors.Incremental, bool) {
	t.Helper()
	i, ok := r.conn.(connectors.Incremental)
	return i, ok
}

// Goes reads what has become of a source since the cursor and fails the test
// unless that leads from the last snapshot to what a pull gives. It gives the
// cursor and the snapshot to go on from. Facts of the kept signals may be old.
func Goes(t testing.TB, on connectors.Incremental, pull func() work.Snapshot, cursor []byte, last work.Snapshot) ([]byte, work.Snapshot) {
	t.Helper()
	d, err := on.Since(t.Context(), cursor)
	if err != nil {
		t.Fatalf("Since() = %v", err)
	}
	next := on.Cursor()
	got, err := d.Apply(last)
	if err != nil {
		t.Fatalf("Apply() = %v", err)
	}
	want := pull()
	if diff := cmp.Diff(without(want, d.Kept), without(got, d.Kept), same()...); diff != "" {
		t.Errorf("Since() and Apply() (-pull +since):\n%s", diff)
	}
	return next, got
}

// without gives a snapshot whose items lack the signals.
func without(s work.Snapshot, kept []work.Signal) work.Snapshot {
	s.Items = slices.Clone(s.Items)
	for i := range s.Items {
		left := work.Signals{}
		for k, x := range s.Items[i].Signals {
			if !slices.Contains(kept, k) {
				left[k] = x
			}
		}
		s.Items[i].Signals = left
	}
	return s
}

func sinceNothing(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	last := r.pull(t)
	cursor := on.Cursor()
	for range 2 {
		d, err := on.Since(t.Context(), cursor)
		if err != nil || len(d.Items) > 0 || len(d.Order) != len(last.Items) {
			t.Fatalf("Since() gives %d items and %d places, %v; want none and %d", len(d.Items), len(d.Order), err, len(last.Items))
		}
		got, err := d.Apply(last)
		if diff := cmp.Diff(last, got, same()...); diff != "" || err != nil {
			t.Errorf("Apply() gave %v, and (-last +now):\n%s", err, diff)
		}
		cursor = on.Cursor()
	}
}

func sinceWritten(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	last := r.pull(t)
	changes := r.targets(r.victims(t, last, changed))
	r.apply(t, changes...)
	cursor, last := Goes(t, on, func() work.Snapshot { return r.pull(t) }, on.Cursor(), last)
	for _, c := range changes {
		r.apply(t, inverse(c))
	}
	Goes(t, on, func() work.Snapshot { return r.pull(t) }, cursor, last)
}

func sinceReordered(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	o, run := r.orderer(t)
	last := r.pull(t)
	r.reorder(t, o, run)
	Goes(t, on, func() work.Snapshot { return r.pull(t) }, on.Cursor(), last)
}

func sinceElsewhere(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	last := r.pull(t)
	r.apply(t, r.targets(r.victims(t, last, 1))...)
	other := r.Open(t, r.url, r.note).(connectors.Incremental)
	Goes(t, other, func() work.Snapshot { return r.pull(t) }, on.Cursor(), last)
	it := r.victims(t, r.pull(t), 1)[0]
	if err := other.(connectors.Connector).Apply(t.Context(), target(it, 1.5, 9, r.Prefix+"next")); err != nil {
		t.Errorf("Apply() after Since() = %v", err)
	}
	if got := find(t, r.pull(t), it.Ref).Outputs[work.SlotScore]; got != work.Number(1.5) {
		t.Errorf("score is %s after Since() and Apply(), want 1.5", got)
	}
}

func sinceWritesNothing(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	r.pull(t)
	before := r.State()
	if _, err := on.Since(t.Context(), on.Cursor()); err != nil {
		t.Fatalf("Since() = %v", err)
	}
	if diff := cmp.Diff(before, r.State()); diff != "" || r.sent() != 0 {
		t.Errorf("%d writes, and the service changed (-before +after):\n%s", r.sent(), diff)
	}
}

func sinceRubbish(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	if b := on.Cursor(); b != nil {
		t.Errorf("Cursor() before the first read gives %d bytes, want none", len(b))
	}
	r.pull(t)
	good := on.Cursor()
	for name, b := range map[string][]byte{
		"none": nil, "a text": []byte("x"), "half": good[:len(good)/2], "another version": append([]byte("0"), good...),
	} {
		if d, err := on.Since(t.Context(), b); !errors.Is(r.keep(t, err), work.ErrCursor) || len(d.Order) > 0 {
			t.Errorf("%s: Since() gives %d places, %v; want none and the kind %q", name, len(d.Order), err, work.ErrCursor)
		}
	}
}

func sinceKinds(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	r.pull(t)
	cursor := on.Cursor()
	r.kinds(t, "Since()", func(ctx context.Context) (int, error) {
		d, err := on.Since(ctx, cursor)
		return len(d.Order), err
	})
}

func cancelSince(t *testing.T, r *rig) {
	on, ok := r.since(t)
	if !ok {
		return
	}
	r.pull(t)
	cursor := on.Cursor()
	r.cancelWhile(t, nothing, func(ctx context.Context) error {
		_, err := on.Since(ctx, cursor)
		return err
	})
}
