package trello

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// corpus is a board of real or made-up cards whose pull is known.
type corpus struct {
	*connectortest.Tape
	name   string
	boards []string
	base   work.Snapshot
	asked  []string // the requests of the undisturbed pull
}

func (c *corpus) open(t testing.TB) *Connector {
	t.Helper()
	s := usual()
	s.options.URL, s.options.Boards = "http://trello.example/1", c.boards
	o, err := Transport(s.wiring.Source, s.options)
	if err != nil {
		t.Fatal(err)
	}
	o.Attempts, o.Backoff, o.Transport = 2, time.Microsecond, c.Tape
	k, err := New(s.wiring, s.options, rest.NewClient(o).HTTP())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newCorpus(t testing.TB, name string, site *trellosim.Site) *corpus {
	t.Helper()
	c := &corpus{Tape: connectortest.NewTape(site), name: name}
	for _, b := range site.Boards() {
		c.boards = append(c.boards, b.ID)
	}
	var err error
	if c.base, err = c.open(t).Pull(t.Context()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c.asked = c.Requests()
	return c
}

// pages gives the answers of the undisturbed pull that hold cards.
func (c *corpus) pages() []string {
	return slices.DeleteFunc(slices.Clone(c.asked), func(request string) bool {
		return !strings.Contains(request, "/cards") || len(c.Good(request).Body) < len(`[{}]`)
	})
}

// rounds gives how many bad answers a test makes.
func rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// richBoard has cards that fill every field that is read.
func richBoard() obj {
	return boardOf(
		cardOf(1, ideasList, obj{"name": "Refund fails", "due": "2026-12-01T10:00:00.000Z", "idLabels": []string{themLabel, bareLabel}}),
		cardOf(2, ideasList, obj{"customFieldItems": []obj{value(moneyField, "number", "1200.5"), value(scoreField, "number", "61.5"), value(placeField, "text", "2")}}),
		cardOf(3, nextList, obj{"customFieldItems": []obj{chosen(smallSize), value(urgentFlag, "checked", "true")}}),
		cardOf(4, nextList, obj{"attachments": []obj{{"id": "5f0000000000000000000a01", "url": "https://jira.example/browse/PAY-42"}}}),
		cardOf(5, ideasList, obj{"badges": obj{"votes": 3, "comments": 2, "checkItems": 4, "checkItemsChecked": 1}}),
		cardOf(6, ideasList, obj{"name": "---", "cardRole": "separator"}),
		cardOf(7, oldList, nil), cardOf(8, nextList, obj{"dueComplete": true}), cardOf(9, nextList, obj{"closed": true}),
	)
}

// corpora gives the boards that bad answers are made of: a made-up one always,
// and those of the lab where there is one.
func corpora(t *testing.T) []*corpus {
	t.Helper()
	out := []*corpus{newCorpus(t, "made-up", siteOf(t, richBoard()))}
	if os.Getenv("STACKRANK_LAB") == "" {
		return out
	}
	for _, b := range realBoards {
		raw, err := io.ReadAll(lab(t, b.file))
		if err != nil {
			t.Fatal(err)
		}
		var board obj
		if err := json.Unmarshal(raw, &board); err != nil {
			t.Fatal(err)
		}
		cards, _ := board["cards"].([]any)
		few := make([]any, 12)
		for i := range few {
			few[i] = cards[i*len(cards)/len(few)]
		}
		board["cards"] = few
		out = append(out, newCorpus(t, b.file, siteOf(t, board)))
	}
	return out
}

// untold are fields of which Trello may say nothing: without one, a card that is
// no work looks as if it were.
var untold = []string{"cardRole", "mirrorSourceId"}

func TestABadAnswerIsNeverTakenForAGoodOneNorTakesOthersAlong(t *testing.T) {
	all := corpora(t)
	for i, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(i), 2))
			pages := c.pages()
			frames := slices.DeleteFunc(slices.Clone(c.asked), func(request string) bool { return strings.Contains(request, "/cards") })
			for range rounds(4000) / len(all) {
				c.spoilCard(t, rng, pages[rng.IntN(len(pages))])
			}
			for range rounds(1500) / len(all) {
				c.spoilFrame(t, rng, frames[rng.IntN(len(frames))])
			}
		})
	}
}

// Whatever was recorded, it is served in the place of every answer.
func TestForeignAnswersMakeNoUnsoundItem(t *testing.T) {
	c := newCorpus(t, "made-up", siteOf(t, richBoard()))
	for _, body := range bodies(t) {
		for _, request := range c.asked {
			c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: "application/json", Body: body})
			got, err := c.open(t).Pull(t.Context())
			sound(t, got, err)
			c.Heal()
		}
	}
}

