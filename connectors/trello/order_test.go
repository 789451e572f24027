package trello

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/work"
)

// lane gives the keys of the cards of a list as the site holds them, others' too.
func lane(s *trellosim.Site, list string) []string {
	var out []string
	for _, c := range s.Dump().Cards {
		if c["idList"] == list {
			out = append(out, c["shortLink"].(string))
		}
	}
	return out
}

func position(s *trellosim.Site, n int) any {
	for _, c := range s.Dump().Cards {
		if c["id"] == cardID(n) {
			return c["pos"]
		}
	}
	return nil
}

func shorts(ns ...int) []string {
	out := make([]string, len(ns))
	for i, n := range ns {
		out[i] = short(n)
	}
	return out
}

// failed gives the cards whose result is a failure.
func failed(results []work.Result) map[string]bool {
	out := map[string]bool{}
	for _, r := range results {
		if r.Err != nil {
			out[r.Ref.ID] = true
		}
	}
	return out
}

func TestReorderWritesOnlyWhatMoves(t *testing.T) {
	sep := obj{"name": "---", "cardRole": "separator"}
	r := &recorded{site: siteOf(t, boardOf(
		cardOf(1, ideasList, nil), cardOf(2, ideasList, sep), cardOf(3, ideasList, nil), cardOf(4, ideasList, nil),
		cardOf(5, ideasList, obj{"dueComplete": true}), cardOf(6, ideasList, nil),
	))}
	c := connect(t, r)
	pull(t, c)
	before := position(r.site, 2)
	run := work.Run{Lane: ideasList, Items: refsOf(6, 3, 4), After: refOf(1)}
	results, err := c.Reorder(t.Context(), run)
	if err != nil || len(failed(results)) > 0 || len(results) != 3 {
		t.Fatalf("Reorder() = %v, %v", results, err)
	}
	if diff := cmp.Diff([]string{writePlace}, r.sent()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(shorts(1, 6, 2, 3, 4, 5), lane(r.site, ideasList)); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if after := position(r.site, 2); after != before {
		t.Errorf("the separator went from %v to %v", before, after)
	}
	if n := r.site.Stats().Requests["GET /1/lists/{id}/cards"]; n != 2 {
		t.Errorf("the list was read %d times, want 2: before and after", n)
	}
	if _, err := c.Reorder(t.Context(), work.Run{Lane: ideasList, Items: refsOf(4), Before: refOf(1)}); err != nil {
		t.Fatal(err)
	}
	if n := r.site.Stats().Requests["GET /1/lists/{id}/cards"]; n != 3 {
		t.Errorf("after the next run the list was read %d times, want 3: what was read back serves", n)
	}
}

func TestReorderAgainstDrift(t *testing.T) {
	cards := append(cardsIn(ideasList, 4), cardOf(5, nextList, nil), cardOf(6, ideasList, obj{"closed": true}))
	tests := []struct {
		name string
		run  work.Run
		want []string // of the list afterwards
		bad  []int    // cards that fail
	}{
		{"an item that left the list fails alone", work.Run{Items: refsOf(4, 5, 3), After: refOf(1)}, shorts(1, 4, 3, 2), []int{5}},
		{"an archived item fails alone", work.Run{Items: refsOf(6, 4), Before: refOf(1)}, shorts(4, 1, 2, 3), []int{6}},
		{"an anchor that left fails all and moves nothing", work.Run{Items: refsOf(4, 3), After: refOf(5)}, shorts(1, 2, 3, 4), []int{3, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site := siteOf(t, boardOf(cards...))
			c := connect(t, site)
			pull(t, c)
			tt.run.Lane = ideasList
			results, err := c.Reorder(t.Context(), tt.run)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]bool{}
			for _, n := range tt.bad {
				want[cardID(n)] = true
			}
			if diff := cmp.Diff(want, failed(results)); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
			for _, r := range results {
				if r.Err != nil && !errors.Is(r.Err, work.ErrConflict) {
					t.Errorf("%s: %v, want ErrConflict", r.Ref, r.Err)
				}
			}
			got := slices.DeleteFunc(lane(site, ideasList), func(s string) bool { return s == short(6) })
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("list (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReorderRefusals(t *testing.T) {
	t.Run("refused credentials fail the rest at once", func(t *testing.T) {
		r := &recorded{site: siteOf(t, boardOf(cardsIn(ideasList, 4)...))}
		c := connect(t, r)
		pull(t, c)
		r.site.Fail("PUT /1/cards/{id}", http.StatusUnauthorized, -1)
		results, err := c.Reorder(t.Context(), work.Run{Lane: ideasList, Items: refsOf(4, 3, 2), Before: refOf(1)})
		if err != nil {
			t.Fatal(err)
		}
		for _, res := range results {
			if !errors.Is(res.Err, work.ErrAuth) {
				t.Errorf("%s: %v, want ErrAuth", res.Ref, res.Err)
			}
		}
		if got := len(r.sent()); got != 1 {
			t.Errorf("%d writes, want 1", got)
		}
	})
	t.Run("one refused card fails alone", func(t *testing.T) {
		r := &recorded{site: siteOf(t, boardOf(cardsIn(ideasList, 4)...))}
		c := connect(t, r)
		pull(t, c)
		r.site.Fail("PUT /1/cards/"+cardID(3), http.StatusBadRequest, -1)
		results, err := c.Reorder(t.Context(), work.Run{Lane: ideasList, Items: refsOf(4, 3, 2), Before: refOf(1)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]bool{cardID(3): true}, failed(results)); diff != "" {
			t.Errorf("failures (-want +got):\n%s", diff)
		}
		if got := lane(r.site, ideasList); slices.Index(got, short(4)) > slices.Index(got, short(2)) {
			t.Errorf("list %v: the others are not in order", got)
		}
	})
	t.Run("a list that is gone is an error of the run", func(t *testing.T) {
		c := connect(t, siteOf(t, boardOf(cardsIn(ideasList, 2)...)))
		_, err := c.Reorder(t.Context(), work.Run{Lane: "5f00000000000000000011ff", Items: refsOf(2), Before: refOf(1)})
		if !errors.Is(err, work.ErrNotFound) {
			t.Errorf("Reorder() = %v, want ErrNotFound", err)
		}
	})
	t.Run("a cancelled run sends nothing", func(t *testing.T) {
		r := &recorded{site: siteOf(t, boardOf(cardsIn(ideasList, 4)...))}
		c := connect(t, r)
		pull(t, c)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Reorder(ctx, work.Run{Lane: ideasList, Items: refsOf(4, 3, 2), Before: refOf(1)})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Reorder() = %v, want context.Canceled", err)
		}
		if err := c.Apply(ctx, change(1, add("stackrank-now"))); !errors.Is(err, context.Canceled) {
			t.Errorf("Apply() = %v, want context.Canceled", err)
		}
		if w := r.sent(); len(w) > 0 {
			t.Errorf("writes %v, want none", w)
		}
	})
	t.Run("an order that does not hold is said", func(t *testing.T) {
		site := siteOf(t, boardOf(cardsIn(ideasList, 3)...))
		writes := 0
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if isWrite(q) { // the service takes the position and keeps another
				writes++
				_, _ = fmt.Fprintf(w, `{"id":%q,"pos":%g}`, cardID(3), middle)
				return
			}
			site.ServeHTTP(w, q)
		}))
		results, err := c.Reorder(t.Context(), work.Run{Lane: ideasList, Items: refsOf(3), Before: refOf(1)})
		if err != nil || !errors.Is(results[0].Err, work.ErrConflict) || !strings.Contains(results[0].Err.Error(), "next round") {
			t.Errorf("Reorder() = %v, %v, want ErrConflict", results, err)
		}
		if writes != attempts {
			t.Errorf("%d writes, want %d", writes, attempts)
		}
	})
}

func TestAnyOrderComesAbout(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(rt, "cards")
		gap := rapid.SampledFrom([]float64{0.125, 1, step}).Draw(rt, "gap")
		order := rapid.Permutation(numbers(n)).Draw(rt, "order")
		cards := cardsIn(ideasList, n)
		for i := range cards {
			cards[i]["pos"] = middle + gap*float64(i)
		}
		site := siteOf(t, boardOf(cards...))
		c := connect(t, site)
		k := rapid.IntRange(1, n).Draw(rt, "items")
		run := work.Run{Lane: ideasList, Items: refsOf(order[:k]...)}
		for pass := range 2 {
			before := site.Stats().Writes
			results, err := c.Reorder(t.Context(), run)
			if err != nil || len(failed(results)) > 0 {
				rt.Fatalf("Reorder() = %v, %v", results, err)
			}
			if wrote := site.Stats().Writes - before; pass == 1 && wrote != 0 {
				rt.Fatalf("repeating the run wrote %d cards", wrote)
			}
		}
		if got := lane(site, ideasList)[:k]; !slices.Equal(got, shorts(order[:k]...)) {
			rt.Fatalf("the list begins with %v, want %v", got, shorts(order[:k]...))
		}
	})
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}
