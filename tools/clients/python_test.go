//go:build clients

package clients

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pythonJira is the newest version of the package that Debian has; its search
// is the one that Cloud has removed.
const pythonJira = "3.4.1"

// tells runs one of the stories in testdata/python with the system's Python
// and reads what it found.
func tells(t *testing.T, s *sandbox, story string, into any) {
	t.Helper()
	python := needs(t, "/usr/bin/python3", "apt-get install python3-jira")
	version, err := exec.Command(python, "-c", "import jira; print(jira.__version__)").Output()
	if got := strings.TrimSpace(string(version)); err != nil || got != pythonJira {
		missing(t, "python3-jira "+pythonJira+" is not installed (found \""+got+"\"): apt-get install python3-jira")
	}
	c := exec.CommandContext(t.Context(), python, "-B", filepath.Join("testdata", "python", story+".py"), s.jira, s.user, s.token)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", story, err, &said)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%s: %v in %s", story, err, out)
	}
}

func TestPythonLogsIn(t *testing.T) {
	var got map[string]any
	s := start(t, dataCenter)
	tells(t, s, "login", &got)
	want(t, "what was found", map[string]any{
		"deployment": "Server", "name": "po", "current": "po", "password": "po", "cookie": "po",
		"wrong_token": 401.0, "wrong_password": 401.0, "may_edit": true,
	}, got)
}

// TestPythonSearches holds that the old search gives every issue once, by pages
// of 40, and an issue as Data Center has it.
func TestPythonSearches(t *testing.T) {
	var got struct {
		Projects, Keys, First, Fields, Priorities, Statuses, Links, Versions, Users, Types []string
		Total                                                                              int
		Wrong                                                                              []any
		Issue                                                                              struct {
			ID, Summary, Status, Epic, Reporter string
			Labels, Sprints                     []string
			Points                              float64
		}
	}
	s := start(t, dataCenter)
	tells(t, s, "search", &got)
	issues := s.issues(t)
	want(t, "all keys", sorted(issues, ""), slices.Sorted(slices.Values(got.Keys)))
	ferry := sorted(issues, "FERRY-")
	if got.Total != len(ferry) || len(got.First) != 7 {
		t.Errorf("total %d and a page of %d, want %d and 7", got.Total, len(got.First), len(ferry))
	}
	if pages := s.stats(t, s.jiraDirect).Requests["GET /rest/api/2/search"]; pages < len(issues)/40+2 {
		t.Errorf("%d searches, want one for each 40 issues and two more", pages)
	}
	if len(got.Wrong) != 2 || got.Wrong[0] != 400.0 || !strings.Contains(got.Wrong[1].(string), "Error in the JQL Query") {
		t.Errorf("a wrong query gives %v", got.Wrong)
	}
	f := issues["FERRY-101"]
	want(t, "summary", f["summary"], any(got.Issue.Summary))
	want(t, "status", at(t, f, "status", "name"), any(got.Issue.Status))
	want(t, "points", f["customfield_10016"], any(got.Issue.Points))
	want(t, "epic", f["customfield_10014"], any(got.Issue.Epic))
	want(t, "reporter", at(t, f, "reporter", "name"), any(got.Issue.Reporter))
	if text := strings.Join(got.Issue.Sprints, " "); !strings.Contains(text, "sprint.Sprint@") || !strings.Contains(text, "name=Harbour 42") {
		t.Errorf("sprints %q", text)
	}
	want(t, "projects", []string{"FERRY", "SHORE"}, got.Projects)
	want(t, "users", []string{"lena"}, got.Users)
	want(t, "priorities", []string{"Highest", "High", "Medium", "Low", "Lowest"}, got.Priorities)
	want(t, "types", []string{"Bug", "Epic", "Story", "Sub-task", "Task"}, slices.Sorted(slices.Values(got.Types)))
	for _, part := range []string{"Epic Link", "Epic Name", "Rank", "Sprint", "Story Points"} {
		if !slices.Contains(got.Fields, part) {
			t.Errorf("no field %q in %v", part, got.Fields)
		}
	}
}

