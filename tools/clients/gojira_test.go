//go:build clients

package clients

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	jira "github.com/andygrunwald/go-jira"
)

// plainJira is somebody who works with go-jira, which is made for version 2
// and for Data Center, and serves Cloud where version 2 still does.
type plainJira struct {
	*sandbox
	client *jira.Client
	cloud  bool
	before map[string]thing // what the site held at the start
	me     *jira.User
	key    string // of the issue that is made and worked on
}

// TestGoJira lets github.com/andygrunwald/go-jira work with Jira.
func TestGoJira(t *testing.T) {
	for _, kind := range []string{cloud, dataCenter} {
		t.Run(kind, func(t *testing.T) {
			s := start(t, kind)
			if kind == cloud {
				s.judged(t, jiraRules)
			}
			p := &plainJira{sandbox: s, cloud: kind == cloud, before: s.issues(t)}
			p.client = p.as(t, s.token)
			walk(t, p, kind, slices.Concat(goJiraReads, goJiraWrites, goJiraEnds))
		})
	}
}

var goJiraReads = []step[plainJira]{
	{"log in", "", (*plainJira).logIn},
	{"server info", "", (*plainJira).serverInfo},
	{"list projects", "", (*plainJira).listProjects},
	{"the old search is gone", cloud, (*plainJira).searchTheOldWay},
	{"page through a search by token", cloud, (*plainJira).searchByToken},
	{"page through a search by place", dataCenter, (*plainJira).searchByPlace},
	{"read an issue expanded", "", (*plainJira).readIssue},
	{"list what the site knows", "", (*plainJira).lists},
	{"ask what issues need", "", (*plainJira).metas},
	{"find people", "", (*plainJira).findPeople},
	{"list boards and sprints", "", (*plainJira).boards},
}

