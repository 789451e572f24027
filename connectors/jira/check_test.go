package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"stackrank/connectors"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

func worst(found []work.Finding) work.Level {
	level := work.Note
	for _, f := range found {
		level = max(level, f.Level)
	}
	return level
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name     string
		use      connectors.Use
		alter    change
		switches func(*jirasim.Switches)
		want     work.Level
		code     string // of a finding of that level; a note may be without
		says     string
	}{
		{"all is well", connectors.ForOrder, nil, nil, work.Note, "account", "Po"},
		{"the least rights are told", connectors.ForOrder, nil, nil, work.Note, "least-rights", "Schedule issues"},
		{"boards that share the order are named", connectors.ForOrder, nil, nil, work.Note, "boards", `"Payments board"`},
		{"the rank field is named", connectors.ForOrder, nil, nil, work.Note, "rank-field", rankField},
		{"a wrong token", connectors.ForReport, func(_ *Wiring, o *Options, _ *rest.Options) { o.Auth.Token = rest.SecretOf("wrong") }, nil, work.Failure, "not-possible", "auth.token"},
		{"a bad query", connectors.ForReport, func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = "proiect = X" }, nil, work.Failure, "not-possible", "correct jql"},
		{"a query without issues", connectors.ForReport, func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = "project = PAY AND statusCategory = Done" }, nil, work.Warning, "empty-query", ""},
		{"a target that is missing does not stop a report", connectors.ForReport, func(w *Wiring, _ *Options, _ *rest.Options) { w.Targets[work.SlotScore] = "Nope" }, nil, work.Note, "account", ""},
		{"a target that is missing stops a write", connectors.ForFields, func(w *Wiring, _ *Options, _ *rest.Options) { w.Targets[work.SlotScore] = "Nope" }, nil, work.Failure, "not-possible", `"Nope"`},
		{"a signal that is missing stops a report", connectors.ForReport, func(w *Wiring, _ *Options, _ *rest.Options) { w.Signals["x"] = "Nope" }, nil, work.Failure, "not-possible", `"Nope"`},
		{"no right to edit does not stop a report", connectors.ForReport, nil, denied("PAY", jirasim.Edit), work.Note, "account", ""},
		{"no right to edit stops a write", connectors.ForFields, nil, denied("PAY", jirasim.Edit), work.Failure, "permission", "Edit issues"},
		{"no right to be quiet", connectors.ForFields, nil, denied("", jirasim.AdministerProjects, jirasim.Administer), work.Failure, "permission", "notify: allow"},
		{"no right to be quiet where mail is allowed", connectors.ForFields, func(_ *Wiring, o *Options, _ *rest.Options) { o.Notify = Allow }, denied("", jirasim.AdministerProjects, jirasim.Administer), work.Warning, "permission", "mails"},
		{"no right to rank does not stop edits", connectors.ForFields, nil, denied("OPS", jirasim.Schedule), work.Note, "account", ""},
		{"no right to rank stops moves", connectors.ForOrder, nil, denied("OPS", jirasim.Schedule), work.Failure, "permission", "Schedule issues"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deployments(t, func(t *testing.T, d jirasim.Deployment) {
				if tt.alter == nil {
					tt.alter = func(*Wiring, *Options, *rest.Options) {}
				}
				r := start(t, seedOf(d, issueOf(1, "PAY-1"), issueOf(2, "OPS-2")), tt.alter)
				if tt.switches != nil {
					r.site.Switch(tt.switches)
				}
				found, err := r.Check(t.Context(), tt.use)
				if err != nil {
					t.Fatal(err)
				}
				if got := worst(found); got != tt.want {
					t.Errorf("the worst finding is a %s, want a %s: %v", got, tt.want, found)
				}
				if !slices.ContainsFunc(found, func(f work.Finding) bool {
					return f.Level == tt.want && f.Code == tt.code && strings.Contains(f.Message+f.Fix, tt.says)
				}) {
					t.Errorf("findings %v, want a %s %s that says %q", found, tt.want, tt.code, tt.says)
				}
				if w := r.site.Stats().Writes; w != 0 {
					t.Errorf("a check sent %d writes", w)
				}
			})
		})
	}
}

func TestCheckOfFieldsThatAreOnNoScreen(t *testing.T) {
	for d, want := range map[jirasim.Deployment]work.Level{jirasim.DataCenter: work.Failure, jirasim.Cloud: work.Warning} {
		t.Run(string(d), func(t *testing.T) {
			r := start(t, seedOf(d, many(1)...))
			r.site.Switch(func(s *jirasim.Switches) { s.OffScreen = map[string]bool{scoreField: true} })
			found, err := r.Check(t.Context(), connectors.ForFields)
			if err != nil {
				t.Fatal(err)
			}
			if got := worst(found); got != want {
				t.Errorf("the worst finding is a %s, want a %s: %v", got, want, found)
			}
		})
	}
}

func TestCheckStopsWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := start(t, seedOf(jirasim.Cloud, many(1)...)).Check(ctx, connectors.ForOrder); !errors.Is(err, context.Canceled) {
		t.Errorf("Check() = %v, want context.Canceled", err)
	}
}

