package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// mirroredKeys are the issues that cards of the built-in Trello board stand
// for; the tests of that board have the same list.
var mirroredKeys = []string{"FERRY-12", "FERRY-31", "FERRY-47", "FERRY-88", "FERRY-120"}

const hotKey = "FERRY-47"

func builtinSite(deployment Deployment) *Site {
	seed := Builtin(noon)
	seed.Deployment = deployment
	return New(seed, func() time.Time { return noon })
}

// builtinIssue is what the tests look at.
type builtinIssue struct {
	Key    string
	Fields struct {
		Summary  *string
		Priority *struct{ Name string }
		Status   struct {
			Name           string
			StatusCategory struct{ Key string }
		}
		Issuetype   struct{ Name string }
		Created     string
		Updated     string
		Resolved    *string `json:"resolutiondate"`
		Duedate     *string
		Labels      []string
		Parent      *struct{ Key string }
		Subtasks    []struct{ Key string }
		FixVersions []struct{ ReleaseDate string }
		Sprint      []struct{ State string } `json:"customfield_10020"`
		Points      *float64                 `json:"customfield_10016"`
		Revenue     *float64                 `json:"customfield_10041"`
		Votes       struct{ Votes int }
		Watches     struct{ WatchCount int }
		Security    *struct{ Name string }
		Comment     struct {
			Total    int
			Comments []struct{ Created string }
		}
		Issuelinks []struct {
			ID      string
			Type    LinkType
			Inward  *struct{ Key string } `json:"inwardIssue"`
			Outward *struct{ Key string } `json:"outwardIssue"`
		}
	}
}

func builtinIssueList(t testing.TB) []builtinIssue {
	t.Helper()
	var out []builtinIssue
	for _, raw := range Builtin(noon).Issues {
		var i builtinIssue
		if err := json.Unmarshal(raw, &i); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		out = append(out, i)
	}
	return out
}

func (i builtinIssue) open() bool { return i.Fields.Status.StatusCategory.Key != categoryDone }

func (i builtinIssue) summary() string {
	if i.Fields.Summary == nil {
		return ""
	}
	return *i.Fields.Summary
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(stamp, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestBuiltInBacklogIsFoundByQuery(t *testing.T) {
	tests := []struct {
		rule, jql string
		want      int
	}{
		{"all", "project in (FERRY, SHORE)", 150},
		{"open", "project in (FERRY, SHORE) AND statusCategory != Done", 134},
		{"open of the shop", "project = FERRY AND statusCategory != Done", 116},
		{"open of the ticket office", "project = SHORE AND statusCategory != Done", 18},
		{"done issues have a resolution", "project in (FERRY, SHORE) AND resolution is not EMPTY", 16},
		{"running sprint", "project = FERRY AND sprint = 42", 8},
		{"estimated", `project in (FERRY, SHORE) AND cf[10016] is not EMPTY`, 87},
		{"with revenue", `project in (FERRY, SHORE) AND cf[10041] is not EMPTY`, 25},
		{"due", "project in (FERRY, SHORE) AND due is not EMPTY", 20},
		{"without priority", "project in (FERRY, SHORE) AND priority is EMPTY", 10},
		{"nothing written yet", `project in (FERRY, SHORE) AND (cf[10050] is not EMPTY OR cf[10051] is not EMPTY)`, 0},
	}
	cloud, server := builtinSite(Cloud), builtinSite(DataCenter)
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			body, _ := json.Marshal(map[string]any{"jql": tt.jql})
			var got struct{ Count, Total int }
			status, raw := ask(t, cloud, "POST", "/rest/api/3/search/approximate-count", string(body))
			if err := json.Unmarshal(raw, &got); err != nil || status != http.StatusOK {
				t.Fatalf("cloud: status %d: %s", status, raw)
			}
			status, raw = ask(t, server, "POST", "/rest/api/2/search", string(body))
			if err := json.Unmarshal(raw, &got); err != nil || status != http.StatusOK {
				t.Fatalf("data center: status %d: %s", status, raw)
			}
			if got.Count != tt.want || got.Total != tt.want {
				t.Errorf("%d issues on Cloud, %d on Data Center, want %d", got.Count, got.Total, tt.want)
			}
		})
	}
}

func TestBuiltInIssuesKeepTheirIDsAndAreRankedAsListed(t *testing.T) {
	var listed, ids []string
	for _, raw := range Builtin(noon).Issues {
		var i struct{ ID, Key string }
		if err := json.Unmarshal(raw, &i); err != nil {
			t.Fatal(err)
		}
		listed, ids = append(listed, i.Key), append(ids, i.ID)
	}
	s := builtinSite(DataCenter)
	status, raw := ask(t, s, "POST", "/rest/api/2/search", `{"jql":"project in (FERRY, SHORE) ORDER BY Rank","maxResults":200,"fields":["summary"]}`)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, raw)
	}
	if diff := cmp.Diff(listed, strings.Fields(keysIn(t, raw))); diff != "" {
		t.Errorf("rank differs from the table (-table +rank):\n%s", diff)
	}
	if at := slices.Index(listed, hotKey); at < 20 {
		t.Errorf("%s stands at %d: people shall have overlooked it", hotKey, at+1)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(listed) {
		t.Error("two issues share an id")
	}
}

// dates are all dates in a JSON text: with time and offset, or days.
var dates = regexp.MustCompile(`"\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[-+]\d{4}))?"`)

