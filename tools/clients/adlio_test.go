//go:build clients

package clients

import (
	"strconv"
	"testing"

	"github.com/adlio/trello"
)

// builtinBoard is the board that a sandbox starts with.
const builtinBoard = "5f3c00000000000000000b0a"

// adlio is a user of github.com/adlio/trello with a sandbox of their own.
type adlio struct {
	s     *sandbox
	c     *trello.Client
	board *trello.Board
	lists []*trello.List
}

func newAdlio(t *testing.T) *adlio {
	t.Helper()
	s := start(t, cloud).judged(t, "testdata/contract/trello.rules")
	u := &adlio{s: s, c: trello.NewClient(s.trelloKey, s.trelloToken)}
	u.c.BaseURL = s.trello + "/1"
	var err error
	if u.board, err = u.c.GetBoard(builtinBoard); err != nil {
		t.Fatal(err)
	}
	if u.lists, err = u.board.GetLists(); err != nil {
		t.Fatal(err)
	}
	return u
}

// TestAdlioReads holds that a Go program gets to see what Trello has.
func TestAdlioReads(t *testing.T) {
	u := newAdlio(t)
	t.Run("a wrong key or token is refused", u.wrongCredentials)
	t.Run("the token tells its owner and what it may do", u.login)
	t.Run("boards", u.boards)
	t.Run("lists hold the open cards in order", u.inLists)
	t.Run("a board's cards by pages", u.pages)
	t.Run("cards made since one", u.since)
	t.Run("labels count their cards", u.labels)
	t.Run("custom fields of every type", u.customFields)
	t.Run("members", u.members)
	t.Run("search", u.search)
	t.Run("what is not there", u.missing)
	if n := u.s.stats(t, u.s.trelloDirect).Writes; n != 0 {
		t.Errorf("%d writes by a reader, want 0", n)
	}
}

func (u *adlio) wrongCredentials(t *testing.T) {
	for _, pair := range [][2]string{{u.s.trelloKey, "ATTAwrong"}, {"fedcba98fedcba98fedcba98fedcba98", u.s.trelloToken}} {
		c := trello.NewClient(pair[0], pair[1])
		c.BaseURL = u.s.trello + "/1"
		if _, err := c.GetMyMember(trello.Defaults()); !trello.IsPermissionDenied(err) {
			t.Errorf("error %v, want one of permission denied", err)
		}
	}
}

