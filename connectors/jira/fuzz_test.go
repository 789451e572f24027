package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"stackrank/connectors"
	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// sound checks what holds of every pull, and of those of Jira that all issues
// stand in one list.
func sound(t *testing.T, s work.Snapshot, err error) {
	t.Helper()
	connectortest.Sound(t, s, err)
	for i, it := range s.Items {
		if err == nil && it.Native != i {
			t.Errorf("item %d has place %d", i, it.Native)
		}
	}
}

// FuzzSiteAnswers gives any bytes in the place of any one answer of a pull, a
// check and a survey.
func FuzzSiteAnswers(f *testing.F) {
	for n, body := range []string{
		`{"issues":[{"id":"1","key":"A-1","fields":{}}],"isLast":true}`, `{"issues":[],"nextPageToken":"x"}`, `{"version":"9","deploymentType":"Server"}`,
		`[{"id":"customfield_1","name":"Rank","schema":{"custom":"com.pyxis.greenhopper.jira:gh-lexo-rank"}}]`, `[null]`, `{"values":[{"id":-1}]}`,
		`{"permissions":{"EDIT_ISSUES":{"havePermission":null}}}`, `{"issueErrors":[{"id":"1"}],"issues":[]}`, `<html>`, ``,
	} {
		f.Add(uint8(n), "application/json", []byte(body))
	}
	c := newCorpus(f, "made-up", seedOf(jirasim.Cloud, richIssues()...), func(*jirasim.Switches) {})
	ask(f.Context(), c.open(f))
	asked := c.Requests()
	f.Fuzz(func(t *testing.T, n uint8, kind string, body []byte) {
		c.Spoil(asked[int(n)%len(asked)], connectortest.Reply{Status: http.StatusOK, Kind: kind, Body: body})
		defer c.Heal()
		k := c.open(t)
		s, err := k.Pull(t.Context())
		sound(t, s, err)
		ask(t.Context(), k)
	})
}

// FuzzMadeJQL pulls by any query: what the site selects by it is what the pull
// gives, however the connector narrows and orders it, and what the site refuses
// is refused.
func FuzzMadeJQL(f *testing.F) {
	for _, s := range []string{
		`project = PAY`, `project = PAY OR project = OPS order by created desc`, `key = PAY-3 ORDER BY key`, `summary ~ "order by"`, `(project = OPS)order by rank`,
		`id > 3 and not project = "OPS"`, `labels = 'a"b' or key in (PAY-1, PAY-2)`, `project = PAY) OR (project = OPS`, `key = PAY-1 ORDER`, "project=PAY\torder\nby\nid",
		`assignee = currentUser() order by id, key`, `project = PAY AND ORDER BY key`,
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	sites := map[bool]*jirasim.Site{}
	for server, d := range map[bool]jirasim.Deployment{false: jirasim.Cloud, true: jirasim.DataCenter} {
		seed := seedOf(d, slices.Concat(richIssues(), []string{issueOf(20001, "OPS-1"), issueOf(20002, "OPS-2")})...)
		sites[server] = jirasim.New(seed, func() time.Time { return now })
	}
	f.Fuzz(func(t *testing.T, jql string, server bool) {
		if !utf8.ValidString(jql) || strings.TrimSpace(jql) == "" {
			return
		}
		d := map[bool]jirasim.Deployment{false: jirasim.Cloud, true: jirasim.DataCenter}[server]
		filter, _ := splitJQL(jql)
		want, refused := selected(t, sites[server], d, jql)
		if refused { // perhaps for its order, which does not count beside a rank
			want, refused = selected(t, sites[server], d, filter)
		}
		c := reopen(t, sites[server], d, func(w *Wiring, o *Options, r *rest.Options) { o.JQL, r.Attempts = jql, 1 })
		s, err := c.Pull(t.Context())
		if filter == "" {
			if !errors.Is(err, work.ErrInvalid) {
				t.Errorf("Pull() by %q, which selects nothing, = %v", jql, err)
			}
			return
		}
		if refused != (err != nil) {
			t.Fatalf("the site refuses %q: %v; Pull() = %v", jql, refused, err)
		}
		got := keys(s)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("Pull() by %q gives %v, the site %v", jql, got, want)
		}
	})
}

// selected asks the site itself by a query.
func selected(t *testing.T, site http.Handler, d jirasim.Deployment, jql string) (found []string, refused bool) {
	t.Helper()
	path := "/rest/api/2/search/jql"
	if d == jirasim.DataCenter {
		path = "/rest/api/2/search"
	}
	body, err := json.Marshal(map[string]any{"jql": jql, "fields": []string{"key"}, "maxResults": 1000})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	testOptions("http://jira.example", d).Auth.authorize()(r.Header)
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	var p struct{ Issues []struct{ Key string } }
	if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &p) != nil {
		return nil, true
	}
	for _, iss := range p.Issues {
		found = append(found, iss.Key)
	}
	slices.Sort(found)
	return found, false
}

