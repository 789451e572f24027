package cycle

import (
	"context"
	"errors"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// unheard is a tracker whose answers to edits are lost.
type unheard struct {
	*tracker
	writes bool  // it does what it is asked to
	says   error // nil: it answers
}

func (u *unheard) Apply(ctx context.Context, c work.Change) error {
	if u.says != nil && !u.writes {
		return u.says
	}
	return errors.Join(u.tracker.Apply(ctx, c), u.says)
}

func TestTheNextRunFindsOutWhatWasWritten(t *testing.T) {
	tests := []struct {
		name   string
		writes bool
		says   error
		want   store.State
	}{
		{"what was written and not answered is made", true, work.ErrUnavailable, store.Done},
		{"what was written and answered with rubbish is made", true, work.ErrUnexpected, store.Done},
		{"what did not arrive is not made", false, work.ErrUnavailable, store.Failed},
		{"of several edits some may be made before one is refused", true, work.ErrForbidden, store.Done},
		{"what was refused whole is not made", false, work.ErrForbidden, store.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, a := memory(t), &unheard{source("a", 0.25, 1, 0.5, 0.75), tt.writes, tt.says}
			first, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a})
			if err != nil {
				t.Fatal(err)
			}
			wantEdits(t, m, first.Run, store.Unknown)
			a.says = nil
			if _, err := Sync(t.Context(), forced(m, "a"), []connectors.Connector{a}); err != nil {
				t.Fatal(err)
			}
			wantEdits(t, m, first.Run, tt.want)
		})
	}
}

// wantEdits wants all edits of a run to be in a state, and to say why where it is
// not the best one.
func wantEdits(t *testing.T, m *store.Store, run string, want store.State) {
	t.Helper()
	entries, err := m.Entries(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	edits := 0
	for _, e := range entries {
		if e.Kind != store.Edit {
			continue
		}
		edits++
		if e.State != want || (e.Error == "") != (want == store.Done) {
			t.Errorf("%s of %s is %q, %q; want %q", e.Edit, e.Key, e.State, e.Error, want)
		}
	}
	if edits < 2 {
		t.Errorf("%d edits, want some", edits)
	}
}