// sorted gives the keys that begin so, sorted as text.
func sorted(issues map[string]thing, prefix string) []string {
	var out []string
	for key := range issues {
		if strings.HasPrefix(key, prefix) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// TestPythonWrites holds that a story that is told by Python is in the dump as
// it was told, and that nothing else has changed.
func TestPythonWrites(t *testing.T) {
	var got struct {
		Key, Second, Refused              string
		Number                            []any
		Steps, Comments, Watchers, Remote []string
	}
	s := start(t, dataCenter)
	before := s.issues(t)
	tells(t, s, "write", &got)
	after := s.issues(t)
	want(t, "issues changed", map[string][]string{got.Key: {"new"}, got.Second: {"new"}, "FERRY-31": {"issuelinks"}},
		changes(before, after, "updated", "place"))
	f := after[got.Key]
	for path, value := range map[string]any{
		"summary": "Sell tickets on board", "description": "Because *people* forget.", "duedate": "2027-01-15",
		"customfield_10050": 42.5, "timespent": 7200.0,
	} {
		want(t, path, value, f[path])
	}
	for object, value := range map[string]string{"priority": "High", "status": "Done", "resolution": "Done", "assignee": "ravi", "issuetype": "Story"} {
		want(t, object, any(value), at(t, f, object, "name"))
	}
	want(t, "labels", any([]any{"added", "onboard", "stackrank-now"}), f["labels"])
	want(t, "blocks", any("FERRY-31"), at(t, f, "issuelinks", 0, "outwardIssue", "key"))
	want(t, "is blocked", any(got.Key), at(t, last(t, after["FERRY-31"]["issuelinks"]), "inwardIssue", "key"))
	want(t, "comments", []string{"Who needs this, and when?", "Shipped."}, got.Comments)
	want(t, "watchers", []string{"po", "ravi"}, got.Watchers)
	want(t, "remote links", []string{"https://example.com/page"}, got.Remote)
	want(t, "outcome of an issue without a summary", "Error", got.Refused)
	if len(got.Number) != 2 || got.Number[0] != 400.0 {
		t.Errorf("a word for a number gives %v, want 400", got.Number)
	}
}

// last gives the last element of an array.
func last(t *testing.T, list any) any {
	t.Helper()
	all, ok := list.([]any)
	if !ok || len(all) == 0 {
		t.Fatalf("%v has no last element", list)
	}
	return all[len(all)-1]
}

// TestPythonPlans holds that ranks, sprints and epics are as Python put them.
func TestPythonPlans(t *testing.T) {
	var got struct {
		Board, Sprint, Nobody, Gone int
		Before, After               []string
	}
	s := start(t, dataCenter)
	before := s.issues(t)
	tells(t, s, "plan", &got)
	after := s.issues(t)
	want(t, "issues changed", map[string][]string{
		"FERRY-66": {"customfield_10014", "customfield_10019", "customfield_10020"}, "FERRY-79": {"customfield_10020"}, "FERRY-121": {"gone"},
	}, changes(before, after, "updated", "place", "issuelinks", "subtasks"))
	for step, order := range map[int][]string{-1: got.Before, 1: got.After} {
		anchor := slices.Index(order, "FERRY-31")
		if at := slices.Index(order, "FERRY-66"); at != anchor+step {
			t.Errorf("FERRY-66 at place %d, FERRY-31 at %d, want %+d", at, anchor, step)
		}
	}
	if d := after["FERRY-66"]["place"].(int) - after["FERRY-31"]["place"].(int); d != 1 {
		t.Errorf("FERRY-66 stands %d behind FERRY-31 in the dump, want 1", d)
	}
	want(t, "epic", any("FERRY-2"), after["FERRY-66"]["customfield_10014"])
	if text, ok := last(t, after["FERRY-66"]["customfield_10020"]).(string); !ok || !strings.Contains(text, "[id=42,") {
		t.Errorf("sprint %v, want 42", text)
	}
	if got.Nobody != http.StatusMultiStatus || got.Gone != http.StatusNotFound {
		t.Errorf("rank of an issue that is not there %d, a deleted issue %d", got.Nobody, got.Gone)
	}
}

// TestPythonMeetsCloud holds that Cloud refuses the search of yesterday with
// the words that tell why, and goes on with all else.
func TestPythonMeetsCloud(t *testing.T) {
	var got struct {
		Deployment, Summary string
		Search              []any
		Projects            []string
		Score               float64
	}
	s := start(t, cloud)
	tells(t, s, "cloud", &got)
	if len(got.Search) != 2 || got.Search[0] != 410.0 || !strings.Contains(got.Search[1].(string), "migrate to the /rest/api/3/search/jql API") {
		t.Errorf("search gives %v, want 410 and where to go", got.Search)
	}
	want(t, "deployment", "Cloud", got.Deployment)
	want(t, "projects", []string{"FERRY", "SHORE"}, got.Projects)
	f := s.issues(t)["FERRY-31"]
	want(t, "summary", f["summary"], any(got.Summary))
	want(t, "score", f["customfield_10050"], any(got.Score))
	want(t, "score written", any(7.5), f["customfield_10050"])
}
