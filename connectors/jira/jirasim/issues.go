package jirasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

func (s *Site) issueRoutes() {
	const one = "/issue/{issueIdOrKey}"
	s.platform("GET", one, (*call).getIssue)
	s.platform("PUT", one, (*call).editIssue)
	s.platform("DELETE", one, (*call).deleteIssue)
	s.platform("POST", "/issue", (*call).createIssue)
	s.platform("GET", one+"/editmeta", (*call).editMeta)
	s.platform("GET", one+"/comment", (*call).listComments)
	s.platform("POST", one+"/comment", (*call).postComment)
	s.platform("GET", one+"/transitions", (*call).listTransitions)
	s.platform("POST", one+"/transitions", (*call).transition)
	s.platform("GET", one+"/votes", (*call).showVotes)
	s.platform("POST", one+"/votes", (*call).vote)
	s.platform("DELETE", one+"/votes", (*call).unvote)
	s.platform("GET", one+"/watchers", (*call).showWatchers)
	s.platform("POST", one+"/watchers", (*call).watch)
	s.platform("DELETE", one+"/watchers", (*call).unwatch)
	s.platform("GET", one+"/remotelink", (*call).listRemoteLinks)
	s.platform("POST", one+"/remotelink", (*call).putRemoteLink)
	s.platform("GET", one+"/properties", (*call).listProperties)
	s.platform("GET", one+"/properties/{propertyKey}", (*call).getProperty)
	s.platform("PUT", one+"/properties/{propertyKey}", (*call).putProperty)
	s.platform("DELETE", one+"/properties/{propertyKey}", (*call).deleteProperty)
	s.platform("POST", "/issueLink", (*call).createLink)
	s.platform("GET", "/issueLink/{linkId}", (*call).getLink)
	s.platform("DELETE", "/issueLink/{linkId}", (*call).deleteLink)
}

func (s *Site) cloudRoutes() {
	s.platform("GET", "/search", (*call).removed)
	s.platform("POST", "/search", (*call).removed, reading)
	s.platform("GET", "/search/jql", (*call).searchJQLGet)
	s.platform("POST", "/search/jql", (*call).searchJQLPost, reading)
	s.platform("POST", "/search/approximate-count", (*call).approximateCount, reading)
	s.platform("POST", "/jql/match", (*call).jqlMatch, reading)
	s.platform("POST", "/issue/bulkfetch", (*call).bulkFetch, reading)
	s.platform("POST", "/changelog/bulkfetch", (*call).changelogFetch, reading)
	s.platform("GET", "/issue/{issueIdOrKey}/changelog", (*call).listChangelog)
	s.platform("POST", "/permissions/check", (*call).checkPermissions, reading)
	s.platform("GET", "/field/search", (*call).fieldSearch)
	s.platform("GET", "/priority/search", (*call).prioritySearch)
	s.platform("GET", "/project/search", (*call).projectSearch, public)
	s.register("POST", "/rest/api/3/bulk/issues/fields", (*call).bulkEdit)
	s.register("GET", "/rest/api/3/bulk/queue/{taskId}", (*call).bulkProgress)
	s.register("GET", "/_edge/tenant_info", (*call).tenantInfo, public)
}

func (c *call) getIssue() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	return c.showIssue(i)
}

// showIssue answers with an issue as the query asks for it.
func (c *call) showIssue(i *issue) answer {
	query := c.r.URL.Query()
	want := c.selection(query["expand"], query["fields"], "*all")
	want.idOnly = false
	want.properties = lists(query["properties"])
	want.allProps = slices.Contains(want.properties, "*all")
	var b bytes.Buffer
	c.render(&b, i, want)
	return answer{status: http.StatusOK, body: b.Bytes()}
}

// createIssue makes an issue with the lowest rank.
func (c *call) createIssue() answer {
	var in issueEdit
	if a := c.read(&in); a != nil {
		return *a
	}
	s := c.s
	project := find(c.projects(), entityOf(in.Fields["project"]).id)
	if project == nil {
		return refuseFields(http.StatusBadRequest, map[string]string{"project": "valid project is required"})
	}
	i := s.blank(*project)
	i.facts = s.factsOf(i)
	ch := c.change(i)
	delete(in.Fields, "project")
	ch.apply(in)
	for id, text := range map[string]string{"issuetype": "valid issue type is required", "summary": "You must specify a summary of the issue."} {
		if _, ok := ch.issue.fields[id]; !ok && ch.faults[id] == "" {
			ch.faults[id] = text
		}
	}
	if len(ch.faults) > 0 {
		return refuseFields(http.StatusBadRequest, ch.faults)
	}
	clear(ch.was)
	s.rankLast(ch.issue)
	ch.commit()
	id := strconv.FormatInt(i.id, 10)
	return reply(http.StatusCreated, map[string]string{"id": id, "key": i.key, "self": selfMark + "/rest/api/2/issue/" + id})
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

// deleteIssue deletes an issue; one with sub-tasks only when told so.
func (c *call) deleteIssue() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	if !c.s.allowed(i.facts.project.also, "DELETE_ISSUES") {
		return refuse(http.StatusForbidden, "You do not have permission to delete issues in this project.")
	}
	var children []*issue
	for _, o := range c.s.present() {
		if o.facts.subtask && o.facts.parent.id == strconv.FormatInt(i.id, 10) {
			children = append(children, o)
		}
	}
	if len(children) > 0 && c.r.URL.Query().Get("deleteSubtasks") != "true" {
		return refuse(http.StatusBadRequest, fmt.Sprintf("The issue '%s' has subtasks. You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.", i.key))
	}
	for _, o := range append(children, i) {
		c.s.drop(o)
	}
	return done()
}

func (c *call) editMeta() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	return reply(http.StatusOK, map[string]any{"fields": c.editable(i)})
}

// editable describes the fields on the edit screen.
func (c *call) editable(i *issue) map[string]any {
	out := map[string]any{}
	if !c.s.allowed(i.facts.project.also, Edit) {
		return out
	}
	for id, f := range c.s.fields {
		listed := f.custom || f.schema.System != ""
		if f.fixed || !listed || c.s.switches.OffScreen[id] || !c.belongs(i, id) {
			continue
		}
		entry := map[string]any{
			"required": id == "summary" || id == "issuetype", "schema": f.schema, "name": f.name, "key": id,
			"hasDefaultValue": false, "operations": operationsOf(f),
		}
		if id == "priority" {
			entry["allowedValues"] = raws(c.s.catalog.priorities)
		}
		out[id] = entry
	}
	return out
}

func operationsOf(f *field) []string {
	if f.verbs() == "set" {
		return []string{"set"}
	}
	return []string{"add", "set", "remove"}
}
