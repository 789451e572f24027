package work

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// deltaFrom gives the delta that leads from one snapshot to another: what differs
// beyond its place, and the order.
func deltaFrom(last, next Snapshot) Delta {
	was := map[Ref]Item{}
	for _, it := range last.Items {
		was[it.Ref] = it
	}
	d := Delta{Site: next.Site, Findings: next.Findings}
	for _, it := range next.Items {
		d.Order = append(d.Order, SpotOf(it))
		if old, known := was[it.Ref]; !known || !cmp.Equal(SpotOf(it).place(old, it.Native), it) {
			d.Items = append(d.Items, it)
		}
	}
	slices.Reverse(d.Items)
	return d
}

// anySnapshot draws a source with up to nine items in three lanes.
func anySnapshot(t *rapid.T, label string) Snapshot {
	ids := rapid.SliceOfNDistinct(rapid.IntRange(1, 12), 0, 9, rapid.ID[int]).Draw(t, label)
	s := Snapshot{Site: "https://acme.example"}
	next := map[string]int{}
	for _, id := range ids {
		lane := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "lane")
		s.Items = append(s.Items, Item{
			Ref: Ref{Source: "s", ID: fmt.Sprint(id)}, Title: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "title"),
			Lane: lane, LaneName: "Lane " + lane, Native: next[lane], Position: float64(rapid.IntRange(0, 3).Draw(t, "position")),
			Signals: Signals{Votes: float64(rapid.IntRange(0, 2).Draw(t, "votes"))},
		})
		next[lane]++
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "findings") {
		s.Findings = append(s.Findings, Finding{Source: "s", Code: fmt.Sprint("odd-", n)})
	}
	return s
}

func TestADeltaLeadsFromOneSnapshotToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last, next := anySnapshot(t, "last"), anySnapshot(t, "next")
		before := fmt.Sprint(last)
		got, err := deltaFrom(last, next).Apply(last)
		if err != nil {
			t.Fatalf("Apply() = %v", err)
		}
		same := cmp.Comparer(func(a, b []Item) bool {
			return slices.EqualFunc(a, b, func(x, y Item) bool { return cmp.Equal(x, y) })
		})
		if diff := cmp.Diff(next, got, same); diff != "" {
			t.Errorf("Apply() (-want +got):\n%s", diff)
		}
		if after := fmt.Sprint(last); after != before {
			t.Errorf("Apply() changed the snapshot that it was given:\n%s\n%s", before, after)
		}
	})
}

func TestADeltaOfAnotherSnapshotIsRefused(t *testing.T) {
	ref := Ref{Source: "s", ID: "1"}
	d := Delta{Order: []Spot{{Ref: ref}}}
	if s, err := d.Apply(Snapshot{}); !errors.Is(err, ErrCursor) || len(s.Items) > 0 {
		t.Errorf("Apply() = %v, %v; want nothing and the kind %q", s, err, ErrCursor)
	}
	if _, err := d.Apply(Snapshot{Items: []Item{{Ref: ref}}}); err != nil {
		t.Errorf("Apply() to the snapshot with the item = %v", err)
	}
}
