//go:build clients

package clients

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ctreminiom/go-atlassian/v2/pkg/infra/models"
)

var atlassianWrites = []step[atlassian]{
	{"add a text field", "", (*atlassian).addField},
	{"create an issue with a document", cloud, (*atlassian).createRich},
	{"create an issue with text", dataCenter, (*atlassian).createText},
	{"edit summary, description, priority and due date", "", (*atlassian).edit},
	{"add, remove and set labels", "", (*atlassian).editLabels},
	{"set and read number and text fields", "", (*atlassian).editFields},
	{"bad edits are refused whole", "", (*atlassian).editBadly},
	{"assign", "", (*atlassian).assign},
	{"comment", "", (*atlassian).comment},
	{"list and do transitions", "", (*atlassian).transition},
	{"link and unlink", "", (*atlassian).link},
	{"vote", "", (*atlassian).vote},
	{"watch", "", (*atlassian).watch},
	{"log work", "", (*atlassian).logWork},
	{"keep properties", "", (*atlassian).properties},
	{"create several at once", cloud, (*atlassian).createSeveral},
	{"edit several at once", cloud, (*atlassian).editSeveral},
}

// document is a text as version 3 wants it.
func document(text string) *models.CommentNodeScheme {
	doc := &models.CommentNodeScheme{Version: 1, Type: "doc"}
	doc.AppendNode(&models.CommentNodeScheme{Type: "paragraph", Content: []*models.CommentNodeScheme{{Type: "text", Text: text}}})
	return doc
}

// day is a due date.
func day(t *testing.T, text string) *models.DateScheme {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return (*models.DateScheme)(&d)
}

// fields are the fields of the issue at work, past the client and the judge.
func (a *atlassian) fields(t *testing.T) thing {
	t.Helper()
	return a.issues(t)[a.key]
}

func (a *atlassian) addField(t *testing.T) {
	made, r, err := a.v2.Issue.Field.Create(t.Context(), &models.CustomFieldScheme{
		Name: "Rank note", FieldType: "com.atlassian.jira.plugin.system.customfieldtypes:textfield",
		SearcherKey: "com.atlassian.jira.plugin.system.customfieldtypes:textsearcher",
	})
	did(t, "create", 201, r, err)
	a.text = made.ID
	r, err = a.v2.Screen.AddToDefault(t.Context(), a.text)
	did(t, "put on a screen", 200, r, err)
	_, r, err = a.v2.Issue.Field.Create(t.Context(), &models.CustomFieldScheme{Name: "Odd", FieldType: "odd"})
	did(t, "an odd type", 400, r, err)
}

func (a *atlassian) createRich(t *testing.T) {
	var custom models.CustomFields
	if err := custom.Number(a.field(t, "Priority Score"), 12.5); err != nil {
		t.Fatal(err)
	}
	made, r, err := a.v3.Issue.Create(t.Context(), &models.IssueScheme{Fields: &models.IssueFieldsScheme{
		Project: &models.ProjectScheme{Key: a.projects()[0]}, IssueType: &models.IssueTypeScheme{Name: "Story"},
		Summary: "Made by a client", Description: document("As a document"), Labels: []string{"made"},
		Priority: &models.PriorityScheme{Name: "High"}, DueDate: day(t, "2026-12-24"),
	}}, &custom)
	did(t, "create", 201, r, err)
	a.key = made.Key
	text, r, err := a.v2.Issue.Get(t.Context(), a.key, nil, nil)
	did(t, "read with version 2", 200, r, err)
	want(t, "what version 2 reads", []string{"Made by a client", "As a document", "made", "High"},
		[]string{text.Fields.Summary, text.Fields.Description, strings.Join(text.Fields.Labels, " "), text.Fields.Priority.Name})
	want(t, "score and due date", []any{12.5, "2026-12-24"}, []any{a.fields(t)[a.field(t, "Priority Score")], a.fields(t)["duedate"]})
	_, r, err = a.v3.Issue.Create(t.Context(), &models.IssueScheme{Fields: &models.IssueFieldsScheme{
		Project: &models.ProjectScheme{Key: a.projects()[0]}, IssueType: &models.IssueTypeScheme{Name: "Story"},
	}}, nil)
	did(t, "create without a summary", 400, r, err)
}

func (a *atlassian) createText(t *testing.T) {
	made, r, err := a.v2.Issue.Create(t.Context(), &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{
		Project: &models.ProjectScheme{Key: a.projects()[0]}, IssueType: &models.IssueTypeScheme{Name: "Story"},
		Summary: "Made by a client", Description: "As text", Labels: []string{"made"},
	}}, nil)
	did(t, "create", 201, r, err)
	a.key = made.Key
	want(t, "what the site has", []any{"Made by a client", "As text"}, []any{a.fields(t)["summary"], a.fields(t)["description"]})
	_, r, err = a.v2.Issue.Create(t.Context(), &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Summary: "Homeless"}}, nil)
	did(t, "create without a project", 400, r, err)
}

