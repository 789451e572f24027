//go:build clients

package clients

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ctreminiom/go-atlassian/v2/pkg/infra/models"
	"github.com/tidwall/gjson"
)

var atlassianBoards = []step[atlassian]{
	{"list boards and what they hold", "", (*atlassian).boards},
	{"rank before and after", "", (*atlassian).rank},
	{"page through board and backlog", "", (*atlassian).boardIssues},
	{"page through board and backlog by token", cloud, (*atlassian).boardIssuesByToken},
	{"plan a sprint, start and close it", "", (*atlassian).sprint},
	{"move an issue into an epic", "", (*atlassian).epic},
}

var atlassianEnds = []step[atlassian]{
	{"delete the issue", "", (*atlassian).deleteIssue},
	{"nothing else has changed", "", (*atlassian).compare},
}

// scrumBoard is the board with sprints.
func (a *atlassian) scrumBoard(t *testing.T) *models.BoardScheme {
	t.Helper()
	page, r, err := a.agile.Board.Gets(t.Context(), &models.GetBoardsOptions{BoardType: "scrum"}, 0, 50)
	did(t, "boards", 200, r, err)
	if len(page.Values) == 0 {
		t.Fatal("there is no scrum board")
	}
	return page.Values[0]
}

func (a *atlassian) boards(t *testing.T) {
	ctx := t.Context()
	all, r, err := a.agile.Board.Gets(ctx, nil, 0, 50)
	did(t, "boards", 200, r, err)
	some, r, err := a.agile.Board.Gets(ctx, &models.GetBoardsOptions{ProjectKeyOrID: a.projects()[0]}, 0, 50)
	did(t, "boards of a project", 200, r, err)
	want(t, "boards", []int{len(a.projects()), 1}, []int{len(all.Values), len(some.Values)})
	_, r, err = a.agile.Board.Gets(ctx, &models.GetBoardsOptions{ProjectKeyOrID: "NOPE"}, 0, 50)
	did(t, "boards of no project", 400, r, err)
	b := a.scrumBoard(t)
	one, r, err := a.agile.Board.Get(ctx, b.ID)
	did(t, "board", 200, r, err)
	want(t, "board", *b, *one)
	_, r, err = a.agile.Board.Get(ctx, 4711)
	did(t, "no board", 404, r, err)
	config, r, err := a.agile.Board.Configuration(ctx, b.ID)
	did(t, "configuration", 200, r, err)
	want(t, "rank field", a.field(t, "Rank"), "customfield_"+itoa(config.Ranking.RankCustomFieldID))
	want(t, "estimation", a.field(t, "Story Points"), config.Estimation.Field.FieldID)
	projects, r, err := a.agile.Board.Projects(ctx, b.ID, 0, 50)
	did(t, "projects", 200, r, err)
	want(t, "project", b.Location.ProjectKey, projects.Values[0].Key)
	versions, r, err := a.agile.Board.Versions(ctx, b.ID, 0, 50, false)
	did(t, "versions", 200, r, err)
	want(t, "unreleased versions", true, len(versions.Values) > 0 && !versions.Values[0].Released)
	sprints, r, err := a.agile.Board.Sprints(ctx, b.ID, 0, 50, []string{"active", "future"})
	did(t, "sprints", 200, r, err)
	want(t, "an active sprint", true, slices.ContainsFunc(sprints.Values, func(s *models.BoardSprintScheme) bool { return s.State == "active" }))
}

// order are the keys of issues by rank.
func (a *atlassian) order(t *testing.T) []string {
	t.Helper()
	is := a.issues(t)
	return slices.SortedFunc(maps.Keys(is), func(x, y string) int { return is[x]["place"].(int) - is[y]["place"].(int) })
}

// rank moves issues by the route that the library lacks.
func (a *atlassian) rank(t *testing.T) {
	was := a.order(t)
	move := func(what string, wanted int, body map[string]any) {
		t.Helper()
		req, err := a.agile.NewRequest(t.Context(), http.MethodPut, "rest/agile/1.0/issue/rank", "", body)
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.agile.Call(req, nil)
		did(t, what, wanted, r, err)
	}
	last, before := was[len(was)-1], was[len(was)-2]
	move("before the first", 204, map[string]any{"issues": []string{last, before}, "rankBeforeIssue": was[0]})
	want(t, "order", append([]string{last, before}, was[:len(was)-2]...), a.order(t))
	move("after the last", 204, map[string]any{"issues": []string{before, last}, "rankAfterIssue": was[len(was)-3]})
	want(t, "order", was, a.order(t))
	move("nowhere", 400, map[string]any{"issues": []string{last}})
	move("too many", 400, map[string]any{"issues": was[:51], "rankAfterIssue": last})
	id := idNumber(t, strings.TrimPrefix(a.field(t, "Priority Score"), "customfield_"))
	move("by a field that is no rank", 400, map[string]any{"issues": []string{last}, "rankBeforeIssue": was[0], "rankCustomFieldId": id})
	want(t, "order", was, a.order(t))
}

