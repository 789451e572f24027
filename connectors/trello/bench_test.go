package trello

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// now is the time in every simulated site.
var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// The ids of the board that most tests use.
const (
	boardRef   = "5f0000000000000000000b01"
	boardShort = "RoadMap1"
	ideasList  = "5f00000000000000000011a1"
	nextList   = "5f00000000000000000011a2"
	oldList    = "5f00000000000000000011a3" // archived
	themLabel  = "5f0000000000000000001ab1"
	bareLabel  = "5f0000000000000000001ab2"
	scoreField = "5f0000000000000000000f01"
	placeField = "5f0000000000000000000f02"
	moneyField = "5f0000000000000000000f03"
	sizeField  = "5f0000000000000000000f04"
	smallSize  = "5f0000000000000000000f05"
	vagueSize  = "5f0000000000000000000f06"
	urgentFlag = "5f0000000000000000000f07"
	memberRef  = "5f000000000000000000ed01"
)

// obj is a JSON object of an export.
type obj = map[string]any

// cardID gives the id of the n-th card, made n seconds after 2020-07-02 00:10:40.
func cardID(n int) string { return fmt.Sprintf("%08xabcdef%010x", 0x5efd2600+n, n) }

func short(n int) string { return fmt.Sprintf("Card%04d", n) }

// cardOf gives an open card at step n of the scale; more overrides its keys.
func cardOf(n int, list string, more obj) obj {
	c := obj{
		"id": cardID(n), "shortLink": short(n), "idShort": n, "name": fmt.Sprintf("Card %d", n),
		"idBoard": boardRef, "idList": list, "pos": middle + float64(n)*step,
	}
	maps.Copy(c, more)
	return c
}

// boardOf gives the usual board with the cards.
func boardOf(cards ...obj) obj {
	field := func(id, name, kind string, options ...obj) obj {
		return obj{"id": id, "idModel": boardRef, "name": name, "type": kind, "pos": 1000.5, "options": options}
	}
	option := func(id, text string) obj {
		return obj{"id": id, "idCustomField": sizeField, "value": obj{"text": text}, "pos": 1}
	}
	return obj{
		"id": boardRef, "name": "Road map", "shortLink": boardShort, "premiumFeatures": []string{corePlugins},
		"prefs":       obj{"voting": "members"},
		"members":     []obj{{"id": memberRef, "username": "ann", "fullName": "Ann"}},
		"memberships": []obj{{"id": "5f000000000000000000ee01", "idMember": memberRef, "memberType": "normal"}},
		"lists": []obj{
			{"id": nextList, "name": "Next", "pos": middle + step},
			{"id": ideasList, "name": "Ideas", "pos": middle},
			{"id": oldList, "name": "Old", "pos": middle + 2*step, "closed": true},
		},
		"labels": []obj{
			{"id": themLabel, "idBoard": boardRef, "name": "theirs", "color": "red"},
			{"id": bareLabel, "idBoard": boardRef, "name": "", "color": nil},
		},
		"customFields": []obj{
			field(scoreField, "Score", "number"), field(placeField, "Rank", "text"), field(moneyField, "Revenue", "number"),
			field(sizeField, "Size", "list", option(smallSize, "3"), option(vagueSize, "some")), field(urgentFlag, "Urgent", "checkbox"),
		},
		"cards": cards,
	}
}

// value gives a custom field item of an export.
func value(field, kind, text string) obj {
	return obj{"id": "5f0000000000000000000c" + field[22:], "idCustomField": field, "value": obj{kind: text}}
}

func chosen(option string) obj {
	return obj{"id": "5f0000000000000000000ca4", "idCustomField": sizeField, "idValue": option}
}

// cardsIn gives n plain cards of a list.
func cardsIn(list string, n int) []obj {
	out := make([]obj, n)
	for i := range out {
		out[i] = cardOf(i+1, list, nil)
	}
	return out
}

func siteOf(t testing.TB, boards ...obj) *trellosim.Site {
	t.Helper()
	return siteAt(t, func() time.Time { return now }, boards...)
}

func siteAt(t testing.TB, clock func() time.Time, boards ...obj) *trellosim.Site {
	t.Helper()
	seed := trellosim.Seed{Bare: true}
	for _, b := range boards {
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := seed.Read(strings.NewReader(string(raw))); err != nil {
			t.Fatal(err)
		}
	}
	return trellosim.New(seed, clock)
}

