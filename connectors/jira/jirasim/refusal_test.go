package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSiteRefusesWhatJiraRefuses(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`"PAY-1",`, 51), ",")
	tests := []struct {
		name                 string
		deployment           Deployment
		change               func(*Switches)
		method, target, body string
		status               int
		want                 string
	}{
		{"the old search is gone from Cloud", Cloud, nil, "POST", "/rest/api/2/search", `{"jql":"project=PAY"}`, 410, "The requested API has been removed."},
		{"Data Center has no search by token", DataCenter, nil, "POST", "/rest/api/2/search/jql", `{}`, 404, "null for uri"},
		{"Data Center has no version 3", DataCenter, nil, "GET", "/rest/api/3/field", "", 404, "null for uri"},
		{"Data Center has no bulk fetch", DataCenter, nil, "POST", "/rest/api/2/issue/bulkfetch", `{}`, 405, "405"},
		{"a wrong method", Cloud, nil, "DELETE", "/rest/api/3/field", "", 405, "405"},
		{"startAt is unknown to Cloud's search", Cloud, nil, "POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","startAt":0}`, 400, "Invalid request payload"},
		{"expand is a text in Cloud's search", Cloud, nil, "POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","expand":["names"]}`, 400, "Invalid request payload"},
		{"six properties are too many", Cloud, nil, "POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","properties":["a","b","c","d","e","f"]}`, 400, "at most"},
		{"an unknown page token", Cloud, nil, "POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","nextPageToken":"x"}`, 400, "invalid or has expired"},
		{"more than seven fields to sort by", Cloud, nil, "POST", "/rest/api/3/search/jql", `{"jql":"project=PAY order by id,id,id,id,id,id,id,id"}`, 400, "at most 7"},
		{"properties are unknown to Data Center's search", DataCenter, nil, "POST", "/rest/api/2/search", `{"jql":"project=PAY","properties":["a"]}`, 400, "properties"},
		{"Data Center's window ends at 10,000", DataCenter, nil, "POST", "/rest/api/2/search", `{"jql":"project=PAY","startAt":9990,"maxResults":50}`, 400, "exceeded the search platform limit of 10,000"},
		{"permissions must be named on Cloud", Cloud, nil, "GET", "/rest/api/3/mypermissions", "", 400, "required"},
		{"an unknown permission", Cloud, nil, "GET", "/rest/api/3/mypermissions?permissions=FLY", "", 400, "FLY"},
		{"an unknown issue", Cloud, nil, "GET", "/rest/api/2/issue/PAY-99", "", 404, "Issue does not exist or you do not have permission to see it."},
		{"an issue that may not be browsed", Cloud, deny("PAY", Browse), "GET", "/rest/api/2/issue/PAY-1", "", 404, "Issue does not exist"},
		{"a text in a number field", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":"3"}}`, 400, `{"customfield_10050":"Operation value must be a number"}`},
		{"a day that is none", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"duedate":"1.2.2026"}}`, 400, `The duedate must be of the format \"yyyy-MM-dd\"`},
		{"a label with a space", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"update":{"labels":[{"add":"Test Application"}]}}`, 400, `{"labels":"The label 'Test Application' contains spaces which is invalid."}`},
		{"an unknown field", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_9":1}}`, 400, "Field 'customfield_9' cannot be set. It is not on the appropriate screen, or unknown."},
		{"the rank is not set by an edit", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10019":"0|zzzzzz:"}}`, 400, "customfield_10019"},
		{"a field in both fields and update", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"labels":[]},"update":{"labels":[{"add":"x"}]}}`, 400, "labels"},
		{"a verb that the field has not", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"update":{"customfield_10050":[{"add":1}]}}`, 400, "does not support operation 'add'"},
		{"an unknown option", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10060":{"value":"Green"}}}`, 400, "Option value 'Green' is not valid"},
		{"an unknown priority", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"priority":{"name":"Odd"}}}`, 400, "The priority selected is invalid."},
		{"a text where version 3 has documents", Cloud, nil, "PUT", "/rest/api/3/issue/PAY-1", `{"fields":{"description":"x"}}`, 400, "Operation value must be an Atlassian Document"},
		{"nothing to edit", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{}`, 400, "one of 'fields' or 'update' required"},
		{"a body that is no JSON", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1", `{`, 400, "parsing JSON"},
		{"a field off the screen of Data Center", DataCenter, func(w *Switches) { w.OffScreen = map[string]bool{"customfield_10050": true} }, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1}}`, 400, "Field 'customfield_10050' cannot be set. It is not on the appropriate screen, or unknown."},
		{"an edit without the right to it", Cloud, deny("PAY", Edit), "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1}}`, 403, "permission to edit"},
		{"a quiet edit without a right to be quiet", Cloud, deny("", Administer, AdministerProjects), "PUT", "/rest/api/2/issue/PAY-1?notifyUsers=false", `{"fields":{"customfield_10050":1}}`, 403, "To discard the user notification either admin or project admin permissions are required."},
		{"a conflict, once", Cloud, func(w *Switches) { w.Conflicts = 1 }, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1}}`, 409, "conflicting"},
		{"fifty-one issues to rank", Cloud, nil, "PUT", "/rest/agile/1.0/issue/rank", `{"issues":[` + many + `],"rankAfterIssue":"PAY-2"}`, 400, "50"},
		{"two anchors", Cloud, nil, "PUT", "/rest/agile/1.0/issue/rank", `{"issues":["PAY-1"],"rankAfterIssue":"PAY-2","rankBeforeIssue":"PAY-3"}`, 400, "Exactly one"},
		{"no anchor", Cloud, nil, "PUT", "/rest/agile/1.0/issue/rank", `{"issues":["PAY-1"]}`, 400, "Exactly one"},
		{"a field that is no rank", Cloud, nil, "PUT", "/rest/agile/1.0/issue/rank", `{"issues":["PAY-1"],"rankAfterIssue":"PAY-2","rankCustomFieldId":10050}`, 400, "not a rank field"},
		{"ranking without the right to schedule", Cloud, deny("PAY", Schedule), "PUT", "/rest/agile/1.0/issue/rank", `{"issues":["OPS-1","PAY-1"],"rankAfterIssue":"PAY-2"}`, 403, `\"Schedule\" Permission`},
		{"101 issues to fetch", Cloud, nil, "POST", "/rest/api/3/issue/bulkfetch", fmt.Sprintf(`{"issueIdsOrKeys":[%s,%s]}`, many, many), 400, "100"},
		{"a bulk edit of a field not selected", Cloud, nil, "POST", "/rest/api/3/bulk/issues/fields", `{"selectedIssueIdsOrKeys":["PAY-1"],"selectedActions":[],"editedFieldsInput":{"clearableNumberFields":[{"fieldId":"customfield_10050","value":1}]}}`, 400, `{"errors":[{"message":`},
		{"a quiet bulk edit without a right to be quiet", Cloud, deny("", Administer, AdministerProjects), "POST", "/rest/api/3/bulk/issues/fields", `{"selectedIssueIdsOrKeys":["PAY-1"],"selectedActions":["labels"],"editedFieldsInput":{"labelsFields":[{"fieldId":"labels","labels":[{"name":"x"}],"bulkEditMultiSelectFieldOption":"ADD"}]},"sendBulkNotification":false}`, 403, "disable bulk mail notifications"},
		{"a transition that is none", Cloud, nil, "POST", "/rest/api/2/issue/PAY-1/transitions", `{"transition":{"id":"7"}}`, 400, "Transition id '7' is not valid for this issue."},
		{"an empty property", Cloud, nil, "PUT", "/rest/api/2/issue/PAY-1/properties/k", "", 400, "non-empty"},
		{"sprints of a board without any", Cloud, nil, "GET", "/rest/agile/1.0/board/1/sprint", "", 400, "does not support sprints"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := smallSite(t, tt.deployment, nil)
			before := string(s.Dump())
			if tt.change != nil {
				s.Switch(tt.change)
			}
			status, body := ask(t, s, tt.method, tt.target, tt.body)
			if status != tt.status || !strings.Contains(string(body), tt.want) {
				t.Errorf("status %d with %s, want %d with %q", status, body, tt.status, tt.want)
			}
			s.Switch(func(w *Switches) { *w = Switches{} })
			if after := string(s.Dump()); after != before {
				t.Error("the refused request changed something")
			}
		})
	}
}

