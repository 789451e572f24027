package jirasim

import "testing"

func TestSeveralIssuesAreCreatedAtOnce(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	good := `{"fields":{"project":{"key":"PAY"},"issuetype":{"id":"10"},"summary":"New"}}`
	bad := `{"fields":{"project":{"key":"PAY"},"issuetype":{"id":"10"}}}`
	child := `{"fields":{"project":{"key":"PAY"},"issuetype":{"id":"11"},"summary":"Part","parent":{"key":"PAY-1"}}}`
	orphan := `{"fields":{"project":{"key":"PAY"},"issuetype":{"id":"11"},"summary":"Part"}}`
	converse(t, s, []exchange{
		{"some of them", "POST", "/rest/api/3/issue/bulk", `{"issueUpdates":[` + good + `,` + bad + `]}`, 201, []string{`"PAY-5"`, `"failedElementNumber":1`, "must specify a summary"}, "PAY-6"},
		{"none of them", "POST", "/rest/api/3/issue/bulk", `{"issueUpdates":[` + bad + `]}`, 400, []string{`"issues":[]`, `"failedElementNumber":0`}, ""},
		{"nothing", "POST", "/rest/api/3/issue/bulk", `{}`, 400, nil, ""},
		{"a sub-task", "POST", "/rest/api/3/issue", child, 201, nil, ""},
		{"its parent lists it", "GET", "/rest/api/3/issue/PAY-1?fields=subtasks", "", 200, []string{"Part"}, ""},
		{"a sub-task of nothing", "POST", "/rest/api/3/issue", orphan, 400, []string{"parent issue key or id not specified"}, ""},
		{"a project by name", "POST", "/rest/api/3/issue", `{"fields":{"project":{"name":"Project PAY"},"issuetype":{"id":"10"},"summary":"x"}}`, 400, []string{"valid project is required"}, ""},
	})
}

func TestDeletingTakesLinksAlong(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	converse(t, s, []exchange{
		{"link", "POST", "/rest/api/3/issueLink", `{"type":{"name":"Blocks"},"inwardIssue":{"key":"PAY-1"},"outwardIssue":{"key":"PAY-2"}}`, 201, nil, ""},
		{"sub-tasks hold it back", "DELETE", "/rest/api/3/issue/PAY-1", "", 400, []string{"deleteSubtasks"}, ""},
		{"with its sub-tasks", "DELETE", "/rest/api/3/issue/PAY-1?deleteSubtasks=true", "", 204, nil, ""},
		{"the other end has no link", "GET", "/rest/api/3/issue/PAY-2?fields=issuelinks", "", 200, []string{`"issuelinks":[]`}, ""},
	})
}

func TestFieldsOfNewIssuesAreDescribed(t *testing.T) {
	cloud, server := smallSite(t, Cloud, nil), smallSite(t, DataCenter, nil)
	converse(t, cloud, []exchange{
		{"everything at once", "GET", "/rest/api/2/issue/createmeta?projectKeys=PAY&issuetypeNames=story&expand=projects.issuetypes.fields", "", 200,
			[]string{`"customfield_10060":`, `"value":"Red"`, `"key":"PAY"`}, "Sub-task"},
		{"no fields unless asked for", "GET", "/rest/api/2/issue/createmeta?projectKeys=PAY", "", 200, []string{"Sub-task"}, "customfield"},
		{"kinds", "GET", "/rest/api/3/issue/createmeta/PAY/issuetypes", "", 200, []string{`"issueTypes":[`, "Sub-task"}, `"values"`},
		{"fields", "GET", "/rest/api/3/issue/createmeta/100/issuetypes/10", "", 200, []string{`"fields":[`, `"fieldId":"summary"`, `"required":true`}, "customfield_10019"},
		{"no such project", "GET", "/rest/api/3/issue/createmeta/NO/issuetypes", "", 400, nil, ""},
		{"no such kind", "GET", "/rest/api/3/issue/createmeta/PAY/issuetypes/99", "", 400, nil, ""},
		{"overriding screens is for apps", "GET", "/rest/api/3/issue/PAY-1/editmeta?overrideScreenSecurity=true", "", 403, nil, ""},
		{"an edit's fields have keys", "GET", "/rest/api/3/issue/PAY-1/editmeta", "", 200, []string{`"key":"summary"`}, "customfield_10019"},
	})
	converse(t, server, []exchange{
		{"everything at once is gone", "GET", "/rest/api/2/issue/createmeta?projectKeys=PAY", "", 404, nil, ""},
		{"kinds", "GET", "/rest/api/2/issue/createmeta/PAY/issuetypes", "", 200, []string{`"values":[`, `"isLast":true`}, "issueTypes"},
		{"fields", "GET", "/rest/api/2/issue/createmeta/PAY/issuetypes/10", "", 200, []string{`"fieldId":"summary"`}, `"parent"`},
	})
}