// movedDates gives the text with every date moved by days, dates in UTC.
func movedDates(text string, days int) string {
	return dates.ReplaceAllStringFunc(text, func(quoted string) string {
		bare := strings.Trim(quoted, `"`)
		for _, layout := range []string{stamp, time.RFC3339, time.DateOnly} {
			if when, err := time.Parse(layout, bare); err == nil {
				return when.UTC().AddDate(0, 0, days).Format(layout)
			}
		}
		return quoted
	})
}

func TestEveryBuiltInDateMovesWithTheClock(t *testing.T) {
	text := func(now time.Time) string {
		data, err := json.Marshal(Builtin(now))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	base := text(noon)
	for _, days := range []int{-2000, -1, 1, 30, 120, 463, 1999} { // over clock changes, leap days and ends of years
		if diff := cmp.Diff(movedDates(base, days), movedDates(text(noon.AddDate(0, 0, days)), 0)); diff != "" {
			t.Errorf("not moved by %d days:\n%s", days, diff)
		}
	}
}

func TestEqualTimesGiveEqualBuiltInBacklogs(t *testing.T) {
	elsewhere := noon.In(time.FixedZone("far", 13*3600)).Add(999 * time.Microsecond)
	if diff := cmp.Diff(Builtin(noon), Builtin(elsewhere)); diff != "" {
		t.Errorf("the zone of the clock shows:\n%s", diff)
	}
}

func TestBuiltInTimesAreInOrder(t *testing.T) {
	for _, i := range builtinIssueList(t) {
		last := instant(t, i.Fields.Created)
		for _, c := range i.Fields.Comment.Comments {
			if when := instant(t, c.Created); when.Before(last) {
				t.Errorf("%s: comment of %s is older than what it follows", i.Key, c.Created)
			} else {
				last = when
			}
		}
		if i.Fields.Resolved != nil && instant(t, *i.Fields.Resolved).Before(instant(t, i.Fields.Created)) {
			t.Errorf("%s is done before it was created", i.Key)
		}
		if updated := instant(t, i.Fields.Updated); updated.Before(last) || updated.After(noon) {
			t.Errorf("%s: updated %s", i.Key, i.Fields.Updated)
		}
		if i.open() == (i.Fields.Resolved != nil) {
			t.Errorf("%s: open %t, resolved %v", i.Key, i.open(), i.Fields.Resolved)
		}
	}
}

func TestBuiltInBacklogHoldsTheOddCases(t *testing.T) {
	day := func(n int) string { return noon.AddDate(0, 0, n).Format(time.DateOnly) }
	due := func(from, to int) func(builtinIssue) bool {
		return func(i builtinIssue) bool {
			return i.Fields.Duedate != nil && *i.Fields.Duedate >= day(from) && *i.Fields.Duedate <= day(to)
		}
	}
	tests := []struct {
		rule string
		want int
		is   func(builtinIssue) bool
	}{
		{"terminal escape in the summary", 1, func(i builtinIssue) bool { return strings.Contains(i.summary(), "\x1b[31m") }},
		{"formula as summary", 1, func(i builtinIssue) bool { return strings.HasPrefix(i.summary(), "=") }},
		{"line break in the summary", 1, func(i builtinIssue) bool { return strings.Contains(i.summary(), "\n") }},
		{"very long summary", 1, func(i builtinIssue) bool { return len(i.summary()) > 200 && len(i.summary()) <= longestSummary }},
		{"emoji in the summary", 1, func(i builtinIssue) bool { return strings.Contains(i.summary(), "🐕") }},
		{"right-to-left text in the summary", 1, func(i builtinIssue) bool {
			return strings.ContainsFunc(i.summary(), func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
		}},
		{"no summary", 1, func(i builtinIssue) bool { return i.Fields.Summary == nil }},
		{"due before created", 1, func(i builtinIssue) bool {
			return i.Fields.Duedate != nil && *i.Fields.Duedate < i.Fields.Created[:10]
		}},
		{"zero points", 1, func(i builtinIssue) bool { return i.Fields.Points != nil && *i.Fields.Points == 0 }},
		{"security level", 2, func(i builtinIssue) bool { return i.Fields.Security != nil }},
		{"link phrase that nobody knows", 2, func(i builtinIssue) bool {
			return strings.Contains(fmt.Sprint(i.Fields.Issuelinks), "testing discovered")
		}},
		{"one label in capitals", 1, func(i builtinIssue) bool { return slices.Contains(i.Fields.Labels, "GDPR") }},
		{"the same label in small letters", 1, func(i builtinIssue) bool { return slices.Contains(i.Fields.Labels, "gdpr") }},
		{"overdue", 3, due(-100, -1)},
		{"due this week", 4, due(0, 6)},
		{"due in some weeks", 8, due(7, 40)},
		{"due far away", 4, due(41, 365)},
		{"planned for a release", 12, func(i builtinIssue) bool { return len(i.Fields.FixVersions) > 0 }},
		{"was in the closed sprint", 3, func(i builtinIssue) bool { return strings.Contains(fmt.Sprint(i.Fields.Sprint), "closed") }},
		{"sub-task", 8, func(i builtinIssue) bool { return i.Fields.Issuetype.Name == "Sub-task" }},
	}
	issues := builtinIssueList(t)
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			var keys []string
			for _, i := range issues {
				if tt.is(i) {
					keys = append(keys, i.Key)
				}
			}
			if len(keys) != tt.want {
				t.Errorf("%d issues, want %d: %s", len(keys), tt.want, keys)
			}
		})
	}
}
