//go:build clients

package clients

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	jira "github.com/andygrunwald/go-jira"
	"github.com/trivago/tgo/tcontainer"
)

var goJiraWrites = []step[plainJira]{
	{"create an issue", "", (*plainJira).create},
	{"edit fields", "", (*plainJira).edit},
	{"add, remove and set labels", "", (*plainJira).labels},
	{"set number fields by their ids", "", (*plainJira).customFields},
	{"assign", "", (*plainJira).assign},
	{"comment", "", (*plainJira).comment},
	{"list and do transitions", "", (*plainJira).transition},
	{"link and unlink", "", (*plainJira).link},
	{"link to the outside", "", (*plainJira).remoteLink},
	{"watch", "", (*plainJira).watch},
	{"log work", "", (*plainJira).logWork},
	{"rank before and after", "", (*plainJira).rank},
	{"move into a sprint", "", (*plainJira).sprint},
}

var goJiraEnds = []step[plainJira]{
	{"delete the issue", "", (*plainJira).deleteIssue},
	{"nothing else has changed", "", (*plainJira).compare},
}

func (p *plainJira) create(t *testing.T) {
	made, r, err := p.client.Issue.CreateWithContext(t.Context(), &jira.Issue{Fields: &jira.IssueFields{
		Project: jira.Project{Key: p.projects()[0]}, Type: jira.IssueType{Name: "Story"},
		Summary: "Made by a client", Description: "*Bold* text", Labels: []string{"made"},
		Priority: &jira.Priority{Name: "High"}, Duedate: jira.Date(time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)),
		Unknowns: tcontainer.MarshalMap{p.field(t, "Priority Score"): 12.5},
	}})
	went(t, "create", 201, r, err)
	p.key = made.Key
	got := p.fields(t)
	same(t, "fields", []any{"Made by a client", "*Bold* text", []string{"made"}, "High", "2026-12-24", 12.5},
		[]any{got["summary"], got["description"], got["labels"], at(t, got, "priority", "name"), got["duedate"], got[p.field(t, "Priority Score")]})
	_, r, err = p.client.Issue.CreateWithContext(t.Context(), &jira.Issue{Fields: &jira.IssueFields{
		Project: jira.Project{Key: p.projects()[0]}, Type: jira.IssueType{Name: "Odd"}, Summary: "Of no type",
	}})
	went(t, "create of no type", 400, r, err)
}

// edit changes fields as the library does, and holds the result against
// version 3 where there is one.
func (p *plainJira) edit(t *testing.T) {
	_, r, err := p.client.Issue.UpdateWithContext(t.Context(), &jira.Issue{Key: p.key, Fields: &jira.IssueFields{
		Summary: "Changed", Description: "Changed text", Priority: &jira.Priority{Name: "Low"},
		Duedate: jira.Date(time.Date(2027, 1, 5, 0, 0, 0, 0, time.UTC)),
	}})
	went(t, "edit", 204, r, err)
	got := p.fields(t)
	same(t, "fields", []any{"Changed", "Changed text", "Low", "2027-01-05"}, []any{got["summary"], got["description"], at(t, got, "priority", "name"), got["duedate"]})
	r, err = p.client.Issue.UpdateIssueWithContext(t.Context(), p.key, map[string]any{"fields": map[string]any{"duedate": nil, "summary": ""}})
	went(t, "an edit with a bad field", 400, r, err)
	want(t, "due date", any("2027-01-05"), p.fields(t)["duedate"])
	r, err = p.client.Issue.UpdateIssueWithContext(t.Context(), p.key, map[string]any{"fields": map[string]any{"duedate": nil}})
	went(t, "clear", 204, r, err)
	want(t, "due date", nil, p.fields(t)["duedate"])
	if !p.cloud {
		return
	}
	var rich struct {
		Fields struct{ Description struct{ Type string } }
	}
	r, err = p.raw(t, http.MethodGet, "rest/api/3/issue/"+p.key, nil, &rich)
	went(t, "read with version 3", 200, r, err)
	want(t, "description", "doc", rich.Fields.Description.Type)
}

