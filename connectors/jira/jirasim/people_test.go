package jirasim

import (
	"net/http"
	"strings"
	"testing"
)

// exchange is a request and what its answer must be like.
type exchange struct {
	name, method, path, body string
	status                   int
	holds                    []string // parts of the answer
	lacks                    string   // what must not be in it
}

// converse sends requests one after the other to one site.
func converse(t *testing.T, s *Site, exchanges []exchange) {
	t.Helper()
	for _, x := range exchanges {
		t.Run(x.name, func(t *testing.T) {
			status, body := ask(t, s, x.method, x.path, x.body)
			if status != x.status {
				t.Fatalf("%s %s: status %d, want %d: %s", x.method, x.path, status, x.status, body)
			}
			for _, part := range x.holds {
				if !strings.Contains(string(body), part) {
					t.Errorf("%s %s: no %s in %s", x.method, x.path, part, body)
				}
			}
			if x.lacks != "" && strings.Contains(string(body), x.lacks) {
				t.Errorf("%s %s: %s in %s", x.method, x.path, x.lacks, body)
			}
		})
	}
}

func TestPeopleOnCloudGoByAccountID(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	me := s.seed.User.ID
	converse(t, s, []exchange{
		{"somebody is found by the beginning of a name", "GET", "/rest/api/3/user/search?query=an", "", 200, []string{`"accountId":"a1"`}, me},
		{"an address is found as well", "GET", "/rest/api/3/user/search?query=po@", "", 200, []string{me}, `"a1"`},
		{"login names are refused", "GET", "/rest/api/3/user/search?username=ann", "", 400, []string{"GDPR strict mode"}, ""},
		{"a search for nothing is refused", "GET", "/rest/api/3/user/search", "", 400, nil, ""},
		{"a user by account id", "GET", "/rest/api/3/user?accountId=a1", "", 200, []string{"Ann"}, ""},
		{"a user that is not there", "GET", "/rest/api/3/user?accountId=zz", "", 404, []string{"does not exist"}, ""},
		{"assignable needs a project", "GET", "/rest/api/3/user/assignable/search?query=", "", 400, nil, ""},
		{"assignable in a project", "GET", "/rest/api/3/user/assignable/search?project=PAY&maxResults=1", "", 200, []string{`"a1"`}, me},
		{"assignable in no project", "GET", "/rest/api/3/user/assignable/search?project=NO", "", 404, nil, ""},
		{"assign", "PUT", "/rest/api/3/issue/PAY-1/assignee", `{"accountId":"a1"}`, 204, nil, ""},
		{"by name is refused", "PUT", "/rest/api/3/issue/PAY-1/assignee", `{"name":"ann"}`, 400, []string{"GDPR strict mode"}, ""},
		{"by a display name is refused", "PUT", "/rest/api/3/issue/PAY-1", `{"fields":{"assignee":{"accountId":"Ann"}}}`, 400, []string{"does not exist"}, ""},
		{"to nobody known", "PUT", "/rest/api/3/issue/PAY-1/assignee", `{"accountId":"zz"}`, 400, []string{"does not exist"}, ""},
		{"the refused ones changed nothing", "GET", "/rest/api/3/issue/PAY-1?fields=assignee", "", 200, []string{`"a1"`}, ""},
		{"to nobody", "PUT", "/rest/api/3/issue/PAY-1/assignee", `{"accountId":null}`, 204, nil, ""},
		{"nobody has it", "GET", "/rest/api/3/issue/PAY-1?fields=assignee", "", 200, []string{`"assignee":null`}, ""},
	})
}

