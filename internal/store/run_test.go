package store

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func runIsRecorded(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	want := Run{
		Backlog: "payments", Kind: Undo, Target: "20260301-120000000-00000000", Who: "Zoë\x00",
		Policy: "sha256:a", Plan: "sha256:b", Query: "sha256:c", Lease: Lease{Name: "backlog payments", Token: 7},
	}
	r, err := s.Begin(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(r.ID, "20260302-120000000-") || !r.Begun.Equal(c.at) {
		t.Errorf("Begin() gave id %s, begun %s", r.ID, r.Begun)
	}
	c.pass(1500 * time.Millisecond)
	counts := json.RawMessage(`{"set":3,"moved":1}`)
	if err := s.End(t.Context(), r.ID, Ending{Result: RunPartial, Counts: counts, Err: errors.New("PAY-1: not permitted")}); err != nil {
		t.Fatal(err)
	}
	want.ID, want.Who, want.Begun, want.Ended = r.ID, "Zoë\uFFFD", r.Begun, c.at
	want.Result, want.Counts, want.Error = RunPartial, counts, "PAY-1: not permitted"
	got, err := s.Find(t.Context(), r.ID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Find() (-want +got), %v:\n%s", err, diff)
	}
}

// record records runs, one a minute, and gives their ids.
func record(t *testing.T, s *Store, c *clock, runs ...Run) []string {
	t.Helper()
	var ids []string
	for _, r := range runs {
		begun, err := s.Begin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, begun.ID)
		c.pass(time.Minute)
		if r.Result == "" {
			continue
		}
		if err := s.End(t.Context(), begun.ID, Ending{Result: r.Result}); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func runsAreListed(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	ids := record(t, s, c, Run{Backlog: "a", Result: RunDone}, Run{Backlog: "b", Result: RunFailed}, Run{Backlog: "a"}, Run{Backlog: "a", Result: RunPartial})
	tests := []struct {
		name   string
		filter Filter
		want   []int
	}{
		{"all", Filter{}, []int{3, 2, 1, 0}},
		{"of one backlog", Filter{Backlog: "a"}, []int{3, 2, 0}},
		{"the last two", Filter{Limit: 2}, []int{3, 2}},
		{"by result", Filter{Results: []Outcome{RunDone, RunFailed}}, []int{1, 0}},
		{"before one", Filter{Before: ids[2]}, []int{1, 0}},
		{"before one, of one backlog and result, the last", Filter{Backlog: "a", Results: []Outcome{RunDone, RunPartial}, Before: ids[3], Limit: 1}, []int{0}},
		{"of no backlog", Filter{Backlog: "c"}, nil},
	}
	for _, tt := range tests {
		got, err := s.Runs(t.Context(), tt.filter)
		var at []int
		for _, r := range got {
			at = append(at, slices.Index(ids, r.ID))
		}
		if err != nil || !slices.Equal(at, tt.want) {
			t.Errorf("%s: %v, want %v; %v", tt.name, at, tt.want, err)
		}
	}
	unended, err := s.Unended(t.Context(), "a")
	if err != nil || len(unended) != 1 || unended[0].ID != ids[2] {
		t.Errorf("Unended() = %v, %v, want run %s alone", unended, err, ids[2])
	}
	if sorted := slices.IsSorted(ids); !sorted {
		t.Errorf("ids %v do not sort by time", ids)
	}
}

func runsFollowOneAnother(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	var want []string
	for i := range 6 {
		if i == 3 {
			c.pass(-time.Hour)
		}
		want = append(want, begin(t, s, "a"))
		begin(t, s, "b")
	}
	slices.Reverse(want)
	found, err := s.Runs(t.Context(), Filter{Backlog: "a"})
	var got []string
	for _, r := range found {
		got = append(got, r.ID)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Runs() = %v, %v, want %v", got, err, want)
	}
}

func runIsFoundByPrefix(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	ids := record(t, s, c, Run{Backlog: "a"}, Run{Backlog: "a"})
	if r, err := s.Find(t.Context(), "20260302-1201"); err != nil || r.ID != ids[1] {
		t.Errorf("Find() = %s, %v, want %s", r.ID, err, ids[1])
	}
	for id, kind := range map[string]error{"20260302-12": work.ErrInvalid, "2027": work.ErrNotFound, "": work.ErrNotFound, "%": work.ErrNotFound, "é": work.ErrNotFound} {
		if r, err := s.Find(t.Context(), id); !errors.Is(err, kind) {
			t.Errorf("Find(%q) = %s, %v, want the kind %v", id, r.ID, err, kind)
		}
	}
}

func runEndsOnce(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	id := record(t, s, c, Run{Backlog: "a", Result: RunDone})[0]
	if err := s.End(t.Context(), id, Ending{Result: RunFailed}); !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("End() of a run that has ended = %v", err)
	}
	if r, err := s.Find(t.Context(), id); err != nil || r.Result != RunDone {
		t.Errorf("the run is now %s, %v", r.Result, err)
	}
	if err := s.End(t.Context(), "none", Ending{}); !errors.Is(err, work.ErrNotFound) {
		t.Errorf("End() of no run = %v", err)
	}
	if _, err := s.Intend(t.Context(), id, []Entry{entry("1")}); !errors.Is(err, work.ErrInvalid) {
		t.Errorf("Intend() in a run that has ended = %v", err)
	}
}
