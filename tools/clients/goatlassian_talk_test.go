//go:build clients

package clients

import (
	"net/http"
	"slices"
	"testing"

	"github.com/ctreminiom/go-atlassian/v2/pkg/infra/models"
)

// comment writes as text, and on Cloud reads it as a document as well.
func (a *atlassian) comment(t *testing.T) {
	comments := a.v2.Issue.Comment
	made, r, err := comments.Add(t.Context(), a.key, &models.CommentPayloadSchemeV2{Body: "First"}, nil)
	did(t, "add", 201, r, err)
	second, r, err := comments.Add(t.Context(), a.key, &models.CommentPayloadSchemeV2{Body: "Second"}, nil)
	did(t, "add another", 201, r, err)
	_, r, err = comments.Add(t.Context(), a.key, &models.CommentPayloadSchemeV2{}, nil)
	did(t, "add an empty one", 400, r, err)
	r, err = a.raw(t, http.MethodPut, "rest/api/2/issue/"+a.key+"/comment/"+made.ID, map[string]string{"body": "Mended"})
	did(t, "update", 200, r, err)
	page, r, err := comments.Gets(t.Context(), a.key, "-created", nil, 0, 1)
	did(t, "list", 200, r, err)
	want(t, "the newest of two", []any{2, second.ID}, []any{page.Total, page.Comments[0].ID})
	one, r, err := comments.Get(t.Context(), a.key, made.ID)
	did(t, "get", 200, r, err)
	want(t, "body", "Mended", one.Body)
	if a.cloud {
		rich, r, err := a.v3.Issue.Comment.Get(t.Context(), a.key, made.ID)
		did(t, "get with version 3", 200, r, err)
		want(t, "body", "Mended", rich.Body.Content[0].Content[0].Text)
		third, r, err := a.v3.Issue.Comment.Add(t.Context(), a.key, &models.CommentPayloadScheme{Body: document("Third")}, nil)
		did(t, "add a document", 201, r, err)
		r, err = a.v3.Issue.Comment.Delete(t.Context(), a.key, third.ID)
		did(t, "delete it", 204, r, err)
	}
	r, err = comments.Delete(t.Context(), a.key, second.ID)
	did(t, "delete", 204, r, err)
	_, r, err = comments.Get(t.Context(), a.key, second.ID)
	did(t, "get what is deleted", 404, r, err)
	want(t, "comments left", any(1.0), at(t, a.fields(t), "comment", "total"))
}

func (a *atlassian) transition(t *testing.T) {
	list, r, err := a.v2.Issue.Transitions(t.Context(), a.key)
	did(t, "list", 200, r, err)
	to := func(category string) *models.IssueTransitionScheme {
		t.Helper()
		n := slices.IndexFunc(list.Transitions, func(x *models.IssueTransitionScheme) bool { return x.To.StatusCategory.Key == category })
		if n < 0 {
			t.Fatalf("no transition leads to %s", category)
		}
		return list.Transitions[n]
	}
	r, err = a.v2.Issue.Move(t.Context(), a.key, to("done").ID, nil)
	did(t, "finish", 204, r, err)
	want(t, "status and resolution", []any{"done", true}, []any{at(t, a.fields(t), "status", "statusCategory", "key"), a.fields(t)["resolution"] != nil})
	r, err = a.v2.Issue.Move(t.Context(), a.key, to("indeterminate").ID, nil)
	did(t, "reopen", 204, r, err)
	want(t, "status and resolution", []any{to("indeterminate").To.Name, nil}, []any{at(t, a.fields(t), "status", "name"), a.fields(t)["resolution"]})
	r, err = a.v2.Issue.Move(t.Context(), a.key, "99999", nil)
	did(t, "a transition that is none", 400, r, err)
}

