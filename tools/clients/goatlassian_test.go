//go:build clients

package clients

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctreminiom/go-atlassian/v2/jira/agile"
	jira2 "github.com/ctreminiom/go-atlassian/v2/jira/v2"
	jira3 "github.com/ctreminiom/go-atlassian/v2/jira/v3"
	"github.com/ctreminiom/go-atlassian/v2/pkg/infra/models"
)

// jiraRules names what the judge finds that is the client's or the document's
// fault.
var jiraRules = filepath.Join("testdata", "contract", "jira.rules")

// atlassian is somebody who works with go-atlassian. The library is made for
// Cloud; of version 2 much serves Data Center as well.
type atlassian struct {
	*sandbox
	v2     *jira2.Client
	v3     *jira3.Client
	agile  *agile.Client
	cloud  bool
	before map[string]thing // what the site held at the start
	key    string           // of the issue that is made and worked on
	text   string           // id of a text field that is made
}

// step is something that users of a client do.
type step[W any] struct {
	name string
	on   string // the one deployment that supports it; empty: both
	do   func(*W, *testing.T)
}

// walk does the steps one after the other. They build on each other, so the
// first that fails ends it.
func walk[W any](t *testing.T, w *W, kind string, steps []step[W]) {
	t.Helper()
	for _, s := range steps {
		if s.on != "" && s.on != kind {
			continue
		}
		if !t.Run(s.name, func(t *testing.T) { s.do(w, t) }) {
			t.Fatal("the steps after this one build on it")
		}
	}
}

// TestGoAtlassian lets github.com/ctreminiom/go-atlassian work with Jira.
func TestGoAtlassian(t *testing.T) {
	for _, kind := range []string{cloud, dataCenter} {
		t.Run(kind, func(t *testing.T) {
			s := start(t, kind)
			if kind == cloud {
				s.judged(t, jiraRules)
			}
			a := &atlassian{sandbox: s, cloud: kind == cloud, before: s.issues(t)}
			a.v2, a.v3, a.agile = a.clients(t, s.token)
			walk(t, a, kind, slices.Concat(atlassianReads, atlassianWrites, atlassianBoards, atlassianEnds))
		})
	}
}

var atlassianReads = []step[atlassian]{
	{"log in", "", (*atlassian).logIn},
	{"wrong credentials are refused", "", (*atlassian).logInWrongly},
	{"server info", "", (*atlassian).serverInfo},
	{"list projects page by page", cloud, (*atlassian).listProjects},
	{"page through a search by token", cloud, (*atlassian).searchByToken},
	{"the old search is gone", cloud, (*atlassian).searchTheOldWay},
	{"page through a search by place", dataCenter, (*atlassian).searchByPlace},
	{"count, match and fetch issues", cloud, (*atlassian).countAndFetch},
	{"read an issue expanded", "", (*atlassian).readIssue},
	{"list fields", "", (*atlassian).listFields},
	{"ask what a new issue needs", "", (*atlassian).createMeta},
	{"find people", cloud, (*atlassian).findPeople},
}

// clients are the three parts of the library, logged in with a token.
func (a *atlassian) clients(t *testing.T, token string) (*jira2.Client, *jira3.Client, *agile.Client) {
	t.Helper()
	v2, err := jira2.New(http.DefaultClient, a.jira)
	v3, err3 := jira3.New(http.DefaultClient, a.jira)
	boards, errAgile := agile.New(http.DefaultClient, a.jira)
	if err := errors.Join(err, err3, errAgile); err != nil {
		t.Fatal(err)
	}
	if a.cloud {
		v2.Auth.SetBasicAuth(a.user, token)
		v3.Auth.SetBasicAuth(a.user, token)
		boards.Auth.SetBasicAuth(a.user, token)
	} else {
		v2.Auth.SetBearerToken(token)
		boards.Auth.SetBearerToken(token)
	}
	return v2, v3, boards
}