// setup is what a test may change before the connector is made.
type setup struct {
	wiring  Wiring
	options Options
	rest    rest.Options
}

func usual() *setup {
	return &setup{
		wiring: Wiring{
			Source:  "roadmap",
			Signals: map[work.Signal]string{"revenue": "Revenue", work.Effort: "Size"},
			Targets: map[work.Slot]string{work.SlotScore: "Score", work.SlotRank: "Rank"},
			Labels:  true, Order: true, LabelPrefix: "stackrank-", Zone: time.UTC,
		},
		options: Options{
			Auth:   Auth{Key: rest.SecretOf(trellosim.DefaultKey), Token: rest.SecretOf(trellosim.DefaultToken)},
			Boards: []string{"https://trello.com/b/" + boardShort + "/road-map"},
		},
	}
}

// connect opens a connector on a server that answers as handler does.
func connect(t *testing.T, handler http.Handler, change ...func(*setup)) *Connector {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return connectTo(t, server.URL, change...)
}

// connectOver opens a connector that a handler answers without a network.
func connectOver(t testing.TB, handler http.Handler, change ...func(*setup)) *Connector {
	t.Helper()
	near := func(s *setup) { s.rest.Transport = direct{handler} }
	return connectTo(t, "http://trello.example", append([]func(*setup){near}, change...)...)
}

// direct answers requests by a handler.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	if r.Body == nil {
		r.Body = http.NoBody // a server's request always has one
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func connectTo(t testing.TB, base string, change ...func(*setup)) *Connector {
	t.Helper()
	s := usual()
	s.options.URL = base + "/1"
	for _, f := range change {
		f(s)
	}
	o, err := Transport(s.wiring.Source, s.options)
	if err != nil {
		t.Fatal(err)
	}
	o.Attempts, o.Backoff, o.Log, o.Transport = 3, time.Millisecond, s.rest.Log, s.rest.Transport
	c, err := New(s.wiring, s.options, rest.NewClient(o).HTTP())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pull(t *testing.T, c *Connector) work.Snapshot {
	t.Helper()
	s, err := c.Pull(t.Context())
	if err != nil {
		t.Fatalf("Pull() = %v", err)
	}
	return s
}

func refOf(n int) work.Ref { return work.Ref{Source: "roadmap", ID: cardID(n)} }

func refsOf(ns ...int) []work.Ref {
	out := make([]work.Ref, len(ns))
	for i, n := range ns {
		out[i] = refOf(n)
	}
	return out
}

func itemOf(t *testing.T, s work.Snapshot, ref work.Ref) work.Item {
	t.Helper()
	i := slices.IndexFunc(s.Items, func(it work.Item) bool { return it.Ref == ref })
	if i < 0 {
		t.Fatalf("item %s is not in the pull", ref)
	}
	return s.Items[i]
}

// keys gives the keys of the items, lane after lane.
func keys(s work.Snapshot) []string {
	var out []string
	for _, it := range s.Items {
		out = append(out, it.Key)
	}
	return out
}

func codes(fs []work.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func set(slot work.Slot, v work.Value) work.Edit { return work.Edit{Op: work.Set, Slot: slot, New: v} }

func add(name string) work.Edit {
	return work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text(name)}
}

func remove(name string) work.Edit {
	return work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text(name)}
}

func change(n int, edits ...work.Edit) work.Change {
	return work.Change{Ref: refOf(n), Key: short(n), Edits: edits}
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// dump gives everything that the site holds, as text.
func dump(t *testing.T, s *trellosim.Site) string {
	t.Helper()
	raw, err := json.Marshal(s.Dump())
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// logTo gives a logger that hands every line to say.
func logTo(say func(string)) *zap.Logger {
	enc := zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig())
	return zap.New(zapcore.NewCore(enc, zapcore.AddSync(sayer(say)), zapcore.DebugLevel))
}

type sayer func(string)

func (s sayer) Write(p []byte) (int, error) {
	s(string(p))
	return len(p), nil
}

// lab opens a file of real data, or skips.
func lab(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(connectortest.Lab(t, "data", "trello", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
