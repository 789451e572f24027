package jira

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// now is the time in every simulated site.
var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

const secret = "token-3f9a1c"

// The fields of the simulated site.
const (
	scoreField = "customfield_10050"
	placeField = "customfield_10051"
	pointField = "customfield_10016"
	rankField  = "customfield_10019"
)

// seedOf gives a site with the issues, written as their fields.
func seedOf(d jirasim.Deployment, issues ...string) jirasim.Seed {
	seed := jirasim.Seed{
		Deployment: d, Token: secret,
		User: jirasim.User{ID: "u1", Name: "po", Email: "po@example.com", Label: "Po", Zone: "Europe/Berlin"},
		Fields: []jirasim.Field{
			{ID: rankField, Name: "Rang", Type: "any", Custom: jirasim.RankType},
			{ID: pointField, Name: "Story Points", Type: "number", Custom: jirasim.NumberType},
			{ID: scoreField, Name: "Priority Score", Type: "number", Custom: jirasim.NumberType},
			{ID: placeField, Name: "Stack Rank", Type: "number", Custom: jirasim.NumberType},
		},
		Projects: []jirasim.Project{{ID: "10000", Key: "PAY", Name: "Payments"}, {ID: "10001", Key: "OPS", Name: "Operations"}},
		Boards:   []jirasim.Board{{ID: 1, Name: "Payments board", Type: "scrum", Project: "PAY"}},
		Priorities: []jirasim.Priority{
			{ID: "1", Name: "Highest"}, {ID: "2", Name: "High"}, {ID: "3", Name: "Medium"}, {ID: "4", Name: "Low"}, {ID: "5", Name: "Lowest"},
		},
	}
	for _, s := range issues {
		seed.Issues = append(seed.Issues, json.RawMessage(s))
	}
	return seed
}

// issueOf writes one open issue; further fields may follow.
func issueOf(id int, key string, more ...string) string {
	fields := fmt.Sprintf(`"summary":"Issue %s","created":"2026-10-01T08:00:00.000+0000",
		"issuetype":{"id":"10001","name":"Story","subtask":false,"hierarchyLevel":0},
		"status":{"id":"1","name":"To Do","statusCategory":{"id":2,"key":"new"}},
		"project":{"id":"%s","key":"%s"}`, key, map[string]string{"PAY": "10000", "OPS": "10001"}[projectOf(key)], projectOf(key))
	for _, m := range more {
		fields += "," + m
	}
	if !strings.Contains(fields, `"labels"`) {
		fields += `,"labels":[]`
	}
	return fmt.Sprintf(`{"id":"%d","key":"%s","fields":{%s}}`, id, key, fields)
}

// many gives n open issues of PAY in order.
func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = issueOf(10001+i, fmt.Sprintf("PAY-%d", i+1))
	}
	return out
}

// direct serves requests from a handler without a network.
type direct struct{ site http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil { // a server's request always has one
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	w := newRecorder()
	d.site.ServeHTTP(w, r)
	return w.answer(r), nil
}

func testWiring() Wiring {
	return Wiring{
		Source: "jira", Labels: true, Order: true, LabelPrefix: "stackrank-", Zone: time.UTC,
		Signals: map[work.Signal]string{work.Effort: storyPoints},
		Targets: map[work.Slot]string{work.SlotScore: "Priority Score", work.SlotRank: "Stack Rank"},
	}
}

func testOptions(base string, d jirasim.Deployment) Options {
	o := Options{URL: base, JQL: "project in (PAY, OPS) AND statusCategory != Done", Auth: Auth{User: "po@example.com", Token: rest.SecretOf(secret)}}
	if d == jirasim.DataCenter {
		o.Auth.User = ""
	}
	return o
}

// open gives a connector for a site at base; change may alter what it is made of.
func open(t testing.TB, base string, d jirasim.Deployment, change func(*Wiring, *Options, *rest.Options)) *Connector {
	t.Helper()
	w, o := testWiring(), testOptions(base, d)
	ro := rest.Options{}
	change(&w, &o, &ro)
	made, err := Transport("jira", o)
	if err != nil {
		t.Fatal(err)
	}
	made.Transport, made.Log, made.Attempts, made.Backoff, made.MaxBody, made.Budget = ro.Transport, ro.Log, ro.Attempts, ro.Backoff, ro.MaxBody, ro.Budget
	w.Log = ro.Log
	c, err := New(w, o, rest.NewClient(made).HTTP())
	if err != nil {
		t.Fatal(err)
	}
	c.pause = time.Millisecond
	return c
}

// rig is a simulated site with a connector on it.
type rig struct {
	*Connector
	site *jirasim.Site
}

// start gives a connector on a fresh site, without a network between them.
func start(t *testing.T, seed jirasim.Seed, changes ...func(*Wiring, *Options, *rest.Options)) rig {
	t.Helper()
	site := jirasim.New(seed, func() time.Time { return now })
	return rig{site: site, Connector: reopen(t, site, seed.Deployment, changes...)}
}

func reopen(t testing.TB, site http.Handler, d jirasim.Deployment, changes ...func(*Wiring, *Options, *rest.Options)) *Connector {
	t.Helper()
	return open(t, "http://jira.example", d, func(w *Wiring, o *Options, r *rest.Options) {
		r.Transport, r.Attempts, r.Backoff = direct{site}, 3, time.Millisecond
		for _, change := range changes {
			change(w, o, r)
		}
	})
}

func (r rig) pull(t *testing.T) work.Snapshot {
	t.Helper()
	s, err := r.Pull(t.Context())
	if err != nil {
		t.Fatalf("Pull() = %v", err)
	}
	return s
}

// keys gives the keys of the items in native order.
func keys(s work.Snapshot) []string {
	out := make([]string, len(s.Items))
	for i, it := range s.Items {
		out[i] = it.Key
	}
	return out
}

// logTo gives a logger that hands every line to say.
func logTo(say func(string)) *zap.Logger {
	enc := zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig())
	return zap.New(zapcore.NewCore(enc, sayer(say), zap.DebugLevel))
}

type sayer func(string)

func (s sayer) Write(b []byte) (int, error) { s(string(b)); return len(b), nil }
func (s sayer) Sync() error                 { return nil }

// isWrite tells a request that changes the site.
func isWrite(r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodPost && readingPost(r)
	return !reads && !strings.HasPrefix(r.URL.Path, "/_sandbox/")
}

// deployments runs a test on both kinds of Jira.
func deployments(t *testing.T, run func(t *testing.T, d jirasim.Deployment)) {
	t.Helper()
	for _, d := range []jirasim.Deployment{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(string(d), func(t *testing.T) { run(t, d) })
	}
}
