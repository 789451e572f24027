package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestEditsAreOneEntryAndMoveUpdated(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	body := `{"fields":{"customfield_10050":87,"customfield_10060":{"value":"Blue"},"priority":{"id":"1"},"status":{"name":"Closed"}},
		"update":{"labels":[{"add":"b"},{"add":"a"},{"add":"b"}]},"properties":[{"key":"state","value":{"n":1}}]}`
	if status, got := ask(t, s, "PUT", "/rest/api/2/issue/PAY-1?notifyUsers=false", body); status != 204 || len(got) != 0 {
		t.Fatalf("status %d: %s", status, got)
	}
	_, got := ask(t, s, "GET", "/rest/api/2/issue/PAY-1?properties=state", "")
	for _, want := range []string{
		`"customfield_10050":87.0`, `"value":"Blue"`, `"labels":["a","b"]`, `"name":"Highest"`, `"name":"Open"`, `"properties":{"state":{"n":1}}`,
		`"updated":"2026-06-01T07:00:00.000-0500"`, `"created":"2026-05-01T10:00:00.000-0500"`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	_, got = ask(t, s, "GET", "/rest/api/3/issue/PAY-1/changelog", "")
	var log struct {
		Total  int
		Values []struct{ Items []struct{ FieldID string } }
	}
	if err := json.Unmarshal(got, &log); err != nil || log.Total != 1 {
		t.Fatalf("%s, %v", got, err)
	}
	if want := "[{customfield_10050} {customfield_10060} {labels} {priority}]"; fmt.Sprint(log.Values[0].Items) != want {
		t.Errorf("items %v, want %s", log.Values[0].Items, want)
	}
}

func TestLabelVerbsLeaveOthersLabelsAlone(t *testing.T) {
	s := smallSite(t, DataCenter, nil)
	for _, step := range []struct{ body, want string }{
		{`{"update":{"labels":[{"add":"mine"}]}}`, `"labels":["mine","ui"]`},
		{`{"update":{"labels":[{"remove":"mine"},{"remove":"absent"}]}}`, `"labels":["ui"]`},
		{`{"update":{"labels":[{"set":["x"]},{"add":"y"}]}}`, `"labels":["x","y"]`},
		{`{"fields":{"labels":[]}}`, `"labels":[]`},
	} {
		if status, got := ask(t, s, "PUT", "/rest/api/2/issue/PAY-2", step.body); status != 204 {
			t.Fatalf("%s: status %d: %s", step.body, status, got)
		}
		if _, got := ask(t, s, "GET", "/rest/api/2/issue/PAY-2?fields=labels", ""); !strings.Contains(string(got), step.want) {
			t.Errorf("%s: no %s in %s", step.body, step.want, got)
		}
	}
}

func TestReturnIssueIsCloudsAlone(t *testing.T) {
	for deployment, want := range map[Deployment]int{Cloud: 200, DataCenter: 204} {
		if status, body := ask(t, smallSite(t, deployment, nil), "PUT", "/rest/api/2/issue/PAY-1?returnIssue=true", `{"fields":{"customfield_10050":null}}`); status != want {
			t.Errorf("%s: status %d: %s", deployment, status, body)
		}
	}
}

func TestRichTextGoesByVersion(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	const doc = `{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"First line"},{"type":"hardBreak"},{"type":"text","text":"second"}]}]}`
	for target, want := range map[string]string{
		"/rest/api/2/issue/PAY-1?fields=description":      `"description":"First line\nsecond"`,
		"/rest/api/latest/issue/PAY-1?fields=description": `"description":"First line\nsecond"`,
		"/rest/api/3/issue/PAY-1?fields=description":      `"description":` + doc,
	} {
		if _, got := ask(t, s, "GET", target, ""); !strings.Contains(string(got), want) {
			t.Errorf("%s: %s", target, got)
		}
	}
	sent := strings.Replace(doc, "second", "third", 1)
	if status, got := ask(t, s, "PUT", "/rest/api/3/issue/PAY-1", `{"fields":{"description":`+sent+`}}`); status != 204 {
		t.Fatalf("status %d: %s", status, got)
	}
	if _, got := ask(t, s, "GET", "/rest/api/2/issue/PAY-1?fields=description", ""); !strings.Contains(string(got), `"description":"First line\nthird"`) {
		t.Errorf("as text: %s", got)
	}
}

func TestLinksFollowHostPathAndVersion(t *testing.T) {
	seed := small(DataCenter)
	seed.Context = "/jira/"
	s := New(seed, func() time.Time { return noon })
	r := httptest.NewRequest("GET", "http://jira.example:8080/jira/rest/api/latest/issue/PAY-1?fields=project", nil)
	r.Header.Set("Authorization", "Bearer "+DefaultToken)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if want := `"self":"http://jira.example:8080/jira/rest/api/latest/issue/1001"`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("no %s in %s", want, w.Body)
	}
	if status, _ := ask(t, s, "GET", "/rest/api/2/field", ""); status != 404 {
		t.Errorf("outside of the context path: status %d", status)
	}
	if status, _ := ask(t, s, "GET", "/_sandbox/stats", ""); status != 200 {
		t.Errorf("stats outside of the context path: status %d", status)
	}
}

