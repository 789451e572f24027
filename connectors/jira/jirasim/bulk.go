package jirasim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// task is a bulk edit as its queue knows it. It is done at once, yet the
// first look at it still sees it running.
type task struct {
	created   int64 // milliseconds since 1970
	looks     int
	processed []int64
	failed    map[string][]string
	missing   int
	total     int
}

// bulkRequest is a bulk edit: the same values for all issues.
type bulkRequest struct {
	Issues  []string                   `json:"selectedIssueIdsOrKeys"`
	Actions []string                   `json:"selectedActions"`
	Input   map[string]json.RawMessage `json:"editedFieldsInput"`
	Mail    *bool                      `json:"sendBulkNotification"`
}

// The limits of a bulk edit. Source: Jira Cloud platform, "Bulk edit issues".
const (
	mostBulkIssues = 1000
	mostBulkFields = 200
)

// refuseBulk answers with the list of errors that the bulk routes have.
func refuseBulk(status int, message string) answer {
	return reply(status, map[string]any{"errors": []map[string]string{{"message": message}}})
}

// bulkEdit begins a bulk edit.
func (c *call) bulkEdit() answer {
	var in bulkRequest
	c.version = "3" // rich text comes as documents
	if c.read(&in) != nil || len(in.Issues) == 0 {
		return refuseBulk(http.StatusBadRequest, badPayload)
	}
	if len(in.Issues) > mostBulkIssues || len(in.Actions) > mostBulkFields {
		return refuseBulk(http.StatusBadRequest, fmt.Sprintf("At most %d issues and %d fields can be edited at once.", mostBulkIssues, mostBulkFields))
	}
	edit, fields, fault := bulkValues(in.Input)
	if fault != "" {
		return refuseBulk(http.StatusBadRequest, fault)
	}
	for _, id := range fields {
		if !slices.Contains(in.Actions, id) {
			return refuseBulk(http.StatusBadRequest, "The following editedFieldInput values are not listed as selectedActions : "+id)
		}
	}
	issues := c.seen(in.Issues)
	if text := c.mayBulk(in, issues); text != "" {
		return refuseBulk(http.StatusForbidden, text)
	}
	t := &task{created: c.s.now().UnixMilli(), total: len(in.Issues), missing: len(in.Issues) - len(issues), failed: map[string][]string{}}
	for _, i := range issues {
		t.do(c, i, edit)
	}
	id := strconv.FormatInt(c.s.fresh(), 10)
	c.s.tasks[id] = t
	return reply(http.StatusCreated, map[string]string{"taskId": id})
}

// mayBulk gives the refusal where the caller lacks a right for a bulk edit.
func (c *call) mayBulk(in bulkRequest, issues []*issue) string {
	if !c.s.allowed("", BulkChange) {
		return "You do not have the necessary permissions to perform bulk changes."
	}
	quiet := in.Mail != nil && !*in.Mail
	foreign := func(i *issue) bool { return !c.s.allowed(i.facts.project.also, AdministerProjects) }
	if quiet && !c.s.allowed("", Administer) && slices.ContainsFunc(issues, foreign) {
		return "You do not have the necessary permissions to disable bulk mail notifications for this operation."
	}
	return ""
}

// do edits one issue, or notes why not.
func (t *task) do(c *call, i *issue, edit issueEdit) {
	id := strconv.FormatInt(i.id, 10)
	if !c.s.allowed(i.facts.project.also, Edit) {
		t.failed[id] = []string{"You do not have permission to edit this issue."}
		return
	}
	ch := c.change(i)
	ch.apply(edit)
	if len(ch.faults) > 0 {
		t.failed[id] = slices.Sorted(maps.Values(ch.faults))
		return
	}
	ch.commit()
	t.processed = append(t.processed, i.id)
}

func (c *call) bulkProgress() answer {
	id := c.r.PathValue("taskId")
	t := c.s.tasks[id]
	if t == nil {
		return refuseBulk(http.StatusBadRequest, "The task associated with this taskId is not a bulk operation task")
	}
	t.looks++
	out := map[string]any{
		"taskId": id, "status": "RUNNING", "progressPercent": 0, "submittedBy": map[string]string{"accountId": c.s.seed.User.ID},
		"created": t.created, "started": t.created, "updated": t.created, "totalIssueCount": t.total,
		"processedAccessibleIssues": []int64{}, "failedAccessibleIssues": map[string][]string{}, "invalidOrInaccessibleIssueCount": 0,
	}
	if t.looks > 1 {
		out["status"], out["progressPercent"] = "COMPLETE", 100
		out["processedAccessibleIssues"] = append([]int64{}, t.processed...)
		out["failedAccessibleIssues"] = t.failed
		out["invalidOrInaccessibleIssueCount"] = t.missing
	}
	return reply(http.StatusOK, out)
}

// checkPermissions says which of some permissions the caller has where.
func (c *call) checkPermissions() answer {
	var in struct {
		AccountID string       `json:"accountId"`
		Global    []Permission `json:"globalPermissions"`
		Projects  []struct {
			Permissions []Permission `json:"permissions"`
			Issues      []int64      `json:"issues"`
			Projects    []int64      `json:"projects"`
		} `json:"projectPermissions"`
	}
	if a := c.read(&in); a != nil {
		return *a
	}
	global := []Permission{}
	for _, p := range in.Global {
		if c.s.allowed("", p) {
			global = append(global, p)
		}
	}
	granted := []map[string]any{}
	for _, ask := range in.Projects {
		for _, p := range ask.Permissions {
			issues, projects := []int64{}, []int64{}
			for _, id := range ask.Issues {
				if i := c.s.lookup(strconv.FormatInt(id, 10)); c.sees(i) && c.s.allowed(i.facts.project.also, p) {
					issues = append(issues, id)
				}
			}
			for _, id := range ask.Projects {
				if t := find(c.projects(), strconv.FormatInt(id, 10)); t != nil && c.s.allowed(t.also, p) {
					projects = append(projects, id)
				}
			}
			granted = append(granted, map[string]any{"permission": p, "issues": issues, "projects": projects})
		}
	}
	return reply(http.StatusOK, map[string]any{"globalPermissions": global, "projectPermissions": granted})
}
