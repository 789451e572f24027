package trellosim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Ids of the small board that most tests use.
const (
	boardID  = "5f0000000000000000000b01"
	listID   = "5f00000000000000000011a1"
	listTwo  = "5f00000000000000000011a2"
	cardA    = "5f00000100000000000000c1"
	cardB    = "5f00000200000000000000c2"
	labelID  = "5f0000000000000000001ab1"
	labelTwo = "5f0000000000000000001ab2"
	numberID = "5f0000000000000000000f01"
	choiceID = "5f0000000000000000000f02"
	optionID = "5f0000000000000000000f03"
	memberID = "5f000000000000000000ed01"
	nobodyID = "5f0000000000000000000bad"
	small    = `{"id":"` + boardID + `","name":"Road map","shortLink":"RoadMap1",
 "members":[{"id":"` + memberID + `","username":"ann","fullName":"Ann","initials":"A"}],
 "lists":[{"id":"` + listID + `","name":"Next","pos":16384},{"id":"` + listTwo + `","name":"Old","pos":32768,"closed":true}],
 "labels":[{"id":"` + labelID + `","idBoard":"` + boardID + `","name":"big","color":"red"},
           {"id":"` + labelTwo + `","idBoard":"` + boardID + `","name":"","color":null}],
 "customFields":[{"id":"` + numberID + `","idModel":"` + boardID + `","name":"Score","type":"number","pos":16384},
   {"id":"` + choiceID + `","idModel":"` + boardID + `","name":"Size","type":"list","pos":32768,
    "options":[{"id":"` + optionID + `","value":{"text":"S"},"pos":16384}]}],
 "cards":[{"id":"` + cardA + `","name":"A","idList":"` + listID + `","shortLink":"AAAAAAAA","pos":140737488355328},
          {"id":"` + cardB + `","name":"---","cardRole":"separator","idList":"` + listID + `","shortLink":"BBBBBBBB","pos":140737488371712}]}`
)

// clock is a time that tests move by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)} }

func smallSite(t *testing.T) (*Site, *clock) {
	t.Helper()
	c := newClock()
	return New(read(t, small), c.now), c
}

func read(t *testing.T, boards ...string) Seed {
	t.Helper()
	var s Seed
	for _, b := range boards {
		if err := s.Read(strings.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// signed gives the header that carries the site's credentials.
func signed(s *Site) string {
	return fmt.Sprintf("OAuth oauth_consumer_key=%q, oauth_token=%q", s.Key(), s.Token())
}

// call sends a signed request, with a JSON body unless it is empty.
func call(t *testing.T, s *Site, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", signed(s))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

// must is call for what has to succeed; it decodes the answer into out.
func must(t *testing.T, s *Site, method, path, body string, out any) {
	t.Helper()
	rec := call(t, s, method, path, body)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s %s %s: %d %s", method, path, body, rec.Code, rec.Body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// getCard gives a card with its custom field values.
func getCard(t *testing.T, s *Site, id string) object {
	t.Helper()
	var o object
	must(t, s, "GET", "/1/cards/"+id+"?customFieldItems=true", "", &o)
	return o
}

func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "?" + v.Encode()
}