// pages reads a list of a board to its end and gives the keys.
func pages(t *testing.T, what string, page func(start int) (*models.BoardIssuePageScheme, *models.ResponseScheme, error)) []string {
	t.Helper()
	var keys []string
	for {
		p, r, err := page(len(keys))
		did(t, what, 200, r, err)
		for _, i := range p.Issues {
			keys = append(keys, i.Key)
		}
		if len(keys) >= p.Total || len(p.Issues) == 0 {
			return keys
		}
	}
}

func (a *atlassian) boardIssues(t *testing.T) {
	b := a.scrumBoard(t)
	options := &models.IssueOptionScheme{Fields: []string{"summary", "status"}}
	all := pages(t, "issues", func(n int) (*models.BoardIssuePageScheme, *models.ResponseScheme, error) {
		return a.agile.Board.Issues(t.Context(), b.ID, options, n, 40)
	})
	own := slices.DeleteFunc(a.order(t), func(key string) bool { return !strings.HasPrefix(key, b.Location.ProjectKey+"-") })
	want(t, "issues by rank", own, all)
	backlog := pages(t, "backlog", func(n int) (*models.BoardIssuePageScheme, *models.ResponseScheme, error) {
		return a.agile.Board.Backlog(t.Context(), b.ID, options, n, 40)
	})
	is, field := a.issues(t), a.field(t, "Sprint")
	planned := slices.DeleteFunc(own, func(key string) bool {
		return at(t, is[key], "status", "statusCategory", "key") == "done" || inSprint(is[key][field])
	})
	want(t, "backlog by rank", planned, backlog)
	_, r, err := a.agile.Board.Issues(t.Context(), b.ID, &models.IssueOptionScheme{JQL: "colour = red"}, 0, 50)
	did(t, "a query that is none", 400, r, err)
}

// boardIssuesByToken reads the lists that took the place of the ones by place,
// which the library lacks, and holds both to be the same.
func (a *atlassian) boardIssuesByToken(t *testing.T) {
	id := itoa(a.scrumBoard(t).ID)
	for _, name := range []string{"issue", "backlog"} {
		var keys []string
		path := "rest/software/1.0/board/" + id + "/" + name
		for token, more := "", true; more; more = token != "" {
			query := url.Values{"maxResults": {"33"}, "fields": {"summary"}}
			if token != "" {
				query.Set("nextPageToken", token)
			}
			r, err := a.raw3(t, http.MethodGet, path+"?"+query.Encode(), nil)
			did(t, name, 200, r, err)
			for _, key := range gjson.Get(r.Bytes.String(), "issues.#.key").Array() {
				keys = append(keys, key.String())
			}
			token = gjson.Get(r.Bytes.String(), "nextPageToken").String()
			want(t, "the last page", token == "", gjson.Get(r.Bytes.String(), "isLast").Bool())
		}
		r, err := a.raw3(t, http.MethodGet, "rest/agile/1.0/board/"+id+"/"+name+"?maxResults=500&fields=summary", nil)
		did(t, name+" by place", 200, r, err)
		same(t, name, gjson.Get(r.Bytes.String(), "issues.#.key").Value(), keys)
		r, err = a.raw3(t, http.MethodGet, path+"/approximate-count", nil)
		did(t, "count", 200, r, err)
		want(t, "count", len(keys), int(gjson.Get(r.Bytes.String(), "count").Int()))
	}
}

// inSprint says whether a sprint field holds a sprint that is not over. Data
// Center gives sprints as texts.
func inSprint(value any) bool {
	sprints, _ := value.([]any)
	return slices.ContainsFunc(sprints, func(s any) bool {
		if text, ok := s.(string); ok {
			return !strings.Contains(text, "state=CLOSED")
		}
		return s.(map[string]any)["state"] != "closed"
	})
}

