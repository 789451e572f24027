package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// small is a seed with two projects and five issues, one of them done and one
// a sub-task, on a site with a second rank field.
func small(deployment Deployment) Seed {
	issue := func(id, key, project, category, more string) json.RawMessage {
		statuses := map[string]string{
			"new":           `{"id":"1","name":"Open","statusCategory":{"id":2,"key":"new","name":"To Do"}}`,
			"indeterminate": `{"id":"3","name":"Doing","statusCategory":{"id":4,"key":"indeterminate","name":"In Progress"}}`,
			"done":          `{"id":"6","name":"Closed","statusCategory":{"id":3,"key":"done","name":"Done"}}`,
		}
		return json.RawMessage(fmt.Sprintf(`{"id":%q,"key":%q,"self":"https://old.example/rest/api/2/issue/%s","fields":{
			"project":{"id":"%s","key":%q,"name":"Project %s"},"status":%s,"issuetype":{"id":"10","name":"Story","subtask":false},
			"created":"2026-05-01T10:00:00.000-0500","updated":"2026-05-20T10:00:00.000-0500","labels":[],"issuelinks":[]%s}}`,
			id, key, id, map[string]string{"PAY": "100", "OPS": "101"}[project], project, project, statuses[category], more))
	}
	return Seed{
		Deployment: deployment,
		Fields: []Field{
			{ID: "customfield_10050", Name: "Priority Score", Type: "number", Custom: NumberType},
			{ID: "customfield_10060", Name: "Team", Type: "option", Custom: SelectType, Options: []string{"Red", "Blue"}},
			{ID: "customfield_10019", Name: "Rank", Custom: RankType},
			{ID: "customfield_10262", Name: "Old rank", Custom: RankType},
		},
		Priorities: []Priority{{"1", "Highest"}, {"2", "High"}, {"3", "Medium"}, {"4", "Low"}, {"5", "Lowest"}},
		Issues: []json.RawMessage{
			issue("1001", "PAY-1", "PAY", "new", `,"summary":"Refund fails","priority":{"id":"2","name":"High"},"duedate":"2026-06-10","description":"First line\nsecond","customfield_10050":3.0`),
			issue("1002", "PAY-2", "PAY", "indeterminate", `,"summary":"Slow checkout","priority":null,"labels":["ui"],"assignee":{"accountId":"a1","name":"ann","displayName":"Ann"}`),
			issue("1003", "PAY-3", "PAY", "done", `,"summary":"Old bug","resolution":{"id":"1","name":"Fixed"},"priority":{"id":"1","name":"Highest"}`),
			issue("1004", "OPS-1", "OPS", "new", `,"summary":"Renew certificates","duedate":"2026-06-02"`),
			issue("1005", "PAY-4", "PAY", "new", `,"summary":"Part of refund","issuetype":{"id":"11","name":"Sub-task","subtask":true},"parent":{"id":"1001","key":"PAY-1"}`),
		},
	}
}

func smallSite(t tester, deployment Deployment, change func(*Switches)) *Site {
	t.Helper()
	s := New(small(deployment), func() time.Time { return noon })
	if change != nil {
		s.Switch(change)
	}
	return s
}

// keysIn gives the keys of the issues in an answer, as one text.
func keysIn(t tester, body []byte) string {
	t.Helper()
	var p struct {
		Issues []struct{ Key string }
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	var keys []string
	for _, i := range p.Issues {
		keys = append(keys, i.Key)
	}
	return strings.Join(keys, " ")
}

// found gives the keys that a query finds, or the refusal's messages.
func found(t tester, s *Site, jql string) string {
	t.Helper()
	target, body := "/rest/api/3/search/jql", map[string]any{"jql": jql, "fields": []string{"key"}}
	if !s.cloud() {
		target = "/rest/api/2/search"
	}
	raw, _ := json.Marshal(body)
	status, got := ask(t, s, "POST", target, string(raw))
	if status == http.StatusOK {
		return keysIn(t, got)
	}
	var p problem
	if err := json.Unmarshal(got, &p); err != nil {
		t.Fatalf("status %d: %s", status, got)
	}
	return strings.Join(p.Messages, " ")
}
