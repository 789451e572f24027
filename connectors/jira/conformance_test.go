package jira

import (
	"net/http"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

func TestConformance(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) { connectortest.Run(t, benchOf(d)) })
}

// TestContract holds what the connector sends, and what the simulator answers,
// against the documents that Atlassian publishes of Jira Cloud.
func TestContract(t *testing.T) {
	connectortest.RunJudged(t, benchOf(jirasim.Cloud), func(t *testing.T, target string) string {
		return connectortest.Contract(t, target,
			"-spec", connectortest.Lab(t, "specs", "jira-platform.openapi.json"),
			"-spec", connectortest.Lab(t, "specs", "jira-software.openapi.json"),
			"-alias", "/rest/api/2=/rest/api/3",
			"-ignore", connectortest.Lab(t, "tools", "contractproxy", "ignore", "jira-cloud.rules")).URL
	})
}

// benchOf gives a site of five issues in two projects, one of them done.
func benchOf(d jirasim.Deployment) func(*testing.T) connectortest.Bench {
	return func(t *testing.T) connectortest.Bench {
		seed := seedOf(d,
			issueOf(10003, "PAY-3", `"labels":["theirs","stackrank-old"]`, `"priority":{"id":"2","name":"High"}`,
				`"votes":{"votes":4,"hasVoted":false}`, `"watches":{"watchCount":0,"isWatching":false}`),
			issueOf(10001, "PAY-1", `"duedate":"2026-12-01"`, `"`+pointField+`":3`, `"description":"h3. Acceptance criteria\n\n* The refund arrives."`,
				`"comment":{"total":1,"comments":[{"id":"1","body":"Which bank? [~po]","created":"2026-10-02T08:00:00.000+0000"}]}`),
			issueOf(10002, "PAY-2", `"description":"Refunds come late."`),
			issueOf(10009, "OPS-9", `"`+scoreField+`":12.5`),
			issueOf(10004, "PAY-4", `"status":{"id":"3","name":"Done","statusCategory":{"id":3,"key":"done"}}`),
		)
		seed.Projects = append(seed.Projects, jirasim.Project{ID: "10002", Key: "EXT", Name: "External"})
		seed.Statuses = []jirasim.Status{{ID: "1", Name: "To Do", Category: "new"}, {ID: "3", Name: "Done", Category: "done"}}
		site := jirasim.New(seed, func() time.Time { return now })
		p := &crew{site: site}
		return connectortest.Bench{
			Service: site,
			Open: func(t *testing.T, base string, say func(string)) connectors.Connector {
				return open(t, base, d, func(_ *Wiring, _ *Options, r *rest.Options) {
					r.Attempts, r.Backoff, r.Log = 3, time.Millisecond, logTo(say)
					r.Transport = http.DefaultTransport
				})
			},
			Want:    wantConformance(),
			IsWrite: isWrite,
			State:   func() string { return string(site.Dump()) },
			Prefix:  "stackrank-",
			Leave: map[connectortest.Way]func(*testing.T, work.Item){
				connectortest.Finished: p.must(func(it work.Item) click {
					return click{http.MethodPost, "api/2/issue/" + it.Ref.ID + "/transitions", `{"transition":{"id":"21"}}`}
				}),
				connectortest.Deleted: p.must(func(it work.Item) click { return click{http.MethodDelete, "api/2/issue/" + it.Ref.ID, ""} }),
				connectortest.Moved:   p.must(func(it work.Item) click { return click{"MOVE", it.Key, "EXT"} }),
			},
			Secrets: []string{secret},
		}
	}
}

// must gives a click on an item that the site has to take.
func (p *crew) must(on func(work.Item) click) func(*testing.T, work.Item) {
	return func(t *testing.T, it work.Item) {
		t.Helper()
		if !p.do(on(it)) {
			t.Fatalf("the site does not take %v", on(it))
		}
	}
}

func wantConformance() []work.Item {
	item := func(id, key, project string) work.Item {
		return work.Item{
			Ref: work.Ref{Source: "jira", ID: id}, Key: key, Title: "Issue " + key, URL: "BASE/browse/" + key, Type: "Story",
			Status: work.Open, Created: time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC),
			Signals: work.Signals{},
			Attrs:   map[string]work.Attr{"type": {Text: "Story"}, "project": {Text: project}, "status": {Text: "To Do"}},
		}
	}
	out := []work.Item{item("10003", "PAY-3", "PAY"), item("10001", "PAY-1", "PAY"), item("10002", "PAY-2", "PAY"), item("10009", "OPS-9", "OPS")}
	out[0].Labels = []string{"stackrank-old", "theirs"}
	out[0].Signals = work.Signals{work.Priority: 0.75, work.Votes: 4, work.Watchers: 0}
	out[1].Due = time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	out[1].Signals = work.Signals{work.Effort: 3, work.Comments: 1}
	out[1].Events = []work.Event{{Signal: work.Comments, At: time.Date(2026, 10, 2, 8, 0, 0, 0, time.UTC), Amount: 1}}
	out[1].Attrs[work.AttrCriteria], out[1].Attrs[work.AttrQuestion] = work.Yes(true), work.Yes(true)
	out[2].Attrs[work.AttrCriteria] = work.Yes(false)
	out[3].Outputs = map[work.Slot]work.Value{work.SlotScore: work.Number(12.5)}
	for i := range out {
		out[i].Native = i
	}
	return out
}