// link says that the issue at work blocks another one.
func (a *atlassian) link(t *testing.T) {
	other := a.described(t)
	types, r, err := a.v2.Issue.Link.Type.Gets(t.Context())
	did(t, "types", 200, r, err)
	n := slices.IndexFunc(types.IssueLinkTypes, func(x *models.LinkTypeScheme) bool { return x.Name == "Blocks" })
	blocks, r, err := a.v2.Issue.Link.Type.Get(t.Context(), types.IssueLinkTypes[n].ID)
	did(t, "type", 200, r, err)
	r, err = a.v2.Issue.Link.Create(t.Context(), &models.LinkPayloadSchemeV2{
		Type: &models.LinkTypeScheme{Name: blocks.Name}, InwardIssue: &models.LinkedIssueScheme{Key: a.key}, OutwardIssue: &models.LinkedIssueScheme{Key: other},
	})
	did(t, "create", 201, r, err)
	r, err = a.v2.Issue.Link.Create(t.Context(), &models.LinkPayloadSchemeV2{
		Type: &models.LinkTypeScheme{Name: "Odd"}, InwardIssue: &models.LinkedIssueScheme{Key: a.key}, OutwardIssue: &models.LinkedIssueScheme{Key: other},
	})
	did(t, "of a type that is none", 404, r, err)
	own, r, err := a.v2.Issue.Link.Gets(t.Context(), a.key)
	did(t, "list", 200, r, err)
	want(t, "links", []string{other, "blocks"}, []string{own.Fields.IssueLinks[0].OutwardIssue.Key, own.Fields.IssueLinks[0].Type.Outward})
	id := own.Fields.IssueLinks[0].ID
	link, r, err := a.v2.Issue.Link.Get(t.Context(), id)
	did(t, "get", 200, r, err)
	want(t, "ends", []string{a.key, other}, []string{link.InwardIssue.Key, link.OutwardIssue.Key})
	r, err = a.v2.Issue.Link.Delete(t.Context(), id)
	did(t, "delete", 204, r, err)
	_, r, err = a.v2.Issue.Link.Get(t.Context(), id)
	did(t, "get what is deleted", 404, r, err)
	want(t, "the other end", a.before[other]["issuelinks"], a.issues(t)[other]["issuelinks"])
}

// vote: the issue at work is the client's own, which Data Center takes no vote
// of its reporter for.
func (a *atlassian) vote(t *testing.T) {
	votes := a.v2.Issue.Vote
	r, err := votes.Add(t.Context(), a.key)
	did(t, "for one's own", map[bool]int{true: 204, false: 404}[a.cloud], r, err)
	other := a.described(t)
	was, r, err := votes.Gets(t.Context(), other)
	did(t, "read", 200, r, err)
	for range 2 {
		r, err = votes.Add(t.Context(), other)
		did(t, "add", 204, r, err)
	}
	is, r, err := votes.Gets(t.Context(), other)
	did(t, "read", 200, r, err)
	want(t, "votes", []any{was.Votes + 1, true}, []any{is.Votes, is.HasVoted})
	r, err = votes.Delete(t.Context(), other)
	did(t, "take back", 204, r, err)
	r, err = votes.Delete(t.Context(), other)
	did(t, "take back again", 404, r, err)
	want(t, "votes", a.before[other]["votes"], a.issues(t)[other]["votes"])
}

func (a *atlassian) watch(t *testing.T) {
	watchers := a.v2.Issue.Watcher
	was, r, err := watchers.Gets(t.Context(), a.key)
	did(t, "read", 200, r, err)
	want(t, "who made it watches it", true, was.IsWatching)
	r, err = watchers.Add(t.Context(), a.key, "nobody")
	did(t, "add nobody known", 404, r, err)
	if !a.cloud { // the library removes by account id alone
		r, err = watchers.Delete(t.Context(), a.key, "nobody")
		did(t, "remove by account id", 400, r, err)
		return
	}
	me, r, err := a.v3.MySelf.Details(t.Context(), nil)
	did(t, "myself", 200, r, err)
	r, err = watchers.Delete(t.Context(), a.key, me.AccountID)
	did(t, "stop", 204, r, err)
	want(t, "watchers", any(0.0), at(t, a.fields(t), "watches", "watchCount"))
	r, err = watchers.Add(t.Context(), a.key)
	did(t, "start", 204, r, err)
	is, r, err := watchers.Gets(t.Context(), a.key)
	did(t, "read", 200, r, err)
	want(t, "watchers", []any{1, me.AccountID}, []any{is.WatchCount, is.Watchers[0].AccountID})
}

