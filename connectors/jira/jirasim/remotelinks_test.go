package jirasim

import "testing"

func TestRemoteLinksAreEditedAndDeleted(t *testing.T) {
	const all = "/rest/api/3/issue/PAY-1/remotelink"
	link := func(title string) string {
		return `{"globalId":"g=1","object":{"url":"https://example.com","title":"` + title + `"}}`
	}
	converse(t, smallSite(t, Cloud, nil), []exchange{
		{"without a title", "POST", all, link(""), 400, []string{"'title' is required."}, ""},
		{"add", "POST", all, link("One"), 201, []string{`"id":10001`}, ""},
		{"replace by global id", "POST", all, link("Two"), 200, []string{`"id":10001`}, ""},
		{"edit", "PUT", all + "/10001", link("Three"), 204, nil, ""},
		{"edit one that is not there", "PUT", all + "/7", link("Four"), 404, nil, ""},
		{"read", "GET", all + "/10001", "", 200, []string{"Three"}, ""},
		{"one is listed", "GET", all, "", 200, []string{"Three"}, "Two"},
		{"delete by no id", "DELETE", all, "", 400, nil, ""},
		{"delete by global id", "DELETE", all + "?globalId=g%3D1", "", 204, nil, ""},
		{"it is gone", "GET", all + "/10001", "", 404, nil, ""},
	})
}
