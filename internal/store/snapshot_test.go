package store

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// anyItem gives items with every field that there is, also those to come.
func anyItem() *rapid.Generator[work.Item] {
	ref := rapid.Custom(func(t *rapid.T) work.Ref {
		if rapid.Bool().Draw(t, "none") {
			return work.Ref{}
		}
		return work.Ref{Source: rapid.StringMatching(`[a-z0-9-]+`).Draw(t, "source"), ID: rapid.StringMatching(`[0-9a-z:]+`).Draw(t, "id")}
	})
	value := rapid.Custom(func(t *rapid.T) work.Value {
		if rapid.Bool().Draw(t, "number") {
			return work.Number(rapid.Float64().Draw(t, "value"))
		}
		return work.Text(rapid.String().Draw(t, "value"))
	})
	moments := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(-1<<33, 1<<37).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds")).UTC()
	})
	return rapid.MakeCustom[work.Item](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
		reflect.TypeFor[work.Ref]():   ref.AsAny(),
		reflect.TypeFor[work.Value](): value.AsAny(),
		reflect.TypeFor[time.Time]():  moments.AsAny(),
		reflect.TypeFor[float64]():    rapid.Float64Range(-1e300, 1e300).AsAny(),
	}})
}

// unplaced gives the item without its place.
func unplaced(it work.Item) work.Item {
	it.Lane, it.LaneName, it.Native, it.Position = "", "", 0, 0
	return it
}

func itemsAreKept(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	rapid.Check(t, func(rt *rapid.T) {
		items := rapid.SliceOfN(anyItem(), 0, 3).Draw(rt, "items")
		var want []work.Item
		for i := range items {
			items[i].Ref = work.Ref{Source: "platform", ID: fmt.Sprint(i)}
			want = append(want, unplaced(items[i]))
		}
		cursor := rapid.SliceOf(rapid.Byte()).Draw(rt, "cursor")
		if err := s.Keep(t.Context(), "a", []Kept{{Source: "platform", Cursor: cursor, Items: items}}); err != nil {
			rt.Fatal(err)
		}
		k, err := s.Kept(t.Context(), "a", "platform", "", time.Hour)
		if err != nil || k == nil || !slices.Equal(k.Cursor, cursor) {
			rt.Fatalf("Kept() = %v, %v, want cursor %q", k, err, cursor)
		}
		if !reflect.DeepEqual(append([]work.Item{}, want...), k.Items) {
			rt.Errorf("Kept() (-want +got):\n%s", gocmp.Diff(want, k.Items, gocmp.AllowUnexported(work.Value{})))
		}
	})
}

// pulled gives n items of a source.
func pulled(source string, n int) []work.Item {
	out := make([]work.Item, n)
	for i := range out {
		out[i] = work.Item{
			Ref: work.Ref{Source: source, ID: fmt.Sprint(10_000 + i)}, Key: fmt.Sprint("PAY-", i), Title: "Refund fails for split payments",
			URL: fmt.Sprint("https://acme.example/browse/PAY-", i), Status: work.Open, Labels: []string{"kept"}, Native: i,
			Created: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC), Signals: work.Signals{work.Priority: 0.5, work.Votes: float64(i % 7)},
			Outputs: map[work.Slot]work.Value{work.SlotScore: work.Number(float64(i%1000) / 10)},
		}
	}
	return out
}

func keep(t testing.TB, s *Store, sources ...Kept) {
	t.Helper()
	if err := s.Keep(t.Context(), "a", sources); err != nil {
		t.Fatal(err)
	}
}

// wantKept wants so many items to be kept of a source; -1: that nothing is.
func wantKept(t *testing.T, s *Store, when string, of Kept, n int) {
	t.Helper()
	k, err := s.Kept(t.Context(), "a", of.Source, of.Scope, time.Hour)
	switch {
	case err != nil:
		t.Errorf("%s: Kept(%s, %q) = %v", when, of.Source, of.Scope, err)
	case k == nil && n >= 0:
		t.Errorf("%s: Kept(%s, %q) gives nothing, want %d items", when, of.Source, of.Scope, n)
	case k != nil && len(k.Items) != n:
		t.Errorf("%s: Kept(%s, %q) gives %d items, want %d", when, of.Source, of.Scope, len(k.Items), n)
	}
}

