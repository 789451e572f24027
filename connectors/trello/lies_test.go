package trello

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"stackrank/internal/work"
)

// lying serves a board and answers reads of one path with a text of its own, the
// first times or always.
func lying(t *testing.T, site http.Handler, path, answer string, times int) *Connector {
	t.Helper()
	told := 0
	return connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodGet && strings.HasSuffix(q.URL.Path, path) && told < times {
			told++
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
			return
		}
		site.ServeHTTP(w, q)
	}))
}

func TestListsThatComeShortAreReadAgain(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil), cardOf(2, nextList, nil)))
	want := pull(t, connect(t, site))
	short := `[{"id":"` + ideasList + `","name":"Ideas","closed":false,"pos":16384}]`
	if got := pull(t, lying(t, site, "/lists", short, 1)); len(got.Items) != len(want.Items) {
		t.Errorf("%d items after a list that came short once, want %d", len(got.Items), len(want.Items))
	}
	if s, err := lying(t, site, "/lists", short, 9).Pull(t.Context()); !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("Pull() = %d items, %v with lists that always come short, want the kind %q", len(s.Items), err, work.ErrUnexpected)
	}
}

func TestNoCardsAreAskedForTwice(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil), cardOf(2, nextList, nil)))
	if got := pull(t, lying(t, site, "/cards", "[]", 1)); len(got.Items) != 2 {
		t.Errorf("%d items after an answer without cards, want 2", len(got.Items))
	}
}

func TestALabelThatCardsCarryIsNotMadeAgain(t *testing.T) {
	b := boardOf(cardOf(1, ideasList, obj{"idLabels": []string{"5f0000000000000000002000"}}), cardOf(2, ideasList, nil))
	b["labels"] = append(b["labels"].([]obj), obj{"id": "5f0000000000000000002000", "idBoard": boardRef, "name": "stackrank-now", "color": "sky"})
	r := &recorded{site: siteOf(t, b)}
	c := lying(t, r, "/labels", "[]", 9)
	pull(t, c)
	if err := c.Apply(t.Context(), change(2, add("stackrank-now"))); err != nil {
		t.Fatal(err)
	}
	if sent := r.sent(); len(sent) != 1 || sent[0] != putLabel {
		t.Errorf("writes %v, want the label put on the card and none made", sent)
	}
}

func TestASignalWhoseFieldNoBoardHasIsRefused(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	c := connect(t, site, func(s *setup) { s.wiring.Signals["reach"] = "Reach" })
	if _, err := c.Pull(t.Context()); !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), `"Reach"`) {
		t.Errorf("Pull() = %v, want the kind %q and the field named", err, work.ErrInvalid)
	}
}
