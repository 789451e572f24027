package jirasim

import "testing"

func TestWebhooksAreForAdministratorsAndApps(t *testing.T) {
	const hooks = "/rest/webhooks/1.0/webhook"
	hook := func(url string) string {
		return `{"name":"Ranking","url":"` + url + `","events":["jira:issue_updated"],"filters":{"issue-related-events-section":"project = PAY"}}`
	}
	s := smallSite(t, Cloud, nil)
	converse(t, s, []exchange{
		{"apps have their own", "GET", "/rest/api/3/webhook", "", 403, []string{"Connect and OAuth 2.0 apps"}, ""},
		{"without encryption", "POST", hooks, hook("http://example.com/hook"), 400, []string{"invalid"}, ""},
		{"without a name", "POST", hooks, `{"url":"https://example.com/hook"}`, 400, []string{"name"}, ""},
		{"register", "POST", hooks, hook("https://example.com/hook"), 201, []string{"/rest/webhooks/1.0/webhook/10001"}, ""},
		{"register again", "POST", hooks, hook("https://example.com/hook"), 409, nil, ""},
		{"list", "GET", hooks, "", 200, []string{`"jira:issue_updated"`, "project = PAY"}, ""},
		{"read", "GET", hooks + "/10001", "", 200, []string{`"enabled":true`}, ""},
		{"delete", "DELETE", hooks + "/10001", "", 204, nil, ""},
		{"delete again", "DELETE", hooks + "/10001", "", 404, nil, ""},
	})
	s.Switch(func(w *Switches) { w.Deny = map[string][]Permission{"": {Administer}} })
	converse(t, s, []exchange{{"without the right", "GET", hooks, "", 403, []string{"permission"}, ""}})
}