// as gives the library, logged in with a token.
func (p *plainJira) as(t *testing.T, token string) *jira.Client {
	t.Helper()
	client := (&jira.PATAuthTransport{Token: token}).Client()
	if p.cloud {
		client = (&jira.BasicAuthTransport{Username: p.user, Password: token}).Client()
	}
	out, err := jira.NewClient(client, p.jira)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// went fails the test when a call did not end with the wanted status, and
// closes what the library leaves open.
func went(t *testing.T, what string, wanted int, got *jira.Response, err error) {
	t.Helper()
	if got == nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer got.Body.Close()          //nolint:errcheck // nothing is left to lose
	text, _ := io.ReadAll(got.Body) // empty where the library has read it
	switch {
	case got.StatusCode != wanted:
		t.Fatalf("%s: status %d, want %d: %v %s", what, got.StatusCode, wanted, err, text)
	case (err == nil) != (wanted < 300):
		t.Fatalf("%s: error %v with status %d", what, err, wanted)
	}
}

// raw sends what the library has no call for.
func (p *plainJira) raw(t *testing.T, method, path string, body, into any) (*jira.Response, error) {
	t.Helper()
	req, err := p.client.NewRequestWithContext(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return p.client.Do(req, into)
}

func (p *plainJira) logIn(t *testing.T) {
	me, r, err := p.client.User.GetSelfWithContext(t.Context())
	went(t, "myself", 200, r, err)
	want(t, "named by", []bool{p.cloud, !p.cloud}, []bool{me.AccountID != "", me.Name != ""})
	p.me = me
	_, r, err = p.as(t, "wrong").User.GetSelfWithContext(t.Context())
	went(t, "with a wrong token", 401, r, err)
	nobody, err := jira.NewClient(nil, p.jira)
	if err != nil {
		t.Fatal(err)
	}
	_, r, err = nobody.User.GetSelfWithContext(t.Context())
	went(t, "without any", 401, r, err)
}

func (p *plainJira) serverInfo(t *testing.T) {
	var info struct{ DeploymentType, BaseURL string }
	r, err := p.raw(t, http.MethodGet, "rest/api/2/serverInfo", nil, &info)
	went(t, "server info", 200, r, err)
	want(t, "deployment", map[bool]string{true: "Cloud", false: "Server"}[p.cloud], info.DeploymentType)
	want(t, "address", p.jira, info.BaseURL)
}

// projects are the keys before the numbers of all issues.
func (p *plainJira) projects() []string {
	seen := map[string]bool{}
	for key := range p.before {
		project, _, _ := strings.Cut(key, "-")
		seen[project] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (p *plainJira) listProjects(t *testing.T) {
	list, r, err := p.client.Project.GetListWithContext(t.Context())
	went(t, "projects", 200, r, err)
	var keys []string
	for _, one := range *list {
		keys = append(keys, one.Key)
	}
	want(t, "projects", p.projects(), slices.Sorted(slices.Values(keys)))
	one, r, err := p.client.Project.GetWithContext(t.Context(), keys[0])
	went(t, "project", 200, r, err)
	want(t, "key", keys[0], one.Key)
	_, r, err = p.client.Project.GetWithContext(t.Context(), "NOPE")
	went(t, "no project", 404, r, err)
}

// jql restricts a search to everything there is.
func (p *plainJira) jql() string {
	return "project in (" + strings.Join(p.projects(), ", ") + ") ORDER BY key ASC"
}

func (p *plainJira) searchTheOldWay(t *testing.T) {
	_, r, err := p.client.Issue.SearchWithContext(t.Context(), p.jql(), &jira.SearchOptions{MaxResults: 50})
	went(t, "search", 410, r, err)
	var refusal *jira.Error
	if !errors.As(err, &refusal) || !strings.Contains(strings.Join(refusal.ErrorMessages, " "), "/rest/api/3/search/jql") {
		t.Errorf("%v does not name the search that took its place", err)
	}
	err = p.client.Issue.SearchPagesWithContext(t.Context(), p.jql(), nil, func(jira.Issue) error { return nil })
	if err == nil {
		t.Error("pages of a search that is gone")
	}
}

func (p *plainJira) searchByToken(t *testing.T) {
	var read []string
	options := &jira.SearchOptionsV2{MaxResults: 23, Fields: []string{"summary", "description"}}
	for {
		page, r, err := p.client.Issue.SearchV2JQLWithContext(t.Context(), p.jql(), options)
		went(t, "search", 200, r, err)
		for _, i := range page {
			read = append(read, i.Key)
			text, _ := p.before[i.Key]["description"].(string)
			want(t, "description of "+i.Key, text, i.Fields.Description)
		}
		want(t, "a token or the last page", r.IsLast, r.NextPageToken == "")
		if options.NextPageToken = r.NextPageToken; r.IsLast {
			break
		}
	}
	want(t, "keys", slices.Sorted(maps.Keys(p.before)), slices.Sorted(slices.Values(read)))
	_, r, err := p.client.Issue.SearchV2JQLWithContext(t.Context(), p.jql(), &jira.SearchOptionsV2{NextPageToken: "nonsense"})
	went(t, "a token that is none", 400, r, err)
}

func (p *plainJira) searchByPlace(t *testing.T) {
	var read []string
	err := p.client.Issue.SearchPagesWithContext(t.Context(), p.jql(), &jira.SearchOptions{MaxResults: 40}, func(i jira.Issue) error {
		read = append(read, i.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "keys", slices.Sorted(maps.Keys(p.before)), slices.Sorted(slices.Values(read)))
	some, r, err := p.client.Issue.SearchWithContext(t.Context(), p.jql(), &jira.SearchOptions{StartAt: len(read) - 1, MaxResults: 40, Fields: []string{"summary"}})
	went(t, "the last page", 200, r, err)
	want(t, "the last page", []int{1, len(read)}, []int{len(some), r.Total})
	_, r, err = p.client.Issue.SearchWithContext(t.Context(), "colour = red", nil)
	went(t, "a query that is none", 400, r, err)
	_, r, err = p.client.Issue.SearchV2JQLWithContext(t.Context(), p.jql(), nil)
	went(t, "search by token", 404, r, err)
}

// described is an issue with a description.
func (p *plainJira) described(t *testing.T) string {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(p.before)) {
		if text, ok := p.before[key]["description"].(string); ok && text != "" {
			return key
		}
	}
	t.Fatal("no issue has a description")
	return ""
}

func (p *plainJira) readIssue(t *testing.T) {
	key := p.described(t)
	i, r, err := p.client.Issue.GetWithContext(t.Context(), key, &jira.GetQueryOptions{Expand: "changelog,renderedFields,transitions,names"})
	went(t, "issue", 200, r, err)
	want(t, "description", p.before[key]["description"], any(i.Fields.Description))
	want(t, "extras", []bool{true, true, true, true}, []bool{i.Changelog != nil, i.RenderedFields != nil, len(i.Transitions) > 0, i.Names["summary"] == "Summary"})
	want(t, "created", true, !timeOfField(i.Fields.Created).IsZero())
	custom, r, err := p.client.Issue.GetCustomFieldsWithContext(t.Context(), key)
	went(t, "custom fields", 200, r, err)
	want(t, "rank", p.before[key][p.field(t, "Rank")], any(custom[p.field(t, "Rank")]))
	_, r, err = p.client.Issue.GetWithContext(t.Context(), "NOPE-1", nil)
	went(t, "no issue", 404, r, err)
}

// field gives the id of a field by its name.
func (p *plainJira) field(t *testing.T, name string) string {
	t.Helper()
	fields, r, err := p.client.Field.GetListWithContext(t.Context())
	went(t, "fields", 200, r, err)
	at := slices.IndexFunc(fields, func(f jira.Field) bool { return f.Name == name })
	if at < 0 {
		t.Fatalf("no field is called %s", name)
	}
	return fields[at].ID
}

// fields are the fields of the issue at work, past the client and the judge.
func (p *plainJira) fields(t *testing.T) thing {
	t.Helper()
	return p.issues(t)[p.key]
}

// same holds two values of different Go types to the same JSON.
func same(t *testing.T, what string, wanted, got any) {
	t.Helper()
	a, errA := json.Marshal(wanted)
	b, errB := json.Marshal(got)
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	want(t, what, string(a), string(b))
}
