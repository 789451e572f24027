package trello

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/work"
)

func lookAt(t *testing.T, c connectors.Looker, refs ...work.Ref) []connectors.Sight {
	t.Helper()
	out, err := c.Look(t.Context(), refs)
	if err != nil || len(out) != len(refs) {
		t.Fatalf("Look() gives %d sights, %v; want %d", len(out), err, len(refs))
	}
	return out
}

func refsTo(n int) []work.Ref {
	out := make([]work.Ref, n)
	for i := range out {
		out[i] = refOf(i + 1)
	}
	return out
}

// TestALookTakesFewRequests looks at 35 cards of which some are gone: a request
// for ten, and one for each that is gone.
func TestALookTakesFewRequests(t *testing.T) {
	for _, gone := range []int{0, 1, 7} {
		p := newPerson(t, boardOf(cardsIn(ideasList, 35)...))
		c := connectOver(t, p.site)
		if _, err := c.Pull(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range gone {
			if !p.does(request{method: http.MethodDelete, path: "cards/" + cardID(5*i+1)}) {
				t.Fatal("the card cannot be deleted")
			}
		}
		before := p.site.Stats().Total
		missing := 0
		for _, s := range lookAt(t, c, refsTo(35)...) {
			if errors.Is(s.Err, work.ErrNotFound) {
				missing++
			} else if s.Err != nil {
				t.Errorf("%s: %v", s.Ref, s.Err)
			}
		}
		if got := p.site.Stats().Total - before; missing != gone || got > 4+gone {
			t.Errorf("%d are gone after %d requests, want %d and at most %d", missing, got, gone, 4+gone)
		}
	}
}

// elsewhere gives a board of no backlog, without custom fields, with card 9.
func elsewhere(closed bool) obj {
	const list, board = "5f00000000000000000022a1", "5f00000000000000000022b1"
	card := cardOf(9, list, obj{"idBoard": board})
	return obj{
		"id": board, "name": "Elsewhere", "shortLink": "Elsewher", "closed": closed, "prefs": obj{"voting": "disabled"},
		"lists": []obj{{"id": list, "name": "Todo", "pos": middle}}, "cards": []obj{card},
	}
}

// TestWhatACardBecame puts cards away in every way that Trello has.
func TestWhatACardBecame(t *testing.T) {
	here := func(list string, more obj) []obj { return []obj{boardOf(cardOf(9, list, more))} }
	tests := []struct {
		name    string
		boards  []obj
		status  work.Status
		refused bool
		lacks   int
	}{
		{"open", here(ideasList, nil), work.Open, false, 0},
		{"archived", here(ideasList, obj{"closed": true}), work.Done, false, 0},
		{"complete", here(ideasList, obj{"dueComplete": true}), work.Done, false, 0},
		{"on an archived list", here(oldList, nil), work.Done, false, 0},
		{"a template", here(ideasList, obj{"isTemplate": true}), work.Open, true, 0},
		{"a separator", here(ideasList, obj{"name": "---"}), work.Open, true, 0},
		{"on a board without our fields", []obj{boardOf(), elsewhere(false)}, work.Open, false, 2},
		{"on a closed board", []obj{boardOf(), elsewhere(true)}, work.Done, false, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := lookAt(t, connectOver(t, siteOf(t, tt.boards...)), refOf(9))[0]
			if s.Err != nil || s.Item.Status != tt.status || (s.Item.Refused != "") != tt.refused || len(s.Item.Lacks) != tt.lacks {
				t.Errorf("it is %s, refused for %q, lacks %v, %v", s.Item.Status, s.Item.Refused, s.Item.Lacks, s.Err)
			}
		})
	}
}

func TestACardThatNobodyMaySeeIsGone(t *testing.T) {
	site := siteOf(t, boardOf(cardsIn(ideasList, 3)...))
	c := connectOver(t, site)
	site.Switches().Membership(boardRef, false)
	for _, s := range lookAt(t, c, refsTo(3)...) {
		if !errors.Is(s.Err, work.ErrNotFound) {
			t.Errorf("%s: %v, want the kind %q", s.Ref, s.Err, work.ErrNotFound)
		}
	}
}

