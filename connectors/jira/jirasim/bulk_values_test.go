package jirasim

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBulkEditsSetEveryKindOfField edits by each kind of input and looks at
// what became of the issue.
func TestBulkEditsSetEveryKindOfField(t *testing.T) {
	seed := small(Cloud)
	seed.Fields = append(seed.Fields,
		Field{ID: "customfield_10070", Name: "Note", Custom: TextType}, Field{ID: "customfield_10071", Name: "Long note", Custom: TextAreaType},
		Field{ID: "customfield_10072", Name: "Places", Custom: MultiType, Items: "option", Options: []string{"North", "South"}},
		Field{ID: "customfield_10073", Name: "Tester", Custom: UserPickerType}, Field{ID: "customfield_10074", Name: "Begin", Custom: DateTimeType})
	seed.Versions = []Version{{ID: "500", Name: "1.0", Project: "PAY"}}
	doc := `{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Long"}]}]}`
	tests := []struct{ field, input, want string }{
		{"customfield_10050", `"clearableNumberFields":[{"fieldId":"customfield_10050","value":7}]`, `7.0`},
		{"customfield_10050", `"clearableNumberFields":[{"fieldId":"customfield_10050","value":null}]`, `null`},
		{"customfield_10070", `"singleLineTextFields":[{"fieldId":"customfield_10070","text":"Short"}]`, `"Short"`},
		{"customfield_10070", `"singleLineTextFields":[{"fieldId":"customfield_10070","text":""}]`, `null`},
		{"customfield_10071", `"richTextFields":[{"fieldId":"customfield_10071","richText":{"adfValue":` + doc + `}}]`, `"Long"`},
		{"duedate", `"datePickerFields":[{"fieldId":"duedate","date":{"formattedDate":"24/Dec/26"}}]`, `"2026-12-24"`},
		{"duedate", `"datePickerFields":[{"fieldId":"duedate","date":{"formattedDate":""}}]`, `null`},
		{"customfield_10074", `"dateTimePickerFields":[{"fieldId":"customfield_10074","dateTime":{"formattedDateTime":"2026-12-24T18:00:00.000+0100"}}]`, `"2026-12-24T18:00:00.000+0100"`},
		{"customfield_10060", `"singleSelectFields":[{"fieldId":"customfield_10060","option":{"optionId":1006001}}]`, `"value":"Blue"`},
		{"customfield_10060", `"singleSelectFields":[{"fieldId":"customfield_10060","option":{"optionId":-1}}]`, `null`},
		{"customfield_10072", `"multipleSelectFields":[{"fieldId":"customfield_10072","options":[{"optionId":1007200},{"optionId":1007201}]}]`, `"value":"South"`},
		{"customfield_10073", `"singleSelectClearableUserPickerFields":[{"fieldId":"customfield_10073","user":{"accountId":"a1"}}]`, `"accountId":"a1"`},
		{"assignee", `"singleSelectClearableUserPickerFields":[{"fieldId":"assignee"}]`, `null`},
		{"fixVersions", `"multipleVersionPickerFields":[{"fieldId":"fixVersions","bulkEditMultiSelectFieldOption":"ADD","versions":[{"versionId":"500"}]}]`, `"name":"1.0"`},
		{"fixVersions", `"multipleVersionPickerFields":[{"fieldId":"fixVersions","bulkEditMultiSelectFieldOption":"REMOVE_ALL","versions":[]}]`, `[]`},
		{"labels", `"labelsFields":[{"fieldId":"labels","bulkEditMultiSelectFieldOption":"REPLACE","labels":[{"name":"b"},{"name":"a"}]}]`, `["a","b"]`},
		{"priority", `"priority":{"priorityId":"1"}`, `"name":"Highest"`},
		{"issuetype", `"issueType":{"issueTypeId":"10"}`, `"name":"Story"`},
	}
	s := New(seed, func() time.Time { return noon })
	for _, tt := range tests {
		t.Run(tt.input, func(t *testing.T) {
			body := `{"selectedIssueIdsOrKeys":["PAY-2"],"selectedActions":["` + tt.field + `"],"editedFieldsInput":{` + tt.input + `}}`
			if status, got := ask(t, s, "POST", "/rest/api/3/bulk/issues/fields", body); status != 201 {
				t.Fatalf("status %d: %s", status, got)
			}
			for id, done := range s.tasks {
				if len(done.failed) > 0 {
					t.Errorf("task %s: %v", id, done.failed)
				}
			}
			_, got := ask(t, s, "GET", "/rest/api/2/issue/PAY-2?fields="+tt.field, "")
			if !strings.Contains(string(got), `"`+tt.field+`":`) || !strings.Contains(string(got), tt.want) {
				t.Errorf("no %s in %s", tt.want, got)
			}
		})
	}
}

func TestBulkEditsAreRefused(t *testing.T) {
	edit := func(input string) string {
		return fmt.Sprintf(`{"selectedIssueIdsOrKeys":["PAY-1"],"selectedActions":["labels","priority"],"editedFieldsInput":{%s}}`, input)
	}
	const fields = "/rest/api/3/bulk/issues/fields"
	s := smallSite(t, Cloud, nil)
	converse(t, s, []exchange{
		{"an input that is none", "POST", fields, edit(`"oddFields":[]`), 400, []string{`"errors":[{"message":`, "oddFields"}, ""},
		{"an input of another shape", "POST", fields, edit(`"labelsFields":{}`), 400, []string{"labelsFields"}, ""},
		{"an option that is none", "POST", fields, edit(`"labelsFields":[{"fieldId":"labels","labels":[{"name":"x"}],"bulkEditMultiSelectFieldOption":"MIX"}]`), 400, []string{"MIX"}, ""},
		{"a field that nobody names", "POST", fields, edit(`"labelsFields":[{"labels":[{"name":"x"}],"bulkEditMultiSelectFieldOption":"ADD"}]`), 400, []string{"names no field"}, ""},
		{"what can be edited", "GET", fields + "?issueIdsOrKeys=PAY-1,OPS-1", "", 200, []string{`"id":"labels"`, `"REMOVE_ALL"`, `"priority":"Highest"`}, "customfield_10019"},
		{"found by name", "GET", fields + "?issueIdsOrKeys=PAY-1&searchText=team", "", 200, []string{"customfield_10060"}, "labels"},
		{"of no issue", "GET", fields, "", 400, nil, ""},
		{"of an issue that is not there", "GET", fields + "?issueIdsOrKeys=NO-1", "", 404, nil, ""},
	})
	s.Switch(func(w *Switches) { w.Deny = map[string][]Permission{"": {BulkChange}} })
	converse(t, s, []exchange{{"without the right", "GET", fields + "?issueIdsOrKeys=PAY-1", "", 403, []string{"bulk changes"}, ""}})
}
