package jirasim

import (
	"strings"
	"testing"
)

func TestCommentsAreEditedAndDeleted(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	doc := `{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"%"}]}]}`
	add := func(text string) string { return `{"body":` + strings.Replace(doc, "%", text, 1) + `}` }
	const all = "/rest/api/3/issue/PAY-1/comment"
	converse(t, s, []exchange{
		{"add", "POST", all, add("first"), 201, []string{`"id":"10001"`, `"type":"doc"`}, ""},
		{"add another", "POST", all, add("second"), 201, nil, ""},
		{"text is no document", "POST", all, `{"body":"third"}`, 400, []string{"not valid"}, ""},
		{"a document is no text", "POST", "/rest/api/2/issue/PAY-1/comment", add("third"), 400, []string{"not valid"}, ""},
		{"an empty one", "POST", all, add(" "), 400, []string{"can not be empty"}, ""},
		{"one too long", "POST", all, add(strings.Repeat("x", 32768)), 400, []string{"32,767"}, ""},
		{"edit", "PUT", all + "/10001", add("mended"), 200, []string{"mended"}, "first"},
		{"edit one that is not there", "PUT", all + "/7", add("mended"), 404, []string{"Can not find a comment for the id: 7."}, ""},
		{"the newest first", "GET", all + "?orderBy=-created&maxResults=1", "", 200, []string{"second", `"total":2`}, "mended"},
		{"an order by anything else", "GET", all + "?orderBy=author", "", 400, nil, ""},
		{"version 2 gives text", "GET", "/rest/api/2/issue/PAY-1/comment/10001", "", 200, []string{`"body":"mended"`}, "doc"},
		{"delete", "DELETE", all + "/10001", "", 204, nil, ""},
		{"it is gone", "GET", all + "/10001", "", 404, nil, ""},
		{"the other stays", "GET", all, "", 200, []string{"second", `"total":1`}, ""},
	})
}

func TestWorkIsLogged(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	const all = "/rest/api/2/issue/PAY-1/worklog"
	converse(t, s, []exchange{
		{"log", "POST", all, `{"timeSpent":"1h 30m","comment":"tested","started":"2026-05-30T08:00:00.000+0000"}`, 201, []string{`"timeSpentSeconds":5400`, `"timeSpent":"1h 30m"`, `"comment":"tested"`}, ""},
		{"log more", "POST", all, `{"timeSpentSeconds":28800}`, 201, []string{`"timeSpent":"1d"`}, ""},
		{"no time", "POST", all, `{"comment":"x"}`, 400, []string{"Invalid time duration entered."}, ""},
		{"no such time", "POST", all, `{"timeSpent":"soon"}`, 400, []string{"Invalid time duration entered."}, ""},
		{"a text where version 3 wants a document", "POST", "/rest/api/3/issue/PAY-1/worklog", `{"timeSpent":"1h","comment":"x"}`, 400, nil, ""},
		{"the issue has the sum", "GET", "/rest/api/2/issue/PAY-1?fields=timespent,timetracking", "", 200, []string{`"timespent":34200`, `"timeSpent":"1d 1h 30m"`}, ""},
		{"version 3 gives documents", "GET", "/rest/api/3/issue/PAY-1/worklog/10001", "", 200, []string{`"type":"doc"`}, ""},
		{"edit", "PUT", all + "/10001", `{"timeSpent":"30m"}`, 200, []string{`"timeSpentSeconds":1800`, "tested"}, ""},
		{"delete", "DELETE", all + "/10001", "", 204, nil, ""},
		{"delete again", "DELETE", all + "/10001", "", 404, []string{"Cannot find worklog"}, ""},
		{"one is left", "GET", all, "", 200, []string{`"total":1`, "28800"}, ""},
	})
}
