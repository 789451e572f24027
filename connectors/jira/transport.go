package jira

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// The names of the limits, which Scope gives back for a refusal.
const (
	ruleBurst = "burst"
	ruleIssue = "issue"
)

// Transport says how the requests of one source are made: where they go, how
// they are signed and how refusals are read. The caller adds what is not
// Jira's: budget, limits, log.
func Transport(source string, o Options) (rest.Options, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return rest.Options{}, fmt.Errorf("source %s: url: %w", source, err)
	}
	return rest.Options{
		Source:     source,
		Base:       base,
		Authorize:  o.Auth.authorize(),
		Secrets:    []rest.Secret{o.Auth.Token},
		Idempotent: readingPost,
		Describe:   describe,
		Kind:       kindOf,
		Vet:        vet,
		Route:      Route,
	}, nil
}

// Rules gives the limits that Jira Cloud publishes. Data Center has none but
// those that its administrator sets, which the answers' headers tell.
// Source: developer.atlassian.com, "Rate limiting", burst limits per endpoint
// and method, and writes to one issue.
func Rules() []rest.Rule {
	burst := func(method string, perSecond int) rest.Rule {
		match := func(r *http.Request) (string, bool) { return Route(r), r.Method == method }
		return rest.Rule{Name: ruleBurst, Match: match, Requests: perSecond, Per: time.Second}
	}
	return []rest.Rule{
		burst(http.MethodGet, 100),
		burst(http.MethodPost, 100),
		burst(http.MethodPut, 50),
		{Name: ruleIssue, Match: writtenIssue, Requests: 20, Per: 2 * time.Second},
		{Name: ruleIssue, Match: writtenIssue, Requests: 100, Per: 30 * time.Second},
	}
}

// Scope tells which of the Rules a refusal is about, by the reason that Cloud
// gives. A quota concerns every request, and so has no rule.
func Scope(e *rest.Error) string {
	switch e.Header.Get("RateLimit-Reason") {
	case "jira-burst-based":
		return ruleBurst
	case "jira-per-issue-on-write":
		return ruleIssue
	}
	return ""
}

// Headers reads the rate headers: how many requests remain and for how long.
// Cloud names the moment of the reset, Data Center the length of its interval.
func Headers(h http.Header) (remaining int, reset time.Duration, ok bool) {
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil || remaining < 0 {
		return 0, 0, false
	}
	if s, err := strconv.Atoi(h.Get("X-RateLimit-Interval-Seconds")); err == nil && s > 0 && s <= int(time.Hour/time.Second) {
		return remaining, time.Duration(s) * time.Second, true
	}
	sent, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return remaining, time.Second, true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, h.Get("X-RateLimit-Reset")); err == nil {
			return remaining, max(0, at.Sub(sent)), true
		}
	}
	return remaining, time.Second, true
}

// writtenIssue names the issue that a request edits.
func writtenIssue(r *http.Request) (string, bool) {
	if r.Method != http.MethodPut {
		return "", false
	}
	parts := strings.Split(apiPath(r.URL), "/")
	// rest/api/2/issue/{id}
	if len(parts) == 5 && parts[1] == "api" && parts[3] == "issue" {
		return parts[4], true
	}
	return "", false
}

// readingPosts are the POSTs that change nothing and so may be sent twice.
var readingPosts = []string{"/search", "/search/jql", "/search/approximate-count", "/issue/bulkfetch", "/permissions/check"}

func readingPost(r *http.Request) bool {
	return slices.ContainsFunc(readingPosts, func(s string) bool { return strings.HasSuffix(r.URL.Path, s) })
}

// apiPath gives the path from "rest/" on, without the site's own context path.
func apiPath(u *url.URL) string {
	if i := strings.Index(u.Path, "/rest/"); i >= 0 {
		return u.Path[i+1:]
	}
	return strings.TrimPrefix(u.Path, "/")
}

// collections are the path segments that an id or key follows.
var collections = map[string]string{"issue": "{id}", "board": "{id}", "project": "{key}"}

// Route names a request without the ids in it: "PUT /rest/api/2/issue/{id}".
func Route(r *http.Request) string {
	parts := strings.Split(apiPath(r.URL), "/")
	for i := 3; i+1 < len(parts); i++ {
		next := parts[i+1]
		if name := collections[parts[i]]; name != "" && next != "bulkfetch" && next != "rank" && next != "search" {
			parts[i+1] = name
		}
	}
	return r.Method + " /" + strings.Join(parts, "/")
}

// refusal is Jira's error body in all three shapes: a map by field beside a
// list of sentences, the list alone, or a list of objects.
type refusal struct {
	Messages []string        `json:"errorMessages"`
	Errors   json.RawMessage `json:"errors"`
	Message  string          `json:"message"`
}

// describe reads an error body. The code is the field that Jira refused, if one.
func describe(_ int, _ http.Header, body []byte) (code, message string) {
	var r refusal
	if json.Unmarshal(body, &r) != nil {
		return "", ""
	}
	said := r.Messages
	var byField map[string]string
	if json.Unmarshal(r.Errors, &byField) == nil && len(byField) > 0 {
		var names []string
		for name := range byField {
			names = append(names, name)
		}
		slices.Sort(names)
		code = names[0]
		for _, name := range names {
			said = append(said, byField[name])
		}
	}
	var list []struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(r.Errors, &list) == nil {
		for _, e := range list {
			said = append(said, e.Message)
		}
	}
	if len(said) == 0 && r.Message != "" {
		said = []string{r.Message}
	}
	return code, strings.Join(said, " ")
}

// kindOf corrects the kind where Jira's status says less than its headers: a
// refused password or a CAPTCHA comes as 403, and no repeat will help it.
func kindOf(e *rest.Error) error {
	if e.Header.Get("X-Authentication-Denied-Reason") != "" || loginRefused(e.Header) {
		return work.ErrAuth
	}
	return nil
}

func loginRefused(h http.Header) bool {
	switch h.Get("X-Seraph-LoginReason") {
	case "AUTHENTICATION_DENIED", "AUTHENTICATED_FAILED", "AUTHENTICATION_FAILED":
		return true
	}
	return false
}

// vet refuses a 200 that Jira gave to nobody: it ignores a credential that it
// does not accept and answers as if the request had been anonymous.
func vet(r *http.Response) error {
	if loginRefused(r.Header) {
		return fmt.Errorf("%w: Jira answered as if nobody had signed in", work.ErrAuth)
	}
	return nil
}
