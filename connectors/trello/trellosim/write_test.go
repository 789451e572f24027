package trellosim

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEveryWriteMovesLastActivityAndIsInTheFeed(t *testing.T) {
	tests := []struct {
		name, method, path, body, kind, old string
	}{
		{"name", "PUT", "/1/cards/" + cardA, `{"name":"new"}`, "updateCard", `{"name":"A"}`},
		{"position", "PUT", "/1/cards/" + cardA, `{"pos":"bottom"}`, "updateCard", `{"pos":140737488355328}`},
		{"list", "PUT", "/1/cards/" + cardA, `{"idList":"` + listTwo + `"}`, "updateCard", `{"idList":"` + listID + `"}`},
		{"due", "PUT", "/1/cards/" + cardA, `{"due":"2026-12-01"}`, "updateCard", `{"due":""}`},
		{"archive", "PUT", "/1/cards/" + cardA, `{"closed":true}`, "updateCard", `{"closed":false}`},
		{"labels, whole", "PUT", "/1/cards/" + cardA, `{"idLabels":["` + labelID + `"]}`, "updateCard", `{"idLabels":[]}`},
		{"a label", "POST", "/1/cards/" + cardA + "/idLabels", `{"value":"` + labelID + `"}`, "updateCard", `{"idLabels":[]}`},
		{"a value", "PUT", "/1/cards/" + cardA + "/customField/" + numberID + "/item", `{"value":{"number":"7.5"}}`, "updateCustomFieldItem", `{"value":null}`},
		{"a comment", "POST", "/1/cards/" + cardA + "/actions/comments", `{"text":"hello"}`, "commentCard", `null`},
		{"an attachment", "POST", "/1/cards/" + cardA + "/attachments", `{"url":"https://x.example/browse/P-1"}`, "addAttachmentToCard", `null`},
		{"a checklist", "POST", "/1/checklists", `{"idCard":"` + cardA + `","name":"Do"}`, "addChecklistToCard", `null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, c := smallSite(t)
			c.t = c.t.Add(time.Hour)
			must(t, s, tt.method, tt.path, tt.body, nil)
			if got, want := getCard(t, s, cardA)["dateLastActivity"], stamp(c.t); got != want {
				t.Errorf("dateLastActivity %v, want %v", got, want)
			}
			var feed []struct {
				Type       string
				AppCreator struct{ ID string }
				Data       struct{ Old any }
			}
			must(t, s, "GET", "/1/boards/"+boardID+"/actions", "", &feed)
			if len(feed) == 0 || feed[0].Type != tt.kind || feed[0].AppCreator.ID == "" {
				t.Fatalf("feed %+v, want a %s of an app", feed, tt.kind)
			}
			old, err := json.Marshal(feed[0].Data.Old)
			if err != nil || string(old) != tt.old {
				t.Errorf("old %s, want %s", old, tt.old)
			}
		})
	}
}

func TestQueryFormAndJSONAreTheSame(t *testing.T) {
	ways := map[string]func(*testing.T, *Site){
		"query": func(t *testing.T, s *Site) {
			must(t, s, "PUT", "/1/cards/"+cardA+query("name", "n", "closed", "true", "idLabels", labelID+","+labelTwo, "due", "null"), "", nil)
		},
		"form": func(t *testing.T, s *Site) {
			r := httptest.NewRequest("PUT", "/1/cards/"+cardA, strings.NewReader(query("name", "n", "closed", "true", "idLabels", labelID+","+labelTwo, "due", "", "key", s.Key(), "token", s.Token())[1:]))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			if s.ServeHTTP(rec, r); rec.Code != 200 {
				t.Fatalf("%d %s", rec.Code, rec.Body)
			}
		},
		"JSON": func(t *testing.T, s *Site) {
			must(t, s, "PUT", "/1/cards/"+cardA, `{"name":"n","closed":true,"idLabels":["`+labelID+`","`+labelTwo+`"],"due":null}`, nil)
		},
		"field by field": func(t *testing.T, s *Site) {
			for field, value := range map[string]string{"name": "n", "closed": "true", "idLabels": labelID + "," + labelTwo, "due": "null"} {
				must(t, s, "PUT", "/1/cards/"+cardA+"/"+field+query("value", value), "", nil)
			}
		},
	}
	for name, write := range ways {
		t.Run(name, func(t *testing.T) {
			s, _ := smallSite(t)
			write(t, s)
			c := getCard(t, s, cardA)
			got := []any{c["name"], c["closed"], c["idLabels"], c["due"]}
			if diff := cmp.Diff([]any{"n", true, []any{labelID, labelTwo}, nil}, got); diff != "" {
				t.Errorf("card (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASeparatorThatIsWrittenToBecomesACard(t *testing.T) {
	for _, body := range []string{`{"idLabels":"` + labelID + `"}`, `{"desc":"words"}`} {
		s, _ := smallSite(t)
		must(t, s, "PUT", "/1/cards/"+cardB, `{"pos":"top"}`, nil)
		if role := getCard(t, s, cardB)["cardRole"]; role != "separator" {
			t.Errorf("a moved separator is %v", role)
		}
		must(t, s, "PUT", "/1/cards/"+cardB, body, nil)
		if role := getCard(t, s, cardB)["cardRole"]; role != nil {
			t.Errorf("%s leaves cardRole %v, want null", body, role)
		}
	}
}

func TestRolesOfNewCards(t *testing.T) {
	tests := []struct {
		body string
		want any
	}{
		{`"name":"----"`, "separator"},
		{`"name":"--"`, nil},
		{`"name":"https://x.example/a"`, "link"},
		{`"name":"https://trello.com/b/RoadMap1/road-map"`, "board"},
		{`"name":"https://x.example/a","desc":"why"`, nil},
		{`"name":"https://trello.com/c/AAAAAAAA","cardRole":"mirror"`, "mirror"},
	}
	for _, tt := range tests {
		s, _ := smallSite(t)
		var c object
		must(t, s, "POST", "/1/cards", `{"idList":"`+listID+`",`+tt.body+`}`, &c)
		if c["cardRole"] != tt.want {
			t.Errorf("%s: cardRole %v, want %v", tt.body, c["cardRole"], tt.want)
		}
		if tt.want == "mirror" && c["mirrorSourceId"] != cardA {
			t.Errorf("mirrorSourceId %v, want %s", c["mirrorSourceId"], cardA)
		}
	}
}

func TestFieldValuesAreSetAndCleared(t *testing.T) {
	s, _ := smallSite(t)
	item := "/1/cards/" + cardA + "/customField/"
	must(t, s, "PUT", "/1/cards/"+cardA+"/customFields", `{"customFieldItems":[{"idCustomField":"`+numberID+`","value":{"number":"5"}},{"idCustomField":"`+choiceID+`","idValue":"`+optionID+`"}]}`, nil)
	wantItems(t, s, `[number 5] [`+optionID+`]`)
	must(t, s, "PUT", item+numberID+"/item", `{"value":{"number":"6.25"}}`, nil)
	wantItems(t, s, `[number 6.25] [`+optionID+`]`)
	must(t, s, "PUT", item+numberID+"/item", `{"value":""}`, nil)
	must(t, s, "PUT", item+choiceID+"/item", `{"idValue":""}`, nil)
	wantItems(t, s, "")
	rec := call(t, s, "PUT", "/1/cards/"+cardA+"/customFields", `{"customFieldItems":[{"idCustomField":"`+numberID+`","value":{"number":"5"}},{"idCustomField":"`+choiceID+`","idValue":"`+nobodyID+`"}]}`)
	if rec.Code != 400 {
		t.Errorf("a bad value among good ones: %d, want 400", rec.Code)
	}
	wantItems(t, s, "")
}

func wantItems(t *testing.T, s *Site, want string) {
	t.Helper()
	var got []string
	for _, x := range getCard(t, s, cardA)["customFieldItems"].([]any) {
		i := x.(object)
		if id, ok := i["idValue"]; ok {
			got = append(got, fmt.Sprintf("[%v]", id))
			continue
		}
		for kind, v := range i["value"].(object) {
			got = append(got, fmt.Sprintf("[%s %v]", kind, v))
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("items %v, want %s", got, want)
	}
}

func TestBoardLabelsComeFiftyAtATime(t *testing.T) {
	s, _ := smallSite(t)
	for i := range 60 {
		must(t, s, "POST", "/1/labels", fmt.Sprintf(`{"name":"l%d","color":"sky_dark","idBoard":"%s"}`, i, boardID), nil)
	}
	for path, want := range map[string]int{"": 50, "?limit=1000": 62, "?limit=7": 7} {
		var got []object
		must(t, s, "GET", "/1/boards/"+boardID+"/labels"+path, "", &got)
		if len(got) != want {
			t.Errorf("labels%s: %d, want %d", path, len(got), want)
		}
	}
}

func TestWhatDeletesAnswer(t *testing.T) {
	s, _ := smallSite(t)
	must(t, s, "PUT", "/1/cards/"+cardA, `{"idLabels":"`+labelID+`"}`, nil)
	for _, tt := range []struct{ path, want string }{
		{"/1/cards/" + cardA + "/idLabels/" + labelID, `{"_value":null}`},
		{"/1/labels/" + labelTwo, `{"limits":{}}`},
		{"/1/cards/" + cardA, `{"limits":{}}`},
	} {
		if rec := call(t, s, "DELETE", tt.path, ""); rec.Code != 200 || rec.Body.String() != tt.want {
			t.Errorf("DELETE %s: %d %s, want %s", tt.path, rec.Code, rec.Body, tt.want)
		}
		if rec := call(t, s, "DELETE", tt.path, ""); rec.Code < 400 {
			t.Errorf("DELETE %s again: %d", tt.path, rec.Code)
		}
	}
}

func TestABatchAnswersEachInItsElement(t *testing.T) {
	s, _ := smallSite(t)
	rec := call(t, s, "GET", "/1/batch"+query("urls", "/cards/"+cardA+"?fields=name%2CidList,/cards/"+nobodyID), "")
	want := `[{"200":{"id":"` + cardA + `","idList":"` + listID + `","name":"A"}},` +
		`{"message":"The requested resource was not found.","name":"NotFoundError","statusCode":404}]`
	if rec.Code != 200 || rec.Body.String() != want {
		t.Errorf("%d %s, want %s", rec.Code, rec.Body, want)
	}
}

func TestListingsLagWhileCardsDoNot(t *testing.T) {
	s, c := smallSite(t)
	s.Switches().ListLag(time.Minute)
	c.t = c.t.Add(time.Hour)
	must(t, s, "PUT", "/1/cards/"+cardA, `{"name":"new"}`, nil)
	must(t, s, "POST", "/1/cards", `{"name":"young","idList":"`+listID+`"}`, nil)
	if got := names(t, s); got != "A ---" {
		t.Errorf("at once the listing shows %q", got)
	}
	if got := getCard(t, s, cardA)["name"]; got != "new" {
		t.Errorf("the card itself shows %v", got)
	}
	c.t = c.t.Add(time.Minute)
	if got := names(t, s); got != "new --- young" {
		t.Errorf("after the lag the listing shows %q", got)
	}
}

func names(t *testing.T, s *Site) string {
	t.Helper()
	var cards []struct{ Name string }
	must(t, s, "GET", "/1/boards/"+boardID+"/cards", "", &cards)
	var out []string
	for _, c := range cards {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func TestResetGivesBackTheStart(t *testing.T) {
	s, c := smallSite(t)
	start := s.Dump()
	c.t = c.t.Add(time.Hour)
	must(t, s, "PUT", "/1/cards/"+cardA, `{"name":"x","idLabels":"`+labelID+`"}`, nil)
	must(t, s, "PUT", "/1/cards/"+cardA+"/customField/"+numberID+"/item", `{"value":{"number":"1"}}`, nil)
	must(t, s, "PUT", "/1/labels/"+labelID, `{"color":"blue"}`, nil)
	want := Stats{Total: 3, Writes: 3, Requests: map[string]int{
		"PUT /1/cards/{id}": 1, "PUT /1/labels/{id}": 1, "PUT /1/cards/{idCard}/customField/{idCustomField}/item": 1,
	}}
	if diff := cmp.Diff(want, s.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	c.t = c.t.Add(time.Hour)
	must(t, s, "POST", "/_sandbox/reset", "", nil)
	sameDump(t, start, s.Dump())
	if got := s.Stats().Total; got != 0 {
		t.Errorf("%d requests after a reset", got)
	}
}

func TestSparseExportsAreFilledIn(t *testing.T) {
	s := New(read(t, `{"id":"`+boardID+`","name":"Old","lists":[{"id":"`+listID+`","name":"L"},{"id":"`+listTwo+`","name":"M"}],
	 "cards":[{"id":"`+cardB+`","name":"first","idList":"`+listTwo+`"},{"id":"`+cardA+`","name":"second","idList":"`+listTwo+`","labels":[{"color":"red","name":"hot"}]}]}`), newClock().now)
	d := s.Dump()
	var got []any
	for _, c := range d.Cards {
		got = append(got, c["name"], c["pos"], c["idShort"])
	}
	if diff := cmp.Diff([]any{"first", float64(first), 1, "second", float64(first + step), 2}, got); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}
	if len(d.Labels) != 1 || d.Labels[0]["name"] != "hot" {
		t.Errorf("labels %v, want the one of the card", d.Labels)
	}
	var fields []string
	for _, f := range d.CustomFields {
		fields = append(fields, f["name"].(string)+" "+f["type"].(string))
	}
	if !slices.Equal(fields, []string{"Score number", "Rank number"}) {
		t.Errorf("fields %v, want the two of the sandbox", fields)
	}
}

func TestBrokenExportsAreRefusedWhole(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "empty"},
		{"no JSON", "<html>", "invalid character"},
		{"no id", `{"name":"x"}`, "24 hexadecimal digits"},
		{"a card without a list", `{"id":"` + boardID + `","cards":[{"id":"` + cardA + `"}]}`, "cards[0].idList"},
		{"a second board that is cut", small + `{"id":`, "unexpected EOF"},
	} {
		var s Seed
		if err := s.Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if n := len(New(s, newClock().now).Boards()); n != 0 {
			t.Errorf("%s: left %d boards", tt.name, n)
		}
	}
}

func TestRealBoards(t *testing.T) {
	tests := []struct {
		file string
		want map[string]int
	}{
		{"data/trello/board-bizarre-lineage.json", map[string]int{"all": 361, "closed": 2, "separator": 59, "complete": 10, "work": 290}},
		{"data/trello/board-gis-2012.json", map[string]int{"all": 72, "closed": 1, "separator": 0, "complete": 0, "work": 71}},
	}
	for _, tt := range tests {
		f, err := os.Open(lab(t, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		var seed Seed
		if err := seed.Read(f); err != nil {
			t.Fatal(err)
		}
		s := New(seed, newClock().now)
		var cards []card
		must(t, s, "GET", "/1/boards/"+s.Boards()[0].ShortLink+"/cards?filter=all", "", &cards)
		got := map[string]int{"all": len(cards), "closed": 0, "separator": 0, "complete": 0, "work": 0}
		for _, c := range cards {
			switch {
			case c.Closed:
				got["closed"]++
			case c.CardRole == "separator":
				got["separator"]++
			case c.DueComplete:
				got["complete"]++
			default:
				got["work"]++
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.file, diff)
		}
	}
}
