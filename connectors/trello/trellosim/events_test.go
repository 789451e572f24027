package trellosim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// labFile decodes a file of the lab, or skips the test.
func labFile(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(lab(t, "data/trello/"+name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// events are the recorded calls of webhooks, and the request that lets the same
// happen on the small board.
var events = map[string]struct{ method, path, params string }{
	"AddAttachment":           {"POST", "/1/cards/" + cardA + "/attachments", "url=https://example.com/plan"},
	"AddLabel_Part2":          {"PUT", "/1/cards/" + cardA, "idLabels=" + labelID + "," + labelTwo},
	"AddMember":               {"POST", "/1/cards/" + cardB + "/idMembers", "value=" + memberID},
	"ChangeDueDate":           {"PUT", "/1/cards/" + cardA, "due=2026-12-01T10:00:00.000Z"},
	"MarkDueAsComplete":       {"PUT", "/1/cards/" + cardA, "dueComplete=true"},
	"MoveCardFromListToList":  {"PUT", "/1/cards/" + cardA, "idList=" + listTwo},
	"MoveCardHigher":          {"PUT", "/1/cards/" + cardA, "pos=1024"},
	"MoveListRight":           {"PUT", "/1/lists/" + listID, "pos=99999"},
	"RenameBoard":             {"PUT", "/1/boards/" + boardID, "name=New"},
	"UpdateCardDescription":   {"PUT", "/1/cards/" + cardA, "desc=New"},
	"UpdateCardTitle":         {"PUT", "/1/cards/" + cardA, "name=New"},
	"WebhookNotificationCard": {"PUT", "/1/cards/" + cardA, "desc=New"},
	"WebhookNotificationList": {"PUT", "/1/cards/" + cardA, "desc=New"},
}

// pictured is the small board with a picture of its member, who is on a card
// that has a label.
func pictured(t *testing.T) *Site {
	t.Helper()
	board := strings.Replace(small, `"initials":"A"`, `"initials":"A","avatarHash":"f07a53f6","avatarUrl":"https://example.com/f07a53f6"`, 1)
	board = strings.Replace(board, `"name":"A","idList"`, `"name":"A","idMembers":["`+memberID+`"],"idLabels":["`+labelID+`"],"idList"`, 1)
	return New(read(t, board), newClock().now)
}

// notInFeeds are the recorded calls whose action the service shows to webhooks
// alone, never in a feed.
var notInFeeds = map[string]string{
	"AddLabel_Part1": "addLabelToCard",
}

// TestRecordedEvents lets happen what recorded calls of webhooks tell of, and
// holds the simulator's action and board against them: each key and JSON type.
func TestRecordedEvents(t *testing.T) {
	files, err := filepath.Glob(lab(t, "data/trello/webhooks/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded calls of webhooks: %v", err)
	}
	for _, f := range files {
		name := filepath.Base(f[:len(f)-len(".json")])
		t.Run(name, func(t *testing.T) {
			var call struct{ Model, Action object }
			labFile(t, "webhooks/"+name+".json", &call)
			kind := call.Action["type"].(string)
			if notInFeeds[name] == kind {
				return
			}
			event, known := events[name]
			if !known {
				t.Fatal("no request stands for this call")
			}
			site := pictured(t)
			must(t, site, event.method, event.path+"?"+event.params, "", nil)
			var feed []any
			must(t, site, "GET", "/1/boards/"+boardID+"/actions"+query("filter", kind, "limit", "1"), "", &feed)
			if len(feed) != 1 {
				t.Fatalf("%d actions of type %s, want 1", len(feed), kind)
			}
			if why := differs("action", any(call.Action), feed[0]); why != "" && !strings.Contains(why, "/attachment/preview") {
				t.Error(why) // previews are made of pictures that were uploaded
			}
		})
	}
}

// samples are recorded answers to single requests, and the request.
var samples = map[string]string{
	"BoardActions":     "/1/boards/" + boardID + "/actions",
	"GetBoardCardList": "/1/boards/" + boardID + "/cards",
	"GetCustomField":   "/1/customFields/" + choiceID,
	"GetLabelsExample": "/1/boards/" + boardID + "/labels",
	"GetListExample":   "/1/boards/" + boardID + "/lists",
}

// TestRecordedSamples holds answers of the simulator against recorded ones.
func TestRecordedSamples(t *testing.T) {
	files, err := filepath.Glob(lab(t, "data/trello/samples/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded samples: %v", err)
	}
	for _, f := range files {
		name := filepath.Base(f[:len(f)-len(".json")])
		t.Run(name, func(t *testing.T) {
			path, known := samples[name]
			if !known {
				t.Fatal("no request stands for this answer")
			}
			site := pictured(t)
			must(t, site, "POST", "/1/checklists?idCard="+cardA, "", nil)
			must(t, site, "PUT", "/1/cards/"+cardA+"?due=2026-12-01T10:00:00.000Z", "", nil)
			var want, got any
			labFile(t, "samples/"+name+".json", &want)
			must(t, site, "GET", path, "", &got)
			if why := differs("", want, got); why != "" && !strings.Contains(why, "/cover/") {
				t.Error(why) // the recorded card has a picture as its cover
			}
		})
	}
}
