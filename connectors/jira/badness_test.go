package jira

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// corpus is a site of real or made-up issues whose pull is known.
type corpus struct {
	*connectortest.Tape
	site       http.Handler
	name       string
	deployment jirasim.Deployment
	base       work.Snapshot
	asked      []string // the requests of the undisturbed pull
}

func (c *corpus) open(t testing.TB) *Connector {
	t.Helper()
	return reopen(t, c.site, c.deployment, func(w *Wiring, o *Options, r *rest.Options) {
		o.JQL = "created >= 2000-01-01"
		w.Signals = map[work.Signal]string{work.Effort: storyPoints, "revenue": "ARR"}
		r.Transport, r.Attempts, r.Backoff = c.Tape, 2, time.Microsecond
	})
}

func newCorpus(t testing.TB, name string, seed jirasim.Seed, alter func(*jirasim.Switches)) *corpus {
	t.Helper()
	seed.Fields = append(slices.Clone(seed.Fields),
		jirasim.Field{ID: "customfield_19990", Name: "ARR", Type: "number", Custom: jirasim.NumberType})
	site := jirasim.New(seed, func() time.Time { return now })
	site.Switch(alter)
	c := &corpus{Tape: connectortest.NewTape(site), site: site, name: name, deployment: seed.Deployment}
	var err error
	if c.base, err = c.open(t).Pull(t.Context()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c.asked = c.Requests()
	return c
}

// victims gives the answers of the undisturbed pull that hold issues.
func (c *corpus) victims() []string {
	return slices.DeleteFunc(slices.Clone(c.asked), func(name string) bool {
		var p searchPage
		return json.Unmarshal(c.Good(name).Body, &p) != nil || p.Issues == nil || len(*p.Issues) == 0
	})
}

// rounds gives how many bad answers a test makes.
func rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// richIssues are issues that fill every field that is read.
func richIssues() []string {
	more := []string{
		`"summary":"Refund fails","priority":{"id":"2","name":"High"},"labels":["a","stackrank-now"],"duedate":"2026-12-01","customfield_10016":5,"customfield_19990":1200.5`,
		`"votes":{"votes":3,"hasVoted":false},"watches":{"watchCount":2},"comment":{"total":1,"comments":[{"id":"1","body":"Which bank?","created":"2026-10-02T08:00:00.000+0000"}]}`,
		`"fixVersions":[{"id":"1","name":"1.0","released":true,"archived":false,"releaseDate":"2026-10-10"},{"id":"2","name":"2.0","released":false,"archived":false,"releaseDate":"2026-12-20"}],"components":[{"id":"1","name":"API"}]`,
		`"issuelinks":[{"id":"1","type":{"id":"1","name":"Blocks","inward":"is blocked by","outward":"blocks"},"outwardIssue":{"id":"10001","key":"PAY-1","fields":{"summary":"x","status":{"name":"To Do","statusCategory":{"key":"new"}}}}}]`,
		`"parent":{"id":"10001","key":"PAY-1","fields":{"summary":"x"}},"customfield_10050":61.5,"customfield_10051":2,"security":{"id":"1","name":"Staff"}`,
		`"customfield_10020":[{"id":3,"name":"Sprint 1","state":"active"}],"environment":"x","description":"*Acceptance criteria*\n* The refund arrives."`,
	}
	var out []string
	for i := range 12 {
		out = append(out, issueOf(10001+i, fmt.Sprintf("PAY-%d", i+1), more[i%len(more)], fmt.Sprintf(`"%s":"0|i%04d:"`, rankField, i)))
	}
	return out
}

// corpora gives the sites that bad answers are made of: made-up ones always, and
// all issues of the lab where there is one.
func corpora(t *testing.T) []*corpus {
	t.Helper()
	var out []*corpus
	add := func(name string, seed jirasim.Seed) {
		for _, d := range []jirasim.Deployment{jirasim.Cloud, jirasim.DataCenter} {
			seed.Deployment = d
			out = append(out, newCorpus(t, name+"/"+string(d), seed, func(*jirasim.Switches) {}))
		}
		if len(seed.Issues) > 1 {
			seed.Deployment = jirasim.Cloud
			out = append(out, newCorpus(t, name+"/pages", seed, func(s *jirasim.Switches) { s.PageCap = 5 }))
		}
	}
	add("made-up", seedOf(jirasim.Cloud, richIssues()...))
	for _, file := range labAnswers(t) {
		seed := jirasim.Seed{Token: secret, User: seedOf("").User, Fields: seedOf("").Fields}
		if seed.Read(bytes.NewReader(file.body)) != nil || len(seed.Issues) == 0 {
			continue
		}
		seed.Issues = sample(seed.Issues, 9)
		add(file.name, seed)
	}
	return slices.DeleteFunc(out, func(c *corpus) bool { return len(c.victims()) == 0 }) // files that hold no dated issue
}

// sample takes n issues at even distances.
func sample(all []json.RawMessage, n int) []json.RawMessage {
	if len(all) <= n {
		return all
	}
	out := make([]json.RawMessage, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}

type labAnswer struct {
	name string
	body []byte
}

// labAnswers gives every JSON file of the lab; none without a lab.
func labAnswers(t *testing.T) []labAnswer {
	t.Helper()
	lab := os.Getenv("STACKRANK_LAB")
	if lab == "" {
		return nil
	}
	root := filepath.Join(lab, "data", "jira")
	var out []labAnswer
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") && !strings.HasSuffix(path, ".jsonl") {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		out = append(out, labAnswer{filepath.ToSlash(name), body})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestABadAnswerIsNeverTakenForAGoodOneNorTakesOthersAlong(t *testing.T) {
	all := corpora(t)
	for i, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			pages := c.victims()
			for range rounds(4000) / len(all) {
				c.spoilIssue(t, rng, pages[rng.IntN(len(pages))])
			}
			for range rounds(2000) / len(all) {
				c.spoilFrame(t, rng, c.asked[rng.IntN(len(c.asked))])
			}
		})
	}
}