func (p *plainJira) labels(t *testing.T) {
	update := func(what string, wanted int, data map[string]any) {
		t.Helper()
		r, err := p.client.Issue.UpdateIssueWithContext(t.Context(), p.key, data)
		went(t, what, wanted, r, err)
	}
	verbs := func(verbs ...map[string]string) map[string]any {
		return map[string]any{"update": map[string]any{"labels": verbs}}
	}
	update("add and remove", 204, verbs(map[string]string{"add": "one"}, map[string]string{"remove": "made"}))
	same(t, "labels", []string{"one"}, p.fields(t)["labels"])
	update("a label with a space", 400, verbs(map[string]string{"add": "one two"}))
	update("set", 204, map[string]any{"fields": map[string]any{"labels": []string{"b", "a"}}})
	same(t, "labels", []string{"a", "b"}, p.fields(t)["labels"])
}

func (p *plainJira) customFields(t *testing.T) {
	score, place := p.field(t, "Priority Score"), p.field(t, "Stack Rank")
	r, err := p.client.Issue.UpdateIssueWithContext(t.Context(), p.key, map[string]any{"fields": map[string]any{score: 74.5, place: 3}})
	went(t, "set", 204, r, err)
	i, r, err := p.client.Issue.GetWithContext(t.Context(), p.key, nil)
	went(t, "read", 200, r, err)
	want(t, "values", []any{74.5, 3.0}, []any{i.Fields.Unknowns[score], i.Fields.Unknowns[place]})
	r, err = p.client.Issue.UpdateIssueWithContext(t.Context(), p.key, map[string]any{"fields": map[string]any{score: "high"}})
	went(t, "a text for a number", 400, r, err)
	r, err = p.client.Issue.UpdateIssueWithContext(t.Context(), p.key, map[string]any{"fields": map[string]any{score: nil}})
	went(t, "clear", 204, r, err)
	want(t, "score", nil, p.fields(t)[score])
}

func (p *plainJira) assign(t *testing.T) {
	r, err := p.client.Issue.UpdateAssigneeWithContext(t.Context(), p.key, &jira.User{AccountID: p.me.AccountID, Name: p.me.Name})
	went(t, "assign", 204, r, err)
	i, r, err := p.client.Issue.GetWithContext(t.Context(), p.key, nil)
	went(t, "read", 200, r, err)
	want(t, "assignee", p.me.DisplayName, i.Fields.Assignee.DisplayName)
	r, err = p.client.Issue.UpdateAssigneeWithContext(t.Context(), p.key, &jira.User{AccountID: "nobody"})
	went(t, "assign to nobody known", 400, r, err)
	key := map[bool]string{true: "accountId", false: "name"}[p.cloud]
	r, err = p.raw(t, http.MethodPut, "rest/api/2/issue/"+p.key+"/assignee", map[string]any{key: nil}, nil)
	went(t, "assign to nobody", 204, r, err)
	want(t, "assignee", nil, p.fields(t)["assignee"])
}

// comment: the library sends empty authors and an empty visibility along.
func (p *plainJira) comment(t *testing.T) {
	first, r, err := p.client.Issue.AddCommentWithContext(t.Context(), p.key, &jira.Comment{Body: "First"})
	went(t, "add", 201, r, err)
	second, r, err := p.client.Issue.AddCommentWithContext(t.Context(), p.key, &jira.Comment{Body: "Second"})
	went(t, "add another", 201, r, err)
	_, r, err = p.client.Issue.AddCommentWithContext(t.Context(), p.key, &jira.Comment{Body: ""})
	went(t, "add an empty one", 400, r, err)
	mended, r, err := p.client.Issue.UpdateCommentWithContext(t.Context(), p.key, &jira.Comment{ID: first.ID, Body: "Mended"})
	went(t, "update", 200, r, err)
	want(t, "body", "Mended", mended.Body)
	if err := p.client.Issue.DeleteCommentWithContext(t.Context(), p.key, second.ID); err != nil {
		t.Fatal(err)
	}
	if p.client.Issue.DeleteCommentWithContext(t.Context(), p.key, second.ID) == nil {
		t.Error("a comment was deleted twice")
	}
	i, r, err := p.client.Issue.GetWithContext(t.Context(), p.key, nil)
	went(t, "read", 200, r, err)
	want(t, "comments", []string{"Mended"}, []string{i.Fields.Comments.Comments[0].Body})
	want(t, "count", 1, len(i.Fields.Comments.Comments))
}

