package jirasim

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answered are the recorded answers, and the vendor's own examples, of requests
// that the simulator answers: the file, and what to send. ITEM, BOARD, PROJECT
// and so on stand for what the built-in backlog has.
var answered = []struct {
	file       string
	deployment Deployment
	send       string // method, target and body
}{
	{"contract/get_field.json", Cloud, "GET /rest/api/3/field"},
	{"contract/get_field_search.json", Cloud, "GET /rest/api/3/field/search"},
	{"contract/get_issueLinkType.json", Cloud, "GET /rest/api/3/issueLinkType"},
	{"contract/get_issueLink_linkId.json", Cloud, "GET /rest/api/3/issueLink/LINK"},
	{"contract/get_issue_createmeta.json", Cloud, "GET /rest/api/3/issue/createmeta?expand=projects.issuetypes.fields"},
	{"contract/get_issue_issueIdOrKey.json", Cloud, "GET /rest/api/3/issue/ITEM"},
	{"contract/get_issue_issueIdOrKey_changelog.json", Cloud, "GET /rest/api/3/issue/ITEM/changelog?maxResults=1"},
	{"contract/get_issue_issueIdOrKey_editmeta.json", Cloud, "GET /rest/api/3/issue/ITEM/editmeta"},
	{"contract/get_issue_issueIdOrKey_transitions.json", Cloud, "GET /rest/api/3/issue/ITEM/transitions?expand=transitions.fields"},
	{"contract/get_issue_issueIdOrKey_votes.json", Cloud, "GET /rest/api/3/issue/ITEM/votes"},
	{"contract/get_issue_issueIdOrKey_watchers.json", Cloud, "GET /rest/api/3/issue/ITEM/watchers"},
	{"contract/get_mypermissions.json", Cloud, "GET /rest/api/3/mypermissions?permissions=EDIT_ISSUES"},
	{"contract/get_myself.json", Cloud, "GET /rest/api/3/myself?expand=groups,applicationRoles"},
	{"contract/get_priority.json", Cloud, "GET /rest/api/3/priority"},
	{"contract/get_priority_search.json", Cloud, "GET /rest/api/3/priority/search"},
	{"contract/get_project_search.json", Cloud, "GET /rest/api/3/project/search?maxResults=1"},
	{"contract/get_search_jql.json", Cloud, "GET /rest/api/3/search/jql?fields=*all&maxResults=2&jql=project%20%3D%20PROJECT"},
	{"contract/get_serverInfo.json", Cloud, "GET /rest/api/3/serverInfo"},
	{"contract/get_status.json", Cloud, "GET /rest/api/3/status"},
	{"contract/post_changelog_bulkfetch.json", Cloud, `POST /rest/api/3/changelog/bulkfetch {"issueIdsOrKeys":["ITEM"],"maxResults":1}`},
	{"contract/post_field.json", Cloud, `POST /rest/api/3/field {"name":"New","type":"com.atlassian.jira.plugin.system.customfieldtypes:float","searcherKey":"com.atlassian.jira.plugin.system.customfieldtypes:exactnumber"}`},
	{"contract/post_issue_bulk.json", Cloud, `POST /rest/api/3/issue/bulk {"issueUpdates":[{"fields":{"project":{"key":"PROJECT"},"summary":"New","issuetype":{"name":"Story"}}}]}`},
	{"contract/post_issue_bulkfetch.json", Cloud, `POST /rest/api/3/issue/bulkfetch {"issueIdsOrKeys":["ITEM"],"fields":["*all"]}`},
	{"contract/post_jql_match.json", Cloud, `POST /rest/api/3/jql/match {"issueIds":[ITEMID],"jqls":["project = PROJECT","project = NONE"]}`},
	{"contract/post_search_approximate-count.json", Cloud, `POST /rest/api/3/search/approximate-count {"jql":"project = PROJECT"}`},
	{"contract/post_search_jql.json", Cloud, `POST /rest/api/3/search/jql {"jql":"project = PROJECT","fields":["*all"],"maxResults":2}`},
	{"contract/post_bulk_issues_fields.json", Cloud, `POST /rest/api/3/bulk/issues/fields {"selectedIssueIdsOrKeys":["ITEM"],"selectedActions":["labels"],"editedFieldsInput":{"labelsFields":[{"fieldId":"labels","labels":[{"name":"new"}],"bulkEditMultiSelectFieldOption":"ADD"}]}}`},
	{"contract/get_bulk_queue_taskId.json", Cloud, "GET /rest/api/3/bulk/queue/TASK"},
	{"mocks/go-jira/all_boards.json", DataCenter, "GET /rest/agile/1.0/board"},
	{"mocks/go-jira/all_boards_filtered.json", DataCenter, "GET /rest/agile/1.0/board?type=scrum"},
	{"mocks/go-jira/all_fields.json", DataCenter, "GET /rest/api/2/field"},
	{"mocks/go-jira/all_priorities.json", DataCenter, "GET /rest/api/2/priority"},
	{"mocks/go-jira/all_resolutions.json", DataCenter, "GET /rest/api/2/resolution"},
	{"mocks/go-jira/all_statuscategories.json", DataCenter, "GET /rest/api/2/statuscategory"},
	{"mocks/go-jira/all_statuses.json", DataCenter, "GET /rest/api/2/status"},
	{"mocks/go-jira/board_configuration.json", DataCenter, "GET /rest/agile/1.0/board/BOARD/configuration"},
	{"mocks/go-jira/inline-IssueService_GetEditMeta_Success.json", DataCenter, "GET /rest/api/2/issue/ITEM/editmeta"},
	{"mocks/go-jira/inline-IssueService_Get_Success.json", DataCenter, "GET /rest/api/2/issue/ITEM?expand=names,schema"},
	{"mocks/go-jira/inline-MetaIssueType_GetCreateMeta.json", Cloud, "GET /rest/api/2/issue/createmeta?expand=projects.issuetypes.fields"},
	{"mocks/go-jira/inline-SprintService_GetIssue.json", DataCenter, "GET /rest/agile/1.0/issue/ITEM?expand=names,schema"},
	{"mocks/go-jira/issues_in_sprint.json", DataCenter, "GET /rest/agile/1.0/sprint/SPRINT/issue"},
	{"mocks/go-jira/sprints.json", DataCenter, "GET /rest/agile/1.0/board/BOARD/sprint"},
	{"mocks/go-jira/sprints_filtered.json", DataCenter, "GET /rest/agile/1.0/board/BOARD/sprint?state=active"},
	{"mocks/go-jira/transitions.json", DataCenter, "GET /rest/api/2/issue/ITEM/transitions"},
	{"mocks/go-jira/remote_links.json", DataCenter, "GET /rest/api/2/issue/ITEM/remotelink"},
	{"cloud/jirametrics/sample_board_1_configuration.json", Cloud, "GET /rest/agile/1.0/board/BOARD/configuration"},
	{"cloud/jirametrics/sample_statuses.json", Cloud, "GET /rest/api/2/status"},
	{"cloud/bitovi/bitovi-training-fields.json", Cloud, "GET /rest/api/3/field"},
	{"cloud/bitovi/bitovi-training-issue-types.json", Cloud, "GET /rest/api/3/issuetype"},
	{"cloud/bitovi/bitovi-training-server-info.json", Cloud, "GET /rest/api/3/serverInfo"},
}