// Whatever a file of the lab holds, it is served in the place of every answer.
func TestForeignAnswersMakeNoUnsoundItem(t *testing.T) {
	c := newCorpus(t, "made-up", seedOf(jirasim.Cloud, richIssues()...), func(*jirasim.Switches) {})
	for _, file := range labAnswers(t) {
		body := file.body
		if len(body) > 1<<20 {
			body = body[:1<<20]
		}
		for _, request := range c.asked {
			c.Spoil(request, connectortest.Reply{Status: http.StatusOK, Kind: "application/json", Body: body})
			got, err := c.open(t).Pull(t.Context())
			sound(t, got, err)
			c.Heal()
		}
	}
}

// spoilIssue makes one issue of an answer bad and judges the pull.
func (c *corpus) spoilIssue(t *testing.T, rng *rand.Rand, name string) {
	t.Helper()
	good := c.Good(name)
	a, err := connectortest.TakeApart(good.Body)
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprint(rng.IntN(a.Count("issues")))
	m := a.Mutate(rng, rng.IntN(50) == 0, "issues", at)
	id, key := strings.Trim(a.Text("issues", at, "id"), `"`), strings.Trim(a.Text("issues", at, "key"), `"`)
	v := connectortest.Victim{Ref: work.Ref{Source: "jira", ID: id}, Names: []string{id, key}, Depth: 4}
	c.Spoil(name, connectortest.Reply{Status: good.Status, Kind: good.Kind, Body: m.Body})
	defer c.Heal()
	got, err := c.open(t).Pull(t.Context())
	for _, fault := range m.Faults(v, c.base, got, err) {
		t.Errorf("%s of %s, %s:\n%s", m, key, shortName(name), fault)
	}
}

func shortName(name string) string { return name[:min(len(name), 60)] }

// spoilFrame makes an answer bad outside its issues and judges the pull.
func (c *corpus) spoilFrame(t *testing.T, rng *rand.Rand, request string) {
	t.Helper()
	good := c.Good(request)
	a, err := connectortest.TakeApart(good.Body)
	if err != nil || good.Status != http.StatusOK || a.Count() == 0 {
		return
	}
	m := a.Mutate(rng, rng.IntN(20) == 0)
	if len(m.Path) > 1 && m.Path[0] == "issues" {
		return // those are judged one by one
	}
	c.Spoil(request, connectortest.Reply{Status: good.Status, Kind: good.Kind, Body: m.Body})
	defer c.Heal()
	got, err := c.open(t).Pull(t.Context())
	for _, fault := range m.Faults(connectortest.Victim{}, c.base, got, err) {
		t.Errorf("%s of %s:\n%s", m, shortName(request), fault)
	}
}
