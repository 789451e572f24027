package connectortest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// Way is a way for an item to leave a backlog.
type Way string

// The ways. A bench has those that its service knows.
const (
	Finished Way = "finished"
	Archived Way = "archived"
	Deleted  Way = "deleted"
	Moved    Way = "moved" // still open, but not selected by the configuration any more
)

// looking are the rules for connectors that look at single items.
var looking = []rule{
	{"an item that left is seen as what it became", lookAtLeft},
	{"an item that left and is open can be written", lookThenWrite},
	{"a look at what is in the backlog gives what the pull gave", lookAtPresent},
	{"a look writes nothing and leaves the cursor alone", lookLeavesNoTrace},
	{"a fresh connector can look", lookAfresh},
	{"what is nobody's item is not gone", lookAtNobody},
}

// lookingDisturbed are those for a service that does not answer.
var lookingDisturbed = []rule{
	{"a refused look takes nothing for gone", lookKinds},
	{"a look at an answer that is no data takes nothing for gone", lookRubbish},
	{"a cancelled look returns at once", cancelLook},
}

// looker gives the connector's power to look at single items, if it has it.
func (r *rig) looker(t *testing.T) (connectors.Looker, bool) {
	t.Helper()
	l, ok := r.conn.(connectors.Looker)
	if ok && (r.Leave[Finished] == nil || r.Leave[Deleted] == nil || r.Leave[Moved] == nil) {
		t.Fatal("the bench knows too few ways for an item to leave")
	}
	return l, ok
}

// look looks at items and fails the test where that cannot be done, or what
// comes is not one sight for each, in their order.
func (r *rig) look(t *testing.T, on connectors.Looker, refs ...work.Ref) []connectors.Sight {
	t.Helper()
	out, err := on.Look(t.Context(), refs)
	if r.keep(t, err) != nil {
		t.Fatalf("Look() = %v", err)
	}
	got := make([]work.Ref, len(out))
	for i, s := range out {
		got[i] = s.Ref
		if s.Err == nil && s.Item.Ref != s.Ref {
			t.Errorf("the sight of %s is of %s", s.Ref, s.Item.Ref)
		}
		_ = r.keep(t, s.Err) // judged by who asked
	}
	if !slices.Equal(got, refs) {
		t.Fatalf("Look(%v) gives %v", refs, got)
	}
	return out
}

// departed has every way of leaving take an item, each written before, and gives
// the items as they were.
func (r *rig) departed(t *testing.T) map[Way]work.Item {
	t.Helper()
	var ways []Way
	for _, w := range []Way{Finished, Archived, Deleted, Moved} {
		if r.Leave[w] != nil {
			ways = append(ways, w)
		}
	}
	victims := r.victims(t, r.pull(t), len(ways))
	r.apply(t, r.targets(victims)...)
	before := r.pull(t)
	out := map[Way]work.Item{}
	for i, w := range ways {
		out[w] = find(t, before, victims[i].Ref)
		r.Leave[w](t, victims[i])
	}
	for _, it := range r.pull(t).Items {
		for w, left := range out {
			if it.Ref == left.Ref {
				t.Fatalf("%s was %s and is in the pull", it.Ref, w)
			}
		}
	}
	return out
}

// became gives what an item should look like that left.
func became(w Way) (work.Status, error) {
	switch w {
	case Deleted:
		return 0, work.ErrNotFound
	case Moved:
		return work.Open, nil
	}
	return work.Done, nil
}

func lookAtLeft(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	for w, was := range r.departed(t) {
		got := r.look(t, on, was.Ref)[0]
		status, kind := became(w)
		switch {
		case kind != nil:
			if !errors.Is(got.Err, kind) {
				t.Errorf("%s: Look() gives %v, %v; want the kind %q", w, got.Item, got.Err, kind)
			}
		case got.Err != nil:
			t.Errorf("%s: Look() = %v", w, got.Err)
		default:
			if got.Item.Status != status || got.Item.Refused != "" {
				t.Errorf("%s: it is %s and refused for %q, want %s", w, got.Item.Status, got.Item.Refused, status)
			}
			alike(t, was, got.Item)
		}
	}
}

// alike holds what a look gives of an item to what the last pull gave.
func alike(t *testing.T, was, is work.Item) {
	t.Helper()
	known := func(it work.Item) work.Item {
		return work.Item{Ref: it.Ref, Title: it.Title, Labels: it.Labels, Outputs: it.Outputs, Refused: it.Refused, Lacks: it.Lacks}
	}
	if diff := cmp.Diff(known(was), known(is), same()...); diff != "" {
		t.Errorf("%s (-pulled +looked at):\n%s", was.Ref, diff)
	}
	if is.Key == "" || is.URL == "" {
		t.Errorf("%s has key %q and address %q", is.Ref, is.Key, is.URL)
	}
}

func lookThenWrite(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	ref := r.departed(t)[Moved].Ref
	for _, conn := range []connectors.Connector{r.conn, r.Open(t, r.url, r.note)} {
		it := r.look(t, on, ref)[0].Item
		c := target(it, 1.5, 9, r.Prefix+"next")
		for _, c := range []work.Change{c, inverse(c)} {
			if err := conn.Apply(t.Context(), c); err != nil {
				t.Fatalf("Apply() to an item that left = %v", err)
			}
			got := r.look(t, on, ref)[0].Item
			for _, e := range c.Edits {
				if !e.Reached(got) {
					t.Errorf("%s is not so after it was written: outputs %v, labels %v", e, got.Outputs, got.Labels)
				}
			}
			if diff := cmp.Diff(r.foreign(it), r.foreign(got), same()...); diff != "" {
				t.Errorf("labels of others changed (-before +after):\n%s", diff)
			}
		}
	}
}