// TestOneCardThatCannotBeReadCostsNoOther has one card refused in every way, also
// as an element of a batch.
func TestOneCardThatCannotBeReadCostsNoOther(t *testing.T) {
	for status, kind := range map[int]error{403: work.ErrForbidden, 404: work.ErrUnexpected, 500: work.ErrUnavailable, 429: work.ErrThrottled} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			site := siteOf(t, boardOf(cardsIn(ideasList, 12)...))
			site.Fail("GET /1/cards/"+cardID(2), status, -1)
			for i, s := range lookAt(t, connectOver(t, site), refsTo(12)...) {
				if i == 1 && (!errors.Is(s.Err, kind) || errors.Is(s.Err, work.ErrNotFound)) {
					t.Errorf("%s: %v, want the kind %q", s.Ref, s.Err, kind)
				}
				if i != 1 && s.Err != nil {
					t.Errorf("%s: %v", s.Ref, s.Err)
				}
			}
		})
	}
}

// TestCardsComeAloneWhereNoBatchDoes refuses batches.
func TestCardsComeAloneWhereNoBatchDoes(t *testing.T) {
	for _, status := range []int{400, 404} {
		site := siteOf(t, boardOf(cardsIn(ideasList, 12)...))
		site.Fail("GET /1/batch", status, -1)
		for _, s := range lookAt(t, connectOver(t, site), refsTo(12)...) {
			if s.Err != nil || s.Item.Status != work.Open {
				t.Errorf("%d: %s is %s, %v", status, s.Ref, s.Item.Status, s.Err)
			}
		}
	}
}

// TestAnOutageLeavesTheRestOpen fails the second batch and what follows.
func TestAnOutageLeavesTheRestOpen(t *testing.T) {
	site := siteOf(t, boardOf(cardsIn(ideasList, 35)...))
	batches := 0
	c := connectOver(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/1/batch" {
			if batches++; batches > 1 {
				http.Error(w, "down", http.StatusServiceUnavailable)
				return
			}
		}
		site.ServeHTTP(w, q)
	}))
	open := 0
	for _, s := range lookAt(t, c, refsTo(35)...) {
		if s.Err != nil {
			if open++; !errors.Is(s.Err, work.ErrUnavailable) {
				t.Errorf("%s: %v", s.Ref, s.Err)
			}
		}
	}
	if open != 25 || batches != 1+3 {
		t.Errorf("%d are open after %d batches, want 25 after the first and three attempts", open, batches)
	}
}

// TestAnOddCardIsNotJudged leaves out, or spoils, what decides about a card.
func TestAnOddCardIsNotJudged(t *testing.T) {
	for name, change := range map[string]obj{
		"nothing": {}, "closed is a text": {"closed": "no"}, "labels are null": {"labels": nil}, "no fields": {"customFieldItems": nil},
		"another list": {"list": obj{"id": nextList, "name": "Next", "closed": false, "pos": 1}},
		"no list":      {"list": nil}, "a list without a state": {"list": obj{"id": ideasList, "name": "Ideas", "pos": 1}},
		"another card": {"id": cardID(2)},
	} {
		t.Run(name, func(t *testing.T) {
			k := obj{
				"id": cardID(1), "idBoard": boardRef, "idList": ideasList, "name": "x", "shortLink": short(1), "closed": false, "dueComplete": false,
				"labels": []obj{}, "isTemplate": false, "customFieldItems": []obj{}, "list": obj{"id": ideasList, "name": "Ideas", "closed": false, "pos": 1},
			}
			maps.Copy(k, change)
			raw, err := json.Marshal(k)
			if err != nil {
				t.Fatal(err)
			}
			l := &look{c: connectOver(t, siteOf(t, boardOf(cardOf(1, ideasList, nil)))), cards: map[string]json.RawMessage{cardID(1): raw}}
			if it, err := l.item(t.Context(), refOf(1)); errors.Is(err, work.ErrUnexpected) != (name != "nothing") {
				t.Errorf("the item is %+v, %v", it, err)
			}
		})
	}
}