func TestSurvey(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		var issues []string
		for i := range 10 {
			more := []string{`"votes":{"votes":0,"hasVoted":false}`}
			if i < 4 {
				more = append(more, `"`+pointField+`":3`, `"priority":{"id":"2","name":"High"}`)
			}
			issues = append(issues, issueOf(i+1, fmt.Sprintf("PAY-%d", i+1), more...))
		}
		r := start(t, seedOf(d, issues...), func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = "" })
		s, err := r.Survey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(s.Places, func(p connectors.Place) bool { return p.ID == "PAY" && p.Kind == "project" }); i < 0 || s.Places[i].Open != 10 {
			t.Errorf("places %v, want the project PAY with 10 open issues", s.Places)
		}
		if !slices.ContainsFunc(s.Places, func(p connectors.Place) bool { return p.Kind == "board" && p.Parent == "PAY" }) {
			t.Errorf("places %v, want the board of PAY", s.Places)
		}
		want := map[string]connectors.Field{
			pointField: {ID: pointField, Name: "Story Points", Kind: "number", Signal: work.Effort, Filled: 4, Sample: 10, Distinct: 1, Writable: true},
			"priority": {ID: "priority", Name: "Priority", Kind: "priority", Signal: work.Priority, Filled: 4, Sample: 10, Distinct: 1},
			"votes":    {ID: "votes", Name: "Votes", Kind: "votes", Signal: work.Votes, Filled: 0, Sample: 10},
			scoreField: {ID: scoreField, Name: "Priority Score", Kind: "number", Filled: 0, Sample: 10, Writable: true},
		}
		for _, f := range s.Fields {
			if w, asked := want[f.ID]; asked && f != w {
				t.Errorf("field %+v, want %+v", f, w)
			}
			delete(want, f.ID)
		}
		if len(want) > 0 {
			t.Errorf("fields %v are missing", want)
		}
		if w := r.site.Stats().Writes; w != 0 {
			t.Errorf("a survey sent %d writes", w)
		}
	})
}

func TestWithoutJiraSoftwareThereAreNoBoards(t *testing.T) {
	r := start(t, seedOf(jirasim.Cloud, many(2)...))
	r.site.Fail("/rest/agile/1.0/board", http.StatusNotFound, -1)
	if s := r.pull(t); len(s.Items) != 2 {
		t.Errorf("%d items, want 2", len(s.Items))
	}
}

// TestSurveyFindsFieldsWhateverTheirNames holds that a board's estimate is found
// under any name, and that of two fields of one name each is named by its id.
func TestSurveyFindsFieldsWhateverTheirNames(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		seed := seedOf(d, issueOf(1, "PAY-1", `"customfield_10201":3`, `"customfield_10202":7`))
		seed.Fields = append(seed.Fields,
			jirasim.Field{ID: "customfield_10201", Name: "Größe", Custom: jirasim.NumberType},
			jirasim.Field{ID: "customfield_10202", Name: "Wert", Custom: jirasim.NumberType},
			jirasim.Field{ID: "customfield_10203", Name: "Wert", Custom: jirasim.NumberType})
		seed.Boards = []jirasim.Board{{ID: 4, Name: "PAY", Type: "scrum", Project: "PAY", Estimate: "customfield_10201"}}
		s, err := start(t, seed, func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = "" }).Survey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		for _, f := range s.Fields {
			names[f.ID] = f.Name
			if f.ID == "customfield_10201" && f.Signal != work.Effort {
				t.Errorf("field %+v, want the effort by which the board estimates", f)
			}
		}
		if names["customfield_10202"] != "customfield_10202" || names["customfield_10203"] != "customfield_10203" {
			t.Errorf("fields %v, want both of the name Wert by their ids", names)
		}
	})
}

func TestSurveyCountsWhatOfTheQueryIsOpen(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		for jql, want := range map[string]int{"": -1, "project = PAY ORDER BY created": 7, "statusCategory = Done OR statusCategory = Done": 0} {
			s, err := start(t, seedOf(d, many(7)...), func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = jql }).Survey(t.Context())
			if err != nil || s.Open != want {
				t.Errorf("of %q %d are open, %v, want %d", jql, s.Open, err, want)
			}
		}
	})
}

func TestCheckCountsWhatOnePageDoesNotHold(t *testing.T) {
	found, err := start(t, seedOf(jirasim.DataCenter, many(serverPage+7)...)).Check(t.Context(), connectors.ForReport)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(found, func(f work.Finding) bool { return strings.HasPrefix(f.Message, "The query gives 1007 issues in ") }) {
		t.Errorf("findings %v, want the count of all issues", found)
	}
}

func TestAFixFollowsWithoutAStop(t *testing.T) {
	err := mendable{fmt.Errorf("%w: no such project.", work.ErrInvalid), "correct jql"} //nolint:revive // a service's own sentence
	if want := "refused as invalid: no such project; correct jql"; err.Error() != want || !errors.Is(err, work.ErrInvalid) {
		t.Errorf("Error() = %q, want %q of its kind", err.Error(), want)
	}
}
