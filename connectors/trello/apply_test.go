package trello

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/work"
)

// recorded is a site that remembers the writes it got.
type recorded struct {
	site *trellosim.Site

	mu     sync.Mutex
	writes []string
}

func (r *recorded) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if isWrite(q) {
		r.mu.Lock()
		r.writes = append(r.writes, route(q))
		r.mu.Unlock()
	}
	r.site.ServeHTTP(w, q)
}

func (r *recorded) sent() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.writes
	r.writes = nil
	return out
}

const (
	putFields  = "PUT /1/cards/{id}/customFields"
	makeLabel  = "POST /1/labels"
	putLabel   = "POST /1/cards/{id}/idLabels"
	dropLabel  = "DELETE /1/cards/{id}/idLabels/{id}"
	writePlace = "PUT /1/cards/{id}"
)

func TestAllEditsOfACardAreOneRequestForFieldsAndOneForEachLabel(t *testing.T) {
	r := &recorded{site: siteOf(t, boardOf(cardOf(1, ideasList, obj{"idLabels": []string{themLabel}}), cardOf(2, ideasList, nil)))}
	c := connect(t, r)
	pull(t, c)
	first := change(1, set(work.SlotScore, work.Number(74.5)), set(work.SlotRank, work.Number(1)), add("stackrank-now"))
	if err := c.Apply(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{putFields, makeLabel, putLabel}, r.sent()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if err := c.Apply(t.Context(), change(2, add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{putLabel}, r.sent()); diff != "" {
		t.Errorf("the second card makes the label anew (-want +got):\n%s", diff)
	}
	it := itemOf(t, pull(t, c), refOf(1))
	if diff := cmp.Diff([]string{"stackrank-now", "theirs"}, it.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if it.Outputs[work.SlotScore] != work.Number(74.5) || it.Outputs[work.SlotRank] != work.Number(1) {
		t.Errorf("outputs = %v, want score 74.5 and rank 1", it.Outputs)
	}
	next := change(1, set(work.SlotScore, work.Value{}), add("stackrank-next"), remove("stackrank-now"))
	if err := c.Apply(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{putFields, makeLabel, putLabel, dropLabel}, r.sent()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if it := itemOf(t, pull(t, c), refOf(1)); !it.Outputs[work.SlotScore].IsZero() || it.HasLabel("stackrank-now") || !it.HasLabel("theirs") {
		t.Errorf("after clearing: outputs %v, labels %v", it.Outputs, it.Labels)
	}
}

func TestApplyWorksWithoutAPull(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	c := connect(t, site)
	if err := c.Apply(t.Context(), change(1, set(work.SlotScore, work.Number(3)), add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if it := itemOf(t, pull(t, c), refOf(1)); it.Outputs[work.SlotScore] != work.Number(3) || !it.HasLabel("stackrank-now") {
		t.Errorf("item = %+v, want the score and the label", it)
	}
}

func TestALabelThatExistsIsNeverMadeTwice(t *testing.T) {
	b := boardOf(cardOf(1, ideasList, nil), cardOf(2, ideasList, nil))
	labels := b["labels"].([]obj)
	for i := range 80 { // more than Trello answers when no limit is given
		labels = append(labels, obj{"id": fmt.Sprintf("5f000000000000000000%04x", 0x2000+i), "idBoard": boardRef, "name": fmt.Sprintf("label %d", i), "color": "green"})
	}
	b["labels"] = append(labels, obj{"id": "5f000000000000000000ffff", "idBoard": boardRef, "name": "stackrank-now", "color": "blue"})
	r := &recorded{site: siteOf(t, b)}
	c := connect(t, r)
	pull(t, c)
	if err := c.Apply(t.Context(), change(1, add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{putLabel}, r.sent()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}

	t.Run("also when the lists that were read are of a moment ago", func(t *testing.T) {
		for _, stale := range []int{1, 2, 3} { // of three lists: two before a label is made, one after
			b := boardOf(cardOf(1, ideasList, nil))
			b["labels"] = append(b["labels"].([]obj), obj{"id": "5f0000000000000000002000", "idBoard": boardRef, "name": "stackrank-now", "color": "sky"})
			site := siteOf(t, b)
			seen := 0
			c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				if strings.HasSuffix(q.URL.Path, "/labels") && q.Method == http.MethodGet {
					if seen++; seen < stale {
						_, _ = io.WriteString(w, "[]")
						return
					}
				}
				site.ServeHTTP(w, q)
			}))
			if err := c.Apply(t.Context(), change(1, add("stackrank-now"))); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(dump(t, site), `"name":"stackrank-now"`); n != 2 { // on the board, and on the card
				t.Errorf("with %d old lists the label is there %d times, want once on the board and once on the card:\n%s", stale-1, n, dump(t, site))
			}
		}
	})

	t.Run("also when its making seemed to fail", func(t *testing.T) {
		r := &recorded{site: siteOf(t, boardOf(cardOf(1, ideasList, nil)))}
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			r.ServeHTTP(w, q)
			if route(q) == makeLabel {
				panic(http.ErrAbortHandler) // the answer is lost
			}
		}))
		if err := c.Apply(t.Context(), change(1, add("stackrank-now"))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{makeLabel, putLabel}, r.sent()); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
	})

	t.Run("also when several cards get it at once", func(t *testing.T) {
		r := &recorded{site: siteOf(t, boardOf(cardsIn(ideasList, 8)...))}
		c := connect(t, r)
		pull(t, c)
		var wg sync.WaitGroup
		for n := 1; n <= 8; n++ {
			wg.Go(func() {
				if err := c.Apply(t.Context(), change(n, add("stackrank-now"))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		made := 0
		for _, w := range r.sent() {
			if w == makeLabel {
				made++
			}
		}
		if made != 1 {
			t.Errorf("the label was made %d times", made)
		}
	})
}

func TestALabelThatWasDeletedMeanwhileIsMadeAnew(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil), cardOf(2, ideasList, nil)))
	c := connect(t, site)
	pull(t, c)
	if err := c.Apply(t.Context(), change(1, add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	for _, l := range site.Dump().Labels {
		if l["name"] == "stackrank-now" {
			if err := c.api.remove(t.Context(), "labels/"+l["id"].(string)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Apply(t.Context(), change(2, add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if !itemOf(t, pull(t, c), refOf(2)).HasLabel("stackrank-now") {
		t.Error("the label is missing")
	}
}

func TestLabelsThatSomebodyElseChangedAreAsWanted(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	c, other := connect(t, site), connect(t, site)
	pull(t, c)
	if err := other.Apply(t.Context(), change(1, add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), change(1, add("stackrank-now"))); err != nil {
		t.Errorf("adding what is there: %v", err)
	}
	pull(t, c)
	if err := other.Apply(t.Context(), change(1, remove("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), change(1, remove("stackrank-now"))); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
}

func TestLabelsServeWhereCustomFieldsAreOff(t *testing.T) {
	t.Run("not in the plan: known from the pull", func(t *testing.T) {
		site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
		site.Switches().CustomFields(boardRef, trellosim.FieldsNotInPlan)
		c := connect(t, site)
		s := pull(t, c)
		if caps := c.Caps(); caps.Has(work.SlotScore) || caps.Has(work.SlotRank) || !caps.Has(work.SlotLabel) || !caps.Order {
			t.Errorf("Caps() = %+v, want labels and order alone", caps)
		}
		found := false
		for _, f := range s.Findings {
			found = found || (f.Code == "no-custom-fields" && strings.Contains(f.Message, "labels serve"))
		}
		if !found {
			t.Errorf("findings %v do not say that labels serve", s.Findings)
		}
	})
	t.Run("they cannot even be read", func(t *testing.T) {
		site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
		site.Fail("GET /1/boards/{id}/customFields", http.StatusForbidden, -1)
		c := connect(t, site)
		if s := pull(t, c); len(s.Items) != 1 || c.Caps().Has(work.SlotScore) || !c.Caps().Has(work.SlotLabel) {
			t.Errorf("%d items, Caps() = %+v; want the card, and labels alone", len(s.Items), c.Caps())
		}
	})
	t.Run("the Power-Up is off: known from the first write", func(t *testing.T) {
		r := &recorded{site: siteOf(t, boardOf(cardOf(1, ideasList, nil), cardOf(2, ideasList, nil)))}
		r.site.Switches().CustomFields(boardRef, trellosim.FieldsOff)
		c := connect(t, r)
		pull(t, c)
		for n := 1; n <= 2; n++ {
			err := c.Apply(t.Context(), change(n, set(work.SlotScore, work.Number(1)), add("stackrank-now")))
			if !errors.Is(err, work.ErrForbidden) || !strings.Contains(err.Error(), "Power-Up") {
				t.Errorf("Apply() = %v, want ErrForbidden and the Power-Up named", err)
			}
		}
		if diff := cmp.Diff([]string{putFields, makeLabel, putLabel, putLabel}, r.sent()); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
		s := pull(t, c)
		if c.Caps().Has(work.SlotScore) {
			t.Error("after the refusal the score still counts as writable")
		}
		if !itemOf(t, s, refOf(1)).HasLabel("stackrank-now") {
			t.Error("the label was not written")
		}
		for range pullsUntilRetry {
			pull(t, c)
		}
		if !c.Caps().Has(work.SlotScore) {
			t.Error("the refusal is never forgotten")
		}
	})
}

func TestAMissingFieldIsOneSentenceAndNothingIsWritten(t *testing.T) {
	b := boardOf(cardOf(1, ideasList, nil))
	b["customFields"] = []obj{{"id": scoreField, "idModel": boardRef, "name": "Score", "type": "date", "pos": 1}}
	r := &recorded{site: siteOf(t, b)}
	c := connect(t, r, func(s *setup) { s.wiring.Signals = nil })
	s := pull(t, c)
	if diff := cmp.Diff([]string{"field-type", "no-field"}, codes(s.Findings)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	err := c.Apply(t.Context(), change(1, set(work.SlotRank, work.Number(1)), add("stackrank-now")))
	if !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), `no custom field "Rank" of type number or text`) {
		t.Errorf("Apply() = %v, want ErrInvalid and the field named", err)
	}
	if w := r.sent(); len(w) > 0 {
		t.Errorf("writes %v, want none", w)
	}
}

func TestWhatIsNotOursIsNotWritten(t *testing.T) {
	r := &recorded{site: siteOf(t, boardOf(cardOf(1, ideasList, obj{"idLabels": []string{themLabel}}), cardOf(2, ideasList, obj{"name": "---", "cardRole": "separator"})))}
	tests := []struct {
		name string
		ch   work.Change
		kind error
	}{
		{"a label of others is not removed", change(1, remove("theirs")), work.ErrInvalid},
		{"a label of others is not added", change(1, add("urgent")), work.ErrInvalid},
		{"an empty label is not added", change(1, add("")), work.ErrInvalid},
		{"a card of another source is not written", work.Change{Ref: work.Ref{Source: "other", ID: cardID(1)}, Edits: []work.Edit{add("stackrank-now")}}, work.ErrInvalid},
		{"a path is no id", work.Change{Ref: work.Ref{Source: "roadmap", ID: "../boards/" + boardShort}, Edits: []work.Edit{add("stackrank-now")}}, work.ErrInvalid},
		{"a slot without a field is not written", change(1, set("other", work.Number(1))), work.ErrInvalid},
		{"a separator is not written", change(2, add("stackrank-now")), work.ErrConflict},
		{"a text is not written to a number field", change(1, set(work.SlotScore, work.Text("high"))), work.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connect(t, r)
			pull(t, c)
			if err := c.Apply(t.Context(), tt.ch); !errors.Is(err, tt.kind) {
				t.Errorf("Apply() = %v, want the kind %q", err, tt.kind)
			}
			if w := r.sent(); len(w) > 0 {
				t.Errorf("writes %v, want none", w)
			}
		})
	}
}

func TestAcceptedAnswersAreSuccesses(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	site.Switches().Accepted(true)
	c := connect(t, site)
	pull(t, c)
	if err := c.Apply(t.Context(), change(1, set(work.SlotScore, work.Number(2)), add("stackrank-now"))); err != nil {
		t.Errorf("Apply() = %v", err)
	}
}

func TestEmptyAnswersToWritesAreSuccesses(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if rec := httptest.NewRecorder(); isWrite(q) && route(q) != makeLabel {
			site.ServeHTTP(rec, q)
			w.WriteHeader(rec.Code)
			return
		}
		site.ServeHTTP(w, q)
	}))
	pull(t, c)
	if err := c.Apply(t.Context(), change(1, set(work.SlotScore, work.Number(2)), add("stackrank-now"))); err != nil {
		t.Errorf("Apply() = %v", err)
	}
	if err := c.Apply(t.Context(), change(1, remove("stackrank-now"))); err != nil {
		t.Errorf("Apply() = %v", err)
	}
	if it := itemOf(t, pull(t, c), refOf(1)); it.HasLabel("stackrank-now") || it.Outputs[work.SlotScore] != work.Number(2) {
		t.Errorf("item = %+v, want the score and no label", it)
	}
}
