package jirasim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// scrumSite is a small site with a scrum board, sprints in every state and an
// epic that one issue belongs to.
func scrumSite(deployment Deployment) *Site {
	seed := small(deployment)
	seed.Fields = append(seed.Fields, Field{ID: "customfield_10020", Name: "Sprint", Type: "array", Items: "json", Custom: SprintType})
	seed.Boards = []Board{{ID: 1, Name: "PAY board", Type: "scrum", Project: "PAY"}, {ID: 2, Name: "OPS board", Type: "kanban", Project: "OPS"}}
	seed.Sprints = []Sprint{
		{ID: 1, Name: "One", State: "closed", Board: 1, Start: "2026-05-01T08:00:00.000Z", End: "2026-05-15T08:00:00.000Z"},
		{ID: 2, Name: "Two", State: "active", Board: 1, Start: "2026-05-25T08:00:00.000Z", End: "2026-06-08T08:00:00.000Z"},
		{ID: 3, Name: "Three", State: "future", Board: 1},
	}
	seed.Issues = append(seed.Issues, json.RawMessage(`{"id":"1006","key":"PAY-9","fields":{"summary":"Refunds","issuetype":{"id":"12","name":"Epic","subtask":false,"hierarchyLevel":1},
		"status":{"id":"1","name":"Open","statusCategory":{"id":2,"key":"new","name":"To Do"}},"issuelinks":[],"labels":[]}}`))
	return New(seed, func() time.Time { return noon })
}

func TestIssuesMoveBetweenSprintsAndBacklog(t *testing.T) {
	s := scrumSite(Cloud)
	const agile = "/rest/agile/1.0"
	converse(t, s, []exchange{
		{"into a sprint that is over", "POST", agile + "/sprint/1/issue", `{"issues":["PAY-1"]}`, 400, nil, ""},
		{"into a sprint", "POST", agile + "/sprint/2/issue", `{"issues":["PAY-1","PAY-2"],"rankAfterIssue":"OPS-1"}`, 204, nil, ""},
		{"the sprint has them", "GET", agile + "/sprint/2/issue", "", 200, []string{`"total":2`, `"PAY-1"`, `"sprint":{`, "/rest/agile/1.0/issue/1001"}, ""},
		{"the board has both and more", "GET", agile + "/board/1/issue", "", 200, []string{`"total":5`}, "OPS-1"},
		{"the backlog has neither, nor what is done", "GET", agile + "/board/1/backlog?jql=issuetype%3DStory%20order%20by%20key", "", 200, []string{`"total":0`}, ""},
		{"by token", "GET", "/rest/software/1.0/board/1/backlog?maxResults=1", "", 200, []string{`"isLast":false`, `"nextPageToken":"`}, "total"},
		{"counted", "GET", "/rest/software/1.0/board/1/backlog/approximate-count", "", 200, []string{`{"count":2}`}, ""},
		{"a query that is none", "GET", agile + "/board/1/backlog?jql=colour%3D1", "", 400, nil, ""},
		{"back to the backlog", "POST", agile + "/backlog/issue", `{"issues":["PAY-2"]}`, 204, nil, ""},
		{"the sprint has one", "GET", agile + "/board/1/sprint/2/issue", "", 200, []string{`"total":1`}, "PAY-2"},
		{"an issue that is not there", "POST", agile + "/backlog/issue", `{"issues":["PAY-77"]}`, 404, nil, ""},
		{"too many", "POST", agile + "/backlog/issue", `{"issues":[` + strings.Repeat(`"PAY-1",`, 50) + `"PAY-2"]}`, 400, nil, ""},
	})
	if got := found(t, s, "project in (PAY, OPS) AND issuetype = Story ORDER BY Rank"); got != "PAY-3 OPS-1 PAY-1 PAY-2" {
		t.Errorf("order %s", got)
	}
}