// deny is a change of switches that takes permissions away.
func deny(project string, permissions ...Permission) func(*Switches) {
	return func(w *Switches) { w.Deny = map[string][]Permission{project: permissions} }
}

func TestCallersAreTold(t *testing.T) {
	tests := []struct {
		name               string
		deployment         Deployment
		authorize          func(*http.Request)
		target             string
		status             int
		want, header, kind string
	}{
		{"Cloud takes mail address and token", Cloud, basic(DefaultUser, DefaultToken), "/rest/api/3/myself", 200, `"timeZone":"Europe/Berlin"`, "", ""},
		{"Cloud refuses a wrong token", Cloud, basic(DefaultUser, "no"), "/rest/api/3/myself", 401, "Login failed", "", ""},
		{"Cloud takes no token alone at its own address", Cloud, bearer(DefaultToken), "/rest/api/3/myself", 401, "Client must be authenticated", "", ""},
		{"Cloud takes it at the address for scoped tokens", Cloud, bearer(DefaultToken), "/ex/jira/" + DefaultCloudID + "/rest/api/3/myself", 200, `/ex/jira/` + DefaultCloudID + `/rest/api/3/user`, "", ""},
		{"nobody has no profile", Cloud, nil, "/rest/api/3/myself", 401, "Client must be authenticated", "", ""},
		{"nobody finds nothing, without an error", Cloud, nil, "/rest/api/3/search/jql?jql=project=PAY", 200, `"issues":[]`, "", ""},
		{"nobody sees no issue", Cloud, nil, "/rest/api/3/issue/PAY-1", 404, "Issue does not exist", "", ""},
		{"anybody may ask what the site is", Cloud, nil, "/rest/api/2/serverInfo", 200, `"deploymentType":"Cloud"`, "", ""},
		{"Data Center takes a personal access token", DataCenter, bearer(DefaultToken), "/rest/api/2/myself", 200, `"name":"po"`, "", ""},
		{"Data Center takes a name and a password", DataCenter, basic("po", DefaultToken), "/rest/api/2/myself", 200, `"key":`, "", ""},
		{"Data Center refuses with a page", DataCenter, basic("po", "no"), "/rest/api/2/myself", 401, "Unauthorized", "AUTHENTICATED_FAILED", "text/html"},
		{"a single node calls itself Server", DataCenter, nil, "/rest/api/2/serverInfo", 200, `"deploymentType":"Server"`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", tt.target, nil)
			if tt.authorize != nil {
				tt.authorize(r)
			}
			w := httptest.NewRecorder()
			smallSite(t, tt.deployment, nil).ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("status %d with %s, want %d with %q", w.Code, w.Body, tt.status, tt.want)
			}
			if got := w.Header().Get("X-Seraph-LoginReason"); got != tt.header {
				t.Errorf("login reason %q, want %q", got, tt.header)
			}
			if !strings.HasPrefix(w.Header().Get("Content-Type"), tt.kind) {
				t.Errorf("content type %q, want %q", w.Header().Get("Content-Type"), tt.kind)
			}
		})
	}
}

