package trellosim

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What foreign clients rely on.

func TestLabelsCountTheirCards(t *testing.T) {
	s, _ := smallSite(t)
	uses := func() any {
		var l object
		must(t, s, "GET", "/1/labels/"+labelID, "", &l)
		return l["uses"]
	}
	if n := uses(); n != float64(0) {
		t.Errorf("%v uses of a label on no card, want 0", n)
	}
	must(t, s, "POST", "/1/cards/"+cardA+"/idLabels", `{"value":"`+labelID+`"}`, nil)
	if n := uses(); n != float64(1) {
		t.Errorf("%v uses of a label on one card, want 1", n)
	}
	must(t, s, "DELETE", "/1/cards/"+cardA, "", nil)
	if n := uses(); n != float64(0) {
		t.Errorf("%v uses when the card is gone, want 0", n)
	}
}

func TestACardIsAddedByItsList(t *testing.T) {
	s, _ := smallSite(t)
	var c object
	must(t, s, "POST", "/1/lists/"+listID+"/cards", `{"name":"added","pos":"top"}`, &c)
	if c["idList"] != listID || names(t, s) != "added --- A" && names(t, s) != "added A ---" {
		t.Errorf("list %v, cards %q", c["idList"], names(t, s))
	}
}

func TestAListIsReadWithTheFilterInThePath(t *testing.T) {
	s, _ := smallSite(t)
	must(t, s, "PUT", "/1/cards/"+cardA, `{"closed":true}`, nil)
	for filter, want := range map[string]int{"open": 1, "closed": 1, "all": 2} {
		var cards []object
		must(t, s, "GET", "/1/lists/"+listID+"/cards/"+filter, "", &cards)
		if len(cards) != want {
			t.Errorf("%s: %d cards, want %d", filter, len(cards), want)
		}
	}
}

func TestACopyTellsOfItsSource(t *testing.T) {
	s, _ := smallSite(t)
	must(t, s, "POST", "/1/cards/"+cardA+"/checklists", `{"name":"steps"}`, nil)
	var c object
	must(t, s, "POST", "/1/cards", `{"idList":"`+listID+`","idCardSource":"`+cardA+`"}`, &c)
	var actions []object
	must(t, s, "GET", "/1/cards/"+c["id"].(string)+"/actions?filter=copyCard,createCard", "", &actions)
	if len(actions) != 1 || actions[0]["type"] != "copyCard" {
		t.Fatalf("actions %v, want one copyCard", actions)
	}
	data := actions[0]["data"].(object)
	if source := data["cardSource"].(object); source["id"] != cardA {
		t.Errorf("source %v, want %s", source, cardA)
	}
	if lists := c["idChecklists"].([]any); len(lists) != 1 || lists[0] == getCard(t, s, cardA)["idChecklists"].([]any)[0] {
		t.Errorf("checklists %v, want a copy of the source's", lists)
	}
}

func TestMembersAreFoundByTheirNames(t *testing.T) {
	s, _ := smallSite(t)
	var me object
	must(t, s, "GET", "/1/members/me", "", &me)
	for query, want := range map[string]int{strings.ToUpper(me["username"].(string)): 1, "nobody+of+this+name": 0} {
		var found []object
		must(t, s, "GET", "/1/search/members?query="+query, "", &found)
		if len(found) != want {
			t.Errorf("%q finds %v, want %d", query, found, want)
		}
	}
}

func TestAFileIsAttached(t *testing.T) {
	s, _ := smallSite(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "notes.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("twelve bytes")); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/1/cards/"+cardA+"/attachments"+query("key", s.Key(), "token", s.Token()), &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	rec := httptest.NewRecorder()
	if s.ServeHTTP(rec, r); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var list []object
	must(t, s, "GET", "/1/cards/"+cardA+"/attachments", "", &list)
	last := list[len(list)-1]
	if last["isUpload"] != true || last["bytes"] != float64(12) || last["fileName"] != "notes.txt" || last["mimeType"] != "text/plain" {
		t.Errorf("attachment %v", last)
	}
}

func TestAWebhookNeedsAReceiver(t *testing.T) {
	s, _ := smallSite(t)
	for status, want := range map[int]int{http.StatusOK: http.StatusOK, http.StatusForbidden: http.StatusBadRequest, http.StatusFound: http.StatusBadRequest} {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodHead {
				t.Errorf("asked by %s, want HEAD", r.Method)
			}
			w.WriteHeader(status)
		}))
		r := httptest.NewRequest("POST", "/1/webhooks"+query("key", s.Key(), "token", s.Token(), "idModel", cardA, "callbackURL", receiver.URL), http.NoBody)
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		receiver.Close()
		if rec.Code != want {
			t.Errorf("a receiver that answers %d: %d %s, want %d", status, rec.Code, rec.Body, want)
		}
		if want != http.StatusOK && !strings.Contains(rec.Body.String(), "did not return 200 status code, got ") {
			t.Errorf("refusal %s", rec.Body)
		}
	}
}

// TestBuiltinCommentsCanBeRead holds that the built-in board shows as many
// comments as its cards count, and none that is younger than their activity.
func TestBuiltinCommentsCanBeRead(t *testing.T) {
	c := newClock()
	s := New(Builtin(c.t, "https://jira.example"), c.now)
	total := 0
	for _, card := range s.Dump().Cards {
		var actions []object
		must(t, s, "GET", "/1/cards/"+card["id"].(string)+"/actions?filter=commentCard,createCard&limit=1000", "", &actions)
		said := 0
		for _, a := range actions {
			if a["type"] == "commentCard" {
				said++
			}
			if a["date"].(string) > card["dateLastActivity"].(string) {
				t.Errorf("card %s: %s at %s, last activity %s", card["id"], a["type"], a["date"], card["dateLastActivity"])
			}
		}
		if counted := card["badges"].(object)["comments"]; said != counted || len(actions) != said+1 {
			t.Errorf("card %s: %d comments of %d actions, want %v and the creation", card["id"], said, len(actions), counted)
		}
		total += said
	}
	if total == 0 {
		t.Error("nobody said anything")
	}
}
