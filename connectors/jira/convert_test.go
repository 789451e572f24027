package jira

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

func TestConvertWholeIssue(t *testing.T) {
	iss := parse(t, `{
	 "summary":"Refund fails","project":{"id":"1","key":"PAY"},
	 "issuetype":{"id":"7","name":"Bug","subtask":false,"hierarchyLevel":0},
	 "status":{"name":"新建","statusCategory":{"id":2,"key":"new"}},
	 "priority":{"id":"2","name":"Critical"},"labels":["b","a","b"],
	 "created":"2026-01-31T23:30:00.123-0500","duedate":"2026-03-28",
	 "fixVersions":[{"name":"2.0","released":false,"archived":false,"releaseDate":"2026-02-01"}],
	 "components":[{"id":"1","name":"API"},{"id":"2","name":"UI"}],
	 "votes":{"votes":3,"hasVoted":false},"watches":{"watchCount":2},
	 "comment":{"total":7,"comments":[{"created":"2026-02-01T10:00:00.000+0330"}]},
	 "parent":{"id":"900","key":"PAY-9"},"security":{"id":"1","name":"Internal"},
	 "customfield_10001":1200.5,"customfield_10002":61.2,"customfield_10003":"3","customfield_10004":{"id":"5","value":"40"},
	 "customfield_10010":null,"customfield_10011":0.0,"customfield_10040":4,"customfield_10041":9,
	 "customfield_10019":"0|i0003r:","customfield_10020":[{"id":1,"state":"closed"},{"id":2,"state":"active","name":"S2"}],
	 "customfield_10030":{"ongoingCycle":{"breached":false},"completedCycles":[{"breached":true}]},
	 "customfield_10031":{"ongoingCycle":{"breached":true}}}`)
	v := testView(t)
	got := v.item(iss)
	want := work.Item{
		Ref: work.Ref{Source: "s", ID: "10042"}, Key: "PAY-42", Title: "Refund fails", URL: "https://acme.example/browse/PAY-42",
		Type: "Bug", Status: work.Open, Sprint: true, Parent: work.Ref{Source: "s", ID: "900"}, Labels: []string{"a", "b"},
		Created: time.Date(2026, 2, 1, 4, 30, 0, 123e6, time.UTC),
		Due:     time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC), // midnight in Berlin, an hour before the clocks change
		Signals: work.Signals{
			work.Priority: 0.75, work.Votes: 3, work.Watchers: 2, work.Comments: 7, work.Effort: 0, work.Breached: 1,
			"revenue": 1200.5, "reach": 40, "impact": 4,
		},
		Events: []work.Event{{Signal: work.Comments, At: time.Date(2026, 2, 1, 6, 30, 0, 0, time.UTC), Amount: 1}},
		Attrs: map[string]work.Attr{
			"type": {Text: "Bug"}, "project": {Text: "PAY"}, "status": {Text: "新建"}, "security": {Text: "Internal"},
			"components": {Text: "API, UI"}, "fixVersions": {Text: "2.0"}, "epic": {Text: "PAY-9"},
		},
		Outputs: map[work.Slot]work.Value{work.SlotScore: work.Number(61.2), work.SlotRank: work.Number(3)},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" {
		t.Errorf("item() (-want +got):\n%s", diff)
	}
	if f := v.findings(); len(f) != 0 {
		t.Errorf("a sound issue gave findings: %v", f)
	}
}

