package trellosim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func sameDump(t *testing.T, want, got Dump) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the state changed (-before +after):\n%s", diff)
	}
}

// manyCards is a board with n cards of consecutive ids, every seventh closed,
// spread over two lists, the second archived.
func manyCards(n int) string {
	var cards []object
	for i := range n {
		list := listID
		if i%5 == 0 {
			list = listTwo
		}
		cards = append(cards, object{
			"id": fmt.Sprintf("5f%06x0000000000000000", n-i), "name": fmt.Sprint("card ", i), "idList": list,
			"pos": float64(i+1) * step, "closed": i%7 == 0,
		})
	}
	raw, err := json.Marshal(object{
		"id": boardID, "name": "B", "cards": cards,
		"lists": []object{{"id": listID, "name": "L", "pos": 1}, {"id": listTwo, "name": "M", "pos": 2, "closed": true}},
	})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// listing is the part of a card that paging needs.
type listing struct{ ID string }

func TestPagingByBeforeIsCompleteUnderEveryLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(rt, "cards")
		limit := rapid.IntRange(1, 70).Draw(rt, "limit")
		filter := rapid.SampledFrom([]string{"all", "open", "closed", "visible", "none"}).Draw(rt, "filter")
		sort := rapid.SampledFrom([]string{"", "&sort=-id"}).Draw(rt, "sort")
		s := New(read(t, manyCards(n)), newClock().now)
		path := "/1/boards/" + boardID + "/cards?fields=id&filter=" + filter
		var want []listing
		must(t, s, "GET", path, "", &want)
		var got []string
		before := ""
		for range n + 2 {
			var page []listing
			must(t, s, "GET", path+sort+"&limit="+strconv.Itoa(limit)+before, "", &page)
			if len(page) == 0 {
				break
			}
			if len(page) > limit {
				rt.Fatalf("%d cards on a page of %d", len(page), limit)
			}
			oldest := slices.MinFunc(page, func(a, b listing) int { return strings.Compare(a.ID, b.ID) })
			before = "&before=" + oldest.ID
			got = append(got, ids(page)...)
		}
		slices.Sort(got)
		wanted := ids(want)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			rt.Fatalf("pages of %d gave %d cards, the whole listing %d", limit, len(got), len(wanted))
		}
	})
}

func ids(list []listing) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = l.ID
	}
	return out
}

func TestPositionsStayApartUnderAnyWrites(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(rt, "cards")
		s := New(read(t, manyCards(n)), newClock().now)
		all := s.Dump().Cards
		for range rapid.IntRange(1, 40).Draw(rt, "writes") {
			c := all[rapid.IntRange(0, n-1).Draw(rt, "card")]
			pos := rapid.OneOf(
				rapid.SampledFrom([]any{"top", "bottom", 0.0625, 1.0, float64(highest), float64(first)}),
				rapid.Custom(func(rt *rapid.T) any { return nextTo(rt, s) }),
			).Draw(rt, "pos")
			list := rapid.SampledFrom([]string{listID, listTwo}).Draw(rt, "list")
			raw, err := json.Marshal(object{"pos": pos, "idList": list})
			if err != nil {
				rt.Fatal(err)
			}
			must(t, s, "PUT", "/1/cards/"+c["id"].(string), string(raw), nil)
			apart(rt, s)
		}
	})
}

// nextTo gives a position at, or just beside, that of some card.
func nextTo(rt *rapid.T, s *Site) any {
	cards := s.Dump().Cards
	at := cards[rapid.IntRange(0, len(cards)-1).Draw(rt, "beside")]["pos"].(float64)
	return max(nearest, at+rapid.SampledFrom([]float64{-0.1, -0.03125, 0, 0.03125, 0.1, 0.5}).Draw(rt, "gap"))
}

func apart(rt *rapid.T, s *Site) {
	last := map[string]float64{}
	for _, c := range s.Dump().Cards {
		list, pos := c["idList"].(string), c["pos"].(float64)
		if pos <= 0 || pos >= highest {
			rt.Fatalf("position %v is out of range", pos)
		}
		if prev, ok := last[list]; ok && pos-prev < nearest {
			rt.Fatalf("positions %v and %v of one list are nearer than %v", prev, pos, nearest)
		}
		last[list] = pos
	}
}

// The place that a write asks for is the place that the card gets, also when
// the row is numbered anew.
func TestAWrittenPositionDecidesThePlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(rt, "cards")
		s := New(read(t, strings.ReplaceAll(manyCards(n), listTwo, listID)), newClock().now)
		for range rapid.IntRange(1, 20).Draw(rt, "writes") {
			row := order(s)
			from, to := rapid.IntRange(0, n-1).Draw(rt, "from"), rapid.IntRange(0, n-1).Draw(rt, "to")
			id := row[from]
			rest := slices.Delete(slices.Clone(row), from, from+1)
			pos := gapBefore(s, rest, to)
			must(t, s, "PUT", "/1/cards/"+id, `{"pos":`+strconv.FormatFloat(pos, 'f', -1, 64)+`}`, nil)
			if want := slices.Insert(rest, to, id); !slices.Equal(order(s), want) {
				rt.Fatalf("order %v, want %v", order(s), want)
			}
		}
	})
}

func order(s *Site) []string {
	var out []string
	for _, c := range s.Dump().Cards {
		out = append(out, c["id"].(string))
	}
	return out
}

// gapBefore gives the position in the middle of the gap in front of place to.
func gapBefore(s *Site, rest []string, to int) float64 {
	at := map[string]float64{}
	for _, c := range s.Dump().Cards {
		at[c["id"].(string)] = c["pos"].(float64)
	}
	switch to {
	case 0:
		return at[rest[0]] / 2
	case len(rest):
		return at[rest[to-1]] + step
	}
	return (at[rest[to-1]] + at[rest[to]]) / 2
}
