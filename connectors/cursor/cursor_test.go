package cursor

import (
	"errors"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func TestWhatWasSealedIsOpened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.Int()).Draw(t, "known")
		sealed, err := Seal("a 1", want)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]int
		if err := Open(sealed, "a 1", &got); err != nil || !maps.Equal(got, want) {
			t.Errorf("Open() = %v, %v; want %v", got, err, want)
		}
		if err := Open(sealed, "a 2", &got); !errors.Is(err, work.ErrCursor) {
			t.Errorf("Open() under another head = %v, want the kind %q", err, work.ErrCursor)
		}
		cut := sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "length")]
		if err := Open(cut, "a 1", &got); !errors.Is(err, work.ErrCursor) {
			t.Errorf("Open() of the first %d bytes of %d = %v, want the kind %q", len(cut), len(sealed), err, work.ErrCursor)
		}
	})
}

func FuzzOpen(f *testing.F) {
	sealed, err := Seal("a 1", []string{"x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte("a 1\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var got []string
		if err := Open(b, "a 1", &got); err != nil && !errors.Is(err, work.ErrCursor) {
			t.Errorf("Open() = %v, want the kind %q", err, work.ErrCursor)
		}
	})
}

func TestADigestTellsValuesApart(t *testing.T) {
	a, b := map[string]int{"x": 1, "y": 2}, map[string]int{"y": 2, "x": 1}
	if Digest(a) != Digest(b) {
		t.Error("two equal maps have different digests")
	}
	if Digest("ab", "c") == Digest("a", "bc") {
		t.Error("two lists that are joined alike have the same digest")
	}
}