func (u *adlio) login(t *testing.T) {
	me, err := u.c.GetMyMember(trello.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	token, err := u.c.GetToken(u.s.trelloToken)
	if err != nil {
		t.Fatal(err)
	}
	if me.Username == "" || me.ID == "" || me.ID != token.IDMember {
		t.Errorf("member %q (%s), token of %s", me.Username, me.ID, token.IDMember)
	}
	var writes bool
	for _, p := range token.Permissions {
		writes = writes || p.ModelType == "Board" && p.Write
	}
	if !writes {
		t.Errorf("permissions %v: none to write boards", token.Permissions)
	}
}

func (u *adlio) boards(t *testing.T) {
	boards, err := u.c.GetMyBoards(trello.Arguments{"filter": "open"})
	if err != nil || len(boards) != 1 || boards[0].ID != builtinBoard {
		t.Fatalf("boards %v, error %v", boards, err)
	}
	link := find(t, boards[0].ShortURL, `/b/(\w{8})$`)
	again, err := u.c.GetBoard(link, trello.Arguments{"lists": "open"})
	if err != nil {
		t.Fatal(err)
	}
	if again.ID != builtinBoard || again.Name != boards[0].Name || len(again.Lists) != len(u.lists) {
		t.Errorf("board by short link: %s %q with %d lists, want %d", again.ID, again.Name, len(again.Lists), len(u.lists))
	}
}

func (u *adlio) inLists(t *testing.T) {
	d := u.s.trelloState(t)
	var names []any
	for i, l := range u.lists {
		names = append(names, l.Name)
		cards, err := l.GetCards()
		if err != nil {
			t.Fatal(err)
		}
		want(t, "cards of "+l.Name, d.ids(l.ID), cardIDs(cards))
		again, err := u.c.GetList(l.ID)
		if err != nil || again.Name != d.Lists[i]["name"] {
			t.Errorf("list %s: %v, error %v", l.ID, again, err)
		}
	}
	var wanted []any
	for _, l := range d.Lists {
		wanted = append(wanted, l["name"])
	}
	want(t, "lists", wanted, names)
}

func cardIDs(cards []*trello.Card) []string {
	var out []string
	for _, c := range cards {
		out = append(out, c.ID)
	}
	return out
}

// pages reads a board as the library does: by pages before the oldest card that
// it has, until one is empty.
func (u *adlio) pages(t *testing.T) {
	d := u.s.trelloState(t)
	before := u.s.stats(t, u.s.trelloDirect).Requests["GET /1/boards/{id}/cards"]
	cards, err := u.board.GetCards(trello.Arguments{"limit": "25", "filter": "all"})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cards {
		seen[c.ID] = true
		if now := d.card(c.ID); now["name"] != c.Name || now["pos"] != c.Pos || now["idList"] != c.IDList {
			t.Errorf("card %s: %q at %v, want %v", c.ID, c.Name, c.Pos, now)
		}
	}
	if len(seen) != len(d.Cards) || len(cards) != len(d.Cards) {
		t.Errorf("%d cards, %d different ones, want %d", len(cards), len(seen), len(d.Cards))
	}
	if n := u.s.stats(t, u.s.trelloDirect).Requests["GET /1/boards/{id}/cards"] - before; n != len(d.Cards)/25+2 {
		t.Errorf("%d pages, want %d and an empty one", n, len(d.Cards)/25+1)
	}
}

func (u *adlio) since(t *testing.T) {
	all, err := u.board.GetCards()
	if err != nil {
		t.Fatal(err)
	}
	pivot := all[len(all)/2].ID
	var wanted int
	for _, c := range all {
		if c.ID > pivot {
			wanted++
		}
	}
	newer, err := u.board.GetCards(trello.Arguments{"since": pivot})
	if err != nil || len(newer) != wanted || wanted == 0 {
		t.Errorf("%d cards since %s, want %d; error %v", len(newer), pivot, wanted, err)
	}
}

func (u *adlio) labels(t *testing.T) {
	labels, err := u.board.GetLabels(trello.Arguments{"limit": "1000"})
	if err != nil {
		t.Fatal(err)
	}
	d := u.s.trelloState(t)
	carried := map[any]int{}
	for _, c := range d.Cards {
		for _, id := range c["idLabels"].([]any) {
			carried[id]++
		}
	}
	if len(labels) != len(d.Labels) || len(carried) == 0 {
		t.Errorf("%d labels, want %d; %d in use", len(labels), len(d.Labels), len(carried))
	}
	for _, l := range labels {
		if l.Uses != carried[l.ID] {
			t.Errorf("label %q: %d uses, want %d", l.Name, l.Uses, carried[l.ID])
		}
	}
}

func (u *adlio) customFields(t *testing.T) {
	fields, err := u.board.GetCustomFields()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, f := range fields {
		types[f.Name] = f.Type
	}
	cards, err := u.board.GetCards(trello.Arguments{"customFieldItems": "true", "filter": "all"})
	if err != nil {
		t.Fatal(err)
	}
	d, seen := u.s.trelloState(t), map[string]bool{}
	for _, c := range cards {
		values := c.CustomFields(fields)
		for name := range values {
			seen[types[name]] = true
		}
		if n := len(d.card(c.ID)["customFieldItems"].([]any)); n != len(values) {
			t.Errorf("card %s: %d values, want %d", c.ID, len(values), n)
		}
		u.sameEffort(t, d.card(c.ID), values["Effort"])
	}
	want(t, "types seen", map[string]bool{"number": true, "list": true, "checkbox": true, "date": true}, seen)
}

// sameEffort compares a value of the number field with the dump, where it is
// text.
func (u *adlio) sameEffort(t *testing.T, card thing, got any) {
	t.Helper()
	const effort = "5f3c00000000000000000301"
	for i := range card["customFieldItems"].([]any) {
		if at(t, card, "customFieldItems", i, "idCustomField") != effort {
			continue
		}
		number, err := strconv.ParseFloat(at(t, card, "customFieldItems", i, "value", "number").(string), 64)
		if whole, ok := got.(int); ok {
			got = float64(whole)
		}
		if err != nil || got != number {
			t.Errorf("card %v: effort %v, want %v; error %v", card["id"], got, number, err)
		}
	}
}

func (u *adlio) members(t *testing.T) {
	members, err := u.board.GetMembers()
	if err != nil || len(members) == 0 {
		t.Fatalf("members %v, error %v", members, err)
	}
	for _, m := range members {
		one, err := u.c.GetMember(m.Username)
		if err != nil || one.ID != m.ID || one.FullName != m.FullName {
			t.Errorf("member %s by name: %v, error %v", m.Username, one, err)
		}
	}
}

func (u *adlio) search(t *testing.T) {
	card := u.s.trelloState(t).Cards[0]
	found, err := u.c.SearchCards(card["name"].(string), trello.Arguments{"idBoards": builtinBoard})
	if err != nil || len(found) != 1 || found[0].ID != card["id"] {
		t.Errorf("cards %v, want %v; error %v", cardIDs(found), card["id"], err)
	}
	boards, err := u.c.SearchBoards(u.board.Name)
	if err != nil || len(boards) != 1 || boards[0].ID != builtinBoard {
		t.Errorf("boards %v, error %v", boards, err)
	}
	members, err := u.c.SearchMembers("nobody of this name")
	if err != nil || len(members) != 0 {
		t.Errorf("members %v, error %v", members, err)
	}
}

func (u *adlio) missing(t *testing.T) {
	for what, ask := range map[string]func() error{
		"card":  func() error { _, err := u.c.GetCard("5f3c0000000000000000dead"); return err },
		"board": func() error { _, err := u.c.GetBoard("5f3c0000000000000000dead"); return err },
		"list":  func() error { _, err := u.c.GetList("5f3c0000000000000000dead"); return err },
	} {
		if err := ask(); !trello.IsNotFound(err) {
			t.Errorf("%s: error %v, want not found", what, err)
		}
	}
	if _, err := u.c.GetCard("no id at all"); err == nil || trello.IsNotFound(err) {
		t.Errorf("a malformed id: error %v, want a bad request", err)
	}
}

// TestAdlioMeetsTheLimit holds that the library's own pace stays under the
// limit of a token, and that without it the service refuses.
func TestAdlioMeetsTheLimit(t *testing.T) {
	s := start(t, cloud, "--rate-limits")
	client := func() *trello.Client { // a new one may send at once
		c := trello.NewClient(s.trelloKey, s.trelloToken)
		c.BaseURL = s.trello + "/1"
		return c
	}
	ask := func(c *trello.Client) error { _, err := c.GetBoard(builtinBoard); return err }
	patient := client()
	for range 24 {
		if err := ask(patient); err != nil {
			t.Fatal(err)
		}
	}
	const perToken = 100 // in 10 seconds; Source: the API's guide on rate limits
	var refused error
	for n := 0; n <= perToken && refused == nil; n++ {
		refused = ask(client())
	}
	if !trello.IsRateLimit(refused) {
		t.Fatalf("error %v, want one of the rate limit", refused)
	}
	if err := ask(client()); !trello.IsRateLimit(err) {
		t.Errorf("error %v at once after a refusal, want another", err)
	}
}
