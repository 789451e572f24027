package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

// backlogOf gives n items of one site, written and placed.
func backlogOf(n int) []Item {
	out := make([]Item, n)
	for i := range out {
		out[i] = Item{
			Identity: work.Identity{Site: site, ID: fmt.Sprint(10_000 + i)}, Key: fmt.Sprint("PAY-", i),
			Values: map[work.Slot]work.Value{work.SlotScore: work.Number(float64(i%1000) / 10), work.SlotRank: work.Number(float64(i + 1))},
			Labels: []string{"stackrank-now"}, Place: int64(i + 1), Digest: fmt.Sprintf("sha256:%064x", i),
		}
	}
	return out
}

func see(t testing.TB, s *Store, backlog string, items []Item) {
	t.Helper()
	if err := s.See(t.Context(), backlog, Seen{Items: items}); err != nil {
		t.Fatal(err)
	}
}

func itemsAreReplaced(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	items := backlogOf(2*batch + 7)
	see(t, s, "a", items)
	see(t, s, "b", items[:1])
	items = append(items[batch:], Item{Identity: work.Identity{Site: site, ID: "new"}, Lane: "Next"})
	items[0].Labels = nil
	see(t, s, "a", items)
	want := map[work.Identity]Item{}
	for _, it := range items {
		want[it.Identity] = it
	}
	got, err := s.Seen(t.Context(), "a")
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(work.Value{})); err != nil || diff != "" {
		t.Errorf("Seen() (-want +got), %v:\n%s", err, diff)
	}
	if err := s.See(t.Context(), "a", Seen{Items: []Item{items[0], items[1], items[0]}}); !errors.Is(err, work.ErrInvalid) {
		t.Errorf("See() of an item twice = %v", err)
	}
	if got, err = s.Seen(t.Context(), "a"); err != nil || len(got) != len(want) {
		t.Errorf("%d items after what was refused, %v, want %d", len(got), err, len(want))
	}
	see(t, s, "a", nil)
	for backlog, n := range map[string]int{"a": 0, "b": 1, "c": 0} {
		if got, err := s.Seen(t.Context(), backlog); err != nil || len(got) != n {
			t.Errorf("%d items in %s, %v, want %d", len(got), backlog, err, n)
		}
	}
}

func textIsKept(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	id := work.Identity{Site: site, ID: "1"}
	it := Item{
		Identity: id, Key: "\x00'\"\\\xe2\x80", Lane: "日本 🙂",
		Values: map[work.Slot]work.Value{"x\x00": work.Text("\x00\x1b[31m\u2028'\"<&>"), "y": work.Number(-0.1), "z": {}},
		Labels: []string{"a\x00b", "", "ü"},
	}
	see(t, s, "a", []Item{it})
	got, err := s.Seen(t.Context(), "a")
	it.Key = "\uFFFD'\"\\\uFFFD"
	if diff := cmp.Diff(it, got[id], cmp.AllowUnexported(work.Value{})); err != nil || diff != "" {
		t.Errorf("Seen() (-want +got), %v:\n%s", err, diff)
	}
}

func itemsAreFoundElsewhere(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	items := backlogOf(60)
	var ids []work.Identity
	for i := range items {
		ids = append(ids, items[i].Identity)
		items[i].Labels = []string{"a"}
	}
	see(t, s, "a", items)
	items[3].Labels, items[50].Labels = []string{"b"}, []string{"b"}
	see(t, s, "b", []Item{items[3], items[50]})
	items[50].Labels = []string{"c"}
	see(t, s, "c", items[50:51])
	stray := work.Identity{Site: "https://other", ID: ids[3].ID}
	got, err := s.Elsewhere(t.Context(), "a", append(ids, stray))
	if err != nil {
		t.Fatal(err)
	}
	labels := map[work.Identity]string{}
	for id, all := range got {
		for _, it := range all {
			labels[id] += it.Labels[0]
		}
	}
	if diff := cmp.Diff(map[work.Identity]string{ids[3]: "b", ids[50]: "bc"}, labels); diff != "" {
		t.Errorf("labels in other backlogs (-want +got):\n%s", diff)
	}
	if none, err := s.Elsewhere(t.Context(), "a", nil); err != nil || len(none) > 0 {
		t.Errorf("Elsewhere() of nothing gives %v, %v", none, err)
	}
}

func forgottenWithTheItem(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	items := backlogOf(3)
	var counts []Count
	for _, it := range items {
		counts = append(counts, Count{Item: it.Identity, Signal: work.Votes, Amount: 2})
		for _, backlog := range []string{"a", "b"} {
			if err := s.Pin(t.Context(), backlog, Pin{Item: it.Identity}); err != nil {
				t.Fatal(err)
			}
		}
	}
	counts = append(counts, Count{Item: work.Identity{Site: "https://other", ID: items[0].ID}, Signal: work.Votes, Amount: 2})
	if _, err := s.Observe(t.Context(), counts); err != nil {
		t.Fatal(err)
	}
	see(t, s, "a", items)
	see(t, s, "b", items[1:])
	see(t, s, "a", items[2:])
	known, err := s.Evidence(t.Context(), site)
	if err != nil || known[items[0].Identity] != nil || known[items[1].Identity] == nil || known[items[2].Identity] == nil {
		t.Errorf("evidence %v, %v, want that of the two items that a backlog holds", known, err)
	}
	if known, err = s.Evidence(t.Context(), "https://other"); err != nil || len(known) != 1 {
		t.Errorf("evidence of another site %v, %v, want it untouched", known, err)
	}
	for backlog, n := range map[string]int{"a": 1, "b": 3} {
		if pins, err := s.Pins(t.Context(), backlog); err != nil || len(pins) != n {
			t.Errorf("%d pins in %s, %v, want %d", len(pins), backlog, err, n)
		}
	}
}
