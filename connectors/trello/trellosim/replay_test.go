package trellosim

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lab gives the path of a file in the lab, or skips.
func lab(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("STACKRANK_LAB")
	if dir == "" {
		t.Skip("STACKRANK_LAB is not set: it names the folder with real data")
	}
	return filepath.Join(dir, name)
}

// exchange is one recorded request to the live service with its answer.
type exchange struct {
	Source, Method, Path, Query string
	ContentType                 string `json:"request_content_type"`
	Request                     string `json:"request_body"`
	Status                      int
	Headers                     map[string]string
	JSON                        any
	Text                        string
}

func recorded(t *testing.T) [][]exchange {
	t.Helper()
	data, err := os.ReadFile(lab(t, "data/trello/recorded-exchanges.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Exchanges []exchange }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var sessions [][]exchange
	for _, e := range file.Exchanges {
		if n := len(sessions); n > 0 && sessions[n-1][0].Source == e.Source {
			sessions[n-1] = append(sessions[n-1], e)
		} else {
			sessions = append(sessions, []exchange{e})
		}
	}
	return sessions
}

// unreachable lists the recorded answers that the simulator does not give, by
// request and reason.
var unreachable = map[string]string{
	"POST /1/cards/5e95d1b4f43f9a06497f17f7/attachments": "the service fetched the picture behind the URL, measured it and made previews",
}

// TestReplay holds the simulator against the live service: each session of
// recorded requests runs on a site seeded from the recording, and every answer
// is compared by status, content type and shape.
func TestReplay(t *testing.T) {
	var total, same int
	for _, session := range recorded(t) {
		site := New(newStage(session).seed(t), func() time.Time { return time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) })
		renamed := map[string]string{}
		for _, e := range session {
			total++
			why := replay(site, e, renamed)
			reason, known := unreachable[e.Method+" "+e.Path]
			switch {
			case why == "":
				same++
			case known:
				t.Logf("%s %s: %s: %s", e.Method, e.Path, why, reason)
			default:
				t.Errorf("%s %s: %s", e.Method, e.Path, why)
			}
		}
	}
	t.Logf("%d of %d recorded answers reached", same, total)
	if total != 214 || same != total-len(unreachable) {
		t.Errorf("reached %d of %d recorded answers, want %d of 214", same, total, 214-len(unreachable))
	}
}

// replay sends e and says how the answer differs; renamed maps recorded ids to
// those that the site gave to what it made.
func replay(site *Site, e exchange, renamed map[string]string) string {
	path, body := e.Path, e.Request
	for old, now := range renamed {
		path, body = strings.ReplaceAll(path, old, now), strings.ReplaceAll(body, old, now)
	}
	path = strings.Replace(path, "MEMBER_TOKEN", site.Token(), 1)
	r := httptest.NewRequest(e.Method, path+"?"+e.Query, strings.NewReader(body))
	r.Header.Set("Authorization", fmt.Sprintf("OAuth oauth_consumer_key=%q, oauth_token=%q", site.Key(), site.Token()))
	r.Header.Set("Content-Type", e.ContentType)
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, r)
	answer, err := io.ReadAll(rec.Body)
	if err != nil {
		return err.Error()
	}
	if rec.Code != e.Status {
		return fmt.Sprintf("status %d (%s), want %d", rec.Code, answer, e.Status)
	}
	if got, want := media(rec.Header().Get("Content-Type")), media(e.Headers["Content-Type"]); got != want {
		return fmt.Sprintf("content type %s, want %s", got, want)
	}
	if e.JSON == nil {
		if string(answer) != e.Text {
			return fmt.Sprintf("text %q, want %q", answer, e.Text)
		}
		return ""
	}
	var got any
	if err := json.Unmarshal(answer, &got); err != nil {
		return err.Error()
	}
	if e.Method == http.MethodPost {
		rename(e.JSON, got, renamed)
	}
	return differs("", e.JSON, got)
}

func rename(want, got any, renamed map[string]string) {
	w, _ := want.(object)
	g, _ := got.(object)
	old, _ := w["id"].(string)
	now, _ := g["id"].(string)
	if old != "" && now != "" {
		renamed[old] = now
	}
}

func media(header string) string {
	kind, _, err := mime.ParseMediaType(header)
	if err != nil {
		return header
	}
	return kind
}

// differs compares shapes: every recorded key must be there, with a value of
// the same kind; null was recorded for many kinds, so it fits anything. Newer
// keys may come on top.
func differs(at string, want, got any) string {
	switch w := want.(type) {
	case nil:
		return ""
	case object:
		g, ok := got.(object)
		if !ok {
			return fmt.Sprintf("%s is %T, want an object", at, got)
		}
		for key, v := range w {
			if _, ok := g[key]; !ok {
				return at + "/" + key + " is missing"
			}
			if why := differs(at+"/"+key, v, g[key]); why != "" {
				return why
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(w) > 0 && len(g) == 0 {
			return fmt.Sprintf("%s is %T of %d, want an array of %d", at, got, len(g), len(w))
		}
		if len(w) > 0 {
			return differs(at+"/0", w[0], g[0])
		}
		return ""
	}
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return fmt.Sprintf("%s is %T, want %T", at, got, want)
	}
	return ""
}
