package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// altered serves a site whose lists of issues are changed on the way.
func altered(t *testing.T, path string, change func(issues []map[string]any) []map[string]any) *Connector {
	t.Helper()
	r := start(t, seedOf(jirasim.Cloud, many(6)...), func(_ *Wiring, _ *Options, o *rest.Options) {
		next := o.Transport
		o.Transport = roundTrip(func(q *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(q)
			if err != nil || !strings.HasSuffix(q.URL.Path, path) {
				return resp, err
			}
			return edited(resp, func(answer map[string]any) {
				var issues []map[string]any
				for _, one := range answer["issues"].([]any) {
					issues = append(issues, one.(map[string]any))
				}
				answer["issues"] = change(issues)
			})
		})
	})
	return r.Connector
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// edited changes the JSON of an answer.
func edited(resp *http.Response, change func(map[string]any)) (*http.Response, error) {
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err
	}
	change(answer)
	body, err := json.Marshal(answer)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, err
}

func TestAnIssueThatCameWithoutItsFieldsIsNoIssue(t *testing.T) {
	c := altered(t, "/bulkfetch", func(issues []map[string]any) []map[string]any {
		delete(issues[2], "fields")
		return issues
	})
	if _, err := c.Pull(t.Context()); !errors.Is(err, work.ErrUnexpected) || !strings.Contains(err.Error(), "PAY-3") {
		t.Errorf("Pull() = %v, want an error of the kind %q that names PAY-3", err, work.ErrUnexpected)
	}
}

func TestAnIssueWhoseLabelsAreNotToldIsLeftAlone(t *testing.T) {
	c := altered(t, "/bulkfetch", func(issues []map[string]any) []map[string]any {
		delete(issues[2]["fields"].(map[string]any), "labels")
		return issues
	})
	s, err := c.Pull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range s.Items {
		if (it.Refused != "") != (it.Key == "PAY-3") {
			t.Errorf("%s: refused %q", it.Key, it.Refused)
		}
	}
}

func TestAnIssueThatWasNotAskedForIsNoAnswer(t *testing.T) {
	c := altered(t, "/search/jql", func(issues []map[string]any) []map[string]any { return issues[:3] })
	s, err := c.Pull(t.Context())
	if err != nil || len(s.Items) != 3 {
		t.Fatalf("%d items, %v; want the 3 that the search names", len(s.Items), err)
	}
	c = altered(t, "/bulkfetch", func(issues []map[string]any) []map[string]any {
		more := map[string]any{"id": "999", "key": "OPS-1", "fields": issues[0]["fields"]}
		return append(issues, more)
	})
	if _, err := c.Pull(t.Context()); !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("Pull() = %v, want the kind %q", err, work.ErrUnexpected)
	}
}

func TestAnOrderThatIsNotShownIsNotTakenForWritten(t *testing.T) {
	c := altered(t, "/bulkfetch", func(issues []map[string]any) []map[string]any { return issues })
	s, err := c.Pull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	blind := altered(t, "/bulkfetch", func([]map[string]any) []map[string]any { return nil })
	blind.fields = c.fields
	blind.pause = 0
	run := work.Run{Items: []work.Ref{s.Items[4].Ref, s.Items[3].Ref}, Before: s.Items[0].Ref}
	results, err := blind.Reorder(t.Context(), run)
	if err != nil {
		return
	}
	for _, r := range results {
		if r.Err == nil {
			t.Errorf("%s counts as moved, although no rank was shown", r.Ref)
		}
	}
}

func TestNamesComeWithoutFields(t *testing.T) {
	bare := []json.RawMessage{json.RawMessage(`{"id":"10001","key":"PAY-1"}`)}
	if fresh, err := newReading(nil, func(int, int) {}).take(bare, true); err != nil || fresh != 1 {
		t.Errorf("a list of names: %d new, %v; want 1", fresh, err)
	}
	if _, err := newReading([]string{"summary"}, func(int, int) {}).take(bare, true); !errors.Is(err, work.ErrUnexpected) {
		t.Errorf("a list of issues without fields: %v, want the kind %q", err, work.ErrUnexpected)
	}
}
