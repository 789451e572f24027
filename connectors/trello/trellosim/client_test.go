package trellosim

import (
	"net/http/httptest"
	"testing"

	"github.com/adlio/trello"
)

// TestAnIndependentClientWorks drives the site with a client that knows
// nothing of it: credentials and arguments in the query, no bodies.
func TestAnIndependentClientWorks(t *testing.T) {
	s, _ := smallSite(t)
	server := httptest.NewServer(s)
	defer server.Close()
	client := trello.NewClient(s.Key(), s.Token())
	client.BaseURL = server.URL + "/1"
	board, err := client.GetBoard("RoadMap1", trello.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	cards, err := board.GetCards(trello.Arguments{"filter": "open"})
	if err != nil || len(cards) != 2 {
		t.Fatalf("GetCards: %d cards, %v", len(cards), err)
	}
	if err := cards[0].AddIDLabel(labelID); err != nil {
		t.Error(err)
	}
	if err := cards[0].MoveToBottomOfList(); err != nil {
		t.Error(err)
	}
	if _, err := cards[0].AddComment("hello", trello.Defaults()); err != nil {
		t.Error(err)
	}
	made := trello.Card{Name: "made", IDList: listID}
	if err := client.CreateCard(&made, trello.Arguments{"pos": "bottom"}); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s); got != "--- A made" {
		t.Errorf("cards %q, want %q", got, "--- A made")
	}
	if err := made.Delete(); err != nil {
		t.Error(err)
	}
	if _, err := client.GetCard(made.ID, trello.Defaults()); !trello.IsNotFound(err) {
		t.Errorf("a deleted card: %v, want not found", err)
	}
	c := getCard(t, s, cardA)
	if badge := c["badges"].(object)["comments"]; badge != float64(1) || len(c["idLabels"].([]any)) != 1 {
		t.Errorf("comments %v, labels %v, want one of each", badge, c["idLabels"])
	}
}
