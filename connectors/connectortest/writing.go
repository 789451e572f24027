package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// changed is how many items the writing tests touch.
const changed = 3

func writeReadBack(t *testing.T, r *rig) {
	changes := r.targets(r.victims(t, r.pull(t), changed))
	r.apply(t, changes...)
	after := r.pull(t)
	for _, c := range changes {
		it := find(t, after, c.Ref)
		for _, e := range c.Edits {
			if e.Op == work.Set && it.Outputs[e.Slot] != e.New {
				t.Errorf("%s: %s is %s after writing %s", c.Ref, e.Slot, it.Outputs[e.Slot], e.New)
			}
			if e.Op == work.Add && !it.HasLabel(e.Label()) {
				t.Errorf("%s: label %s is missing after it was added", c.Ref, e.Label())
			}
		}
	}
}

func secondPlanEmpty(t *testing.T, r *rig) {
	r.apply(t, r.targets(r.victims(t, r.pull(t), changed))...)
	if again := r.targets(r.victims(t, r.pull(t), changed)); len(again) != 0 {
		t.Errorf("after a sync there is still something to write: %v", again)
	}
}

func applyIdempotent(t *testing.T, r *rig) {
	changes := r.targets(r.victims(t, r.pull(t), changed))
	r.apply(t, changes...)
	once := r.pull(t)
	r.apply(t, changes...)
	if diff := cmp.Diff(once, r.pull(t), same()...); diff != "" {
		t.Errorf("writing the same again changed something (-once +twice):\n%s", diff)
	}
}

func writeThenClear(t *testing.T, r *rig) {
	before := r.pull(t)
	changes := r.targets(r.victims(t, before, changed))
	r.apply(t, changes...)
	for _, c := range changes {
		r.apply(t, inverse(c))
	}
	if diff := cmp.Diff(before, r.pull(t), same()...); diff != "" {
		t.Errorf("taking everything back left a difference (-before +after):\n%s", diff)
	}
}

// inverse leads back from what c wrote.
func inverse(c work.Change) work.Change {
	back := work.Change{Ref: c.Ref, Key: c.Key, Title: c.Title}
	for _, e := range c.Edits {
		e.Old, e.New = e.New, e.Old
		if e.Op == work.Add {
			e.Op = work.Remove
		}
		back.Edits = append(back.Edits, e)
	}
	return back
}

func foreignLabelsStay(t *testing.T, r *rig) {
	before := r.pull(t)
	i := slices.IndexFunc(before.Items, func(it work.Item) bool {
		return it.Refused == "" && len(r.foreign(it)) > 0
	})
	if i < 0 {
		t.Fatal("the bench has no item with a label of somebody else")
	}
	it := before.Items[i]
	c := target(it, 1.5, 9, r.Prefix+"next")
	r.apply(t, c)
	r.apply(t, inverse(c))
	if diff := cmp.Diff(r.foreign(it), r.foreign(find(t, r.pull(t), it.Ref))); diff != "" {
		t.Errorf("labels of others changed (-before +after):\n%s", diff)
	}
}

func (r *rig) foreign(it work.Item) []string {
	var out []string
	for _, l := range it.Labels {
		if !strings.HasPrefix(l, r.Prefix) {
			out = append(out, l)
		}
	}
	return out
}

func goneItem(t *testing.T, r *rig) {
	it := r.victims(t, r.pull(t), 1)[0]
	last := it.Ref.ID[len(it.Ref.ID)-1:]
	it.Ref.ID = strings.Repeat("9", len(it.Ref.ID)-1) + last
	err := r.keep(t, r.conn.Apply(t.Context(), target(it, 1.5, 9, r.Prefix+"next")))
	if !errors.Is(err, work.ErrNotFound) {
		t.Errorf("Apply() on an item that is not there = %v, want the kind %q", err, work.ErrNotFound)
	}
}

func writeKinds(t *testing.T, r *rig) {
	it := r.victims(t, r.pull(t), 1)[0]
	before := r.State()
	for _, k := range kinds {
		t.Run(fmt.Sprint(k.status), func(t *testing.T) {
			r.spoilWith(func(w http.ResponseWriter, q *http.Request) bool {
				if r.IsWrite(q) {
					http.Error(w, "refused", k.status)
					return true
				}
				return false
			})
			defer r.spoilWith(nil)
			err := r.keep(t, r.conn.Apply(t.Context(), target(it, 1.5, 9, r.Prefix+"next")))
			if !errors.Is(err, k.kind) {
				t.Errorf("Apply() = %v, want the kind %q", err, k.kind)
			}
		})
	}
	if diff := cmp.Diff(before, r.State()); diff != "" {
		t.Errorf("refused writes changed the service (-before +after):\n%s", diff)
	}
}

