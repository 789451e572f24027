package jira

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	gojira "github.com/andygrunwald/go-jira"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
)

// replay answers a request that was made before as it was answered then, so
// that a benchmark has no simulator in it.
type replay struct {
	site http.Handler

	mu      sync.Mutex
	answers map[string][]byte
}

func (p *replay) RoundTrip(r *http.Request) (*http.Response, error) {
	var asked []byte
	if r.Body != nil {
		var err error
		if asked, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(asked))
	}
	name := fmt.Sprintf("%s %s %s", r.Method, r.URL, asked)
	answer, err := p.answer(name, r)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: -1,
		Body: io.NopCloser(bytes.NewReader(answer)), Request: r,
	}, nil
}

func (p *replay) answer(name string, r *http.Request) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.answers[name]; ok {
		return known, nil
	}
	resp, err := direct{p.site}.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	p.answers[name], err = io.ReadAll(resp.Body)
	return p.answers[name], err
}

// lifelike gives n issues with what costs time to read: text, comments, links.
func lifelike(n int) []string {
	text := strings.Repeat("Refunds of split payments fail when the bank is slow. ", 10)
	comment := func(id int) string {
		return fmt.Sprintf(`{"id":"%d","body":%q,"created":"2026-10-02T08:00:00.000+0000","author":{"accountId":"u%d","displayName":"Ann","active":true}}`, id, text, id%9)
	}
	out := make([]string, n)
	for i := range out {
		out[i] = issueOf(10001+i, fmt.Sprintf("PAY-%d", i+1),
			fmt.Sprintf(`"description":%q`, text), `"priority":{"id":"3","name":"Medium"}`, `"labels":["backend","customer"]`,
			`"duedate":"2026-12-01"`, `"votes":{"votes":3,"hasVoted":false}`, `"watches":{"watchCount":2,"isWatching":false}`,
			fmt.Sprintf(`"%s":%d`, pointField, i%8+1),
			fmt.Sprintf(`"comment":{"comments":[%s,%s],"total":2,"maxResults":2,"startAt":0}`, comment(2*i+1), comment(2*i+2)),
			fmt.Sprintf(`"issuelinks":[{"id":"%d","type":{"id":"10000","name":"Blocks","inward":"is blocked by","outward":"blocks"},"outwardIssue":{"id":"%d","key":"PAY-%d"}}]`, 90000+i, 10001+(i+1)%n, (i+1)%n+1))
	}
	return out
}

// BenchmarkPullPage reads a page of 100 issues and makes items of them, with the
// little that has to be known about the site.
func BenchmarkPullPage(b *testing.B) {
	for _, d := range []jirasim.Deployment{jirasim.Cloud, jirasim.DataCenter} {
		b.Run(string(d), func(b *testing.B) {
			pull := puller(b, replayed(d, 100), d, 100)
			b.ReportAllocs()
			for b.Loop() {
				pull()
			}
		})
	}
}

// replayed gives a site with n issues whose answers are in memory once given.
func replayed(d jirasim.Deployment, n int) *replay {
	return &replay{site: jirasim.New(seedOf(d, lifelike(n)...), func() time.Time { return now }), answers: map[string][]byte{}}
}

// puller gives what pulls all n issues of a site that limits nothing, by a new
// connector each time. It was called once, so that the answers are in memory.
func puller(b *testing.B, site *replay, d jirasim.Deployment, n int) func() {
	b.Helper()
	o := testOptions("http://jira.example", d)
	made, err := Transport("jira", o)
	if err != nil {
		b.Fatal(err)
	}
	made.Transport, made.Budget = site, rest.NewBudget(rest.Rule{Requests: 1 << 20, Per: time.Second})
	client := rest.NewClient(made).HTTP()
	pull := func() {
		c, err := New(testWiring(), o, client)
		if err != nil {
			b.Fatal(err)
		}
		if s, err := c.Pull(b.Context()); err != nil || len(s.Items) != n {
			b.Fatalf("Pull() = %d items, %v; want %d", len(s.Items), err, n)
		}
	}
	pull()
	return pull
}