func (a *atlassian) sprint(t *testing.T) {
	ctx, sprints := t.Context(), a.agile.Sprint
	made, r, err := sprints.Create(ctx, &models.SprintPayloadScheme{Name: "Client's sprint", OriginBoardID: a.scrumBoard(t).ID, Goal: "Prove it"})
	did(t, "create", 201, r, err)
	want(t, "state", "future", made.State)
	r, err = sprints.Start(ctx, made.ID)
	did(t, "start without dates", 400, r, err)
	r, err = sprints.Move(ctx, made.ID, &models.SprintMovePayloadScheme{Issues: []string{a.key}, RankBeforeIssue: a.order(t)[0]})
	did(t, "move an issue into it", 204, r, err)
	want(t, "first", a.key, a.order(t)[0])
	_, r, err = sprints.Path(ctx, made.ID, &models.SprintPayloadScheme{StartDate: "2026-11-24T09:00:00.000Z", EndDate: "2026-12-08T09:00:00.000Z"})
	did(t, "date it", 200, r, err)
	r, err = sprints.Start(ctx, made.ID)
	did(t, "start", 200, r, err)
	page, r, err := sprints.Issues(ctx, made.ID, nil, 0, 50)
	did(t, "issues", 200, r, err)
	want(t, "issues", []any{1, a.key}, []any{page.Total, page.Issues[0].Key})
	r, err = a.agile.Backlog.Move(ctx, []string{a.key})
	did(t, "move it back", 204, r, err)
	page, r, err = sprints.Issues(ctx, made.ID, nil, 0, 50)
	did(t, "issues", 200, r, err)
	want(t, "issues", 0, page.Total)
	r, err = sprints.Close(ctx, made.ID)
	did(t, "close", 200, r, err)
	r, err = sprints.Move(ctx, made.ID, &models.SprintMovePayloadScheme{Issues: []string{a.key}})
	did(t, "move an issue into what is over", 400, r, err)
	r, err = sprints.Delete(ctx, made.ID)
	did(t, "delete", 204, r, err)
	_, r, err = sprints.Get(ctx, made.ID)
	did(t, "get what is deleted", 404, r, err)
}

func (a *atlassian) epic(t *testing.T) {
	ctx, b := t.Context(), a.scrumBoard(t)
	page, r, err := a.agile.Board.Epics(ctx, b.ID, 0, 50, false)
	did(t, "epics", 200, r, err)
	one, r, err := a.agile.Epic.Get(ctx, page.Values[0].Key)
	did(t, "epic", 200, r, err)
	_, r, err = a.agile.Epic.Get(ctx, a.key)
	did(t, "a story is no epic", 404, r, err)
	list := func() []string {
		t.Helper()
		return pages(t, "issues", func(n int) (*models.BoardIssuePageScheme, *models.ResponseScheme, error) {
			return a.agile.Board.IssuesByEpic(ctx, b.ID, one.ID, nil, n, 50)
		})
	}
	was := list()
	r, err = a.agile.Epic.Move(ctx, one.Key, []string{a.key})
	did(t, "move", 204, r, err)
	want(t, "issues", slices.Sorted(slices.Values(append(was, a.key))), slices.Sorted(slices.Values(list())))
	none, r, err := a.agile.Board.IssuesWithoutEpic(ctx, b.ID, nil, 0, 100)
	did(t, "issues without an epic", 200, r, err)
	want(t, "is without an epic", false, slices.ContainsFunc(none.Issues, func(i *models.IssueSchemeV2) bool { return i.Key == a.key }))
	r, err = a.agile.Epic.Move(ctx, "none", []string{a.key})
	did(t, "move out", 204, r, err)
	want(t, "issues", was, list())
}

func (a *atlassian) deleteIssue(t *testing.T) {
	r, err := a.v2.Issue.Delete(t.Context(), a.key, false)
	did(t, "delete", 204, r, err)
	_, r, err = a.v2.Issue.Get(t.Context(), a.key, nil, nil)
	did(t, "read what is deleted", 404, r, err)
	r, err = a.v2.Issue.Delete(t.Context(), a.key, false)
	did(t, "delete again", 404, r, err)
}

// compare holds that all is as it was before, but for the times at which the
// two issues were changed that other issues were linked to, and ranks.
func (a *atlassian) compare(t *testing.T) {
	want(t, "changes", map[string][]string{}, changes(a.before, a.issues(t), "updated", a.field(t, "Rank")))
}
