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

func TestNewFieldsMustBePutOnAScreenOfDataCenter(t *testing.T) {
	text := `{"name":"Why","type":"` + TextType + `","searcherKey":"` + fieldPrefix + `textsearcher"}`
	for _, kind := range []Deployment{Cloud, DataCenter} {
		set := map[Deployment]int{Cloud: 204, DataCenter: 400}[kind]
		s := smallSite(t, kind, nil)
		converse(t, s, []exchange{
			{"no such type", "POST", "/rest/api/2/field", `{"name":"Why","type":"odd"}`, 400, []string{`"type":`}, ""},
			{"a searcher that does not fit", "POST", "/rest/api/2/field", `{"name":"Why","type":"` + TextType + `","searcherKey":"exactnumber"}`, 400, []string{`"searcherKey":`}, ""},
			{"a new one", "POST", "/rest/api/2/field", text, 201, []string{`"id":"customfield_10100"`, `"type":"string"`}, ""},
			{"set before it is on a screen", "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10100":"late"}}`, set, nil, ""},
			{"put on one", "POST", "/rest/api/2/screens/addToDefault/customfield_10100", "", 200, nil, ""},
			{"put on one again", "POST", "/rest/api/2/screens/addToDefault/customfield_10100", "", 404, nil, ""},
			{"set", "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10100":"late"}}`, 204, nil, ""},
			{"no text", "PUT", "/rest/api/2/issue/PAY-1", `{"fields":{"customfield_10100":7}}`, 400, []string{"must be a string"}, ""},
			{"read", "GET", "/rest/api/2/issue/PAY-1?fields=customfield_10100", "", 200, []string{`"late"`}, ""},
		})
		s.Switch(func(w *Switches) { w.Deny = map[string][]Permission{"": {Administer}} })
		converse(t, s, []exchange{{"without the right", "POST", "/rest/api/2/field", text, map[Deployment]int{Cloud: 400, DataCenter: 403}[kind], []string{"permission"}, ""}})
	}
}

func TestRichTextIsRendered(t *testing.T) {
	converse(t, smallSite(t, Cloud, nil), []exchange{
		{"as HTML", "GET", "/rest/api/3/issue/PAY-1?expand=renderedFields&fields=description,duedate", "", 200, []string{`"renderedFields":{"description":"<p>First line<br/>\nsecond</p>","duedate":null}`}, ""},
	})
}