func keptForItsTime(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	of := Kept{Source: "platform", Scope: "one", Cursor: []byte("x"), Items: pulled("platform", 2)}
	wantKept(t, s, "before", of, -1)
	keep(t, s, of)
	wantKept(t, s, "at once", of, 2)
	wantKept(t, s, "another scope", Kept{Source: "platform", Scope: "two"}, -1)
	wantKept(t, s, "another source", Kept{Source: "roadmap", Scope: "one"}, -1)
	if k, err := s.Kept(t.Context(), "b", "platform", "one", time.Hour); k != nil || err != nil {
		t.Errorf("another backlog has %v, %v", k, err)
	}
	c.pass(40 * time.Minute)
	k, err := s.Kept(t.Context(), "a", "platform", "one", time.Hour)
	if err != nil || !k.Whole.Equal(noon().at) {
		t.Fatalf("Kept() = %v, %v, want it read whole at noon", k, err)
	}
	keep(t, s, *k) // it was gone on from
	c.pass(20*time.Minute - time.Millisecond)
	wantKept(t, s, "just in time", of, 2)
	c.pass(time.Millisecond)
	wantKept(t, s, "too old", of, -1)
	c.pass(-2 * time.Hour)
	wantKept(t, s, "by a clock that went back", of, -1)
}

func keptIsReplaced(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	one, two := Kept{Source: "one", Scope: "x", Items: pulled("one", 2*batch+3)}, Kept{Source: "two", Scope: "x", Items: pulled("two", 1)}
	keep(t, s, one, two)
	one.Items = slices.Concat(one.Items[batch+1:], []work.Item{{Ref: work.Ref{Source: "one", ID: "new"}}})
	one.Items[0].Labels = nil
	keep(t, s, one, two)
	k, err := s.Kept(t.Context(), "a", "one", "x", time.Hour)
	if err != nil || k == nil {
		t.Fatalf("Kept() = %v, %v", k, err)
	}
	var want []work.Item
	for _, it := range one.Items {
		want = append(want, unplaced(it))
	}
	slices.SortFunc(want, func(a, b work.Item) int { return cmp.Compare(a.Ref.ID, b.Ref.ID) })
	if diff := gocmp.Diff(want, k.Items, gocmp.AllowUnexported(work.Value{})); diff != "" {
		t.Errorf("Kept() (-want +got):\n%s", diff)
	}
	twice := Kept{Source: "two", Items: append(pulled("two", 1), pulled("two", 1)...)}
	if err := s.Keep(t.Context(), "a", []Kept{{Source: "one"}, twice}); !errors.Is(err, work.ErrInvalid) {
		t.Errorf("Keep() of an item twice = %v", err)
	}
	wantKept(t, s, "after what was refused", one, len(one.Items))
	keep(t, s, two)
	wantKept(t, s, "no more among the sources", one, -1)
	wantKept(t, s, "still among them", two, 1)
}

// rowsWritten counts the rows of kept items that a call of Keep for one source
// writes: all but the one of the source itself.
func rowsWritten(t *testing.T, s *Store, do func()) int {
	t.Helper()
	count := func() int { // SQLite counts them; PostgreSQL marks each with the transaction that wrote it
		query := "SELECT total_changes()"
		if s.as.goose == "postgres" {
			query = "SELECT COALESCE(MAX(CAST(CAST(xmin AS TEXT) AS BIGINT)), 0) FROM kept_item"
		}
		n, err := collect(t.Context(), s.db, scanOne[int], query)
		if err != nil {
			t.Fatal(err)
		}
		return n[0]
	}
	before := count()
	do()
	if s.as.goose != "postgres" {
		return count() - before - 1
	}
	n, err := collect(t.Context(), s.db, scanOne[int], "SELECT COUNT(*) FROM kept_item WHERE CAST(CAST(xmin AS TEXT) AS BIGINT) > $1", before)
	if err != nil {
		t.Fatal(err)
	}
	return n[0]
}

func keepingCostsWhatChanged(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	k := Kept{Source: "one", Items: pulled("one", 60)}
	keep(t, s, k)
	for changed := range 3 {
		for i := range changed {
			k.Items[7*i].Title += "!"
		}
		slices.Reverse(k.Items) // a place is no change
		for i := range k.Items {
			k.Items[i].Native = i
		}
		if changed == 2 {
			if err := s.Unkeep(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}
		if n := rowsWritten(t, s, func() { keep(t, s, k) }); n != changed {
			t.Errorf("%d rows were written for %d changed items", n, changed)
		}
	}
}

func unkeptIsNone(t *testing.T, fresh func(testing.TB) string) {
	s := openAt(t, fresh(t), noon())
	of := Kept{Source: "one", Cursor: []byte("x"), Items: pulled("one", 3)}
	keep(t, s, of)
	if err := s.Keep(t.Context(), "b", []Kept{of}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Unkeep(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	wantKept(t, s, "unkept", of, -1)
	if k, err := s.Kept(t.Context(), "b", "one", "", time.Hour); err != nil || k == nil {
		t.Errorf("another backlog has %v, %v", k, err)
	}
	keep(t, s, of)
	wantKept(t, s, "kept again", of, 3)
}