func (p *plainJira) transition(t *testing.T) {
	list, r, err := p.client.Issue.GetTransitionsWithContext(t.Context(), p.key)
	went(t, "list", 200, r, err)
	for _, category := range []string{"done", "indeterminate"} {
		n := slices.IndexFunc(list, func(x jira.Transition) bool { return x.To.StatusCategory.Key == category })
		r, err = p.client.Issue.DoTransitionWithContext(t.Context(), p.key, list[n].ID)
		went(t, "to "+category, 204, r, err)
		want(t, "category", any(category), at(t, p.fields(t), "status", "statusCategory", "key"))
		want(t, "has a resolution", category == "done", p.fields(t)["resolution"] != nil)
	}
	r, err = p.client.Issue.DoTransitionWithContext(t.Context(), p.key, "99999")
	went(t, "a transition that is none", 400, r, err)
}

func (p *plainJira) link(t *testing.T) {
	other := p.described(t)
	link := &jira.IssueLink{Type: jira.IssueLinkType{Name: "Blocks"}, InwardIssue: &jira.Issue{Key: p.key}, OutwardIssue: &jira.Issue{Key: other}}
	r, err := p.client.Issue.AddLinkWithContext(t.Context(), link)
	went(t, "add", 201, r, err)
	i, r, err := p.client.Issue.GetWithContext(t.Context(), p.key, nil)
	went(t, "read", 200, r, err)
	want(t, "links", []string{other, "blocks"}, []string{i.Fields.IssueLinks[0].OutwardIssue.Key, i.Fields.IssueLinks[0].Type.Outward})
	id := i.Fields.IssueLinks[0].ID
	r, err = p.client.Issue.DeleteLinkWithContext(t.Context(), id)
	went(t, "delete", 204, r, err)
	r, err = p.client.Issue.DeleteLinkWithContext(t.Context(), id)
	went(t, "delete again", 404, r, err)
	link.OutwardIssue.Key = "NOPE-1"
	r, err = p.client.Issue.AddLinkWithContext(t.Context(), link)
	went(t, "to no issue", 404, r, err)
	want(t, "the other end", p.before[other]["issuelinks"], p.issues(t)[other]["issuelinks"])
}

func (p *plainJira) remoteLink(t *testing.T) {
	link := &jira.RemoteLink{GlobalID: "client=1", Object: &jira.RemoteLinkObject{URL: "https://example.com/report", Title: "Report"}}
	made, r, err := p.client.Issue.AddRemoteLinkWithContext(t.Context(), p.key, link)
	went(t, "add", 201, r, err)
	link.Object.Title = "Better report"
	r, err = p.client.Issue.UpdateRemoteLinkWithContext(t.Context(), p.key, made.ID, link)
	went(t, "update", 204, r, err)
	list, r, err := p.client.Issue.GetRemoteLinksWithContext(t.Context(), p.key)
	went(t, "list", 200, r, err)
	want(t, "links", []string{"Better report"}, []string{(*list)[0].Object.Title})
	r, err = p.client.Issue.UpdateRemoteLinkWithContext(t.Context(), p.key, 4711, link)
	went(t, "update none", 404, r, err)
}

// watch: the library names people by account id when it reads, and removes
// them with a body that the service does not look at.
func (p *plainJira) watch(t *testing.T) {
	name := map[bool]string{true: p.me.AccountID, false: p.me.Name}[p.cloud]
	r, err := p.client.Issue.AddWatcherWithContext(t.Context(), p.key, name)
	went(t, "add", 204, r, err)
	r, err = p.client.Issue.AddWatcherWithContext(t.Context(), p.key, "nobody")
	went(t, "add nobody known", 404, r, err)
	r, err = p.client.Issue.RemoveWatcherWithContext(t.Context(), p.key, name)
	went(t, "remove by a body", 400, r, err)
	if p.cloud {
		watchers, r, err := p.client.Issue.GetWatchersWithContext(t.Context(), p.key)
		went(t, "read", 200, r, err)
		want(t, "watchers", p.me.AccountID, (*watchers)[0].AccountID)
	}
	want(t, "count", any(1.0), at(t, p.fields(t), "watches", "watchCount"))
}

