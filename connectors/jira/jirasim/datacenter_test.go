package jirasim

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestDataCenterShowsWhatCloudHasOtherwise holds that a backlog written as
// Cloud shows it is shown by Data Center as Data Center would.
func TestDataCenterShowsWhatCloudHasOtherwise(t *testing.T) {
	person := `{"accountId":"5b1","accountType":"atlassian","emailAddress":"ann@example.com","displayName":"Ann"}`
	s := New(Seed{Deployment: DataCenter, Issues: []json.RawMessage{
		json.RawMessage(`{"id":"1","key":"PAY-1","fields":{"summary":"An epic","issuetype":{"id":"1","name":"Epic","subtask":false,"hierarchyLevel":1}}}`),
		json.RawMessage(`{"id":"2","key":"PAY-2","fields":{"summary":"A story","assignee":` + person + `,"parent":{"id":"1","key":"PAY-1"},
			"issuetype":{"id":"2","name":"Story","subtask":false,"hierarchyLevel":0},
			"customfield_10020":[{"id":7,"name":"Seven","state":"active","boardId":3,"startDate":"2026-11-18T10:00:00.000Z"}]}}`),
		json.RawMessage(`{"id":"3","key":"PAY-3","fields":{"summary":"A part","parent":{"id":"2","key":"PAY-2"},"issuetype":{"id":"3","name":"Sub-task","subtask":true,"hierarchyLevel":-1}}}`),
	}}, func() time.Time { return noon })
	converse(t, s, []exchange{
		{"people have names", "GET", "/rest/api/2/issue/PAY-2?fields=assignee,issuetype", "", 200, []string{`"name":"ann"`, `"key":"ann"`, "user?username=ann"}, "accountId"},
		{"types have no level", "GET", "/rest/api/2/issue/PAY-2?fields=issuetype", "", 200, []string{`"name":"Story"`}, "hierarchyLevel"},
		{"nor in the list of types", "GET", "/rest/api/2/issuetype", "", 200, []string{`"Story"`}, "hierarchyLevel"},
		{"an epic is no parent", "GET", "/rest/api/2/issue/PAY-2", "", 200, []string{`"customfield_10014":"PAY-1"`}, `"parent"`},
		{"an epic has a name of its own", "GET", "/rest/api/2/issue/PAY-1", "", 200, []string{`"customfield_10011":"An epic"`}, ""},
		{"a sub-task has a parent", "GET", "/rest/api/2/issue/PAY-3", "", 200, []string{`"parent":{`}, `"customfield_10014":"`},
		{"the link can be searched for", "POST", "/rest/api/2/search", `{"jql":"\"Epic Link\" = PAY-1"}`, 200, []string{`"total":1`, "PAY-2"}, ""},
		{"and taken away", "PUT", "/rest/api/2/issue/PAY-2", `{"fields":{"customfield_10014":null}}`, 204, nil, ""},
		{"and given again", "PUT", "/rest/api/2/issue/PAY-2", `{"fields":{"customfield_10014":"PAY-1"}}`, 204, nil, ""},
		{"but to nothing that is not there", "PUT", "/rest/api/2/issue/PAY-2", `{"fields":{"customfield_10014":"PAY-9"}}`, 400, []string{"customfield_10014"}, ""},
		{"a sprint is a text", "GET", "/rest/api/2/issue/PAY-2?fields=customfield_10020", "", 200, []string{"sprint.Sprint@", "id=7,", "rapidViewId=3,", "state=ACTIVE,", "name=Seven,"}, ""},
		{"and stays one when it is changed", "POST", "/rest/agile/1.0/sprint/7", `{"goal":"Be done"}`, 200, []string{`"goal":"Be done"`}, ""},
		{"with what was changed", "GET", "/rest/api/2/issue/PAY-2?fields=customfield_10020", "", 200, []string{"sprint.Sprint@", "goal=Be done"}, ""},
		{"a lead is shown when asked for", "GET", "/rest/api/2/project?expand=lead", "", 200, []string{`"lead":{`}, `"style"`},
		{"no parent at all is no change", "PUT", "/rest/api/2/issue/PAY-3", `{"fields":{"parent":{},"summary":"Still a part"}}`, 204, nil, ""},
		{"the parent is as before", "GET", "/rest/api/2/issue/PAY-3", "", 200, []string{"Still a part", "PAY-2"}, ""},
	})
}

func TestDataCenterKeepsSessions(t *testing.T) {
	s := smallSite(t, DataCenter, nil)
	as := func(method, path, body, cookie string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		got, _, _ := strings.Cut(rec.Header().Get("Set-Cookie"), ";")
		return rec.Code, got
	}
	const session = "/rest/auth/1/session"
	if status, cookie := as("POST", session, `{"username":"po","password":"wrong"}`, ""); status != 401 || cookie != "" {
		t.Errorf("a wrong password: %d, cookie %q", status, cookie)
	}
	status, cookie := as("POST", session, `{"username":"po","password":"`+DefaultToken+`"}`, "")
	if status != 200 || !strings.HasPrefix(cookie, "JSESSIONID=") {
		t.Fatalf("log in: %d, cookie %q", status, cookie)
	}
	for _, step := range []struct {
		method, path, cookie string
		want                 int
	}{
		{"GET", "/rest/api/2/myself", "", 401},
		{"GET", "/rest/api/2/myself", "JSESSIONID=made-up", 401},
		{"GET", "/rest/api/2/myself", cookie, 200},
		{"GET", session, cookie, 200},
		{"DELETE", session, cookie, 204},
		{"GET", session, cookie, 401},
	} {
		if status, _ := as(step.method, step.path, "", step.cookie); status != step.want {
			t.Errorf("%s %s with cookie %q: %d, want %d", step.method, step.path, step.cookie, status, step.want)
		}
	}
	cloud := smallSite(t, Cloud, nil)
	if status, _ := ask(t, cloud, "GET", session, ""); status != 404 {
		t.Errorf("sessions on Cloud: %d, want 404", status)
	}
}