func lookAtPresent(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	items := r.pull(t).Items
	var refs []work.Ref
	for _, it := range items {
		refs = append(refs, it.Ref)
	}
	slices.Reverse(refs)
	slices.Reverse(items)
	refs = append(refs, refs[0])
	for i, s := range r.look(t, on, refs...) {
		was := items[i%len(items)]
		if s.Err != nil || s.Item.Key != was.Key || s.Item.URL != was.URL || s.Item.Status != was.Status {
			t.Errorf("%s is seen as %s, %s and %s, %v; want %s, %s and %s", s.Ref, s.Item.Key, s.Item.URL, s.Item.Status, s.Err, was.Key, was.URL, was.Status)
			continue
		}
		alike(t, was, s.Item)
	}
	if out, err := on.Look(t.Context(), nil); len(out) > 0 || err != nil {
		t.Errorf("Look() at nothing = %v, %v", out, err)
	}
}

func lookLeavesNoTrace(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	left := r.departed(t)
	last := r.pull(t)
	before, sent := r.State(), r.sent()
	since, goes := r.since(t)
	var cursor []byte
	if goes {
		cursor = since.Cursor()
	}
	for _, w := range []Way{Deleted, Moved, Finished} {
		r.look(t, on, left[w].Ref, last.Items[0].Ref)
	}
	if diff := cmp.Diff(before, r.State()); diff != "" || r.sent() != sent {
		t.Errorf("%d writes, and the service changed (-before +after):\n%s", r.sent()-sent, diff)
	}
	if !goes {
		return
	}
	if !slices.Equal(cursor, since.Cursor()) {
		t.Error("the cursor is another one after a look")
	}
	if caps := r.conn.Caps(); !cmp.Equal(caps, func() work.Caps { r.pull(t); return r.conn.Caps() }()) {
		t.Errorf("a look changed what the source can do to %+v", caps)
	}
	Goes(t, since, func() work.Snapshot { return r.pull(t) }, cursor, last)
}

func lookAfresh(t *testing.T, r *rig) {
	if _, ok := r.looker(t); !ok {
		return
	}
	left := r.departed(t)
	on := r.Open(t, r.url, r.note).(connectors.Looker)
	alike(t, left[Moved], r.look(t, on, left[Moved].Ref)[0].Item)
}

func lookAtNobody(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	it := r.pull(t).Items[0].Ref
	for _, ref := range []work.Ref{{Source: "another", ID: it.ID}, {Source: it.Source, ID: "../" + it.ID}, {Source: it.Source}} {
		if s := r.look(t, on, ref)[0]; !errors.Is(s.Err, work.ErrInvalid) {
			t.Errorf("Look(%q) gives %v, %v; want the kind %q", ref, s.Item, s.Err, work.ErrInvalid)
		}
	}
}

// never looks at an item that is there and at one that is not, while the service
// does not answer as it should: nobody can say then that one is gone.
func (r *rig) never(t *testing.T, on connectors.Looker, refs ...work.Ref) error {
	t.Helper()
	out, err := on.Look(t.Context(), refs)
	err = r.keep(t, err)
	for _, s := range out {
		switch {
		case s.Err == nil:
			t.Errorf("%s is seen as %v", s.Ref, s.Item)
		case errors.Is(s.Err, work.ErrNotFound):
			t.Errorf("%s counts as gone: %v", s.Ref, s.Err)
		}
		err = errors.Join(err, r.keep(t, s.Err))
	}
	if err == nil {
		t.Error("nothing tells that nobody could look")
	}
	return err
}

func lookKinds(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	items := r.pull(t).Items
	for _, k := range kinds {
		r.spoilWith(func(w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, "refused", k.status)
			return true
		})
		err := r.never(t, on, items[0].Ref, items[1].Ref)
		if gone := errors.Is(k.kind, work.ErrNotFound); !gone && !errors.Is(err, k.kind) {
			t.Errorf("status %d: Look() = %v, want the kind %q", k.status, err, k.kind)
		}
	}
}

func lookRubbish(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	items := r.pull(t).Items
	signsIn := func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, "/myself") }
	for name, answer := range rubbish {
		t.Run(name, func(t *testing.T) {
			r.spoilWith(func(w http.ResponseWriter, q *http.Request) bool {
				if signsIn(q) {
					return false
				}
				w.Header().Set("Content-Type", answer.contentType)
				_, err := io.WriteString(w, answer.body)
				return err == nil
			})
			defer r.spoilWith(nil)
			_ = r.never(t, on, items[0].Ref, items[1].Ref) // of any kind but one
		})
	}
}

func cancelLook(t *testing.T, r *rig) {
	on, ok := r.looker(t)
	if !ok {
		return
	}
	refs := []work.Ref{r.pull(t).Items[0].Ref}
	r.cancelWhile(t, nothing, func(ctx context.Context) error {
		_, err := on.Look(ctx, refs)
		return err
	})
}