// unanswered are the recorded answers of requests that the simulator has no
// answer for, since nothing in reach of a backlog asks them.
var unanswered = map[string]string{
	"contract/get_bulk_issues_fields.json":              "lists fields for a form",
	"contract/get_bulk_issues_transition.json":          "nobody transitions in bulk",
	"contract/post_bulk_issues_transition.json":         "nobody transitions in bulk",
	"contract/get_priorityscheme.json":                  "an administrator's",
	"contract/post_priorityscheme.json":                 "an administrator's",
	"contract/post_priority.json":                       "an administrator's",
	"contract/put_priority_move.json":                   "an administrator's",
	"contract/post_issueLinkType.json":                  "an administrator's",
	"contract/get_task_taskId.json":                     "follows an administrator's tasks",
	"contract/get_webhook.json":                         "dynamic webhooks belong to apps, which have no API token",
	"contract/post_webhook.json":                        "dynamic webhooks belong to apps, which have no API token",
	"contract/delete_webhook.json":                      "dynamic webhooks belong to apps, which have no API token",
	"contract/post_issue_issueIdOrKey_transitions.json": "has a request and no answer",
	"contract/put_issue_issueIdOrKey.json":              "has a request and no answer",
	"mocks/go-jira/all_filters.json":                    "saved filters; the query stands in the configuration",
	"mocks/go-jira/favourite_filters.json":              "saved filters; the query stands in the configuration",
	"mocks/go-jira/filter.json":                         "saved filters; the query stands in the configuration",
	"mocks/go-jira/my_filters.json":                     "saved filters; the query stands in the configuration",
	"mocks/go-jira/search_filters.json":                 "saved filters; the query stands in the configuration",
	"mocks/go-jira/all_issuelinktypes.json":             "the mock has taken the list out of its object",
	"mocks/go-jira/component_get.json":                  "a component comes with its issues and its project",
	"mocks/go-jira/status_category.json":                "a category comes with its status",
}

