package trello

import (
	"path/filepath"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/connectors/connectortest"
	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/work"
)

func TestConformance(t *testing.T) { connectortest.Run(t, benchOfBoard) }

// TestContract holds what the connector sends, and what the simulator answers,
// against the document that Trello publishes.
func TestContract(t *testing.T) {
	connectortest.RunJudged(t, benchOfBoard, func(t *testing.T, target string) string {
		return connectortest.Contract(t, target,
			"-spec", connectortest.Lab(t, "specs", "trello.openapi.json")+",params-in-body",
			"-ignore", connectortest.Lab(t, "tools", "contractproxy", "ignore", "trello.rules"),
			"-ignore", filepath.Join("testdata", "contract.rules")).URL
	})
}

// benchOfBoard gives a board with cards of every kind.
func benchOfBoard(t *testing.T) connectortest.Bench {
	board := boardOf(
		cardOf(1, ideasList, obj{"idLabels": []string{themLabel, bareLabel}, "due": "2026-12-01T17:00:00.000Z"}),
		cardOf(2, ideasList, obj{"customFieldItems": []obj{value(scoreField, "number", "12.5"), value(moneyField, "number", "100.32")}}),
		cardOf(3, ideasList, obj{"name": "---", "cardRole": "separator"}),
		cardOf(4, ideasList, obj{"badges": obj{"comments": 2}}),
		cardOf(5, ideasList, obj{"desc": "## Done when:\n- the refund arrives"}),
		cardOf(6, nextList, nil),
		cardOf(7, nextList, obj{"dueComplete": true}),
		cardOf(8, oldList, nil),
	)
	const laterList = "5f00000000000000000011a4"
	board["lists"] = append(board["lists"].([]obj), obj{"id": laterList, "name": "Later", "pos": middle + 3*step})
	site := siteOf(t, board)
	p := &person{site: site, at: now}
	first := func(values ...string) string { return values[0] }
	return connectortest.Bench{
		Service: site,
		Open: func(t *testing.T, base string, say func(string)) connectors.Connector {
			return connectTo(t, base, func(s *setup) {
				s.rest.Log, s.wiring.Log, s.options.Lists = logTo(say), logTo(say), []string{"Ideas", "Next"}
			})
		},
		Want:    wantConformance(),
		IsWrite: isWrite,
		State:   func() string { return dump(t, site) },
		Prefix:  "stackrank-",
		Leave: map[connectortest.Way]func(*testing.T, work.Item){
			connectortest.Finished: p.must(func(id string) request { return habits["complete"](first, id) }),
			connectortest.Archived: p.must(func(id string) request { return habits["archive"](first, id) }),
			connectortest.Deleted:  p.must(func(id string) request { return habits["delete"](first, id) }),
			connectortest.Moved:    p.must(func(id string) request { return sets("idList", laterList)(first, id) }),
		},
		Secrets: []string{trellosim.DefaultKey, trellosim.DefaultToken},
	}
}

// must gives an edit of a card that the site has to take.
func (p *person) must(edit func(id string) request) func(*testing.T, work.Item) {
	return func(t *testing.T, it work.Item) {
		t.Helper()
		if !p.does(edit(it.Ref.ID)) {
			t.Fatalf("the site does not take %v", edit(it.Ref.ID))
		}
	}
}

func wantConformance() []work.Item {
	item := func(n int, lane, name string, native int) work.Item {
		return work.Item{
			Ref: refOf(n), Key: short(n), Title: cardOf(n, "", nil)["name"].(string), URL: "https://trello.com/c/" + short(n),
			Status: work.Open, Lane: lane, LaneName: name, Native: native, Position: middle + float64(n)*step,
			Created: time.Date(2020, 7, 2, 0, 10, 40+n, 0, time.UTC),
			Signals: work.Signals{work.Votes: 0, work.Comments: 0},
			Attrs:   map[string]work.Attr{work.AttrCriteria: work.Yes(false)},
		}
	}
	out := []work.Item{
		item(1, ideasList, "Ideas", 0), item(2, ideasList, "Ideas", 1), item(4, ideasList, "Ideas", 2), item(5, ideasList, "Ideas", 3),
		item(6, nextList, "Next", 0),
	}
	out[0].Labels = []string{"theirs"}
	out[0].Due = time.Date(2026, 12, 1, 17, 0, 0, 0, time.UTC)
	out[1].Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(12.5)}
	out[1].Signals["revenue"] = 100.32
	out[1].Attrs["Revenue"] = work.Attr{Text: "100.32", Number: 100.32, Numeric: true}
	out[3].Attrs[work.AttrCriteria] = work.Yes(true)
	out[2].Signals[work.Comments] = 2
	return out
}