func (p *plainJira) logWork(t *testing.T) {
	began := jira.Time(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	made, r, err := p.client.Issue.AddWorklogRecordWithContext(t.Context(), p.key, &jira.WorklogRecord{TimeSpent: "2h", Comment: "Measured", Started: &began})
	went(t, "log", 201, r, err)
	want(t, "logged", []any{7200, "Measured", true}, []any{made.TimeSpentSeconds, made.Comment, timeOfField(*made.Started).Equal(timeOfField(began))})
	again, r, err := p.client.Issue.UpdateWorklogRecordWithContext(t.Context(), p.key, made.ID, &jira.WorklogRecord{TimeSpent: "30m"})
	went(t, "update", 200, r, err)
	want(t, "logged", 1800, again.TimeSpentSeconds)
	_, r, err = p.client.Issue.AddWorklogRecordWithContext(t.Context(), p.key, &jira.WorklogRecord{TimeSpent: "soon"})
	went(t, "log no time", 400, r, err)
	all, r, err := p.client.Issue.GetWorklogsWithContext(t.Context(), p.key)
	went(t, "list", 200, r, err)
	want(t, "worklogs", []any{1, "Measured"}, []any{all.Total, all.Worklogs[0].Comment})
}

// order are the keys of issues by rank.
func (p *plainJira) order(t *testing.T) []string {
	t.Helper()
	is := p.issues(t)
	return slices.SortedFunc(maps.Keys(is), func(x, y string) int { return is[x]["place"].(int) - is[y]["place"].(int) })
}

func (p *plainJira) rank(t *testing.T) {
	was := p.order(t)
	last := was[len(was)-1]
	r, err := p.raw(t, http.MethodPut, "rest/agile/1.0/issue/rank", map[string]any{"issues": []string{last}, "rankBeforeIssue": was[0]}, nil)
	went(t, "before the first", 204, r, err)
	want(t, "first", last, p.order(t)[0])
	query := strings.TrimSuffix(p.jql(), "key ASC") + "cf[" + strings.TrimPrefix(p.field(t, "Rank"), "customfield_") + "] ASC"
	if p.cloud {
		page, r, err := p.client.Issue.SearchV2JQLWithContext(t.Context(), query, &jira.SearchOptionsV2{Fields: []string{"summary"}})
		went(t, "search by rank", 200, r, err)
		want(t, "first", last, page[0].Key)
	} else {
		page, r, err := p.client.Issue.SearchWithContext(t.Context(), query, nil)
		went(t, "search by rank", 200, r, err)
		want(t, "first", last, page[0].Key)
	}
	r, err = p.raw(t, http.MethodPut, "rest/agile/1.0/issue/rank", map[string]any{"issues": []string{last}, "rankAfterIssue": was[len(was)-2]}, nil)
	went(t, "after the last", 204, r, err)
	want(t, "order", was, p.order(t))
	r, err = p.raw(t, http.MethodPut, "rest/agile/1.0/issue/rank", map[string]any{"issues": []string{last}, "rankAfterIssue": "NOPE-1"}, nil)
	went(t, "after no issue", 400, r, err)
}

func (p *plainJira) sprint(t *testing.T) {
	scrum, r, err := p.client.Board.GetAllBoardsWithContext(t.Context(), &jira.BoardListOptions{BoardType: "scrum"})
	went(t, "boards", 200, r, err)
	sprints, r, err := p.client.Board.GetAllSprintsWithContext(t.Context(), itoa(scrum.Values[0].ID))
	went(t, "sprints", 200, r, err)
	for _, s := range sprints {
		status := map[bool]int{true: 400, false: 204}[s.State == "closed"]
		r, err := p.client.Sprint.MoveIssuesToSprintWithContext(t.Context(), s.ID, []string{p.key})
		went(t, "into "+s.State, status, r, err)
	}
	i, r, err := p.client.Sprint.GetIssueWithContext(t.Context(), p.key, nil)
	went(t, "read", 200, r, err)
	want(t, "sprint", "future", i.Fields.Sprint.State)
}

func (p *plainJira) deleteIssue(t *testing.T) {
	r, err := p.client.Issue.DeleteWithContext(t.Context(), p.key)
	went(t, "delete", 204, r, err)
	_, r, err = p.client.Issue.GetWithContext(t.Context(), p.key, nil)
	went(t, "read what is deleted", 404, r, err)
}

// compare holds that all is as it was before, but for the time at which the
// issue was changed that the other one was linked to, and ranks.
func (p *plainJira) compare(t *testing.T) {
	want(t, "changes", map[string][]string{}, changes(p.before, p.issues(t), "updated", p.field(t, "Rank")))
}
