//go:build clients

package clients

import (
	"net/http"
	"slices"
	"testing"
	"time"

	jira "github.com/andygrunwald/go-jira"
)

// timeOfField reads one of the library's times.
func timeOfField(at jira.Time) time.Time { return time.Time(at) }

func (p *plainJira) lists(t *testing.T) {
	priorities, r, err := p.client.Priority.GetListWithContext(t.Context())
	went(t, "priorities", 200, r, err)
	want(t, "the most urgent priority", "Highest", priorities[0].Name)
	statuses, r, err := p.client.Status.GetAllStatusesWithContext(t.Context())
	went(t, "statuses", 200, r, err)
	want(t, "a status that means done", true, slices.ContainsFunc(statuses, func(s jira.Status) bool { return s.StatusCategory.Key == "done" }))
	categories, r, err := p.client.StatusCategory.GetListWithContext(t.Context())
	went(t, "categories", 200, r, err)
	want(t, "categories", 4, len(categories))
	resolutions, r, err := p.client.Resolution.GetListWithContext(t.Context())
	went(t, "resolutions", 200, r, err)
	want(t, "resolutions", true, len(resolutions) > 0)
	if _, _, err := p.client.IssueLinkType.GetListWithContext(t.Context()); err == nil { // it takes the object for a list
		t.Error("the library has learned to read link types: use it")
	}
	var types struct{ IssueLinkTypes []jira.IssueLinkType }
	r, err = p.raw(t, http.MethodGet, "rest/api/2/issueLinkType", nil, &types)
	went(t, "link types", 200, r, err)
	one, r, err := p.client.IssueLinkType.GetWithContext(t.Context(), types.IssueLinkTypes[0].ID)
	went(t, "link type", 200, r, err)
	want(t, "link type", types.IssueLinkTypes[0], *one)
	_, r, err = p.client.IssueLinkType.GetWithContext(t.Context(), "4711")
	went(t, "no link type", 404, r, err)
}

// metas asks for the fields of new issues the old way, which Data Center has
// given up, and for those of one that is there.
func (p *plainJira) metas(t *testing.T) {
	project := p.projects()[0]
	meta, r, err := p.client.Issue.GetCreateMetaWithContext(t.Context(), project)
	if p.cloud {
		went(t, "create", 200, r, err)
		story := meta.GetProjectWithKey(project).GetIssueTypeWithName("Story")
		mandatory, err := story.GetMandatoryFields()
		if err != nil {
			t.Fatal(err)
		}
		want(t, "mandatory", map[string]string{"Summary": "summary", "Issue Type": "issuetype", "Project": "project"}, mandatory)
	} else {
		went(t, "create", 404, r, err)
	}
	edit, r, err := p.client.Issue.GetEditMetaWithContext(t.Context(), &jira.Issue{Key: p.described(t)})
	went(t, "edit", 200, r, err)
	for name, there := range map[string]bool{"Priority Score": true, "Rank": false} {
		_, ok := edit.Fields[p.field(t, name)]
		want(t, name+" can be edited", there, ok)
	}
}

func (p *plainJira) findPeople(t *testing.T) {
	if !p.cloud {
		_, r, err := p.client.User.FindWithContext(t.Context(), p.me.Name)
		went(t, "find without a login name", 400, r, err)
		found, r, err := p.client.User.FindWithContext(t.Context(), "", jira.WithUsername(p.me.Name))
		went(t, "find", 200, r, err)
		want(t, "found", p.me.Name, found[0].Name)
		return
	}
	found, r, err := p.client.User.FindWithContext(t.Context(), p.user)
	went(t, "find", 200, r, err)
	want(t, "found", p.me.AccountID, found[0].AccountID)
	_, r, err = p.client.User.FindWithContext(t.Context(), p.user, jira.WithUsername("po"))
	went(t, "find by login name", 400, r, err)
	one, r, err := p.client.User.GetByAccountIDWithContext(t.Context(), p.me.AccountID)
	went(t, "user", 200, r, err)
	want(t, "name", p.me.DisplayName, one.DisplayName)
	_, r, err = p.client.User.GetByAccountIDWithContext(t.Context(), "nobody")
	went(t, "no user", 404, r, err)
}

func (p *plainJira) boards(t *testing.T) {
	all, r, err := p.client.Board.GetAllBoardsWithContext(t.Context(), &jira.BoardListOptions{SearchOptions: jira.SearchOptions{MaxResults: 1}})
	went(t, "boards", 200, r, err)
	want(t, "a page of one", []any{1, len(p.projects()), false}, []any{len(all.Values), all.Total, all.IsLast})
	scrum, r, err := p.client.Board.GetAllBoardsWithContext(t.Context(), &jira.BoardListOptions{BoardType: "scrum"})
	went(t, "scrum boards", 200, r, err)
	id := scrum.Values[0].ID
	one, r, err := p.client.Board.GetBoardWithContext(t.Context(), id)
	went(t, "board", 200, r, err)
	want(t, "board", scrum.Values[0], *one)
	config, r, err := p.client.Board.GetBoardConfigurationWithContext(t.Context(), id)
	went(t, "configuration", 200, r, err)
	want(t, "columns", true, len(config.ColumnConfig.Columns) > 1)
	sprints, r, err := p.client.Board.GetAllSprintsWithOptionsWithContext(t.Context(), id, &jira.GetAllSprintsOptions{State: "closed,active"})
	went(t, "sprints", 200, r, err)
	want(t, "a future sprint", false, slices.ContainsFunc(sprints.Values, func(s jira.Sprint) bool { return s.State == "future" }))
	n := slices.IndexFunc(sprints.Values, func(s jira.Sprint) bool { return s.State == "active" })
	planned, r, err := p.client.Sprint.GetIssuesForSprintWithContext(t.Context(), sprints.Values[n].ID)
	went(t, "issues of a sprint", 200, r, err)
	i, r, err := p.client.Sprint.GetIssueWithContext(t.Context(), planned[0].Key, nil)
	went(t, "an issue as boards see it", 200, r, err)
	want(t, "its sprint", sprints.Values[n].ID, i.Fields.Sprint.ID)
	var backlog struct{ Issues []jira.Issue }
	r, err = p.raw(t, http.MethodGet, "rest/agile/1.0/board/"+itoa(id)+"/backlog?maxResults=200", nil, &backlog)
	went(t, "backlog", 200, r, err)
	want(t, "what is planned is in the backlog", false, slices.ContainsFunc(backlog.Issues, func(i jira.Issue) bool { return i.Key == planned[0].Key }))
}