func TestSprintsAreStartedAndClosed(t *testing.T) {
	s := scrumSite(Cloud)
	const sprint = "/rest/agile/1.0/sprint"
	converse(t, s, []exchange{
		{"on a board without sprints", "POST", sprint, `{"name":"Four","originBoardId":2}`, 400, []string{"does not support sprints"}, ""},
		{"without a name", "POST", sprint, `{"originBoardId":1}`, 400, nil, ""},
		{"with too long a name", "POST", sprint, `{"name":"` + strings.Repeat("x", 31) + `","originBoardId":1}`, 400, []string{"30 characters"}, ""},
		{"a new one", "POST", sprint, `{"name":" Four ","originBoardId":1}`, 201, []string{`"state":"future"`, `"name":"Four"`}, ""},
		{"started without dates", "POST", sprint + "/3", `{"state":"active"}`, 400, []string{"start date"}, ""},
		{"closed before it is started", "POST", sprint + "/3", `{"state":"closed","startDate":"2026-06-01T00:00:00.000Z","endDate":"2026-06-08T00:00:00.000Z"}`, 400, nil, ""},
		{"an end before the start", "POST", sprint + "/3", `{"startDate":"2026-06-09T00:00:00.000Z","endDate":"2026-06-08T00:00:00.000Z"}`, 400, nil, ""},
		{"an issue in one", "POST", sprint + "/2/issue", `{"issues":["PAY-1"]}`, 204, nil, ""},
		{"close it", "POST", sprint + "/2", `{"state":"closed"}`, 200, []string{`"state":"closed"`, `"name":"Two"`}, ""},
		{"its issue shows it closed", "GET", "/rest/agile/1.0/issue/PAY-1", "", 200, []string{`"closedSprints":[{`}, `"sprint":{`},
		{"open it again", "POST", sprint + "/2", `{"state":"active"}`, 400, nil, ""},
		{"all of it is replaced", "PUT", sprint + "/3", `{"goal":"Ship"}`, 400, []string{"name"}, ""},
		{"an issue in the next one", "POST", sprint + "/3/issue", `{"issues":["PAY-1"]}`, 204, nil, ""},
		{"delete it", "DELETE", sprint + "/3", "", 204, nil, ""},
		{"its issue keeps the one that is over", "GET", "/rest/api/3/issue/PAY-1?fields=customfield_10020", "", 200, []string{`"Two"`}, "Three"},
		{"it is gone", "GET", sprint + "/3", "", 404, nil, ""},
	})
}

func TestEpicsHoldIssues(t *testing.T) {
	s := scrumSite(Cloud)
	const agile = "/rest/agile/1.0"
	converse(t, s, []exchange{
		{"a story is no epic", "GET", agile + "/epic/PAY-1", "", 404, nil, ""},
		{"an epic", "GET", agile + "/epic/PAY-9", "", 200, []string{`"id":1006`, `"name":"Refunds"`, `"done":false`}, ""},
		{"those of a board", "GET", agile + "/board/1/epic?done=false", "", 200, []string{`"PAY-9"`}, ""},
		{"move into it", "POST", agile + "/epic/PAY-9/issue", `{"issues":["PAY-2"]}`, 204, nil, ""},
		{"it holds one", "GET", agile + "/epic/PAY-9/issue", "", 200, []string{`"total":1`, `"epic":{`}, ""},
		{"the rest has none", "GET", agile + "/board/1/epic/none/issue", "", 200, []string{`"total":2`}, "PAY-2"},
		{"move out", "POST", agile + "/epic/none/issue", `{"issues":["PAY-2"]}`, 204, nil, ""},
		{"it holds none", "GET", agile + "/epic/PAY-9/issue", "", 200, []string{`"total":0`}, ""},
		{"ranked next to a story", "PUT", agile + "/epic/PAY-9/rank", `{"rankBeforeEpic":"PAY-1"}`, 400, nil, ""},
	})
}

func TestOnlyCloudListsBoardsByToken(t *testing.T) {
	status, _ := ask(t, scrumSite(DataCenter), "GET", "/rest/software/1.0/board/1/backlog", "")
	if status != http.StatusNotFound {
		t.Errorf("status %d, want 404", status)
	}
	s := scrumSite(Cloud)
	var all []string
	target := "/rest/software/1.0/board/1/issue?fields=summary&maxResults=2"
	for next := target; next != ""; {
		var page struct {
			IsLast        bool
			NextPageToken string
			Issues        []struct{ Key string }
		}
		if _, body := ask(t, s, "GET", next, ""); json.Unmarshal(body, &page) != nil {
			t.Fatalf("%s", body)
		}
		for _, i := range page.Issues {
			all = append(all, i.Key)
		}
		if next = ""; !page.IsLast {
			next = target + "&nextPageToken=" + page.NextPageToken
		}
	}
	if got := strings.Join(all, " "); got != "PAY-1 PAY-2 PAY-3 PAY-4 PAY-9" {
		t.Errorf("pages hold %s", got)
	}
}