// FuzzDescribe reads any body as a refusal.
func FuzzDescribe(f *testing.F) {
	for _, s := range []string{`{"errorMessages":["a"],"errors":{"b":"c"}}`, `{"errors":[{"message":"a"}]}`, `{"message":7}`, `{"errors":{"a":null}}`, `[]`, `<html>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		code, message := describe(http.StatusBadRequest, nil, body)
		if !json.Valid(body) && code+message != "" {
			t.Errorf("describe(%q) = %q, %q, of no JSON", body, code, message)
		}
	})
}

// FuzzRateHeaders reads any rate headers: they never ask for a wait of the past.
func FuzzRateHeaders(f *testing.F) {
	f.Add("3", "60", "", "")
	f.Add("0", "", "2026-03-26T16:00Z", "Thu, 26 Mar 2026 15:59:30 GMT")
	f.Add("-1", "9223372036854775807", "x", "y")
	f.Fuzz(func(t *testing.T, remaining, interval, reset, date string) {
		h := http.Header{}
		for k, v := range map[string]string{"X-RateLimit-Remaining": remaining, "X-RateLimit-Interval-Seconds": interval, "X-RateLimit-Reset": reset, "Date": date} {
			h.Set(k, v)
		}
		if n, wait, ok := Headers(h); ok && (n < 0 || wait < 0) {
			t.Errorf("Headers(%v) = %d, %v", h, n, wait)
		}
	})
}

// FuzzRankEntries reads any answer to a rank call that was done in part: an
// issue that it does not call done is not taken for done.
func FuzzRankEntries(f *testing.F) {
	for _, s := range []string{
		`{"entries":[{"issueId":1,"status":200},{"issueId":"2","status":503,"errors":["x"]}]}`, `{"entries":[{"issueId":1}]}`, `{"entries":[null]}`,
		`{"entries":[]}`, `{}`, `{"entries":[{"issueId":1,"status":200},{"issueId":1,"status":400}]}`,
	} {
		f.Add([]byte(s))
	}
	site := jirasim.New(seedOf(jirasim.Cloud, many(3)...), func() time.Time { return now })
	f.Fuzz(func(t *testing.T, body []byte) {
		c := reopen(t, site, jirasim.Cloud, func(_ *Wiring, _ *Options, r *rest.Options) {
			r.Transport = partly{direct{site}, body}
			r.Attempts = 1
		})
		c.pause = 0
		run := work.Run{Items: []work.Ref{{Source: "jira", ID: "10003"}}, Before: work.Ref{Source: "jira", ID: "10001"}}
		results, err := c.Reorder(t.Context(), run)
		if err == nil && (len(results) != 1 || results[0].Err == nil) {
			t.Errorf("Reorder() = %v after %q, though nothing moved", results, body)
		}
	})
}

// partly answers every rank call with 207 and a body, and moves nothing.
type partly struct {
	direct
	body []byte
}

func (p partly) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/issue/rank") {
		return p.direct.RoundTrip(r)
	}
	w := newRecorder()
	w.WriteHeader(http.StatusMultiStatus)
	_, _ = w.Write(p.body) // a recorder does not fail
	return w.answer(r), nil
}

// FuzzLabelNames puts any label on an issue: one that the connector takes is one
// that the site takes, and nothing but that label is there afterwards.
func FuzzLabelNames(f *testing.F) {
	for _, s := range []string{"stackrank-now", "stackrank-", "other", "stackrank-a b", "stackrank-\u00a0", "stackrank-ü", "", "stackrank-\r", "stackrank-\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		site := jirasim.New(seedOf(jirasim.DataCenter, many(1)...), func() time.Time { return now })
		c := reopen(t, site, jirasim.DataCenter)
		edit := work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text(name)}
		err := c.Apply(t.Context(), work.Change{Ref: work.Ref{Source: "jira", ID: "10001"}, Key: "PAY-1", Edits: []work.Edit{edit}})
		refused := &rest.Error{}
		if errors.As(err, &refused) {
			t.Fatalf("the site refuses the label %q: %v", name, err)
		}
		s, pullErr := c.Pull(t.Context())
		if pullErr != nil {
			t.Fatal(pullErr)
		}
		want := fmt.Sprint([]string{name})
		if err != nil {
			want = "[]"
		}
		if got := fmt.Sprint(s.Items[0].Labels); got != want {
			t.Errorf("Apply() of label %q = %v, and the issue has %s", name, err, got)
		}
		if err == nil && !strings.HasPrefix(name, "stackrank-") {
			t.Errorf("label %q, which is not ours, was written", name)
		}
	})
}

// ask makes the reads that are no pull. Their errors are as they may be.
func ask(ctx context.Context, c *Connector) {
	_, _ = c.Check(ctx, connectors.ForOrder)
	_, _ = c.Survey(ctx)
}