// otherwise says of recorded keys that an answer lacks why that is right. The
// first pattern that fits counts.
var otherwise = []struct {
	fits *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`/(sub-tasks|watcher) is missing`), "an invention of the vendor's example: real issues have subtasks and watches"},
	{regexp.MustCompile(`/(comment|worklog) is an object, want an array`), "an invention of the vendor's example: they come as a page"},
	{regexp.MustCompile(`/issuetype/(allowedValues/0 is an object|autoCompleteUrl)`), "an invention of the vendor's example: issue types are objects and few"},
	{regexp.MustCompile(`/fields/project/style is missing`), "an invention of the vendor's example: recorded issues have none"},
	{regexp.MustCompile(`/timetracking/\w+ is missing`), "nobody has booked time"},
	{regexp.MustCompile(`/transitions/0/fields(/summary)? is missing`), "no step has a screen; without expand there are no fields"},
	{regexp.MustCompile(`/fields/attachment is missing`), "files are not simulated"},
	{regexp.MustCompile(`/fields/sprint is missing`), "an issue outside the sprint"},
	{regexp.MustCompile(`/subQuery is missing`), "only Kanban boards have one; the built-in ones are Scrum"},
	{regexp.MustCompile(`/components/allowedValues/0/description is missing`), "a component without a description"},
	{regexp.MustCompile(`/fields/updated is a text, want a number`), "an invention of the vendor's example: times are texts"},
	{regexp.MustCompile(`/fields/description is null, want a text`), "an issue without a description"},
	{regexp.MustCompile(`/(assignee|resolution|resolutiondate) is null`), "an issue that is open and nobody's"},
	{regexp.MustCompile(`/customfield_\d+ is missing`), "a field of that site"},
	{regexp.MustCompile(`/(insight|projectCategory|entityId|scope|visibility) is missing`), "only where an administrator has set it up"},
	{regexp.MustCompile(`/(contextsCount|lastUsed|projectsCount|screensCount|searcherKey|stableId) is missing`), "only when expanded, for an administrator's lists"},
	{regexp.MustCompile(`/schema/(custom|customId|items) is missing`), "the first field of the site is no custom field and no list"},
	{regexp.MustCompile(`/(allowedValues|defaultValue) is missing`), "the summary has none; the example gives it some"},
	{regexp.MustCompile(`/(displayUrlConfluence|displayUrlServicedeskHelpCenter) is missing`), "a site without these products"},
	{regexp.MustCompile(`/columns/0/(max|min) is missing`), "a board without limits"},
	{regexp.MustCompile(`/completeDate is missing`), "a sprint that goes on"},
	{regexp.MustCompile(`/(outwardIssue|nextPage|nextPageToken|transition) is missing`), "a link seen from its other end, a last page, or no transition asked for"},
	{regexp.MustCompile(`^(user)?/(name|key) is missing`), "Cloud has taken user names away; older answers still show them"},
	{regexp.MustCompile(`^/0/key is missing`), "the mock has it for one field of a list; Data Center's document has no such key"},
	{regexp.MustCompile(`^/0/untranslatedName is missing`), "only where names can be translated"},
}