func TestPeopleOnDataCenterGoByName(t *testing.T) {
	s := smallSite(t, DataCenter, nil)
	converse(t, s, []exchange{
		{"somebody is found by login name", "GET", "/rest/api/2/user/search?username=ann", "", 200, []string{`"name":"ann"`}, "Owner"},
		{"a dot finds everybody", "GET", "/rest/api/2/user/search?username=.", "", 200, []string{`"ann"`, "Owner"}, ""},
		{"a search without a name is refused", "GET", "/rest/api/2/user/search?query=ann", "", 400, []string{"was not provided"}, ""},
		{"a user that is not there", "GET", "/rest/api/2/user?username=zz", "", 404, []string{"The user named 'zz' does not exist"}, ""},
		{"assign", "PUT", "/rest/api/2/issue/PAY-1/assignee", `{"name":"ann"}`, 204, nil, ""},
		{"to nobody known", "PUT", "/rest/api/2/issue/PAY-1/assignee", `{"name":"zz"}`, 400, []string{"User 'zz' does not exist."}, ""},
		{"without a name", "PUT", "/rest/api/2/issue/PAY-1/assignee", `{}`, 400, nil, ""},
		{"the refused ones changed nothing", "GET", "/rest/api/2/issue/PAY-1?fields=assignee", "", 200, []string{`"ann"`}, ""},
		{"whom the project assigns to", "PUT", "/rest/api/2/issue/PAY-1/assignee", `{"name":"-1"}`, 204, nil, ""},
		{"nobody has it", "GET", "/rest/api/2/issue/PAY-1?fields=assignee", "", 200, []string{`"assignee":null`}, ""},
	})
}

func TestWatchersAreKnownByName(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	converse(t, s, []exchange{
		{"watch oneself", "POST", "/rest/api/3/issue/PAY-1/watchers", "", 204, nil, ""},
		{"add somebody", "POST", "/rest/api/3/issue/PAY-1/watchers", `"a1"`, 204, nil, ""},
		{"twice is once", "POST", "/rest/api/3/issue/PAY-1/watchers", `"a1"`, 204, nil, ""},
		{"both are listed", "GET", "/rest/api/3/issue/PAY-1/watchers", "", 200, []string{`"watchCount":2`, `"a1"`, `"isWatching":true`}, ""},
		{"nobody known", "POST", "/rest/api/3/issue/PAY-1/watchers", `"zz"`, 404, nil, ""},
		{"no user but an object", "POST", "/rest/api/3/issue/PAY-1/watchers", `{"accountId":"a1"}`, 400, nil, ""},
		{"nobody named to remove", "DELETE", "/rest/api/3/issue/PAY-1/watchers", "", 400, nil, ""},
		{"remove somebody", "DELETE", "/rest/api/3/issue/PAY-1/watchers?accountId=a1", "", 204, nil, ""},
		{"one is left", "GET", "/rest/api/3/issue/PAY-1/watchers", "", 200, []string{`"watchCount":1`}, `"a1"`},
	})
}

func TestVotesCountOnce(t *testing.T) {
	for _, kind := range []Deployment{Cloud, DataCenter} {
		s := smallSite(t, kind, nil)
		mine := map[Deployment]int{Cloud: http.StatusNoContent, DataCenter: http.StatusNotFound}[kind]
		converse(t, s, []exchange{
			{"no vote to take back", "DELETE", "/rest/api/2/issue/PAY-1/votes", "", 404, nil, ""},
			{"vote", "POST", "/rest/api/2/issue/PAY-1/votes", "", 204, nil, ""},
			{"vote again", "POST", "/rest/api/2/issue/PAY-1/votes", "", 204, nil, ""},
			{"counted once", "GET", "/rest/api/2/issue/PAY-1/votes", "", 200, []string{`"votes":1`, `"hasVoted":true`}, ""},
			{"take it back", "DELETE", "/rest/api/2/issue/PAY-1/votes", "", 204, nil, ""},
			{"for what is resolved", "POST", "/rest/api/2/issue/PAY-3/votes", "", 404, nil, ""},
			{"report one", "POST", "/rest/api/2/issue", `{"fields":{"project":{"key":"PAY"},"issuetype":{"name":"Story"},"summary":"Own"}}`, 201, []string{"PAY-5"}, ""},
			{"for what one has reported", "POST", "/rest/api/2/issue/PAY-5/votes", "", mine, nil, ""},
		})
	}
}