func basic(user, token string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(user, token) }
}

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func TestAScopedTokenHoldsOnlyAtItsAddress(t *testing.T) {
	s := smallSite(t, Cloud, func(w *Switches) { w.ScopedToken = true })
	if status, body := ask(t, s, "GET", "/rest/api/3/myself", ""); status != 401 || !strings.Contains(string(body), "scope does not match") {
		t.Errorf("status %d: %s", status, body)
	}
	if status, _ := ask(t, s, "GET", "/ex/jira/"+DefaultCloudID+"/rest/api/3/myself", ""); status != 200 {
		t.Errorf("status %d at the address for scoped tokens", status)
	}
}

func TestWhatStandsBeforeTheSite(t *testing.T) {
	s := smallSite(t, Cloud, func(w *Switches) { w.LoginPage = true })
	if w := send(t, s, "GET", "/rest/api/2/field", ""); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("login page: status %d, %v", w.Code, w.Header())
	}
	s.Switch(func(w *Switches) { w.LoginPage, w.RedirectTo = false, "https://other.example/" })
	if w := send(t, s, "GET", "/rest/api/2/field?a=b", ""); w.Code != 302 || w.Header().Get("Location") != "https://other.example/rest/api/2/field?a=b" {
		t.Errorf("redirect: status %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestFailuresComeAsOftenAsPromised(t *testing.T) {
	tests := []struct{ path string }{
		{"/rest/api/2/issue/PAY-1"}, {"/rest/api/2/issue/{issueIdOrKey}"}, {"GET /rest/api/2/issue/PAY-1"}, {"/rest/api/2/*"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			s := smallSite(t, Cloud, nil)
			s.Fail(tt.path, 503, 2)
			var got []int
			for range 3 {
				status, _ := ask(t, s, "GET", "/rest/api/2/issue/PAY-1", "")
				got = append(got, status)
			}
			if fmt.Sprint(got) != "[503 503 200]" {
				t.Errorf("statuses %v", got)
			}
			if status, _ := ask(t, s, "GET", "/rest/agile/1.0/board", ""); status != 200 {
				t.Errorf("another route answers %d", status)
			}
		})
	}
}

