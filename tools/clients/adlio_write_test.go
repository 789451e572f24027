//go:build clients

package clients

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/adlio/trello"
)

// TestAdlioWrites holds that what a Go program changes is changed, and nothing
// else. Each step compares the state before with the state after.
func TestAdlioWrites(t *testing.T) {
	u := newAdlio(t)
	t.Run("create a card", u.createCard)
	t.Run("add a card to a list", u.addCard)
	t.Run("copy a card and find its parent", u.copyCard)
	t.Run("change name, text and dates", u.updateCard)
	t.Run("clear a due date", u.clearDue)
	t.Run("move to a list, top, bottom and between", u.move)
	t.Run("comment", u.comment)
	t.Run("labels", u.label)
	t.Run("checklist", u.checklist)
	t.Run("attach a URL", u.attach)
	t.Run("attach a file", u.attachFile)
	t.Run("members", u.assign)
	t.Run("archive and bring back", u.archive)
	t.Run("delete", u.delete)
	t.Run("lists", u.changeList)
	t.Run("webhooks", u.webhooks)
	t.Run("a refused write changes nothing", u.refused)
}

// did runs a change and compares the cards that it altered with those wanted,
// by id; the date of the last activity counts for itself.
func (u *adlio) did(t *testing.T, wanted map[string][]string, change func() error) {
	t.Helper()
	before := byID(u.s.trelloState(t).Cards)
	if err := change(); err != nil {
		t.Error(err)
		return
	}
	got := changes(before, byID(u.s.trelloState(t).Cards), "dateLastActivity", "badges", "labels", "url")
	want(t, "cards changed", wanted, got)
}

// first gives the ordinary card that stands first in the list of that index.
func (u *adlio) first(t *testing.T, list int) *trello.Card {
	t.Helper()
	d := u.s.trelloState(t)
	for _, id := range d.ids(u.lists[list].ID) {
		if d.card(id)["cardRole"] != nil {
			continue
		}
		card, err := u.c.GetCard(id)
		if err != nil {
			t.Fatal(err)
		}
		return card
	}
	t.Fatalf("list %d has no ordinary card", list)
	return nil
}

// direct gives the client past any judge, for requests that are wrong on
// purpose.
func (u *adlio) direct() *trello.Client {
	c := trello.NewClient(u.s.trelloKey, u.s.trelloToken)
	c.BaseURL = u.s.trelloDirect + "/1"
	return c
}

func (u *adlio) createCard(t *testing.T) {
	labels, err := u.board.GetLabels()
	if err != nil {
		t.Fatal(err)
	}
	due := time.Date(2027, 1, 15, 17, 0, 0, 0, time.UTC)
	card := &trello.Card{
		Name: "Timetable & tickets: 50 % off?", Desc: "Größe **fett**\n* eins", IDList: u.lists[1].ID,
		IDLabels: []string{labels[0].ID}, Due: &due,
	}
	if err := u.c.CreateCard(card, trello.Arguments{"pos": "bottom"}); err != nil {
		t.Fatal(err)
	}
	d := u.s.trelloState(t)
	got := d.card(card.ID)
	for key, value := range map[string]any{
		"name": "Timetable & tickets: 50 % off?", "desc": "Größe **fett**\n* eins", "idList": u.lists[1].ID,
		"due": "2027-01-15T17:00:00.000Z", "idBoard": builtinBoard, "closed": false,
	} {
		want(t, key, value, got[key])
	}
	want(t, "label", any(labels[0].ID), at(t, got, "idLabels", 0))
	if row := d.ids(u.lists[1].ID); row[len(row)-1] != card.ID {
		t.Errorf("not at the bottom of %v", row)
	}
	if creator, err := card.CreatorMember(); err != nil || creator.Username == "" {
		t.Errorf("creator %v, error %v", creator, err)
	}
}

func (u *adlio) addCard(t *testing.T) {
	card := &trello.Card{Name: "Added to a list"}
	if err := u.lists[0].AddCard(card, trello.Arguments{"pos": "top"}); err != nil {
		t.Fatal(err)
	}
	if row := u.s.trelloState(t).ids(u.lists[0].ID); row[0] != card.ID {
		t.Errorf("card %s not at the top of %v", card.ID, row)
	}
}