// edit changes an issue by version 3 where there is one, and by version 2, and
// reads what each has written by the other.
func (a *atlassian) edit(t *testing.T) {
	r, err := a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{
		Summary: "Changed", Description: "h1. In wiki text", Priority: &models.PriorityScheme{Name: "Low"}, DueDate: day(t, "2027-01-05"),
	}}, nil, nil)
	did(t, "edit", 204, r, err)
	got := a.fields(t)
	want(t, "fields", []any{"Changed", "h1. In wiki text", "Low", "2027-01-05"}, []any{got["summary"], got["description"], at(t, got, "priority", "name"), got["duedate"]})
	if !a.cloud {
		return
	}
	rich, r, err := a.v3.Issue.Get(t.Context(), a.key, []string{"description"}, nil)
	did(t, "read with version 3", 200, r, err)
	want(t, "as a document", "h1. In wiki text", rich.Fields.Description.Content[0].Content[0].Text)
	r, err = a.v3.Issue.Update(t.Context(), a.key, false, &models.IssueScheme{Fields: &models.IssueFieldsScheme{Description: document("A document again")}}, nil, nil)
	did(t, "edit without mail", 204, r, err)
	text, r, err := a.v2.Issue.Get(t.Context(), a.key, []string{"description"}, nil)
	did(t, "read with version 2", 200, r, err)
	want(t, "as text", "A document again", text.Fields.Description)
}

func (a *atlassian) editLabels(t *testing.T) {
	operations := func(mapping map[string]string) *models.UpdateOperations {
		t.Helper()
		var o models.UpdateOperations
		if err := o.AddArrayOperation("labels", mapping); err != nil {
			t.Fatal(err)
		}
		return &o
	}
	r, err := a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{}, nil, operations(map[string]string{"one": "add", "two": "add", "made": "remove"}))
	did(t, "add and remove", 204, r, err)
	want(t, "labels", any([]any{"one", "two"}), a.fields(t)["labels"])
	r, err = a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{}, nil, operations(map[string]string{"with space": "add"}))
	did(t, "a label with a space", 400, r, err)
	r, err = a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Labels: []string{"set"}}}, nil, nil)
	did(t, "set", 204, r, err)
	want(t, "labels", any([]any{"set"}), a.fields(t)["labels"])
}

func (a *atlassian) editFields(t *testing.T) {
	score, place := a.field(t, "Priority Score"), a.field(t, "Stack Rank")
	var custom models.CustomFields
	for id, n := range map[string]float64{score: 74.5, place: 3} {
		if err := custom.Number(id, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := custom.Text(a.text, "3 of 120"); err != nil {
		t.Fatal(err)
	}
	r, err := a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{}, &custom, nil)
	did(t, "edit", 204, r, err)
	_, r, err = a.v2.Issue.Get(t.Context(), a.key, []string{score, place, a.text}, nil)
	did(t, "read", 200, r, err)
	n, err := models.ParseFloatCustomField(r.Bytes, score)
	text, err2 := models.ParseStringCustomField(r.Bytes, a.text)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	want(t, "score and text", []any{74.5, "3 of 120"}, []any{n, text})
	want(t, "rank field", any(3.0), a.fields(t)[place])
}

func (a *atlassian) editBadly(t *testing.T) {
	was := a.fields(t)
	for name, custom := range map[string]map[string]any{
		"a text for a number":  {a.field(t, "Priority Score"): "high"},
		"a field that is none": {"customfield_99999": 1},
		"the rank":             {a.field(t, "Rank"): "0|zzzzzz:"},
	} {
		var fields models.CustomFields
		for id, value := range custom {
			if err := fields.Raw(id, value); err != nil {
				t.Fatal(err)
			}
		}
		r, err := a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Summary: "Half done"}}, &fields, nil)
		did(t, name, 400, r, err)
	}
	r, err := a.v2.Issue.Update(t.Context(), a.key, true, &models.IssueSchemeV2{Fields: &models.IssueFieldsSchemeV2{Priority: &models.PriorityScheme{Name: "Odd"}}}, nil, nil)
	did(t, "an odd priority", 400, r, err)
	want(t, "the issue", was, a.fields(t))
}

func (a *atlassian) assign(t *testing.T) {
	me, r, err := a.v2.MySelf.Details(t.Context(), nil)
	did(t, "myself", 200, r, err)
	if a.cloud {
		r, err = a.v3.Issue.Assign(t.Context(), a.key, me.AccountID)
		did(t, "assign", 204, r, err)
		want(t, "assignee", any(me.AccountID), at(t, a.fields(t), "assignee", "accountId"))
		r, err = a.v3.Issue.Assign(t.Context(), a.key, "nobody")
		did(t, "assign to nobody known", 400, r, err)
		r, err = a.v3.Issue.Assign(t.Context(), a.key, "-1")
		did(t, "assign as the project does", 204, r, err)
		want(t, "assignee", nil, a.fields(t)["assignee"])
		return
	}
	r, err = a.v2.Issue.Assign(t.Context(), a.key, me.Name) // by an account id, which no Data Center has
	did(t, "assign by account id", 400, r, err)
	r, err = a.raw(t, http.MethodPut, "rest/api/2/issue/"+a.key+"/assignee", map[string]string{"name": me.Name})
	did(t, "assign by name", 204, r, err)
	want(t, "assignee", any(me.Name), at(t, a.fields(t), "assignee", "name"))
}

// raw sends what the library has no call for.
func (a *atlassian) raw(t *testing.T, method, path string, body any) (*models.ResponseScheme, error) {
	t.Helper()
	req, err := a.v2.NewRequest(t.Context(), method, path, "", body)
	if err != nil {
		t.Fatal(err)
	}
	return a.v2.Call(req, nil)
}
