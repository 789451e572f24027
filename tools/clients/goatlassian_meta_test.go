//go:build clients

package clients

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/ctreminiom/go-atlassian/v2/pkg/infra/models"
	"github.com/tidwall/gjson"
)

// idNumber reads an id as a number.
func idNumber(t *testing.T, id any) int {
	t.Helper()
	n, err := strconv.Atoi(fmt.Sprint(id))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// itoa writes an id.
func itoa(n int) string { return strconv.Itoa(n) }

func (a *atlassian) listFields(t *testing.T) {
	fields, r, err := a.v2.Issue.Field.Gets(t.Context())
	did(t, "fields", 200, r, err)
	custom := map[string]string{}
	for _, f := range fields {
		if f.Custom {
			custom[f.Name] = f.Schema.Custom
		}
	}
	for _, name := range []string{"Priority Score", "Stack Rank"} {
		want(t, name, "com.atlassian.jira.plugin.system.customfieldtypes:float", custom[name])
	}
	want(t, "rank", "com.pyxis.greenhopper.jira:gh-lexo-rank", custom["Rank"])
	if !a.cloud {
		return
	}
	found := []string{}
	for {
		page, r, err := a.v3.Issue.Field.Search(t.Context(), &models.FieldSearchOptionsScheme{Types: []string{"custom"}}, len(found), 2)
		did(t, "search fields", 200, r, err)
		for _, f := range page.Values {
			found = append(found, f.Name)
		}
		if page.IsLast {
			break
		}
	}
	want(t, "custom fields", len(custom), len(found))
}

// field gives the id of a field by its name.
func (a *atlassian) field(t *testing.T, name string) string {
	t.Helper()
	fields, r, err := a.v2.Issue.Field.Gets(t.Context())
	did(t, "fields", 200, r, err)
	at := slices.IndexFunc(fields, func(f *models.IssueFieldScheme) bool { return f.Name == name })
	if at < 0 {
		t.Fatalf("no field is called %s", name)
	}
	return fields[at].ID
}

// values reads a list that Cloud names after what is in it.
func (a *atlassian) values(name string, page gjson.Result) []gjson.Result {
	if !a.cloud {
		name = "values"
	}
	return page.Get(name).Array()
}

func (a *atlassian) createMeta(t *testing.T) {
	meta := a.v2.Issue.Metadata
	project := a.projects()[0]
	kinds, r, err := meta.FetchIssueMappings(t.Context(), project, 0, 50)
	did(t, "kinds", 200, r, err)
	kind := slices.IndexFunc(a.values("issueTypes", kinds), func(k gjson.Result) bool { return k.Get("name").String() == "Story" })
	if kind < 0 {
		t.Fatalf("no story in %s", kinds)
	}
	fields, r, err := meta.FetchFieldMappings(t.Context(), project, a.values("issueTypes", kinds)[kind].Get("id").String(), 0, 50)
	did(t, "fields", 200, r, err)
	required := []string{}
	for _, f := range a.values("fields", fields) {
		if f.Get("required").Bool() {
			required = append(required, f.Get("fieldId").String())
		}
	}
	slices.Sort(required)
	want(t, "required", []string{"issuetype", "project", "summary"}, required)
	_, r, err = meta.FetchIssueMappings(t.Context(), "NOPE", 0, 50)
	did(t, "no project", 400, r, err)

	edit, r, err := meta.Get(t.Context(), a.described(t), false, false)
	did(t, "edit", 200, r, err)
	want(t, "operations of labels", `["add","set","remove"]`, edit.Get("fields.labels.operations").Raw)
	all, r, err := meta.Create(t.Context(), &models.IssueMetadataCreateOptions{ProjectKeys: []string{project}, Expand: "projects.issuetypes.fields"})
	if !a.cloud {
		did(t, "everything at once", 404, r, err)
		return
	}
	did(t, "everything at once", 200, r, err)
	want(t, "projects", 1, len(all.Get("projects").Array()))
	want(t, "the summary", true, all.Get("projects.0.issuetypes.0.fields.summary.required").Bool())
}

func (a *atlassian) findPeople(t *testing.T) {
	me, r, err := a.v3.MySelf.Details(t.Context(), nil)
	did(t, "myself", 200, r, err)
	found, r, err := a.v3.User.Search.Do(t.Context(), "", a.user, 0, 50)
	did(t, "search", 200, r, err)
	want(t, "found", []string{me.AccountID}, []string{found[0].AccountID})
	_, r, err = a.v3.User.Search.Do(t.Context(), me.AccountID, a.user, 0, 50)
	did(t, "search by two things", 400, r, err)
	one, r, err := a.v3.User.Get(t.Context(), me.AccountID, nil)
	did(t, "user", 200, r, err)
	want(t, "name", me.DisplayName, one.DisplayName)
	_, r, err = a.v3.User.Get(t.Context(), "nobody", nil)
	did(t, "no user", 404, r, err)
	all, r, err := a.v3.User.Gets(t.Context(), 0, 1)
	did(t, "users", 200, r, err)
	want(t, "people on a page of one", 1, len(all))
	assignable, r, err := a.v3.User.Search.Projects(t.Context(), me.AccountID, a.projects(), 0, 50)
	did(t, "assignable", 200, r, err)
	want(t, "assignable", []string{me.AccountID}, []string{assignable[0].AccountID})
	_, r, err = a.v3.User.Search.Projects(t.Context(), me.AccountID, []string{"NOPE"}, 0, 50)
	did(t, "assignable in no project", 404, r, err)
}

// editSeveral edits in bulk by routes that the library lacks, and waits until
// the task is done.
func (a *atlassian) editSeveral(t *testing.T) {
	score := a.field(t, "Priority Score")
	edit := func(days string) map[string]any {
		return map[string]any{
			"selectedIssueIdsOrKeys": []string{a.key}, "selectedActions": []string{score, "duedate", "labels", "priority"}, "sendBulkNotification": false,
			"editedFieldsInput": map[string]any{
				"clearableNumberFields": []any{map[string]any{"fieldId": score, "value": 60.5}},
				"datePickerFields":      []any{map[string]any{"fieldId": days, "date": map[string]string{"formattedDate": "24/Dec/26"}}},
				"labelsFields":          []any{map[string]any{"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": []any{map[string]string{"name": "bulk"}}}},
				"priority":              map[string]string{"priorityId": "1"},
			},
		}
	}
	r, err := a.raw3(t, http.MethodGet, "rest/api/3/bulk/issues/fields?issueIdsOrKeys="+a.key, nil)
	did(t, "what can be edited", 200, r, err)
	want(t, "the score can be", true, gjson.Get(r.Bytes.String(), `fields.#(id=="`+score+`")`).Exists())
	r, err = a.raw3(t, http.MethodPost, "rest/api/3/bulk/issues/fields", edit("customfield_1"))
	did(t, "a field that is not selected", 400, r, err)
	r, err = a.raw3(t, http.MethodPost, "rest/api/3/bulk/issues/fields", edit("duedate"))
	did(t, "edit", 201, r, err)
	task := gjson.Get(r.Bytes.String(), "taskId").String()
	for status := ""; status != "COMPLETE"; {
		r, err = a.raw3(t, http.MethodGet, "rest/api/3/bulk/queue/"+task, nil)
		did(t, "progress", 200, r, err)
		if status = gjson.Get(r.Bytes.String(), "status").String(); status != "COMPLETE" && status != "RUNNING" {
			t.Fatalf("status %q", status)
		}
	}
	want(t, "edited", "["+a.fields(t)["id"].(string)+"]", gjson.Get(r.Bytes.String(), "processedAccessibleIssues").Raw)
	got := a.fields(t)
	want(t, "fields", []any{60.5, "2026-12-24", "Highest", []any{"bulk", "set"}}, []any{got[score], got["duedate"], at(t, got, "priority", "name"), got["labels"]})
}

// raw3 sends what the library has no call for.
func (a *atlassian) raw3(t *testing.T, method, path string, body any) (*models.ResponseScheme, error) {
	t.Helper()
	req, err := a.v3.NewRequest(t.Context(), method, path, "", body)
	if err != nil {
		t.Fatal(err)
	}
	return a.v3.Call(req, nil)
}
