package trello

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestPullReadsOpenWorkInTheOrderOfTheBoard(t *testing.T) {
	c := connect(t, siteOf(t, boardOf(
		cardOf(3, nextList, nil), cardOf(2, ideasList, obj{"pos": middle + 9*step}), cardOf(1, ideasList, nil),
		cardOf(4, ideasList, obj{"closed": true}), cardOf(5, ideasList, obj{"dueComplete": true}), cardOf(6, oldList, nil),
	)))
	s := pull(t, c)
	if diff := cmp.Diff([]string{short(1), short(2), short(3)}, keys(s)); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}
	if it := s.Items[1]; it.Native != 1 || it.Lane != ideasList || it.LaneName != "Ideas" {
		t.Errorf("card 2 stands at %d of lane %s %q, want 1 of %s Ideas", it.Native, it.Lane, it.LaneName, ideasList)
	}
	if s.Site == "" || !strings.HasPrefix(s.Site, "http://127.0.0.1:") {
		t.Errorf("Site = %q, want the server's address", s.Site)
	}
}

func TestWhatIsNoWorkIsLeftOutAndCounted(t *testing.T) {
	c := connect(t, siteOf(t, boardOf(
		cardOf(1, ideasList, nil),
		cardOf(2, ideasList, obj{"cardRole": "separator", "name": "---"}),
		cardOf(3, ideasList, obj{"name": "_____"}),
		cardOf(4, ideasList, obj{"cardRole": "link", "name": "https://example.com"}),
		cardOf(5, ideasList, obj{"cardRole": "board", "name": "https://trello.com/b/AAAAAAAA"}),
		cardOf(6, ideasList, obj{"cardRole": "mirror", "name": "https://trello.com/c/AAAAAAAA", "mirrorSourceId": cardID(1)}),
		cardOf(7, ideasList, obj{"isTemplate": true}),
		cardOf(8, oldList, nil),
		cardOf(9, ideasList, obj{"name": "--"}),
	)))
	s := pull(t, c)
	if diff := cmp.Diff([]string{short(1), short(9)}, keys(s)); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}
	got := map[string]string{}
	for _, f := range s.Findings {
		got[f.Code] = f.Message[strings.LastIndex(f.Message, ": ")+2:]
		if f.Source != "roadmap" {
			t.Errorf("finding %s has source %q", f.Code, f.Source)
		}
	}
	want := map[string]string{
		"skipped-separators": "2", "skipped-links": "1", "skipped-boards": "1", "skipped-mirrors": "1",
		"skipped-templates": "1", "archived-list": "1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestChosenLists(t *testing.T) {
	board := boardOf(cardOf(1, ideasList, nil), cardOf(2, nextList, nil))
	tests := []struct {
		name  string
		lists []string
		want  []string
		fails string
	}{
		{"none named means all open ones", nil, []string{short(1), short(2)}, ""},
		{"by name", []string{"Next"}, []string{short(2)}, ""},
		{"by name in another case", []string{" next "}, []string{short(2)}, ""},
		{"by id", []string{ideasList}, []string{short(1)}, ""},
		{"an archived one is an error that says what there is", []string{"Old"}, nil, `"Old" is on none of the boards or archived; their lists are Ideas, Next`},
		{"a wrong name is an error", []string{"Next", "Nxet"}, nil, `"Nxet" is on none of the boards`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connect(t, siteOf(t, board), func(s *setup) { s.options.Lists = tt.lists })
			s, err := c.Pull(t.Context())
			if tt.fails != "" {
				if !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("Pull() = %v, want ErrInvalid with %q", err, tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, keys(s)); diff != "" {
				t.Errorf("cards (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMapping(t *testing.T) {
	tests := []struct {
		name  string
		card  obj
		check func(it work.Item) any
		want  any
		code  string // of the finding that it makes
	}{
		{"a title with a line feed is kept and noted", obj{"name": "two\nlines"}, func(it work.Item) any { return it.Title }, "two\nlines", "odd-title"},
		{"a title of blanks is kept and noted", obj{"name": " \u200b "}, func(it work.Item) any { return it.Title }, " \u200b ", "no-title"},
		{"a due date is a moment in UTC", obj{"due": "2026-12-01T01:30:00.000+02:00"}, func(it work.Item) any { return it.Due.Format("2006-01-02T15:04Z07:00") }, "2026-11-30T23:30Z", ""},
		{"labels without a name are left out", obj{"idLabels": []string{bareLabel, themLabel}}, func(it work.Item) any { return it.Labels }, []string{"theirs"}, ""},
		{"a number field feeds a signal", obj{"customFieldItems": []obj{value(moneyField, "number", "0.3")}}, func(it work.Item) any { return it.Signals["revenue"] }, 0.3, ""},
		{"zero is a value", obj{"customFieldItems": []obj{value(moneyField, "number", "0")}}, func(it work.Item) any { v, ok := it.Signals["revenue"]; return [2]any{v, ok} }, [2]any{0.0, true}, ""},
		{"an empty field is not known", obj{}, func(it work.Item) any { _, ok := it.Signals["revenue"]; return ok }, false, ""},
		{"the option of a list counts by its text", obj{"customFieldItems": []obj{chosen(smallSize)}}, func(it work.Item) any { return it.Signals[work.Effort] }, 3.0, ""},
		{"an option that is no number is not known", obj{"customFieldItems": []obj{chosen(vagueSize)}}, func(it work.Item) any { _, ok := it.Signals[work.Effort]; return ok }, false, "bad-field"},
		{"a ticked box is one", obj{"customFieldItems": []obj{value(urgentFlag, "checked", "true")}}, func(it work.Item) any { return it.Signals["urgent"] }, 1.0, ""},
		{"a score is read as a number", obj{"customFieldItems": []obj{value(scoreField, "number", "74.5")}}, func(it work.Item) any { return it.Outputs[work.SlotScore] }, work.Number(74.5), ""},
		{"a number in a text field is one", obj{"customFieldItems": []obj{value(placeField, "text", "7")}}, func(it work.Item) any { return it.Outputs[work.SlotRank] }, work.Number(7), ""},
		{"a person's text in our field is seen", obj{"customFieldItems": []obj{value(placeField, "text", "first")}}, func(it work.Item) any { return it.Outputs[work.SlotRank] }, work.Text("first"), ""},
		{"our own fields are no attributes", obj{"customFieldItems": []obj{value(scoreField, "number", "74.5"), value(moneyField, "number", "2")}}, func(it work.Item) any { return it.Attrs }, map[string]work.Attr{"Revenue": {Text: "2", Number: 2, Numeric: true}, work.AttrCriteria: work.Yes(false)}, ""},
		{"a description may say when it is done", obj{"desc": "**Acceptance criteria**\n- it is green"}, func(it work.Item) any { return it.Attrs[work.AttrCriteria] }, work.Yes(true), ""},
		{"progress is the share of ticked items", obj{"checkItemStates": []obj{}, "badges": obj{}}, func(it work.Item) any { _, ok := it.Signals[work.Progress]; return ok }, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connect(t, siteOf(t, boardOf(cardOf(1, ideasList, tt.card))), func(s *setup) { s.wiring.Signals["urgent"] = "urgent" })
			s := pull(t, c)
			if diff := cmp.Diff(tt.want, tt.check(itemOf(t, s, refOf(1))), cmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var want []string
			if tt.code != "" {
				want = []string{tt.code}
			}
			if diff := cmp.Diff(want, codes(s.Findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMirrors(t *testing.T) {
	const issue = "https://acme.atlassian.net/browse/PAY-42"
	attach := func(urls ...string) obj {
		var as []obj
		for i, u := range urls {
			as = append(as, obj{"id": fmt.Sprintf("5f0000000000000000000a%02d", i), "url": u, "name": u})
		}
		return obj{"attachments": as}
	}
	link := func(url, key string) []work.Link {
		return []work.Link{{Kind: work.Mirrors, Key: key, URL: url, Open: true, Phrase: "is attached"}}
	}
	tests := []struct {
		name string
		card obj
		want []work.Link
		code string
	}{
		{"an attached issue", attach(issue), link(issue, "PAY-42"), ""},
		{"with a query", attach(issue + "?focusedId=1"), link(issue, "PAY-42"), ""},
		{"host and key in another case", attach("https://ACME.atlassian.net/browse/pay-42?focusedId=1#c"), link(issue, "PAY-42"), ""},
		{"under a context path", attach("http://jira.acme.com/jira/browse/A_B2-7/"), link("http://jira.acme.com/jira/browse/A_B2-7", "A_B2-7"), ""},
		{"the same issue twice is one", attach(issue, issue+"?x=1"), link(issue, "PAY-42"), ""},
		{"the name of the card", obj{"name": issue}, link(issue, "PAY-42"), ""},
		{"two issues are none, and it is said", attach(issue, "https://acme.atlassian.net/browse/PAY-43"), nil, "several-issues"},
		{"another page of the site is no issue", attach("https://acme.atlassian.net/browse/PAY", "https://acme.atlassian.net/projects/PAY-42", "https://trello.com/c/AAAAAAAA"), nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := pull(t, connect(t, siteOf(t, boardOf(cardOf(1, ideasList, tt.card)))))
			if diff := cmp.Diff(tt.want, itemOf(t, s, refOf(1)).Links); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
			if got := codes(s.Findings); (tt.code == "") != (len(got) == 0) || (tt.code != "" && !slices.Contains(got, tt.code)) {
				t.Errorf("findings %v, want %q", got, tt.code)
			}
		})
	}
}

func TestVotesAreUnknownWhereVotingIsOff(t *testing.T) {
	for voting, known := range map[string]bool{"members": true, "public": true, "disabled": false} {
		b := boardOf(cardOf(1, ideasList, nil))
		b["prefs"] = obj{"voting": voting}
		it := pull(t, connect(t, siteOf(t, b))).Items[0]
		if _, got := it.Signals[work.Votes]; got != known {
			t.Errorf("voting %s: votes known = %t, want %t", voting, got, known)
		}
	}
}

func TestEveryCardOfALargeBoardIsReadOnce(t *testing.T) {
	cards := cardsIn(ideasList, 1203)
	site := siteOf(t, boardOf(cards...))
	var done []int
	c := connect(t, site)
	c.OnProgress(func(n, total int) {
		if total != 0 {
			t.Errorf("total = %d, want 0: Trello does not count", total)
		}
		done = append(done, n)
	})
	s := pull(t, c)
	if len(s.Items) != len(cards) {
		t.Fatalf("%d cards, want %d", len(s.Items), len(cards))
	}
	if n := site.Stats().Requests["GET /1/boards/{id}/cards"]; n != 4 {
		t.Errorf("%d requests for cards, want 4: three pages and an empty one", n)
	}
	if !slices.IsSorted(done) || done[len(done)-1] != len(cards) {
		t.Errorf("progress %v, want it to rise to %d", done, len(cards))
	}
}

// altered puts f between a site and its clients: it may change what a listing
// of cards answers.
func altered(site http.Handler, f func(q *http.Request, cards []json.RawMessage) any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !strings.HasSuffix(q.URL.Path, "/cards") {
			site.ServeHTTP(w, q)
			return
		}
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, q)
		var cards []json.RawMessage
		if err := json.Unmarshal(rec.Body.Bytes(), &cards); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(f(q, cards))
	})
}

func TestPagingIsSafeAgainstOtherServers(t *testing.T) {
	site := siteOf(t, boardOf(cardsIn(ideasList, 600)...))
	t.Run("a smaller page than asked for is not the last", func(t *testing.T) {
		c := connect(t, altered(site, func(_ *http.Request, cards []json.RawMessage) any { return cards[:min(len(cards), 70)] }))
		if got := len(pull(t, c).Items); got != 600 {
			t.Errorf("%d cards, want 600", got)
		}
	})
	t.Run("the same page over and over is an error", func(t *testing.T) {
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			v := q.URL.Query()
			v.Del("before")
			q.URL.RawQuery = v.Encode()
			site.ServeHTTP(w, q)
		}))
		if _, err := c.Pull(t.Context()); !errors.Is(err, work.ErrUnexpected) {
			t.Errorf("Pull() = %v, want ErrUnexpected", err)
		}
	})
	t.Run("a page that is too big is asked for in smaller ones", func(t *testing.T) {
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if q.URL.Query().Get("limit") == "500" {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"error":"API_TOO_MANY_CARDS_REQUESTED","message":"too many"}`))
				return
			}
			site.ServeHTTP(w, q)
		}))
		if got := len(pull(t, c).Items); got != 600 {
			t.Errorf("%d cards, want 600", got)
		}
	})
	t.Run("null in place of a page is an error", func(t *testing.T) {
		c := connect(t, altered(site, func(*http.Request, []json.RawMessage) any { return nil }))
		if _, err := c.Pull(t.Context()); !errors.Is(err, work.ErrUnexpected) {
			t.Errorf("Pull() = %v, want ErrUnexpected", err)
		}
	})
}

func TestOneOddCardCostsNoPage(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	odd := `{"id":"` + cardID(2) + `","idList":"` + ideasList + `","name":"odd","pos":"high","due":"soon","labels":{},"badges":{"votes":"many","comments":-1},"closed":0}`
	c := connect(t, altered(site, func(q *http.Request, cards []json.RawMessage) any {
		if q.URL.Query().Get("before") != "" {
			return []any{}
		}
		return append(cards, json.RawMessage(odd), json.RawMessage(`{"name":"nobody"}`), json.RawMessage(`7`))
	}))
	s := pull(t, c)
	it := itemOf(t, s, refOf(2))
	if it.Title != "odd" || !it.Due.IsZero() || len(it.Signals) != 0 {
		t.Errorf("item = %+v, want its title and nothing else", it)
	}
	var fields []string
	for _, f := range s.Findings {
		if f.Code == "bad-field" && f.Ref == it.Ref {
			fields = append(fields, f.Message)
		}
	}
	if len(fields) != 12 { // six are odd, six are missing
		t.Errorf("%d bad fields %q, want 12", len(fields), fields)
	}
	if i := slices.IndexFunc(s.Findings, func(f work.Finding) bool { return f.Code == "no-id" }); i < 0 || !strings.Contains(s.Findings[i].Message, "2 cards") {
		t.Errorf("the two cards without id are not counted in %v", s.Findings)
	}
}

func TestAClosedBoardIsAnError(t *testing.T) {
	b := boardOf()
	b["closed"] = true
	_, err := connect(t, siteOf(t, b)).Pull(t.Context())
	if !errors.Is(err, work.ErrInvalid) || !strings.Contains(err.Error(), "reopen it") {
		t.Errorf("Pull() = %v, want ErrInvalid and what to do", err)
	}
}

func TestCardsOfABoardWithoutTheFieldLackItsSlot(t *testing.T) {
	site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
	c := connect(t, site, func(s *setup) {
		s.wiring.Targets = map[work.Slot]string{work.SlotScore: "Points", work.SlotRank: "Rank"}
	})
	it := pull(t, c).Items[0]
	if len(it.Lacks) != 1 || it.Lacks[0] != work.SlotScore {
		t.Errorf("the card lacks %v, want the score alone", it.Lacks)
	}
}