func (u *adlio) copyCard(t *testing.T) {
	source := u.first(t, 1)
	copied, err := source.CopyToList(u.lists[2].ID, trello.Arguments{"keepFromSource": "all"})
	if err != nil {
		t.Fatal(err)
	}
	got, was := u.s.trelloState(t).card(copied.ID), u.s.trelloState(t).card(source.ID)
	for _, key := range []string{"name", "desc", "idLabels", "due"} {
		want(t, key, was[key], got[key])
	}
	parent, err := copied.GetParentCard()
	if err != nil || parent == nil || parent.ID != source.ID {
		t.Errorf("parent %v, want %s; error %v", parent, source.ID, err)
	}
	if there, err := u.board.ContainsCopyOfCard(source.ID); err != nil || !there {
		t.Errorf("the board has a copy: %v, error %v", there, err)
	}
}

func (u *adlio) updateCard(t *testing.T) {
	card := u.first(t, 1)
	u.did(t, map[string][]string{card.ID: {"dateCompleted", "desc", "due", "dueComplete", "name", "start"}}, func() error {
		return card.Update(trello.Arguments{
			"name": "A new name", "desc": "a new text", "due": "2026-12-24T12:00:00Z", "start": "2026-12-01T09:00:00Z", "dueComplete": "true",
		})
	})
	if card.Name != "A new name" || card.Due == nil || !card.DueComplete {
		t.Errorf("the answer left the card %+v", card)
	}
	again, err := u.c.GetCard(card.ShortLink)
	if err != nil || again.Desc != "a new text" || !again.Due.Equal(*card.Due) {
		t.Errorf("card by short link %v, error %v", again, err)
	}
}

func (u *adlio) clearDue(t *testing.T) {
	card := u.first(t, 1)
	u.did(t, map[string][]string{card.ID: {"dateCompleted", "due", "dueComplete"}}, func() error {
		return card.Update(trello.Arguments{"due": "null", "dueComplete": "false"})
	})
	want(t, "due", nil, u.s.trelloState(t).card(card.ID)["due"])
}

func (u *adlio) move(t *testing.T) {
	card, target := u.first(t, 0), u.lists[2].ID
	u.did(t, map[string][]string{card.ID: {"idList", "pos"}}, func() error { return card.MoveToList(target, trello.Arguments{"pos": "bottom"}) })
	for _, step := range []struct {
		place func(row []string) int
		move  func() error
	}{
		{func([]string) int { return 0 }, card.MoveToTopOfList},
		{func(row []string) int { return len(row) - 1 }, card.MoveToBottomOfList},
		{func([]string) int { return 1 }, func() error {
			d := u.s.trelloState(t)
			row := d.ids(target)
			return card.SetPos((d.card(row[0])["pos"].(float64) + d.card(row[1])["pos"].(float64)) / 2)
		}},
	} {
		u.did(t, map[string][]string{card.ID: {"pos"}}, step.move)
		d := u.s.trelloState(t)
		if row := d.ids(target); row[step.place(row)] != card.ID {
			t.Errorf("card %s not at place %d of %v", card.ID, step.place(row), row)
		}
		want(t, "position answered", d.card(card.ID)["pos"], any(card.Pos))
	}
	durations, err := card.GetListDurations()
	if err != nil || len(durations) == 0 {
		t.Errorf("durations in lists %v, error %v", durations, err)
	}
	if actions, err := card.GetListChangeActions(); err != nil || len(actions) == 0 || !actions[0].DidChangeListForCard() {
		t.Errorf("moves %v, error %v", actions, err)
	}
}

func (u *adlio) comment(t *testing.T) {
	card := u.first(t, 1)
	before := card.Badges.Comments
	action, err := card.AddComment("Who needs this? @lena & co.\nSecond line")
	if err != nil || action.Type != "commentCard" || action.Data.Text != "Who needs this? @lena & co.\nSecond line" {
		t.Fatalf("action %v, error %v", action, err)
	}
	last, err := card.GetLastCommentAction()
	if err != nil || last == nil || last.ID != action.ID || last.MemberCreator.Username == "" {
		t.Errorf("last comment %v, error %v", last, err)
	}
	want(t, "comments", any(float64(before+1)), at(t, u.s.trelloState(t).card(card.ID), "badges", "comments"))
}