func TestLimitsOfCloud(t *testing.T) {
	now := noon
	s := New(small(Cloud), func() time.Time { return now })
	s.Switch(func(w *Switches) { w.RateLimits = true })
	for n := range 20 {
		if w := send(t, s, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1}}`); w.Code != 204 {
			t.Fatalf("write %d: status %d", n+1, w.Code)
		}
	}
	w := send(t, s, "PUT", "/rest/api/2/issue/1001", `{"fields":{"customfield_10050":1}}`)
	if w.Code != 429 || w.Header().Get("RateLimit-Reason") != "jira-per-issue-on-write" || w.Header().Get("Retry-After") != "2" {
		t.Errorf("21st write in 2 s: status %d, %v", w.Code, w.Header())
	}
	if w := send(t, s, "PUT", "/rest/api/2/issue/PAY-2", `{"fields":{"customfield_10050":1}}`); w.Code != 204 {
		t.Errorf("another issue: status %d", w.Code)
	}
	now = now.Add(3 * time.Second)
	if w := send(t, s, "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10050":1}}`); w.Code != 204 || w.Header().Get("X-RateLimit-Remaining") != "49" {
		t.Errorf("3 s later: status %d, %v", w.Code, w.Header())
	}
	s.Switch(func(w *Switches) { w.Burst = 2 })
	var last *httptest.ResponseRecorder
	for range 3 {
		last = send(t, s, "GET", "/rest/api/2/field", "")
	}
	if last.Code != 429 || last.Header().Get("RateLimit-Reason") != "jira-burst-based" || !strings.Contains(last.Header().Get("Content-Type"), "html") {
		t.Errorf("third request in a second: status %d, %v", last.Code, last.Header())
	}
	if w := send(t, s, "GET", "/rest/api/2/priority", ""); w.Code != 200 {
		t.Errorf("another route: status %d", w.Code)
	}
}

func TestDataCenterGivesItsLimitWithEveryAnswer(t *testing.T) {
	s := smallSite(t, DataCenter, func(w *Switches) { w.RateLimits, w.Burst = true, 2 })
	for n, want := range []int{200, 200, 429} {
		w := send(t, s, "GET", "/rest/api/2/field", "")
		if w.Code != want || w.Header().Get("Retry-After") != "0" || w.Header().Get("X-RateLimit-FillRate") != "2" {
			t.Errorf("request %d: status %d, %v", n+1, w.Code, w.Header())
		}
	}
}

func TestPermissionsAreOverReportedWithoutAProject(t *testing.T) {
	s := smallSite(t, Cloud, deny("PAY", Schedule))
	for target, want := range map[string]bool{"": true, "&projectKey=PAY": false, "&projectKey=OPS": true, "&issueKey=PAY-1": false} {
		_, body := ask(t, s, "GET", "/rest/api/3/mypermissions?permissions=SCHEDULE_ISSUES"+target, "")
		var p struct {
			Permissions map[string]struct{ HavePermission bool }
		}
		if err := json.Unmarshal(body, &p); err != nil || p.Permissions["SCHEDULE_ISSUES"].HavePermission != want {
			t.Errorf("%q: %s, want %t", target, body, want)
		}
	}
}
