package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// warped gives the answers of a site, each altered. Tokens of pages, which may
// be altered ones, stay here: every search is answered with the first page.
type warped struct {
	site  http.Handler
	alter func(r *http.Request, answer map[string]any) any
}

func (w warped) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rec := newRecorder()
	var sent map[string]any
	if json.NewDecoder(r.Body).Decode(&sent) == nil {
		delete(sent, "nextPageToken")
		b, _ := json.Marshal(sent) // what was decoded can be encoded
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(b))
	}
	w.site.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	var answer map[string]any
	if strings.Contains(r.URL.Path, "/search") && json.Unmarshal(body, &answer) == nil {
		body, _ = json.Marshal(w.alter(r, answer)) // what was decoded can be encoded
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(rec.Code)
	_, _ = rw.Write(body) // a recorder does not fail
}

// pullWarped pulls n issues from a site with altered searches.
func pullWarped(t *testing.T, d jirasim.Deployment, n int, alter func(*http.Request, map[string]any) any) (work.Snapshot, error) {
	t.Helper()
	site := jirasim.New(seedOf(d, many(n)...), func() time.Time { return now })
	return reopen(t, warped{site, alter}, d, func(_ *Wiring, _ *Options, r *rest.Options) { r.Attempts = 1 }).Pull(t.Context())
}

func TestATotalThatLiesHidesNoIssue(t *testing.T) {
	for _, lie := range []any{0, 1, 99, 100, 101, 1000, 1240, 5000, nil} {
		s, err := pullWarped(t, jirasim.DataCenter, 1234, func(_ *http.Request, a map[string]any) any {
			a["total"] = lie
			return a
		})
		if lie == 5000 {
			if !errors.Is(err, work.ErrUnavailable) {
				t.Errorf("with a total of 5000, %d items, %v; want the kind %q", len(s.Items), err, work.ErrUnavailable)
			}
			continue
		}
		if err != nil || len(s.Items) != 1234 {
			t.Errorf("with a total of %v, %d items, %v; want 1234", lie, len(s.Items), err)
		}
		if n, ok := lie.(int); ok && n > 1234 && !hasFinding(s, "not-given") {
			t.Errorf("a total of %v makes no finding", lie)
		}
	}
	if _, err := pullWarped(t, jirasim.DataCenter, 3, func(_ *http.Request, a map[string]any) any {
		a["total"] = json.RawMessage("1e400")
		return a
	}); !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("Pull() with a total of 1e400 = %v, want the kind %q", err, work.ErrUnexpected)
	}
}

func hasFinding(s work.Snapshot, code string) bool {
	for _, f := range s.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

func TestASearchThatNeverEndsIsAnError(t *testing.T) {
	tests := []struct {
		name  string
		d     jirasim.Deployment
		alter func(n *int, a map[string]any)
	}{
		{"the same issues under ever new tokens", jirasim.Cloud, func(n *int, a map[string]any) { a["nextPageToken"], a["isLast"] = fmt.Sprint(*n), false }},
		{"empty pages under ever new tokens", jirasim.Cloud, func(n *int, a map[string]any) {
			a["nextPageToken"], a["isLast"] = fmt.Sprint(*n), false
			if *n > 2 {
				a["issues"] = []any{}
			}
		}},
		{"more to come, and no token", jirasim.Cloud, func(_ *int, a map[string]any) { a["nextPageToken"], a["isLast"] = nil, false }},
		{"the first window again and again", jirasim.DataCenter, func(_ *int, a map[string]any) {
			if list, _ := a["issues"].([]any); len(list) == 0 {
				a["issues"] = []any{map[string]any{"id": "10001", "key": "PAY-1", "fields": map[string]any{}}}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			_, err := pullWarped(t, tt.d, 30, func(_ *http.Request, a map[string]any) any {
				asked++
				tt.alter(&asked, a)
				return a
			})
			if !errors.Is(err, work.ErrUnexpected) || asked > 30 {
				t.Errorf("Pull() = %v after %d searches, want the kind %q soon", err, asked, work.ErrUnexpected)
			}
		})
	}
}

func TestAnIssueTwiceIsOneItem(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		s, err := pullWarped(t, d, 7, func(_ *http.Request, a map[string]any) any {
			if list, _ := a["issues"].([]any); len(list) > 0 {
				a["issues"] = append(list, list[0], list[len(list)-1])
			}
			return a
		})
		if err != nil || len(s.Items) != 7 {
			t.Errorf("%d items, %v; want the 7 there are", len(s.Items), err)
		}
		_, err = pullWarped(t, d, 7, func(_ *http.Request, a map[string]any) any {
			if list, _ := a["issues"].([]any); len(list) > 1 {
				list[1].(map[string]any)["id"] = list[0].(map[string]any)["id"]
			}
			return a
		})
		if d == jirasim.DataCenter && (!errors.Is(err, work.ErrUnexpected) || !strings.Contains(err.Error(), "PAY-2")) {
			t.Errorf("two issues of one id: Pull() = %v, want an error that names PAY-2", err)
		}
	})
}

func TestABodyCutOnTheWayIsAskedForAgain(t *testing.T) {
	c := newCorpus(t, "made-up", seedOf(jirasim.Cloud, richIssues()...), func(*jirasim.Switches) {})
	for _, request := range c.asked {
		good := c.Good(request)
		c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: good.Kind, Body: good.Body[:len(good.Body)/2], Times: 1})
		got, err := c.open(t).Pull(t.Context())
		if err != nil || len(got.Items) != len(c.base.Items) || len(got.Findings) != len(c.base.Findings) {
			t.Errorf("%s: %d items, %v; want the %d of an undisturbed pull", shortName(request), len(got.Items), err, len(c.base.Items))
		}
		c.Heal()
	}
}

func TestWrongKindsAndHugeBodiesAreErrorsThatSaySo(t *testing.T) {
	c := newCorpus(t, "made-up", seedOf(jirasim.Cloud, richIssues()...), func(*jirasim.Switches) {})
	blank := bytes.Repeat([]byte(" "), 50<<20)
	deep := func(n int) []byte {
		return []byte(strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n))
	}
	tests := []struct {
		name, kind string
		body       []byte
	}{
		{"a page", "text/html", []byte("<html><title>Log in</title></html>")},
		{"a page that says it is JSON", "application/json", []byte("<!doctype html>")},
		{"plain text", "text/plain", []byte("OK")},
		{"nothing", "application/json", nil},
		{"null", "application/json", []byte("null")},
		{"a number", "application/json", []byte("7")},
		{"50 MB of blanks", "application/json", append(blank, '7')},
		{"70 MB", "application/json", append([]byte(`"`), append(bytes.Repeat([]byte("x"), 70<<20), '"')...)},
		{"10,000 levels", "application/json", deep(10000)},
		{"a million levels", "application/json", deep(1000000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requests := c.asked
			if len(tt.body) > 1<<20 {
				requests = requests[:1] // the limits are the same for all
			}
			for _, request := range requests {
				if strings.Contains(request, "/board") && tt.name != "a page" {
					continue // an account need not see boards; whatever is no list of them is none
				}
				c.Heal()
				c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: tt.kind, Body: tt.body})
				got, err := c.open(t).Pull(t.Context())
				if err == nil && len(got.Items) == len(c.base.Items) && strings.Contains(request, "bulkfetch") {
					continue // asked for in smaller parts, as a body that is too large
				}
				if err == nil || strings.ContainsAny(err.Error(), "\n\r") || len(err.Error()) > 1000 {
					t.Errorf("%s: Pull() = %.1200v, want a sentence", shortName(request), err)
				}
			}
			c.Heal()
		})
	}
}
