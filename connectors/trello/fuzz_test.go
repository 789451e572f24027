package trello

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"stackrank/connectors"
	"stackrank/connectors/connectortest"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// FuzzBoardAnswers gives any bytes in the place of any one answer of a pull, a
// check, a survey and a move.
func FuzzBoardAnswers(f *testing.F) {
	for n, body := range []string{
		`[{"id":"5efd2601abcdef0000000001","name":"a"}]`, `[]`, `[null]`, `{"id":"5f0000000000000000000b01","prefs":{"voting":7}}`, `{"tokens":[{}]}`,
		`[{"id":"x","name":"F","type":"list","options":[{"_id":"o"}]}]`, `[{"id":"l","closed":null}]`, `{"permissions":[{"modelType":7}]}`, `unauthorized`, ``,
	} {
		f.Add(uint8(n), "application/json", []byte(body))
	}
	c := newCorpus(f, "made-up", siteOf(f, richBoard()))
	ask(f, c.open(f))
	asked := c.Requests()
	f.Fuzz(func(t *testing.T, n uint8, kind string, body []byte) {
		c.Spoil(asked[int(n)%len(asked)], connectortest.Reply{Status: http.StatusOK, Kind: kind, Body: body})
		defer c.Heal()
		k := c.open(t)
		s, err := k.Pull(t.Context())
		sound(t, s, err)
		ask(t, k)
	})
}

// sound checks what holds of every pull, and of those of Trello that each card
// has an id that pages can go by, and a list.
func sound(t *testing.T, s work.Snapshot, err error) {
	t.Helper()
	connectortest.Sound(t, s, err)
	for _, it := range s.Items {
		if err == nil && (!isID(it.Ref.ID) || it.Lane == "") {
			t.Errorf("%+v comes without a readable id or a list", it)
		}
	}
}

// ask makes the reads that are no pull. Their errors are as they may be.
func ask(t testing.TB, c *Connector) {
	t.Helper()
	_, _ = c.Check(t.Context(), connectors.ForOrder)
	_, _ = c.Survey(t.Context())
}

// FuzzRefusal reads any body as a refusal, and never makes one text two lines of
// a message.
func FuzzRefusal(f *testing.F) {
	for _, s := range []string{`{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"x"}`, `{"message":{}}`, `invalid token`, `{"error":`, `unauthorized card permission requested`} {
		f.Add(400, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		code, message := describe(status, nil, body)
		kind := kindOf(&rest.Error{Status: status, Code: code, Message: message})
		if len(strings.TrimSpace(string(body))) > 0 && message == "" {
			t.Errorf("describe(%q) says nothing", body)
		}
		if kind != nil && !errors.Is(kind, work.ErrForbidden) && !errors.Is(kind, work.ErrInvalid) {
			t.Errorf("kindOf(%d, %q) = %v", status, body, kind)
		}
	})
}

// FuzzReadFrame reads any bytes as a board and as its lists: what is read has an
// id and is told in full.
func FuzzReadFrame(f *testing.F) {
	for _, s := range []string{
		`{"id":"b","name":"B","closed":false,"prefs":{"voting":"members"},"premiumFeatures":["paidCorePlugins"],"memberships":[{"idMember":"m","memberType":"admin"}]}`,
		`[{"id":"l","name":"L","closed":true,"pos":1.5}]`, `[{"id":"l","name":"L","pos":1e400}]`, `{"id":"b","prefs":[]}`, `[null]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		if b, err := decodeBoard(raw); err == nil && b.id == "" {
			t.Errorf("board %s was read without an id", raw)
		}
		var lists []list
		if decodeAnswer(raw, &lists) != nil {
			return
		}
		for _, l := range lists {
			if l.ID == "" || l.Pos-l.Pos != 0 {
				t.Errorf("list %+v was read from %s", l, raw)
			}
		}
	})
}

// FuzzCardLabels puts any label on a card: one that the connector takes is there
// afterwards, letter by letter, and one that is not ours never.
func FuzzCardLabels(f *testing.F) {
	for _, s := range []string{"stackrank-now", "stackrank-", "other", "stackrank-a b", "stackrank-\u00a0", "stackrank-ü", "", "stackrank-&name=x", "stackrank-\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) {
			return
		}
		site := siteOf(t, boardOf(cardOf(1, ideasList, nil)))
		c := &corpus{Tape: connectortest.NewTape(site), boards: []string{boardRef}}
		err := c.open(t).Apply(t.Context(), change(1, add(name)))
		c.Tape = connectortest.NewTape(site)
		s, pullErr := c.open(t).Pull(t.Context())
		if pullErr != nil {
			t.Fatal(pullErr)
		}
		has := slices.Contains(s.Items[0].Labels, name)
		if has != (err == nil) || has && !strings.HasPrefix(name, "stackrank-") {
			t.Errorf("Apply() of label %q = %v, and the card has %q", name, err, s.Items[0].Labels)
		}
	})
}