func TestSignals(t *testing.T) {
	const absent = -99
	tests := []struct {
		name, fields string
		signal       work.Signal
		want         float64
	}{
		{"no priority is not known", `{}`, work.Priority, absent},
		{"a null priority is not known", `{"priority":null}`, work.Priority, absent},
		{"a priority called None is not known", `{"priority":{"id":"6","name":"None"}}`, work.Priority, absent},
		{"the first priority of the site is 1", `{"priority":{"id":"1","name":"x"}}`, work.Priority, 1},
		{"the last is low, not nothing", `{"priority":{"id":"5","name":"Trivial"}}`, work.Priority, 0.05},
		{"a priority is found by name where its id is not", `{"priority":{"id":"77","name":"Major"}}`, work.Priority, 0.5},
		{"a foreign priority is not known", `{"priority":{"id":"77","name":"P1"}}`, work.Priority, absent},
		{"votes that are absent are not known", `{"votes":null}`, work.Votes, absent},
		{"no votes are zero votes", `{"votes":{"votes":0}}`, work.Votes, 0},
		{"zero points are a value", `{"customfield_10011":0.0}`, work.Effort, 0},
		{"the field made for points goes first", `{"customfield_10010":2,"customfield_10011":8}`, work.Effort, 2},
		{"points as text are points", `{"customfield_10010":"-1"}`, work.Effort, -1},
		{"confidence is no estimate", `{"customfield_10012":5}`, work.Effort, absent},
		{"a text that is no number is not known", `{"customfield_10001":"lots"}`, "revenue", absent},
		{"a licence error is not known", `{"customfield_10001":{"error":"PLUGIN_LICENSE_ERROR"}}`, "revenue", absent},
		{"an empty list is not known", `{"customfield_10004":[]}`, "reach", absent},
		{"one entry of a list counts", `{"customfield_10004":[{"value":"7"}]}`, "reach", 7},
		{"a select that is no number is not known", `{"customfield_10004":{"value":"High"}}`, "reach", absent},
		{"a number beyond all bounds is not known", `{"customfield_10001":1e999}`, "revenue", absent},
		{"each project has its own field of the name", `{"project":{"id":"2","key":"X"},"customfield_10040":4,"customfield_10041":9}`, "impact", 9},
		{"a project without the field knows nothing", `{"project":{"id":"3","key":"X"},"customfield_10040":4}`, "impact", absent},
		{"no service level is not known", `{"customfield_10030":null}`, work.Breached, absent},
		{"a service level that runs is kept", `{"customfield_10030":{"ongoingCycle":{"breached":false}}}`, work.Breached, 0},
		{"a service level that is over says nothing", `{"customfield_10030":{"completedCycles":[{"breached":true}]}}`, work.Breached, absent},
		{"comments count beyond those that are there", `{"comment":{"total":241,"comments":[]}}`, work.Comments, 241},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := testView(t).item(parse(t, tt.fields)).Signals[tt.signal]
			if !ok {
				got = absent
			}
			if got != tt.want {
				t.Errorf("signal %s of %s = %v, want %v", tt.signal, tt.fields, got, tt.want)
			}
		})
	}
}

// release gives a version; a day may be left out.
func release(day string, released, archived bool) string {
	if day != "" {
		day = `,"releaseDate":"` + day + `"`
	}
	return fmt.Sprintf(`{"name":"1.0","released":%t,"archived":%t%s}`, released, archived, day)
}

