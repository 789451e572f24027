package trello

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/work"
)

// request is what a person's click sends.
type request struct {
	method, path string
	args         []string // names and values
	body         string
}

// habits are what people do to a card, its list or its board; draw chooses.
var habits = map[string]func(draw func(...string) string, id string) request{
	"rename":   sets("name", "x", "---", "y\x1b", " "),
	"describe": sets("desc", "", "## Done when:\n- it works"),
	"move":     sets("idList", ideasList, nextList, oldList),
	"rank":     sets("pos", "top", "bottom", "140737488355329"),
	"archive":  sets("closed", "true"),
	"restore":  sets("closed", "false"),
	"complete": sets("dueComplete", "true", "false"),
	"due":      sets("due", "", "2026-12-01T10:00:00.000Z"),
	"label":    sets("idLabels", "", themLabel),
	"delete": func(_ func(...string) string, id string) request {
		return request{method: http.MethodDelete, path: "cards/" + id}
	},
	"value": func(draw func(...string) string, id string) request {
		return request{method: http.MethodPut, path: "cards/" + id + "/customField/" + moneyField + "/item", body: `{"value":{"number":"` + draw("1", "2.5") + `"}}`}
	},
	"choose": func(draw func(...string) string, id string) request {
		return request{method: http.MethodPut, path: "cards/" + id + "/customField/" + sizeField + "/item", body: `{"idValue":"` + draw(smallSize, vagueSize) + `"}`}
	},
	"comment": func(_ func(...string) string, id string) request {
		return request{method: http.MethodPost, path: "cards/" + id + "/actions/comments", args: []string{"text", "And now?"}}
	},
	"vote": func(_ func(...string) string, id string) request {
		return request{method: http.MethodPost, path: "cards/" + id + "/membersVoted", args: []string{"value", memberRef}}
	},
	"unvote": func(_ func(...string) string, id string) request {
		return request{method: http.MethodDelete, path: "cards/" + id + "/membersVoted/" + memberRef}
	},
	"link": func(draw func(...string) string, id string) request {
		return request{method: http.MethodPost, path: "cards/" + id + "/attachments", args: []string{"url", "https://acme.example/browse/PAY-" + draw("1", "2")}}
	},
	"create": func(draw func(...string) string, _ string) request {
		return request{method: http.MethodPost, path: "cards", args: []string{"idList", draw(ideasList, nextList, oldList), "name", draw("new", "___"), "pos", draw("top", "bottom")}}
	},
	"rename list": func(draw func(...string) string, _ string) request {
		return request{method: http.MethodPut, path: "lists/" + draw(ideasList, nextList), args: []string{"name", draw("One", "Two")}}
	},
	"archive list": func(draw func(...string) string, _ string) request {
		return request{method: http.MethodPut, path: "lists/" + draw(nextList, oldList) + "/closed", args: []string{"value", draw("true", "false")}}
	},
	"rename label": func(draw func(...string) string, _ string) request {
		return request{method: http.MethodPut, path: "labels/" + themLabel, args: []string{"name", draw("theirs", "ours", "")}}
	},
}

// sets gives the habit of setting one field of a card to one of the values.
func sets(field string, values ...string) func(func(...string) string, string) request {
	return func(draw func(...string) string, id string) request {
		return request{method: http.MethodPut, path: "cards/" + id, args: []string{field, draw(values...)}}
	}
}

// person edits a simulated site, each edit a few milliseconds after the last.
type person struct {
	site *trellosim.Site
	at   time.Time
}

func newPerson(t testing.TB, board obj) *person {
	p := &person{at: now}
	p.site = siteAt(t, func() time.Time { return p.at }, board)
	return p
}