// right reports whether there is a reason for what an answer lacks.
func right(lack string) bool {
	for _, o := range otherwise {
		if o.fits.MatchString(lack) {
			return true
		}
	}
	return false
}

// TestRecordedAnswers holds the answers of the simulator against recorded ones:
// every key, and the JSON type of every value.
func TestRecordedAnswers(t *testing.T) {
	covered := map[string]bool{}
	for _, tt := range answered {
		covered[tt.file] = true
		t.Run(tt.file, func(t *testing.T) {
			var recorded any
			labJSON(t, tt.file, &recorded)
			site := builtinSite(tt.deployment)
			method, target, body := request(t, site, tt.send)
			status, answer := ask(t, site, method, target, body)
			var got any
			if err := json.Unmarshal(answer, &got); err != nil || status > 299 {
				t.Fatalf("%s %s: status %d, %s, %v", method, target, status, answer, err)
			}
			for _, why := range lacking("", unframed(recorded), got) {
				if !right(why) {
					t.Error(why)
				}
			}
		})
	}
	t.Run("all recorded answers are asked for", func(t *testing.T) {
		var left []string
		for _, folder := range []string{"contract", "mocks/go-jira"} {
			for _, f := range labFiles(t, folder) {
				name := folder + "/" + filepath.Base(f)
				if _, known := unanswered[name]; !known && !covered[name] {
					left = append(left, name)
				}
			}
		}
		if diff := cmp.Diff([]string(nil), left); diff != "" {
			t.Errorf("neither compared nor left out with a reason (-want +got):\n%s", diff)
		}
	})
}

// unframed takes a vendor's example out of its frame of request and responses.
func unframed(recorded any) any {
	frame, _ := recorded.(map[string]any)
	responses, ok := frame["responses"].(map[string]any)
	if !ok {
		return recorded
	}
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if strings.HasPrefix(status, "2") {
			return responses[status]
		}
	}
	return nil
}

// request fills in what stands for things of the built-in backlog.
func request(t *testing.T, site *Site, send string) (method, target, body string) {
	t.Helper()
	var issue struct {
		ID     string
		Fields struct {
			Issuelinks []struct{ ID string }
			Components []struct{ ID string }
		}
	}
	asked(t, site, "GET", "/rest/api/2/issue/"+hotKey, "", &issue)
	fill := []string{
		"ITEMID", issue.ID, "ITEM", hotKey, "PROJECT", strings.Split(hotKey, "-")[0],
		"LINK", issue.Fields.Issuelinks[0].ID, "BOARD", "1",
	}
	if strings.Contains(send, "SPRINT") {
		var page struct{ Values []struct{ ID json.Number } }
		asked(t, site, "GET", "/rest/agile/1.0/board/1/sprint", "", &page)
		fill = append(fill, "SPRINT", page.Values[0].ID.String())
	}
	if strings.Contains(send, "TASK") {
		var task struct{ TaskID string }
		asked(t, site, "POST", "/rest/api/3/bulk/issues/fields", `{"selectedIssueIdsOrKeys":["`+hotKey+`"],"selectedActions":["labels"],
			"editedFieldsInput":{"labelsFields":[{"fieldId":"labels","labels":[{"name":"new"}],"bulkEditMultiSelectFieldOption":"ADD"}]}}`, &task)
		fill = append(fill, "TASK", task.TaskID)
	}
	parts := strings.SplitN(strings.NewReplacer(fill...).Replace(send)+" ", " ", 3)
	return parts[0], parts[1], strings.TrimSpace(parts[2])
}

// asked asks the site, which must answer with JSON.
func asked(t *testing.T, site *Site, method, target, body string, into any) {
	t.Helper()
	status, answer := ask(t, site, method, target, body)
	if err := json.Unmarshal(answer, into); err != nil || status > 299 {
		t.Fatalf("%s %s: status %d, %s, %v", method, target, status, answer, err)
	}
}