// bodies gives those of the recorded exchanges and of the samples.
func bodies(t *testing.T) [][]byte {
	t.Helper()
	var file struct {
		Exchanges []struct{ JSON json.RawMessage }
	}
	if err := json.NewDecoder(lab(t, "recorded-exchanges.json")).Decode(&file); err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, e := range file.Exchanges {
		out = append(out, e.JSON)
	}
	for _, name := range []string{"BoardActions", "GetBoardCardList", "GetCustomField", "GetLabelsExample", "GetListExample"} {
		body, err := io.ReadAll(lab(t, "samples/"+name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, body)
	}
	return out
}

// spoilCard makes one card of an answer bad and judges the pull.
func (c *corpus) spoilCard(t *testing.T, rng *rand.Rand, request string) {
	t.Helper()
	good := c.Good(request)
	a, err := connectortest.TakeApart(good.Body)
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprint(rng.IntN(a.Count()))
	m := a.Mutate(rng, rng.IntN(50) == 0, at)
	if m.Op == "drop" && slices.Contains(untold, m.Path[len(m.Path)-1]) {
		return
	}
	text := func(name string) string { return strings.Trim(a.Text(at, name), `"`) }
	v := connectortest.Victim{Ref: work.Ref{Source: "roadmap", ID: text("id")}, Names: []string{text("id"), text("shortLink")}, Depth: 2}
	c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: good.Kind, Body: m.Body})
	defer c.Heal()
	got, err := c.open(t).Pull(t.Context())
	for _, fault := range m.Faults(v, c.base, got, err) {
		t.Errorf("%s of card %s:\n%s", m, text("shortLink"), fault)
	}
}

// spoilFrame makes a board, its lists or its fields bad and judges the pull.
func (c *corpus) spoilFrame(t *testing.T, rng *rand.Rand, request string) {
	t.Helper()
	good := c.Good(request)
	a, err := connectortest.TakeApart(good.Body)
	if err != nil {
		t.Fatal(err)
	}
	if a.Count() == 0 {
		return // a board without custom fields
	}
	m := a.Mutate(rng, rng.IntN(20) == 0)
	c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: good.Kind, Body: m.Body})
	defer c.Heal()
	got, err := c.open(t).Pull(t.Context())
	for _, fault := range m.Faults(connectortest.Victim{}, c.base, got, err) {
		t.Errorf("%s of %s:\n%s", m, request, fault)
	}
}

func TestACardTwiceIsOneItem(t *testing.T) {
	site := siteOf(t, boardOf(cardsIn(ideasList, 5)...))
	twice := altered(site, func(_ *http.Request, cards []json.RawMessage) any {
		if len(cards) > 0 {
			cards = append(cards, cards[0], cards[len(cards)-1])
		}
		return cards
	})
	if got := len(pull(t, connect(t, twice)).Items); got != 5 {
		t.Errorf("%d items, want the 5 there are", got)
	}
	renamed := altered(site, func(_ *http.Request, cards []json.RawMessage) any {
		if len(cards) > 1 {
			cards[1] = json.RawMessage(strings.Replace(string(cards[1]), cardID(4), cardID(5), 1))
		}
		return cards
	})
	if _, err := connect(t, renamed).Pull(t.Context()); err == nil || !strings.Contains(err.Error(), short(4)) {
		t.Errorf("two cards of one id: Pull() = %v, want an error that names %s", err, short(4))
	}
}

func TestNoOrderIsWrittenBesideACardOfUncertainPlace(t *testing.T) {
	site := siteOf(t, boardOf(cardsIn(ideasList, 4)...))
	bad := altered(site, func(_ *http.Request, cards []json.RawMessage) any {
		if len(cards) > 2 {
			var card obj
			if json.Unmarshal(cards[2], &card) == nil {
				card["pos"] = "high"
				cards[2], _ = json.Marshal(card) // what was decoded can be encoded
			}
		}
		return cards
	})
	before := dump(t, site)
	_, err := connect(t, bad).Reorder(t.Context(), work.Run{Lane: ideasList, Items: refsOf(4, 3, 2, 1)})
	if err == nil || !strings.Contains(err.Error(), "pos") || dump(t, site) != before {
		t.Errorf("Reorder() = %v, and the board is as before: %v", err, dump(t, site) == before)
	}
}

func TestWrongKindsAndHugeBodiesAreErrorsThatSaySo(t *testing.T) {
	c := newCorpus(t, "made-up", siteOf(t, richBoard()))
	tests := []struct {
		name, kind string
		body       []byte
	}{
		{"a page", "text/html", []byte("<html><title>Log in</title></html>")},
		{"plain text", "text/plain", []byte("OK")},
		{"nothing", "application/json", nil},
		{"null", "application/json", []byte("null")},
		{"a number", "application/json", []byte("7")},
		{"50 MB of blanks", "application/json", append(bytes.Repeat([]byte(" "), 50<<20), '7')},
		{"70 MB", "application/json", append([]byte(`"`), append(bytes.Repeat([]byte("x"), 70<<20), '"')...)},
		{"10,000 levels", "application/json", []byte(strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000))},
		{"a million levels", "application/json", bytes.Repeat([]byte("["), 1000000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requests := c.asked
			if len(tt.body) > 1<<20 {
				requests = requests[:1] // the limits are the same for all
			}
			for _, request := range requests {
				c.Heal()
				c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: tt.kind, Body: tt.body})
				_, err := c.open(t).Pull(t.Context())
				if err == nil || strings.ContainsAny(err.Error(), "\n\r") || len(err.Error()) > 1000 {
					t.Errorf("%s: Pull() = %.1200v, want a sentence", request, err)
				}
			}
			c.Heal()
		})
	}
}