func (u *adlio) label(t *testing.T) {
	card, label := u.first(t, 3), &trello.Label{Name: "stackrank-now", Color: "sky"}
	if err := u.board.CreateLabel(label); err != nil {
		t.Fatal(err)
	}
	u.did(t, map[string][]string{card.ID: {"idLabels"}}, func() error { return card.AddIDLabel(label.ID) })
	if err := card.AddIDLabel(label.ID); err == nil {
		t.Error("the label can be added twice")
	}
	one, err := u.c.GetLabel(label.ID)
	if err != nil || one.Name != "stackrank-now" || one.Color != "sky" || one.Uses != 1 {
		t.Errorf("label %v, error %v", one, err)
	}
	u.did(t, map[string][]string{card.ID: {"idLabels"}}, func() error { return card.RemoveIDLabel(label.ID, &trello.Label{}) })
	if err := card.RemoveIDLabel(label.ID, &trello.Label{}); err == nil {
		t.Error("a label that is not on the card can be removed")
	}
}

func (u *adlio) checklist(t *testing.T) {
	card := u.first(t, 3)
	var list *trello.Checklist
	u.did(t, map[string][]string{card.ID: {"idChecklists"}}, func() (err error) {
		list, err = u.c.CreateChecklist(card, "Before the fair")
		return err
	})
	for _, name := range []string{"Print", "Ship"} {
		if _, err := list.CreateCheckItem(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := list.CreateCheckItem("Pay", trello.Arguments{"checked": "true"}); err != nil {
		t.Fatal(err)
	}
	again, err := u.c.GetChecklist(list.ID, trello.Defaults())
	if err != nil || again.IDCard != card.ID || len(again.CheckItems) != 3 || again.CheckItems[1].Name != "Ship" || again.CheckItems[2].State != "complete" {
		t.Errorf("checklist %+v, error %v", again, err)
	}
	badges := at(t, u.s.trelloState(t).card(card.ID), "badges")
	want(t, "items", any(3.0), at(t, badges, "checkItems"))
	want(t, "items done", any(1.0), at(t, badges, "checkItemsChecked"))
}

func (u *adlio) attach(t *testing.T) {
	card := u.first(t, 3)
	before := card.Badges.Attachments
	a := &trello.Attachment{Name: "PAY-42", URL: "https://acme.example/browse/PAY-42"}
	if err := card.AddURLAttachment(a); err != nil {
		t.Fatal(err)
	}
	list, err := card.GetAttachments(trello.Defaults())
	if err != nil || len(list) != before+1 || list[before].ID != a.ID || list[before].URL != a.URL || list[before].IsUpload {
		t.Errorf("attachments %v, error %v", list, err)
	}
	want(t, "attachments", any(float64(before+1)), at(t, u.s.trelloState(t).card(card.ID), "badges", "attachments"))
	if err := card.AddURLAttachment(&trello.Attachment{URL: "no url"}); err == nil {
		t.Error("something that is no URL can be attached")
	}
}

func (u *adlio) attachFile(t *testing.T) {
	card, a := u.first(t, 3), &trello.Attachment{Name: "notes.txt"}
	if err := card.AddFileAttachment(a, "notes.txt", strings.NewReader("twelve bytes")); err != nil {
		t.Fatal(err)
	}
	if !a.IsUpload || a.Name != "notes.txt" || a.MimeType != "text/plain" || a.URL == "" {
		t.Errorf("attachment %+v", a)
	}
}

func (u *adlio) assign(t *testing.T) {
	card := u.first(t, 3)
	me, err := u.c.GetMyMember(trello.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	u.did(t, map[string][]string{card.ID: {"idMembers"}}, func() error { _, err := card.AddMemberID(me.ID); return err })
	if members, err := card.GetMembers(); err != nil || len(members) != 1 || members[0].ID != me.ID {
		t.Errorf("members %v, error %v", members, err)
	}
	u.did(t, map[string][]string{card.ID: {"idMembers"}}, func() error {
		_ = card.RemoveMember(me.ID) // this version of the library fails on every answer
		return nil
	})
}

func (u *adlio) archive(t *testing.T) {
	card := u.first(t, 3)
	u.did(t, map[string][]string{card.ID: {"closed", "dateClosed"}}, card.Archive)
	if !card.Closed || u.first(t, 3).ID == card.ID {
		t.Errorf("card %s is still in its list", card.ID)
	}
	closed, err := u.board.GetCards(trello.Arguments{"filter": "closed"})
	if err != nil || !strings.Contains(strings.Join(cardIDs(closed), " "), card.ID) {
		t.Errorf("archive %v, error %v", cardIDs(closed), err)
	}
	u.did(t, map[string][]string{card.ID: {"closed", "dateClosed"}}, card.Unarchive)
	if back := u.first(t, 3); back.ID != card.ID || back.Pos != card.Pos {
		t.Errorf("card %s at %v in its old place, want %s at %v", back.ID, back.Pos, card.ID, card.Pos)
	}
}

func (u *adlio) delete(t *testing.T) {
	card := u.first(t, 3)
	u.did(t, map[string][]string{card.ID: {"gone"}}, card.Delete)
	if _, err := u.c.GetCard(card.ID); !trello.IsNotFound(err) {
		t.Errorf("error %v, want not found", err)
	}
	if err := card.Delete(); !trello.IsNotFound(err) {
		t.Errorf("deleted again: error %v, want not found", err)
	}
}

func (u *adlio) changeList(t *testing.T) {
	list, err := u.board.CreateList("Parking place", trello.Arguments{"pos": "bottom"})
	if err != nil {
		t.Fatal(err)
	}
	if err := list.Update(trello.Arguments{"name": "Car park"}); err != nil {
		t.Fatal(err)
	}
	lists := u.s.trelloState(t).Lists
	last := lists[len(lists)-1]
	if last["id"] != list.ID || last["name"] != "Car park" || list.Name != "Car park" {
		t.Errorf("last list %v, want %s", last, list.ID)
	}
	if err := list.Archive(); err != nil {
		t.Fatal(err)
	}
	if open, err := u.board.GetLists(); err != nil || len(open) != len(u.lists) {
		t.Errorf("%d open lists, want %d; error %v", len(open), len(u.lists), err)
	}
	if closed, err := u.board.GetLists(trello.Arguments{"filter": "closed"}); err != nil || len(closed) != 1 {
		t.Errorf("archived lists %v, error %v", closed, err)
	}
}

func (u *adlio) webhooks(t *testing.T) {
	asked := make(chan string, 8)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Method }))
	defer receiver.Close()
	hook := &trello.Webhook{IDModel: builtinBoard, Description: "to stackrank", CallbackURL: receiver.URL + "/hook"}
	if err := u.c.CreateWebhook(hook); err != nil {
		t.Fatal(err)
	}
	select {
	case method := <-asked:
		want(t, "method that asks for the receiver", http.MethodHead, method)
	default:
		t.Error("the receiver was not asked whether it is there")
	}
	u.listed(t, hook)
	if err := u.c.CreateWebhook(&trello.Webhook{IDModel: builtinBoard, CallbackURL: hook.CallbackURL}); err == nil {
		t.Error("the same webhook can be made twice")
	}
	if err := u.c.CreateWebhook(&trello.Webhook{IDModel: builtinBoard, CallbackURL: "http://127.0.0.1:1/nobody"}); err == nil {
		t.Error("a webhook to nobody can be made")
	}
	if err := hook.Delete(); err != nil {
		t.Error(err)
	}
	if _, err := u.c.GetWebhook(hook.ID); !trello.IsNotFound(err) {
		t.Errorf("error %v, want not found", err)
	}
}

func (u *adlio) listed(t *testing.T, hook *trello.Webhook) {
	t.Helper()
	token, err := u.c.GetToken(u.s.trelloToken)
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := token.GetWebhooks()
	if err != nil || len(hooks) != 1 || hooks[0].ID != hook.ID || !hooks[0].Active || hooks[0].CallbackURL != hook.CallbackURL {
		t.Errorf("webhooks %v, error %v", hooks, err)
	}
}

func (u *adlio) refused(t *testing.T) {
	card := u.first(t, 1)
	card.SetClient(u.direct())
	u.did(t, map[string][]string{}, func() error {
		for _, args := range []trello.Arguments{{"pos": "-1"}, {"pos": "first"}, {"idList": "short"}, {"due": "soon"}, {"closed": "maybe"}} {
			if err := card.Update(args); err == nil {
				t.Errorf("%v is taken", args)
			}
		}
		return nil
	})
}