func loginPageOnWrite(t *testing.T, r *rig) {
	it := r.victims(t, r.pull(t), 1)[0]
	r.spoilWith(func(w http.ResponseWriter, q *http.Request) bool {
		if !r.IsWrite(q) {
			return false
		}
		w.Header().Set("Content-Type", "text/html")
		_, err := io.WriteString(w, rubbish["a log-in page"].body)
		return err == nil
	})
	err := r.keep(t, r.conn.Apply(t.Context(), target(it, 1.5, 9, r.Prefix+"next")))
	if !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("Apply() = %v, want the kind %q", err, work.ErrUnexpected)
	}
}

func cancelWrite(t *testing.T, r *rig) {
	it := r.victims(t, r.pull(t), 1)[0]
	release := make(chan struct{})
	defer close(release)
	r.spoilWith(func(_ http.ResponseWriter, q *http.Request) bool {
		if !r.IsWrite(q) {
			return false
		}
		select {
		case <-release:
		case <-q.Context().Done():
		}
		return true
	})
	r.mustCancel(t, func(ctx context.Context) error {
		return r.conn.Apply(ctx, target(it, 1.5, 9, r.Prefix+"next"))
	})
}

// orderer gives the connector's power over the order and a run that turns the
// longest lane around.
func (r *rig) orderer(t *testing.T) (connectors.Orderer, work.Run) {
	t.Helper()
	s := r.pull(t)
	o, ok := r.conn.(connectors.Orderer)
	if !ok || !r.conn.Caps().Order {
		t.Fatal("the bench's connector was opened with order and cannot write it")
	}
	lanes := map[string][]work.Ref{}
	longest := ""
	for _, it := range s.Items {
		if it.Subtask || it.Refused != "" {
			continue
		}
		lanes[it.Lane] = append(lanes[it.Lane], it.Ref)
		if len(lanes[it.Lane]) > len(lanes[longest]) {
			longest = it.Lane
		}
	}
	lane := lanes[longest]
	n := len(lane)
	if limit := r.conn.Caps().MaxRun; limit > 0 {
		n = min(n, limit+1)
	}
	if n < 3 {
		t.Fatalf("the longest lane has %d items, want 3", n)
	}
	run := work.Run{Lane: longest, Items: slices.Clone(lane[1:n]), Before: lane[0]}
	slices.Reverse(run.Items)
	return o, run
}

// reorder writes the run and fails the test when an item of it fails.
func (r *rig) reorder(t *testing.T, o connectors.Orderer, run work.Run) {
	t.Helper()
	results, err := o.Reorder(t.Context(), run)
	if err != nil {
		t.Fatalf("Reorder() = %v", err)
	}
	if len(results) != len(run.Items) {
		t.Errorf("Reorder() gave %d results for %d items", len(results), len(run.Items))
	}
	for _, res := range results {
		if res.Err != nil {
			t.Errorf("Reorder() of %s = %v", res.Ref, res.Err)
		}
	}
}

func (r *rig) lane(t *testing.T, name string) []work.Ref {
	t.Helper()
	var out []work.Ref
	for _, it := range r.pull(t).Items {
		if it.Lane == name && !it.Subtask {
			out = append(out, it.Ref)
		}
	}
	return out
}

func reorderReadBack(t *testing.T, r *rig) {
	o, run := r.orderer(t)
	r.reorder(t, o, run)
	got := r.lane(t, run.Lane)
	want := append(slices.Clone(run.Items), run.Before)
	start := slices.Index(got, run.Items[0])
	if start < 0 || start+len(want) > len(got) || !slices.Equal(got[start:start+len(want)], want) {
		t.Errorf("the lane reads %v, want %v next to each other", got, want)
	}
	last := run.Items[len(run.Items)-1]
	r.reorder(t, o, work.Run{Lane: run.Lane, Items: []work.Ref{run.Items[0]}, After: last})
	got = r.lane(t, run.Lane)
	if i := slices.Index(got, last); i+1 >= len(got) || got[i+1] != run.Items[0] {
		t.Errorf("the lane reads %v, want %s right behind %s", got, run.Items[0], last)
	}
}

func reorderIdempotent(t *testing.T, r *rig) {
	o, run := r.orderer(t)
	r.reorder(t, o, run)
	once := r.pull(t)
	r.reorder(t, o, run)
	if diff := cmp.Diff(once, r.pull(t), same()...); diff != "" {
		t.Errorf("the same run again changed something (-once +twice):\n%s", diff)
	}
}
