//go:build clients

package clients

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// worker is somebody whose tasks bugwarrior keeps, in a home of their own.
type worker struct {
	pull, task, home string
	env              []string
}

// newWorker writes a configuration of bugwarrior with one service, whose
// options are given as lines.
func newWorker(t *testing.T, service string, options ...string) *worker {
	t.Helper()
	w := &worker{
		pull: needs(t, "bugwarrior-pull", "apt-get install bugwarrior"),
		task: needs(t, "task", "apt-get install taskwarrior"),
		home: t.TempDir(),
	}
	write := func(name string, lines ...string) string {
		path := filepath.Join(w.home, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	taskrc := write(".taskrc", "data.location="+filepath.Join(w.home, ".task"), "confirmation=off")
	general := []string{
		"[general]", "targets = harbour", "taskrc = " + taskrc, "inline_links = False", "annotation_links = False", "description_length = 500",
		"[harbour]", "service = " + service,
	}
	rc := write("bugwarriorrc", append(general, options...)...)
	w.env = append(os.Environ(), "HOME="+w.home, "BUGWARRIORRC="+rc, "TASKRC="+taskrc, "TASKDATA="+filepath.Join(w.home, ".task"), "XDG_CONFIG_HOME=")
	return w
}

// run runs a program of the worker's.
func (w *worker) run(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Env = w.env
	out, err := c.CombinedOutput()
	return string(out), err
}

// anyNumber stands for a count that the client does not keep: Taskwarrior takes
// the second of its making for the name of an annotation, so that some of the
// comments of one card are lost and pulled again.
const anyNumber = -1

// pulls runs bugwarrior-pull and holds how many tasks it added, changed and
// closed.
func (w *worker) pulls(t *testing.T, added, updated, closed int) {
	t.Helper()
	out, err := w.run(t, w.pull)
	if err != nil {
		t.Fatalf("bugwarrior-pull: %v\n%s", err, out)
	}
	for verb, n := range map[string]int{"Adding": added, "Updating": updated, "Closing": closed} {
		if said := fmt.Sprintf("%s %d tasks", verb, n); n != anyNumber && !strings.Contains(out, said) {
			t.Errorf("no %q in\n%s", said, out)
		}
	}
}

// tasks gives the tasks that are open, by one of their fields.
func (w *worker) tasks(t *testing.T, by string) map[string]thing {
	t.Helper()
	c := exec.CommandContext(t.Context(), w.task, "status:pending", "export")
	c.Env = w.env
	out, err := c.Output()
	if err != nil {
		t.Fatalf("task export: %v", err)
	}
	var list []thing
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatalf("task export: %v in %s", err, out)
	}
	all := map[string]thing{}
	for _, x := range list {
		all[fmt.Sprint(x[by])] = x
	}
	return all
}

// jiraOptions tells bugwarrior of a Jira.
func jiraOptions(s *sandbox, user string) []string {
	return []string{
		"jira.base_uri = " + s.jira, "jira.username = " + user, "jira.password = " + s.token,
		"jira.query = statusCategory != Done AND assignee in (ravi, ines) ORDER BY key",
		"jira.import_labels_as_tags = True", "jira.import_sprints_as_tags = True",
	}
}

// TestBugwarriorPullsFromDataCenter holds that tasks follow the issues: all
// are there after the first pull, nothing changes by the second, and what
// happens to an issue happens to its task.
func TestBugwarriorPullsFromDataCenter(t *testing.T) {
	s := start(t, dataCenter)
	w := newWorker(t, "jira", jiraOptions(s, "po")...)
	mine := func() map[string]thing {
		all := s.issues(t)
		for key, f := range all {
			person, _ := f["assignee"].(map[string]any)
			if at(t, f, "status", "statusCategory", "key") == "done" || person["name"] != "ravi" && person["name"] != "ines" {
				delete(all, key)
			}
		}
		return all
	}
	issues := mine()
	if len(issues) < 4 {
		t.Fatalf("%d issues are too few", len(issues))
	}
	w.pulls(t, len(issues), 0, 0)
	sameIssues(t, issues, w.tasks(t, "jiraid"))
	first := s.stats(t, s.jiraDirect)
	wanted := map[string]int{
		"GET /rest/api/latest/serverInfo": 1, "GET /rest/api/latest/field": 2, "GET /rest/api/latest/search": 1,
		"GET /rest/api/latest/issue/{issueIdOrKey}/comment": len(issues),
	}
	want(t, "requests of the first pull", wanted, first.Requests)

	w.pulls(t, 0, anyNumber, 0)
	for route := range wanted {
		wanted[route] *= 2
	}
	want(t, "requests of both pulls", wanted, s.stats(t, s.jiraDirect).Requests)
	if n := s.stats(t, s.jiraDirect).Writes; n != 0 {
		t.Errorf("%d writes by pulls, want 0", n)
	}

	keys := sorted(issues, "")
	bearer(t, s, http.MethodPut, "/issue/"+keys[0], `{"fields":{"summary":"It says something else now"}}`)
	bearer(t, s, http.MethodPut, "/issue/"+keys[1]+"/assignee", `{"name":null}`)
	bearer(t, s, http.MethodPost, "/issue", `{"fields":{"project":{"key":"FERRY"},"summary":"New","issuetype":{"name":"Task"},"assignee":{"name":"ravi"}}}`)
	w.pulls(t, 1, anyNumber, 1)
	sameIssues(t, mine(), w.tasks(t, "jiraid"))
}

// bearer writes to Data Center as somebody else would.
func bearer(t *testing.T, s *sandbox, method, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.jiraDirect+"/rest/api/2"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing more to read
	if resp.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// sameIssues compares tasks with the issues that they stand for.
func sameIssues(t *testing.T, issues, tasks map[string]thing) {
	t.Helper()
	want(t, "tasks", sorted(issues, ""), sorted(tasks, ""))
	for key, f := range issues {
		task := tasks[key]
		want(t, key+" summary", f["summary"], task["jirasummary"])
		want(t, key+" type", at(t, f, "issuetype", "name"), task["jiraissuetype"])
		want(t, key+" status", at(t, f, "status", "name"), task["jirastatus"])
		notes, _ := task["annotations"].([]any)
		if said := len(at(t, f, "comment", "comments").([]any)); len(notes) > said || said > 0 && len(notes) == 0 {
			t.Errorf("%s has %d comments and its task %d, want one at least and no more", key, said, len(notes))
		}
		tags := fmt.Sprint(task["tags"])
		for _, label := range f["labels"].([]any) {
			if !strings.Contains(tags, label.(string)) && !strings.Contains(label.(string), "-") {
				t.Errorf("%s: no tag %q in %s", key, label, tags)
			}
		}
	}
}

// TestBugwarriorMeetsCloud holds that Cloud refuses bugwarrior's search by 410
// and that it says so, which leaves its tasks alone.
func TestBugwarriorMeetsCloud(t *testing.T) {
	s := start(t, cloud)
	w := newWorker(t, "jira", jiraOptions(s, s.user)...)
	if out, err := w.run(t, w.task, "add", "one that is there"); err != nil {
		t.Fatalf("task add: %v\n%s", err, out)
	}
	out, _ := w.run(t, w.pull) // it tells of the failure in its log, not by its status
	if !strings.Contains(out, "410") || !strings.Contains(out, "migrate to the /rest/api/3/search/jql API") {
		t.Errorf("no word of status 410 in\n%s", out)
	}
	if n := s.stats(t, s.jiraDirect).Requests["GET /rest/api/latest/search"]; n != 1 {
		t.Errorf("%d searches, want 1: there is no use in asking again", n)
	}
	if tasks := w.tasks(t, "description"); len(tasks) != 1 {
		t.Errorf("tasks %v, want the one that was there", tasks)
	}
}

// TestBugwarriorPullsFromTrello holds the same of cards. The program knows
// only api.trello.com, so the simulator takes that name behind a proxy.
func TestBugwarriorPullsFromTrello(t *testing.T) {
	s := start(t, cloud)
	proxy, authority := standIn(t, "api.trello.com", s.trelloDirect)
	w := newWorker(t, "trello", "trello.api_key = "+s.trelloKey, "trello.token = "+s.trelloToken,
		"trello.include_boards = "+builtinBoard, "trello.include_lists = Ideas, Next", "trello.import_labels_as_tags = True")
	w.env = append(w.env, "HTTPS_PROXY="+proxy, "https_proxy="+proxy, "REQUESTS_CA_BUNDLE="+authority, "NO_PROXY=", "no_proxy=")
	d := s.trelloState(t)
	wanted := map[string]thing{}
	for _, l := range d.Lists {
		if l["name"] == "Ideas" || l["name"] == "Next" {
			for _, id := range d.ids(l["id"].(string)) {
				wanted[id] = d.card(id)
				wanted[id]["list"] = l["name"]
			}
		}
	}
	w.pulls(t, len(wanted), 0, 0)
	sameCards(t, wanted, w.tasks(t, "trellocardid"))
	first := s.stats(t, s.trelloDirect).Requests
	want(t, "requests of the first pull", map[string]int{
		"GET /1/boards/{id}": 1, "GET /1/boards/{id}/lists/{filter}": 1, "GET /1/lists/{id}/cards/{filter}": 2,
		"GET /1/cards/{id}/actions": len(wanted),
	}, first)
	w.pulls(t, 0, anyNumber, 0)
	sameCards(t, wanted, w.tasks(t, "trellocardid"))
	if n := s.stats(t, s.trelloDirect).Total; n != 2*(4+len(wanted)) {
		t.Errorf("%d requests of both pulls, want %d", n, 2*(4+len(wanted)))
	}
}

// sameCards compares tasks with the cards that they stand for.
func sameCards(t *testing.T, cards, tasks map[string]thing) {
	t.Helper()
	want(t, "tasks", sorted(cards, ""), sorted(tasks, ""))
	for id, c := range cards {
		task := tasks[id]
		want(t, id+" name", c["name"], task["trellocard"])
		want(t, id+" list", c["list"], task["trellolist"])
		want(t, id+" short link", c["shortLink"], task["trelloshortlink"])
		notes, _ := task["annotations"].([]any)
		if said := at(t, c, "badges", "comments").(float64); float64(len(notes)) > said || said > 0 && len(notes) == 0 {
			t.Errorf("%s has %v comments and its task %d, want one at least and no more", id, said, len(notes))
		}
		if due := c["due"]; due != nil && !slices.Contains([]any{due.(string)[:4]}, any(fmt.Sprint(task["due"])[:4])) {
			t.Errorf("%s is due %v, want %v", id, task["due"], due)
		}
	}
}