func TestDue(t *testing.T) {
	tests := []struct{ name, fields, want string }{
		{"nothing set", `{"duedate":null,"fixVersions":[]}`, ""},
		{"a day ends in the backlog's zone", `{"duedate":"2026-07-01"}`, "2026-07-01T22:00:00Z"},
		{"the earliest release that is to come", `{"fixVersions":[` + release("2026-09-01", false, false) + "," + release("2026-08-01", false, false) + "," + release("2026-01-01", true, false) + "," +
			release("2026-02-01", false, true) + "," + release("", false, false) + `]}`, "2026-08-01T22:00:00Z"},
		{"a due date goes before a release", `{"duedate":"2026-12-01","fixVersions":[` + release("2026-08-01", false, false) + `]}`, "2026-12-01T23:00:00Z"},
		{"a due date that is none leaves the release", `{"duedate":"soon","fixVersions":[` + release("2026-08-01", false, false) + `]}`, "2026-08-01T22:00:00Z"},
		{"a release of which Jira does not say whether it is out", `{"fixVersions":[{"name":"1.0","archived":false,"releaseDate":"2026-08-01"}]}`, ""},
		{"a day that the calendar lacks", `{"duedate":"2026-02-30"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			due, got := testView(t).item(parse(t, tt.fields)).Due, ""
			if !due.IsZero() {
				got = due.Format(time.RFC3339)
			}
			if got != tt.want {
				t.Errorf("due of %s = %q, want %q", tt.fields, got, tt.want)
			}
		})
	}
}

func TestKindAndParent(t *testing.T) {
	tests := []struct {
		name, fields  string
		epic, subtask bool
		parent        string
	}{
		{"Cloud's level above a story is an epic, whatever its name", `{"issuetype":{"name":"Initiative","hierarchyLevel":2}}`, true, false, ""},
		{"Cloud's level below a story is a sub-task", `{"issuetype":{"name":"Aufgabe","hierarchyLevel":-1}}`, false, true, ""},
		{"a type called Epic on level 0 is none", `{"issuetype":{"name":"Epic","hierarchyLevel":0}}`, false, false, ""},
		{"Data Center's epic has a name of its own", `{"issuetype":{"name":"Thema"},"customfield_10022":"Payments"}`, true, false, ""},
		{"Data Center's epic by its type", `{"issuetype":{"name":"Epic"}}`, true, false, ""},
		{"the epic of Jira Software's answers is the parent", `{"parent":null,"epic":{"id":37,"key":"PAY-1","name":"x"}}`, false, false, "37"},
		{"a parent goes before an epic", `{"parent":{"id":"5","key":"PAY-5"},"epic":{"id":37}}`, false, false, "5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			it := testView(t).item(parse(t, tt.fields))
			if it.Epic != tt.epic || it.Subtask != tt.subtask || it.Parent.ID != tt.parent {
				t.Errorf("epic %v, sub-task %v, parent %q; want %v, %v, %q", it.Epic, it.Subtask, it.Parent.ID, tt.epic, tt.subtask, tt.parent)
			}
		})
	}
}

func TestEpicLinkLeadsToTheEpicOfThePull(t *testing.T) {
	story, epic := parse(t, `{"customfield_10021":"PAY-1"}`), parse(t, `{"issuetype":{"name":"Epic"}}`)
	epic.ID, epic.Key = "77", "PAY-1"
	v := testView(t)
	items := v.gather([]converted{v.convert(story), v.convert(epic)})
	if got := items[0].item.Parent; got != (work.Ref{Source: "s", ID: "77"}) {
		t.Errorf("parent = %v, want the epic s:77", got)
	}
}

func TestFindings(t *testing.T) {
	tests := []struct{ name, fields, code string }{
		{"no summary", `{}`, "no-title"},
		{"a blank summary", `{"summary":"  "}`, "no-title"},
		{"a terminal escape in a summary", `{"summary":"\u001b[1m bold"}`, "odd-title"},
		{"a line break in a summary", `{"summary":"two\nlines"}`, "odd-title"},
		{"a status category of another make", `{"summary":"x","status":{"statusCategory":{"key":"waiting"}}}`, "no-status"},
		{"a priority that the site does not list", `{"priority":{"name":"P1"}}`, "unknown-priority"},
		{"a signal that is no number", `{"customfield_10001":"lots"}`, "bad-field"},
		{"a due date that is none", `{"duedate":"2026-13-01"}`, "bad-field"},
		{"a time of creation that is none", `{"created":"yesterday"}`, "bad-field"},
		{"labels of the wrong shape", `{"labels":"a b"}`, "bad-field"},
		{"links of the wrong shape", `{"issuelinks":{"a":1}}`, "bad-field"},
		{"one link of the wrong shape", `{"issuelinks":[7]}`, "bad-field"},
		{"a sprint of the wrong shape", `{"customfield_10020":[7]}`, "bad-field"},
		{"a done issue", `{"status":{"statusCategory":{"key":"done"}}}`, "done-items"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := testView(t)
			v.gather([]converted{v.convert(parse(t, tt.fields))})
			var codes []string
			for _, f := range v.findings() {
				codes = append(codes, f.Code)
				if f.Message == "" || !strings.HasSuffix(f.Message, ".") || f.Ref.IsZero() == (f.Source == "") {
					t.Errorf("finding %+v: want a sentence and either a ref or a source", f)
				}
			}
			if !slices.Contains(codes, tt.code) {
				t.Errorf("findings %v, want %s among them", codes, tt.code)
			}
		})
	}
}

func TestOneBadFieldIsToldOnceWithACount(t *testing.T) {
	v := testView(t)
	for range 5 {
		v.item(parse(t, `{"summary":"x","status":{"statusCategory":{"key":"new"}},"customfield_10001":"lots"}`))
	}
	f := v.findings()
	if len(f) != 1 || !strings.Contains(f[0].Message, "5 issues") || !strings.Contains(f[0].Message, "ARR at risk") {
		t.Errorf("findings = %v, want one that names the field and counts 5 issues", f)
	}
}

func TestStatusGoesByCategoryAlone(t *testing.T) {
	tests := []struct {
		name, fields string
		want         work.Status
	}{
		{"a resolution does not end an issue", `{"resolution":{"name":"Fixed"},"status":{"name":"Open","statusCategory":{"key":"new"}}}`, work.Open},
		{"no resolution does not keep it open", `{"resolution":null,"status":{"name":"Open","statusCategory":{"key":"done"}}}`, work.Done},
		{"a name that sounds done is not", `{"status":{"name":"Done","statusCategory":{"key":"indeterminate"}}}`, work.Active},
		{"no category", `{"status":{"name":"Open","statusCategory":{"key":"undefined"}}}`, work.Unknown},
		{"no status at all", `{}`, work.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := testView(t).item(parse(t, tt.fields)).Status; got != tt.want {
				t.Errorf("status = %v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzItem(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"id":7,"key":"A-1","fields":{"parent":[],"epic":3,"sprint":{},"votes":[{}],"comment":{"comments":{}}}}`,
		`{"fields":{"issuelinks":[{"outwardIssue":{"id":{}}}],"fixVersions":[{"releaseDate":5}],"status":[]}}`,
		`{"id":"1","fields":{"customfield_10030":{"ongoingCycle":[]},"customfield_10019":["0|a:"],"labels":[null,7]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		iss, err := readIssue(b, false)
		if err != nil {
			return
		}
		v := testView(t)
		it := v.item(iss)
		if it.Ref.ID != string(iss.ID) || !slices.IsSorted(it.Labels) {
			t.Errorf("item of %s has ref %v and labels %v", b, it.Ref, it.Labels)
		}
		for s, x := range it.Signals {
			if x != x || x-x != 0 {
				t.Errorf("signal %s of %s is %v", s, b, x)
			}
		}
	})
}
