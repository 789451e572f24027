package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// mostCreated is how many issues one call creates. Source: Jira Cloud
// platform, "Bulk create issue".
const mostCreated = 50

// refused is one issue of a bulk creation that was not made.
type refused struct {
	Status  int     `json:"status"`
	Element problem `json:"elementErrors"`
	Number  int     `json:"failedElementNumber"`
}

// createIssue makes one issue.
func (c *call) createIssue() answer {
	var in issueEdit
	if a := c.read(&in); a != nil {
		return *a
	}
	made, status, p := c.create(in)
	if made == nil {
		return reply(status, p)
	}
	return reply(status, createdAs(made))
}

// createIssues makes several issues. Those that are refused are told with
// their places; only if none could be made the whole call is refused.
func (c *call) createIssues() answer {
	var in struct {
		Updates []issueEdit `json:"issueUpdates"`
	}
	if a := c.read(&in); a != nil {
		return *a
	}
	if n := len(in.Updates); n == 0 || n > mostCreated {
		return refuse(http.StatusBadRequest, fmt.Sprintf("The request must hold between 1 and %d issues.", mostCreated))
	}
	issues, errors := []map[string]string{}, []refused{}
	for n, edit := range in.Updates {
		if made, status, p := c.create(edit); made != nil {
			issues = append(issues, createdAs(made))
		} else {
			errors = append(errors, refused{Status: status, Element: p, Number: n})
		}
	}
	status := http.StatusCreated
	if len(issues) == 0 {
		status = http.StatusBadRequest
	}
	return reply(status, map[string]any{"issues": issues, "errors": errors})
}

// createdAs tells where a new issue is.
func createdAs(i *issue) map[string]string {
	id := strconv.FormatInt(i.id, 10)
	return map[string]string{"id": id, "key": i.key, "self": selfMark + "/rest/api/2/issue/" + id}
}

// create makes an issue with the lowest rank, or gives status and body of the
// refusal.
func (c *call) create(in issueEdit) (*issue, int, problem) {
	s := c.s
	project := c.projectNamed(in.Fields["project"])
	if project == nil {
		return nil, http.StatusBadRequest, problem{Messages: []string{}, Errors: map[string]string{"project": "valid project is required"}}
	}
	if !s.allowed(project.also, "CREATE_ISSUES") {
		return nil, http.StatusForbidden, problem{Messages: []string{"You do not have permission to create issues in this project."}, Errors: map[string]string{}}
	}
	i := s.blank(*project)
	i.facts = s.factsOf(i)
	ch := c.change(i)
	delete(in.Fields, "project")
	ch.apply(in)
	ch.complete()
	if len(ch.faults) > 0 {
		return nil, http.StatusBadRequest, problem{Messages: []string{}, Errors: ch.faults}
	}
	clear(ch.was)
	s.rankLast(ch.issue)
	ch.commit()
	s.adopt(ch.issue)
	return ch.issue, http.StatusCreated, problem{}
}

// projectNamed finds the project that an object means by key or id.
func (c *call) projectNamed(raw json.RawMessage) *thing {
	var o struct {
		ID  json.RawMessage `json:"id"`
		Key string          `json:"key"`
	}
	if isNull(raw) || json.Unmarshal(raw, &o) != nil {
		return nil
	}
	word := first(o.Key, plain(o.ID))
	for _, p := range c.projects() {
		if word != "" && (p.id == word || strings.EqualFold(p.also, word)) {
			return &p
		}
	}
	return nil
}

// complete notes what a new issue lacks.
func (ch *change) complete() {
	needed := map[string]string{"issuetype": "valid issue type is required", "summary": "You must specify a summary of the issue."}
	for id, text := range needed {
		if _, ok := ch.issue.fields[id]; !ok && ch.faults[id] == "" {
			ch.faults[id] = text
		}
	}
	if isSubtask(ch.issue.fields["issuetype"]) && isNull(ch.issue.fields["parent"]) && ch.faults["parent"] == "" {
		ch.faults["issuetype"] = "Issue type is a sub-task but parent issue key or id not specified."
	}
}

// adopt lists a new sub-task at its parent.
func (s *Site) adopt(i *issue) {
	if parent := s.lookup(i.facts.parent.name); i.facts.subtask && parent != nil {
		next := parent.clone()
		next.set("subtasks", appended(parent.fields["subtasks"], brief(i)))
		s.put(next)
	}
}

// nextKey gives the key that a project's next issue gets; numbers are not used
// twice.
func (s *Site) nextKey(project thing) string {
	return fmt.Sprintf("%s-%d", project.also, s.numbers[project.also]+1)
}

// blank is a new issue of a project before anything is set.
func (s *Site) blank(project thing) *issue {
	stampNow := quote(s.now().In(s.zone).Format(stamp))
	i := &issue{id: s.fresh(), key: s.nextKey(project), adf: map[string]json.RawMessage{}, props: map[string]json.RawMessage{}}
	votes := fmt.Sprintf(`{"self":"%s/rest/api/2/issue/%s/votes","votes":0,"hasVoted":false}`, selfMark, i.key)
	watches := fmt.Sprintf(`{"self":"%s/rest/api/2/issue/%s/watchers","watchCount":1,"isWatching":true}`, selfMark, i.key)
	i.fields = map[string]json.RawMessage{
		"project": project.raw, "created": stampNow, "updated": stampNow, "labels": json.RawMessage("[]"),
		"reporter": s.actor().raw, "creator": s.actor().raw, "assignee": json.RawMessage("null"),
		"resolution": json.RawMessage("null"), "resolutiondate": json.RawMessage("null"), "duedate": json.RawMessage("null"),
		"description": json.RawMessage("null"), "issuelinks": json.RawMessage("[]"), "subtasks": json.RawMessage("[]"),
		"components": json.RawMessage("[]"), "fixVersions": json.RawMessage("[]"), "versions": json.RawMessage("[]"),
		"votes": json.RawMessage(votes), "watches": json.RawMessage(watches), "workratio": json.RawMessage("-1"),
		"comment":  json.RawMessage(`{"comments":[],"maxResults":0,"total":0,"startAt":0}`),
		"priority": s.catalog.priorities[len(s.catalog.priorities)/2].raw,
	}
	if t := find(s.catalog.statuses, s.firstStatus().id); t != nil {
		i.fields["status"] = t.raw
	}
	return i
}