// scripter gives what a plain script with the go-jira library does to read the
// same fields page by page, as it does by itself. It was called once.
func scripter(b *testing.B, site *replay, d jirasim.Deployment, n int) func() {
	b.Helper()
	o := testOptions("http://jira.example", d)
	login := gojira.BasicAuthTransport{Username: "po@example.com", Password: secret, Transport: site}
	client, err := gojira.NewClient(login.Client(), o.URL)
	if err != nil {
		b.Fatal(err)
	}
	read := func() {
		if got := script(b, client, d, o.JQL); got != n {
			b.Fatalf("the script read %d issues, want %d", got, n)
		}
	}
	read()
	return read
}

// BenchmarkReadBesideAScript reads 1,000 issues with all that the ranking can
// use, and lets a plain script read the same fields. Nothing is waited for.
func BenchmarkReadBesideAScript(b *testing.B) {
	for _, d := range []jirasim.Deployment{jirasim.Cloud, jirasim.DataCenter} {
		site := replayed(d, 1000)
		run := func(name string, begin func(*testing.B, *replay, jirasim.Deployment, int) func()) {
			b.Run(string(d)+"/"+name, func(b *testing.B) {
				read := begin(b, site, d, 1000)
				b.ReportAllocs()
				for b.Loop() {
					read()
				}
			})
		}
		run("stackrank", puller)
		run("script", scripter)
	}
}

// BenchmarkReadAgainstAScript does both by turns, so that what else the machine
// does meets both alike, and gives the time of stackrank as a share of the
// script's: of all rounds, and of the fastest of each.
func BenchmarkReadAgainstAScript(b *testing.B) {
	for _, d := range []jirasim.Deployment{jirasim.Cloud, jirasim.DataCenter} {
		b.Run(string(d), func(b *testing.B) {
			site := replayed(d, 1000)
			ours, theirs := newWatch(puller(b, site, d, 1000)), newWatch(scripter(b, site, d, 1000))
			for b.Loop() {
				ours.run()
				theirs.run()
			}
			b.ReportMetric(ours.all.Seconds()/theirs.all.Seconds(), "of-script")
			b.ReportMetric(ours.least.Seconds()/theirs.least.Seconds(), "of-script-at-best")
		})
	}
}

// watch measures what it runs.
type watch struct {
	what       func()
	all, least time.Duration
}

func newWatch(what func()) *watch { return &watch{what: what, least: time.Hour} }

func (w *watch) run() {
	start := time.Now()
	w.what()
	took := time.Since(start)
	w.all, w.least = w.all+took, min(w.least, took)
}

// script reads all issues by the library's own walk; on Cloud, where that is
// refused, by pages of the same size.
func script(b *testing.B, client *gojira.Client, d jirasim.Deployment, jql string) (n int) {
	b.Helper()
	if d == jirasim.DataCenter {
		search := &gojira.SearchOptions{Fields: []string{"*all"}}
		if err := client.Issue.SearchPages(jql, search, func(gojira.Issue) error { n++; return nil }); err != nil {
			b.Fatal(err)
		}
		return n
	}
	for q := (url.Values{"jql": {jql}, "fields": {"*all"}, "maxResults": {"50"}}); ; {
		req, err := client.NewRequest(http.MethodGet, "rest/api/2/search/jql?"+q.Encode(), nil)
		if err != nil {
			b.Fatal(err)
		}
		var page struct {
			Issues []gojira.Issue `json:"issues"`
			Next   string         `json:"nextPageToken"`
		}
		if _, err := client.Do(req, &page); err != nil {
			b.Fatal(err)
		}
		n += len(page.Issues)
		if page.Next == "" {
			return n
		}
		q.Set("nextPageToken", page.Next)
	}
}