func TestALinkShowsOnBothIssues(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	if status, got := ask(t, s, "POST", "/rest/api/2/issueLink", `{"type":{"name":"Blocks"},"inwardIssue":{"key":"PAY-1"},"outwardIssue":{"key":"OPS-1"}}`); status != 201 {
		t.Fatalf("status %d: %s", status, got)
	}
	for key, want := range map[string]string{"PAY-1": `"outwardIssue":{"fields":{`, "OPS-1": `"inwardIssue":{"fields":{`} {
		if _, got := ask(t, s, "GET", "/rest/api/2/issue/"+key+"?fields=issuelinks", ""); !strings.Contains(string(got), want) {
			t.Errorf("%s: no %s in %s", key, want, got)
		}
	}
}

func TestATransitionToDoneResolves(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	_, got := ask(t, s, "GET", "/rest/api/2/issue/PAY-1/transitions", "")
	var list struct{ Transitions []struct{ ID, Name string } }
	if err := json.Unmarshal(got, &list); err != nil {
		t.Fatal(err)
	}
	last := list.Transitions[len(list.Transitions)-1]
	if status, got := ask(t, s, "POST", "/rest/api/2/issue/PAY-1/transitions", `{"transition":{"id":"`+last.ID+`"}}`); last.Name != "Closed" || status != 204 {
		t.Fatalf("transition %v: status %d: %s", last, status, got)
	}
	if got := found(t, s, "project = PAY AND resolution = Fixed AND statusCategory = Done ORDER BY id"); got != "PAY-1 PAY-3" {
		t.Errorf("done: %q", got)
	}
}

func TestABulkEditRunsAndThenIsComplete(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	_, got := ask(t, s, "POST", "/rest/api/3/bulk/issues/fields", `{"selectedIssueIdsOrKeys":["PAY-1","OPS-1","NOPE-1"],"selectedActions":["customfield_10050"],"editedFieldsInput":{"clearableNumberFields":[{"fieldId":"customfield_10050","value":5}]}}`)
	var task struct{ TaskID string }
	if err := json.Unmarshal(got, &task); err != nil || task.TaskID == "" {
		t.Fatalf("%s, %v", got, err)
	}
	for _, want := range []string{`"status":"RUNNING"`, `"processedAccessibleIssues":[1001,1004],"progressPercent":100,`} {
		if _, got := ask(t, s, "GET", "/rest/api/3/bulk/queue/"+task.TaskID, ""); !strings.Contains(string(got), want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if got := found(t, s, "cf[10050] = 5 ORDER BY id"); got != "PAY-1 OPS-1" {
		t.Errorf("edited: %q", got)
	}
}

func TestStatsCountRoutesAndReadingPostsAreNoWrites(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	found(t, s, "project = PAY")
	ask(t, s, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1}}`)
	rank(t, s, []string{"PAY-4"}, "rankBeforeIssue", "PAY-1")
	ask(t, s, "GET", "/nowhere", "")
	_, got := ask(t, s, "GET", "/_sandbox/stats", "")
	const want = `{"total":4,"writes":2,"requests":{"GET other":1,"POST /rest/api/3/search/jql":1,"PUT /rest/agile/1.0/issue/rank":1,"PUT /rest/api/2/issue/{issueIdOrKey}":1}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestResetTakesEverythingBack(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	before := string(s.Dump())
	rank(t, s, []string{"PAY-4"}, "rankBeforeIssue", "PAY-1")
	ask(t, s, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1,"customfield_10060":{"value":"Red"}},"update":{"labels":[{"add":"x"}]}}`)
	ask(t, s, "DELETE", "/rest/api/2/issue/PAY-3", "")
	if string(s.Dump()) == before {
		t.Fatal("nothing changed")
	}
	if status, _ := ask(t, s, "POST", "/_sandbox/reset", ""); status != 204 {
		t.Errorf("status %d", status)
	}
	if after := string(s.Dump()); after != before || s.Stats().Total != 0 {
		t.Errorf("after: %s\nbefore: %s", after, before)
	}
}

func TestTheDumpIsWhatGetsGiveInRankOrder(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	rank(t, s, []string{"OPS-1"}, "rankBeforeIssue", "PAY-1")
	_, dump := ask(t, s, "GET", "/_sandbox/dump", "")
	var d struct{ Issues []json.RawMessage }
	if err := json.Unmarshal(dump, &d); err != nil {
		t.Fatal(err)
	}
	keys := strings.Fields(keysIn(t, dump))
	if strings.Join(keys, " ") != "OPS-1 PAY-1 PAY-2 PAY-3 PAY-4" {
		t.Errorf("order %v", keys)
	}
	for n, key := range keys {
		if _, got := ask(t, s, "GET", "/rest/api/2/issue/"+key, ""); string(got) != string(d.Issues[n]) {
			t.Errorf("GET  %s\ndump %s", got, d.Issues[n])
		}
	}
}