// does sends a request and gives whether the site took it.
func (p *person) does(r request) bool {
	p.at = p.at.Add(7 * time.Millisecond)
	q := url.Values{"key": {trellosim.DefaultKey}, "token": {trellosim.DefaultToken}}
	for i := 0; i < len(r.args); i += 2 {
		q.Set(r.args[i], r.args[i+1])
	}
	sent := httptest.NewRequest(r.method, "/1/"+r.path+"?"+q.Encode(), strings.NewReader(r.body))
	if r.body != "" {
		sent.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	p.site.ServeHTTP(w, sent)
	return w.Code < http.StatusMultipleChoices
}

// cards gives the ids of all cards there are, archived ones too.
func (p *person) cards() []string {
	q := url.Values{"key": {trellosim.DefaultKey}, "token": {trellosim.DefaultToken}, "filter": {"all"}, "fields": {"id"}}
	w := httptest.NewRecorder()
	p.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/1/boards/"+boardRef+"/cards?"+q.Encode(), nil))
	b, err := io.ReadAll(w.Body)
	if err != nil {
		return nil
	}
	var ids []string
	for _, part := range strings.Split(string(b), `"id":"`)[1:] {
		ids = append(ids, part[:strings.IndexByte(part, '"')])
	}
	return ids
}

// peopled gives a board for people to work on.
func peopled() obj {
	voted := obj{"idMembersVoted": []string{memberRef}}
	return boardOf(
		cardOf(1, ideasList, voted), cardOf(2, ideasList, voted), cardOf(3, ideasList, nil), cardOf(4, nextList, obj{"idLabels": []string{themLabel}}),
		cardOf(5, nextList, obj{"name": "---"}), cardOf(6, oldList, nil), cardOf(7, nextList, obj{"closed": true}),
	)
}

// TestSinceGivesWhatAPullGives lets people work on a board for a while and reads
// it now and then, whole and by what has changed.
func TestSinceGivesWhatAPullGives(t *testing.T) {
	names := slices.Sorted(maps.Keys(habits))
	for _, name := range names {
		p := newPerson(t, peopled())
		first := func(values ...string) string { return values[0] }
		if !p.does(habits[name](first, cardID(1))) && !p.does(habits[name](first, cardID(3))) {
			t.Errorf("nobody can %s", name)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := newPerson(t, peopled())
		on, whole := connectOver(t, p.site), connectOver(t, p.site)
		last, err := on.Pull(t.Context())
		if err != nil {
			rt.Fatalf("Pull() = %v", err)
		}
		cursor := on.Cursor()
		for range rapid.IntRange(1, 5).Draw(rt, "reads") {
			for range rapid.IntRange(0, 6).Draw(rt, "edits") {
				name := rapid.SampledFrom(names).Draw(rt, "habit")
				id := rapid.SampledFrom(append(p.cards(), cardID(1))).Draw(rt, "card")
				draw := func(values ...string) string { return rapid.SampledFrom(values).Draw(rt, "value") }
				p.does(habits[name](draw, id)) // not all of them can be done to every card
			}
			if rapid.Bool().Draw(rt, "fresh") {
				on = connectOver(t, p.site)
			}
			d, err := on.Since(t.Context(), cursor)
			if err != nil {
				rt.Fatalf("Since() = %v", err)
			}
			cursor = on.Cursor()
			if last, err = d.Apply(last); err != nil || len(d.Kept) > 0 {
				rt.Fatalf("Apply() = %v, keeping %v", err, d.Kept)
			}
			want, err := whole.Pull(t.Context())
			if err != nil {
				rt.Fatalf("Pull() = %v", err)
			}
			if diff := cmp.Diff(want, last, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" {
				rt.Fatalf("Since() and Apply() (-pull +since):\n%s", diff)
			}
		}
	})
}

func TestACursorOfAnotherBoardAsksForAPull(t *testing.T) {
	p := newPerson(t, boardOf(cardsIn(ideasList, 3)...))
	c := connectOver(t, p.site)
	pull(t, c)
	cursor := c.Cursor()
	other := connectOver(t, p.site, func(s *setup) { s.options.Lists = []string{"Ideas"} })
	if _, err := other.Since(t.Context(), cursor); !errors.Is(err, work.ErrCursor) {
		t.Errorf("Since() with other lists = %v, want the kind %q", err, work.ErrCursor)
	}
	p.does(request{method: http.MethodPut, path: "customFields/" + moneyField, args: []string{"name", "Money"}})
	if _, err := connectOver(t, p.site, func(s *setup) { s.wiring.Signals = nil }).Since(t.Context(), cursor); !errors.Is(err, work.ErrCursor) {
		t.Errorf("Since() with other signals = %v, want the kind %q", err, work.ErrCursor)
	}
}

// TestSinceAsksLittle counts what reading a board of two thousand cards takes
// when nothing, a few or many of them have changed.
func TestSinceAsksLittle(t *testing.T) {
	const cards = 2000
	p := newPerson(t, boardOf(cardsIn(ideasList, cards)...))
	c := connectOver(t, p.site)
	last := pull(t, c)
	for _, changed := range []int{0, 3, 500} {
		t.Run(fmt.Sprint(changed), func(t *testing.T) {
			for n := range changed {
				p.does(request{method: http.MethodPut, path: "cards/" + cardID(n+1), args: []string{"name", fmt.Sprint("again ", changed)}})
			}
			before := p.site.Stats()
			d, err := c.Since(t.Context(), c.Cursor())
			if err != nil || len(d.Items) != changed || len(d.Order) != cards {
				t.Fatalf("Since() gives %d items and %d places, %v; want %d and %d", len(d.Items), len(d.Order), err, changed, cards)
			}
			if last, err = d.Apply(last); err != nil {
				t.Fatal(err)
			}
			// A light page holds a thousand, the end is asked for twice, and a
			// board costs three: itself, its custom fields and its lists.
			got, most := p.site.Stats().Total-before.Total, cards/lightPage+2+3+min(changed, cards/pageSize+2)
			if got > most {
				t.Errorf("%d requests, want at most %d", got, most)
			}
			t.Logf("%d of %d cards changed: %d requests; the cursor takes %d bytes", changed, cards, got, len(c.Cursor()))
		})
	}
}

// TestAListingThatComesShortLosesNoCard takes cards out of the light listing.
func TestAListingThatComesShortLosesNoCard(t *testing.T) {
	for _, lost := range []int{1, 3, 30} {
		site := siteOf(t, boardOf(cardsIn(ideasList, 40)...))
		short := 1 // listings to come that are cut
		c := connectOver(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if short == 0 && strings.HasSuffix(r.URL.Path, "/cards") && r.URL.Query().Get("fields") == lightFields {
				short--
				q := r.URL.Query()
				q.Set("before", cardID(41-lost))
				r.URL.RawQuery = q.Encode()
			}
			site.ServeHTTP(w, r)
		}))
		last := pull(t, c)
		short = 0
		d, err := c.Since(t.Context(), c.Cursor())
		if err != nil || len(d.Order) != len(last.Items) {
			t.Errorf("%d cards missing in one listing: %d places, %v; want %d", lost, len(d.Order), err, len(last.Items))
		}
	}
}
