package jira

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

func TestDescribeReadsAllShapesOfErrors(t *testing.T) {
	tests := []struct{ name, body, code, message string }{
		{"a map by field", `{"errorMessages":[],"errors":{"customfield_2":"B","customfield_1":"A"}}`, "customfield_1", "A B"},
		{"sentences alone", `{"errorMessages":["One.","Two."]}`, "", "One. Two."},
		{"both", `{"errorMessages":["One."],"errors":{"jql":"Two."}}`, "jql", "One. Two."},
		{"a list of objects", `{"errors":[{"message":"One."},{"message":"Two."}]}`, "", "One. Two."},
		{"a message, as the gateway gives it", `{"message":"Client must be authenticated","status-code":401}`, "", "Client must be authenticated"},
		{"nothing that Jira says", `{"error":"x"}`, "", ""},
		{"no JSON", `Bad Gateway`, "", ""},
		{"null", `null`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, message := describe(400, nil, []byte(tt.body))
			if code != tt.code || message != tt.message {
				t.Errorf("describe(%s) = %q, %q, want %q, %q", tt.body, code, message, tt.code, tt.message)
			}
		})
	}
}

func TestRouteHoldsNoIDs(t *testing.T) {
	for path, want := range map[string]string{
		"/rest/api/2/issue/PAY-42?notifyUsers=false": "GET /rest/api/2/issue/{id}",
		"/jira/rest/api/2/issue/10042/editmeta":      "GET /rest/api/2/issue/{id}/editmeta",
		"/ex/jira/0a1b/rest/api/2/field":             "GET /rest/api/2/field",
		"/rest/api/3/issue/bulkfetch":                "GET /rest/api/3/issue/bulkfetch",
		"/rest/agile/1.0/issue/rank":                 "GET /rest/agile/1.0/issue/rank",
		"/rest/agile/1.0/board/7/configuration":      "GET /rest/agile/1.0/board/{id}/configuration",
		"/rest/api/3/project/search":                 "GET /rest/api/3/project/search",
		"/rest/api/2/search/jql":                     "GET /rest/api/2/search/jql",
		"/":                                          "GET /",
	} {
		if got := Route(httptest.NewRequest(http.MethodGet, path, nil)); got != want {
			t.Errorf("Route(%s) = %q, want %q", path, got, want)
		}
	}
}

func TestOnlySearchesMayBeSentTwice(t *testing.T) {
	for path, want := range map[string]bool{
		"/rest/api/2/search": true, "/rest/api/2/search/jql": true, "/rest/api/3/issue/bulkfetch": true,
		"/rest/api/3/permissions/check": true, "/rest/api/2/issue": false, "/rest/api/3/bulk/issues/fields": false,
	} {
		if got := readingPost(httptest.NewRequest(http.MethodPost, path, nil)); got != want {
			t.Errorf("readingPost(%s) = %v, want %v", path, got, want)
		}
	}
}

func TestEveryEditCountsAgainstItsIssue(t *testing.T) {
	key := func(method, path string) string {
		k, ok := writtenIssue(httptest.NewRequest(method, path, nil))
		if !ok {
			return ""
		}
		return k
	}
	for _, tt := range []struct{ method, path, want string }{
		{http.MethodPut, "/jira/rest/api/2/issue/10042?notifyUsers=false", "10042"},
		{http.MethodGet, "/rest/api/2/issue/10042", ""},
		{http.MethodPut, "/rest/agile/1.0/issue/rank", ""},
	} {
		if got := key(tt.method, tt.path); got != tt.want {
			t.Errorf("%s %s counts against %q, want %q", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name      string
		headers   map[string]string
		remaining int
		reset     time.Duration
		ok        bool
	}{
		{"none", nil, 0, 0, false},
		{"Data Center's interval", map[string]string{"X-RateLimit-Remaining": "3", "X-RateLimit-Interval-Seconds": "60"}, 3, time.Minute, true},
		{"Cloud's moment of the reset", map[string]string{"X-RateLimit-Remaining": "0", "Date": "Thu, 26 Mar 2026 15:59:30 GMT", "X-RateLimit-Reset": "2026-03-26T16:00Z"}, 0, 30 * time.Second, true},
		{"a moment that is over", map[string]string{"X-RateLimit-Remaining": "0", "Date": "Thu, 26 Mar 2026 15:59:30 GMT", "X-RateLimit-Reset": "2026-03-26T15:00:00Z"}, 0, 0, true},
		{"a count alone is that of a second", map[string]string{"X-RateLimit-Remaining": "349"}, 349, time.Second, true},
		{"a count that is none", map[string]string{"X-RateLimit-Remaining": "-1"}, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			for k, v := range tt.headers {
				h.Set(k, v)
			}
			remaining, reset, ok := Headers(h)
			if remaining != tt.remaining || reset != tt.reset || ok != tt.ok {
				t.Errorf("Headers() = %d, %v, %v, want %d, %v, %v", remaining, reset, ok, tt.remaining, tt.reset, tt.ok)
			}
		})
	}
}

func TestScopeNamesARuleThatExists(t *testing.T) {
	names := map[string]bool{"": true}
	for _, r := range Rules() {
		names[r.Name] = true
	}
	for _, reason := range []string{"jira-burst-based", "jira-per-issue-on-write", "jira-quota-global-based", ""} {
		if got := Scope(&rest.Error{Header: http.Header{"Ratelimit-Reason": {reason}}}); !names[got] {
			t.Errorf("Scope of %q = %q, which is no rule", reason, got)
		}
	}
}

// served asks a site that gives every request the same answer.
func served(t *testing.T, status int, header map[string]string, body string) error {
	t.Helper()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // a recorder does not fail
	})
	_, err := reopen(t, h, "", func(_ *Wiring, _ *Options, o *rest.Options) { o.Attempts = 1 }).Pull(t.Context())
	return err
}

func TestRefusedLogins(t *testing.T) {
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		says   string
	}{
		{"a CAPTCHA is no lack of rights", 403, map[string]string{"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://x", "Content-Type": "text/html"}, "<html>", "CAPTCHA"},
		{"200 for nobody", 200, map[string]string{"X-Seraph-LoginReason": "AUTHENTICATION_DENIED", "Content-Type": "application/json"}, `{"version":"9"}`, "auth.token"},
		{"403 with a refused log-in", 403, map[string]string{"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}, "", "auth.token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := served(t, tt.status, tt.header, tt.body); !errors.Is(err, work.ErrAuth) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Pull() = %v, want the kind %q and %q in the text", err, work.ErrAuth, tt.says)
			}
		})
	}
}