// did fails the test when a call did not end with the wanted status.
func did(t *testing.T, what string, wanted int, got *models.ResponseScheme, err error) {
	t.Helper()
	switch {
	case got == nil:
		t.Fatalf("%s: %v", what, err)
	case got.Code != wanted:
		t.Fatalf("%s: status %d, want %d: %s", what, got.Code, wanted, got.Bytes.String())
	case wanted < 300 && err != nil:
		t.Fatalf("%s: %v: %s", what, err, got.Bytes.String())
	case wanted >= 300 && err == nil:
		t.Fatalf("%s: no error with status %d", what, got.Code)
	}
}

func (a *atlassian) logIn(t *testing.T) {
	me, r, err := a.v2.MySelf.Details(t.Context(), nil)
	did(t, "myself", 200, r, err)
	if !a.cloud {
		want(t, "me", []bool{true, true, true}, []bool{me.Name != "", me.Key != "", me.AccountID == ""})
		return
	}
	again, r, err := a.v3.MySelf.Details(t.Context(), []string{"groups"})
	did(t, "myself", 200, r, err)
	want(t, "me", []string{a.user, again.AccountID, "atlassian"}, []string{me.EmailAddress, me.AccountID, me.AccountType})
	want(t, "a login name", "", me.Name)
}

func (a *atlassian) logInWrongly(t *testing.T) {
	wrong, _, boards := a.clients(t, "wrong")
	_, r, err := wrong.MySelf.Details(t.Context(), nil)
	did(t, "myself", 401, r, err)
	_, r, err = boards.Board.Gets(t.Context(), nil, 0, 50)
	did(t, "boards", 401, r, err)
	nobody, err := jira2.New(http.DefaultClient, a.jira)
	if err != nil {
		t.Fatal(err)
	}
	_, r, err = nobody.MySelf.Details(t.Context(), nil)
	did(t, "myself of nobody", 401, r, err)
}

func (a *atlassian) serverInfo(t *testing.T) {
	info, r, err := a.v2.Server.Info(t.Context())
	did(t, "server info", 200, r, err)
	want(t, "deployment", map[bool]string{true: "Cloud", false: "Server"}[a.cloud], info.DeploymentType)
	want(t, "address", a.jira, info.BaseURL)
}

func (a *atlassian) listProjects(t *testing.T) {
	var keys []string
	for {
		page, r, err := a.v3.Project.Search(t.Context(), &models.ProjectSearchOptionsScheme{OrderBy: "key"}, len(keys), 1)
		did(t, "projects", 200, r, err)
		for _, p := range page.Values {
			keys = append(keys, p.Key)
		}
		if page.IsLast {
			break
		}
	}
	want(t, "projects", a.projects(), keys)
	one, r, err := a.v2.Project.Get(t.Context(), keys[0], nil)
	did(t, "project", 200, r, err)
	want(t, "key", keys[0], one.Key)
	_, r, err = a.v2.Project.Get(t.Context(), "NOPE", nil)
	did(t, "no project", 404, r, err)
}

