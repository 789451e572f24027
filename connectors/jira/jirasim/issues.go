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
	s.platform("POST", "/issue/bulk", (*call).createIssues)
	s.platform("GET", one+"/transitions", (*call).listTransitions)
	s.platform("POST", one+"/transitions", (*call).transition)
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
	s.register("GET", "/rest/api/3/bulk/issues/fields", (*call).bulkFields)
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
		c.forget(c.s.records[o.id].now)
		c.s.drop(c.s.records[o.id].now)
	}
	return done()
}

// forget takes an issue that is about to be deleted out of the issues that
// mention it: the links go with it, and its parent loses a sub-task.
func (c *call) forget(i *issue) {
	for _, l := range linksOf(i) {
		other := c.named(l.Inward)
		if other == nil {
			other = c.named(l.Outward)
		}
		if other != nil {
			c.unlink(other, l.ID)
		}
	}
	if parent := c.s.lookup(i.facts.parent.name); parent != nil && i.facts.subtask {
		kept := []json.RawMessage{}
		var all []json.RawMessage
		_ = json.Unmarshal(parent.fields["subtasks"], &all)
		for _, raw := range all {
			if entityOf(raw).name != i.key {
				kept = append(kept, raw)
			}
		}
		next := parent.clone()
		next.set("subtasks", encode(kept))
		c.s.put(next)
	}
}
