package trello

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/rest"
)

// replay answers a request that was made before as it was answered then, so
// that a benchmark has no simulator in it.
type replay struct {
	site    http.Handler
	answers map[string][]byte
}

func (p replay) RoundTrip(r *http.Request) (*http.Response, error) {
	name := r.Method + " " + r.URL.String()
	if _, known := p.answers[name]; !known {
		w := httptest.NewRecorder()
		if r.Body == nil { // a server's request always has one
			r = r.Clone(r.Context())
			r.Body = http.NoBody
		}
		p.site.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return w.Result(), nil
		}
		p.answers[name] = w.Body.Bytes()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: -1,
		Body: io.NopCloser(bytes.NewReader(p.answers[name])), Request: r,
	}, nil
}

// lifelikeBoard has n cards with text, labels, values and dates.
func lifelikeBoard(n int) obj {
	cards := make([]obj, n)
	for i := range cards {
		cards[i] = cardOf(i+1, []string{ideasList, nextList}[i%2], obj{
			"desc": strings.Repeat("Refunds of split payments fail when the bank is slow. ", 10),
			"due":  "2026-12-01T12:00:00.000Z", "idLabels": []string{themLabel},
			"labels":           []obj{{"id": themLabel, "idBoard": boardRef, "name": "theirs", "color": "red"}},
			"customFieldItems": []obj{value(moneyField, "number", fmt.Sprint(100*i)), chosen(smallSize)},
			"attachments":      []obj{{"id": fmt.Sprintf("5f0000000000000000a%05x", i), "url": "https://example.com/plan"}},
		})
	}
	return boardOf(cards...)
}

// BenchmarkPullBoard reads a board of 500 cards and makes items of them.
func BenchmarkPullBoard(b *testing.B) {
	raw, err := json.Marshal(lifelikeBoard(500))
	if err != nil {
		b.Fatal(err)
	}
	seed := trellosim.Seed{Bare: true}
	if err := seed.Read(bytes.NewReader(raw)); err != nil {
		b.Fatal(err)
	}
	s := usual()
	s.options.URL = "http://trello.example/1"
	made, err := Transport(s.wiring.Source, s.options)
	if err != nil {
		b.Fatal(err)
	}
	made.Transport = replay{trellosim.New(seed, func() time.Time { return now }), map[string][]byte{}}
	client := rest.NewClient(made).HTTP()
	b.ReportAllocs()
	for b.Loop() {
		c, err := New(s.wiring, s.options, client)
		if err != nil {
			b.Fatal(err)
		}
		got, err := c.Pull(b.Context())
		if err != nil || len(got.Items) != 500 {
			b.Fatalf("Pull() = %d items, %v; want 500", len(got.Items), err)
		}
	}
}