func (a *atlassian) logWork(t *testing.T) {
	logs := a.v2.Issue.Worklog
	payload := &models.WorklogRichTextPayloadScheme{TimeSpent: "1h 30m", Started: "2026-11-23T09:00:00.000+0000"}
	made, r, err := logs.Add(t.Context(), a.key, payload, nil)
	did(t, "log", 201, r, err)
	want(t, "seconds", 5400, made.TimeSpentSeconds)
	_, r, err = logs.Add(t.Context(), a.key, &models.WorklogRichTextPayloadScheme{TimeSpent: "soon"}, nil)
	did(t, "log no time", 400, r, err)
	payload.Comment = &models.CommentPayloadSchemeV2{Body: "Measured"}
	_, r, err = logs.Add(t.Context(), a.key, payload, nil) // the library wraps the text into an object
	did(t, "log with an object for a text", 400, r, err)
	want(t, "time spent", any(5400.0), a.fields(t)["timespent"])
	page, r, err := logs.Issue(t.Context(), a.key, 0, 50, 0, nil)
	did(t, "list", 200, r, err)
	want(t, "logged", []any{1, made.ID}, []any{page.Total, page.Worklogs[0].ID})
	if a.cloud {
		again, r, err := a.v3.Issue.Worklog.Update(t.Context(), a.key, made.ID, &models.WorklogADFPayloadScheme{TimeSpentSeconds: 600, Comment: document("Measured")}, nil)
		did(t, "update with a document", 200, r, err)
		want(t, "comment", "Measured", again.Comment.Content[0].Content[0].Text)
		want(t, "time spent", any(600.0), a.fields(t)["timespent"])
	}
	r, err = logs.Delete(t.Context(), a.key, made.ID, nil)
	did(t, "delete", 204, r, err)
	_, r, err = logs.Get(t.Context(), a.key, made.ID, nil)
	did(t, "get what is deleted", 404, r, err)
}

func (a *atlassian) properties(t *testing.T) {
	props := a.v2.Issue.Property
	r, err := props.Set(t.Context(), a.key, "client.state", map[string]any{"rank": 3})
	did(t, "set", 201, r, err)
	r, err = props.Set(t.Context(), a.key, "client.state", map[string]any{"rank": 4})
	did(t, "replace", 200, r, err)
	one, r, err := props.Get(t.Context(), a.key, "client.state")
	did(t, "get", 200, r, err)
	want(t, "value", any(map[string]any{"rank": 4.0}), one.Value)
	r, err = props.Delete(t.Context(), a.key, "client.state")
	did(t, "delete", 204, r, err)
	_, r, err = props.Get(t.Context(), a.key, "client.state")
	did(t, "get what is deleted", 404, r, err)
}

// createSeveral makes two issues, and tries one that lacks its summary.
func (a *atlassian) createSeveral(t *testing.T) {
	issue := func(summary string) *models.IssueBulkSchemeV3 {
		var custom models.CustomFields
		if err := custom.Number(a.field(t, "Stack Rank"), 7); err != nil {
			t.Fatal(err)
		}
		return &models.IssueBulkSchemeV3{CustomFields: &custom, Payload: &models.IssueScheme{Fields: &models.IssueFieldsScheme{
			Project: &models.ProjectScheme{Key: a.projects()[0]}, IssueType: &models.IssueTypeScheme{Name: "Task"}, Summary: summary,
		}}}
	}
	made, r, err := a.v3.Issue.Creates(t.Context(), []*models.IssueBulkSchemeV3{issue("One of two"), issue(""), issue("Two of two")})
	did(t, "create", 201, r, err)
	want(t, "made and failed", []int{2, 1, 1}, []int{len(made.Issues), len(made.Errors), made.Errors[0].FailedElementNumber})
	is := a.issues(t)
	for n, summary := range []string{"One of two", "Two of two"} {
		want(t, "summary", any(summary), is[made.Issues[n].Key]["summary"])
		r, err := a.v3.Issue.Delete(t.Context(), made.Issues[n].Key, false)
		did(t, "delete", 204, r, err)
	}
	_, r, err = a.v3.Issue.Creates(t.Context(), []*models.IssueBulkSchemeV3{issue("")})
	did(t, "create none", 400, r, err)
}