// projects are the keys before the numbers of all issues.
func (a *atlassian) projects() []string {
	seen := map[string]bool{}
	for key := range a.before {
		project, _, _ := strings.Cut(key, "-")
		seen[project] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// jql restricts a search to everything there is.
func (a *atlassian) jql() string {
	return "project in (" + strings.Join(a.projects(), ", ") + ") ORDER BY key ASC"
}

func (a *atlassian) searchByToken(t *testing.T) {
	var read []string
	token := ""
	for {
		page, r, err := a.v3.Issue.Search.SearchJQL(t.Context(), a.jql(), []string{"summary", "description"}, nil, 17, token)
		did(t, "search", 200, r, err)
		for _, i := range page.Issues {
			read = append(read, i.Key)
			summary, _ := a.before[i.Key]["summary"].(string) // one issue has none
			want(t, "summary of "+i.Key, summary, i.Fields.Summary)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	want(t, "issues", len(a.before), len(read))
	want(t, "keys", slices.Sorted(maps.Keys(a.before)), slices.Sorted(slices.Values(read)))
	_, r, err := a.v3.Issue.Search.SearchJQL(t.Context(), a.jql(), nil, nil, 17, "nonsense")
	did(t, "a token that is none", 400, r, err)
	_, r, err = a.v3.Issue.Search.SearchJQL(t.Context(), "order by key", nil, nil, 17, "")
	did(t, "an unbounded search", 400, r, err)
}

func (a *atlassian) searchTheOldWay(t *testing.T) {
	_, r, err := a.v3.Issue.Search.Get(t.Context(), a.jql(), nil, nil, 0, 50, "") //nolint:staticcheck // that it is gone is the point
	did(t, "search by GET", 410, r, err)
	_, r, err = a.v2.Issue.Search.Post(t.Context(), a.jql(), nil, nil, 0, 50, "") //nolint:staticcheck // as above
	did(t, "search by POST", 410, r, err)
}

func (a *atlassian) searchByPlace(t *testing.T) {
	for name, search := range map[string]func(context.Context, string, []string, []string, int, int, string) (*models.IssueSearchSchemeV2, *models.ResponseScheme, error){
		"GET": a.v2.Issue.Search.Get, "POST": a.v2.Issue.Search.Post, //nolint:staticcheck // Data Center has no other
	} {
		var read []string
		for {
			page, r, err := search(t.Context(), a.jql(), []string{"summary"}, nil, len(read), 40, "strict")
			did(t, "search by "+name, 200, r, err)
			for _, i := range page.Issues {
				read = append(read, i.Key)
			}
			if len(read) >= page.Total || len(page.Issues) == 0 {
				break
			}
		}
		want(t, "keys by "+name, slices.Sorted(maps.Keys(a.before)), slices.Sorted(slices.Values(read)))
	}
	_, r, err := a.v2.Issue.Search.SearchJQL(t.Context(), a.jql(), nil, nil, 40, "")
	did(t, "search by token", 404, r, err)
}

func (a *atlassian) countAndFetch(t *testing.T) {
	count, r, err := a.v3.Issue.Search.ApproximateCount(t.Context(), a.jql())
	did(t, "count", 200, r, err)
	want(t, "count", len(a.before), count.Count)
	some := slices.Sorted(maps.Keys(a.before))[:3]
	fetched, r, err := a.v3.Issue.Search.BulkFetch(t.Context(), append(some, "NOPE-1"), []string{"summary"})
	did(t, "fetch", 200, r, err)
	var keys []string
	for _, i := range fetched.Issues {
		keys = append(keys, i.Key)
	}
	want(t, "fetched", some, slices.Sorted(slices.Values(keys)))
	id := idNumber(t, a.before[some[0]]["id"])
	matches, r, err := a.v3.Issue.Search.Checks(t.Context(), &models.IssueSearchCheckPayloadScheme{IssueIDs: []int{id}, JQLs: []string{"key = " + some[0], "key = " + some[1], "colour = red"}})
	did(t, "match", 200, r, err)
	want(t, "matches", []int{1, 0, 0}, []int{len(matches.Matches[0].MatchedIssues), len(matches.Matches[1].MatchedIssues), len(matches.Matches[2].MatchedIssues)})
	want(t, "faults", true, len(matches.Matches[2].Errors) > 0)
}

// described is an issue with a description.
func (a *atlassian) described(t *testing.T) string {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(a.before)) {
		if text, ok := a.before[key]["description"].(string); ok && text != "" {
			return key
		}
	}
	t.Fatal("no issue has a description")
	return ""
}

func (a *atlassian) readIssue(t *testing.T) {
	key := a.described(t)
	text, r, err := a.v2.Issue.Get(t.Context(), key, nil, []string{"changelog", "renderedFields", "transitions", "editmeta", "names"})
	did(t, "issue", 200, r, err)
	want(t, "description", a.before[key]["description"], any(text.Fields.Description))
	want(t, "changelog and transitions", []bool{true, true}, []bool{text.Changelog != nil, len(text.Transitions) > 0})
	_, r, err = a.v2.Issue.Get(t.Context(), "NOPE-1", nil, nil)
	did(t, "no issue", 404, r, err)
	if !a.cloud {
		return
	}
	rich, r, err := a.v3.Issue.Get(t.Context(), key, []string{"description", "summary"}, []string{"renderedFields"})
	did(t, "issue", 200, r, err)
	want(t, "kind of description", "doc", rich.Fields.Description.Type)
	want(t, "rendered", true, strings.HasPrefix(rich.RenderedFields["description"].(string), "<p>"))
}
