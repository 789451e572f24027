package jirasim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is the clock of all tests that need none of their own.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// labPath gives the path of a file among the lab's data of Jira, or skips the test.
func labPath(t testing.TB, name string) string {
	t.Helper()
	lab := os.Getenv("STACKRANK_LAB")
	if lab == "" {
		t.Skip("STACKRANK_LAB is not set: it names the folder with real data")
	}
	return filepath.Join(lab, "data", "jira", filepath.FromSlash(name))
}

// labFiles gives the files of a folder there, of which there must be some.
func labFiles(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(labPath(t, folder+"/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v; want some", folder, len(files), err)
	}
	return files
}

// labSite builds a site from real data, or skips the test.
func labSite(t testing.TB, deployment Deployment, files ...string) *Site {
	t.Helper()
	seed := Seed{Deployment: deployment}
	for _, name := range files {
		f, err := os.Open(labPath(t, name))
		if err != nil {
			t.Fatal(err)
		}
		err = seed.Read(f)
		_ = f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return New(seed, func() time.Time { return noon })
}

// tester is what helpers need of a test, a benchmark or a rapid check.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// ask sends a request as the acting user and gives status and body.
func ask(t tester, s *Site, method, target, body string) (int, []byte) {
	t.Helper()
	w := send(t, s, method, target, body)
	return w.Code, w.Body.Bytes()
}

func send(t tester, s *Site, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	user, token := s.Credentials()
	r.SetBasicAuth(user, token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const (
	titanium  = "titanium/timob.jsonl"
	duraspace = "duraspace/duracloud-hydra.jsonl"
	apache    = "apache/apache-due-votes-changelog.jsonl"
)

func TestOpenIssuesOfRealTrackersAreCounted(t *testing.T) {
	tests := []struct {
		file string
		jql  string
		want int
	}{
		{titanium, "statusCategory != Done", 1671},
		{titanium, "resolution = EMPTY", 1707},
		{apache, "statusCategory != Done", 5},
		{duraspace, "statusCategory != Done", 239},
		{duraspace, "due is not EMPTY", 239},
		{duraspace, `cf[10023] is not EMPTY`, 580},
		{apache, `due is not EMPTY`, 148},
	}
	sites := map[string]*Site{}
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.jql, func(t *testing.T) {
			if sites[tt.file] == nil {
				sites[tt.file] = labSite(t, Cloud, tt.file)
			}
			body, _ := json.Marshal(map[string]string{"jql": tt.jql})
			status, got := ask(t, sites[tt.file], "POST", "/rest/api/3/search/approximate-count", string(body))
			var count struct{ Count int }
			if err := json.Unmarshal(got, &count); err != nil || status != http.StatusOK {
				t.Fatalf("status %d, body %s, %v", status, got, err)
			}
			if count.Count != tt.want {
				t.Errorf("%d issues, want %d", count.Count, tt.want)
			}
		})
	}
}

func BenchmarkPageOfRealIssues(b *testing.B) {
	s := labSite(b, Cloud, titanium)
	for b.Loop() {
		status, body := ask(b, s, "POST", "/rest/api/2/search/jql", `{"jql":"project = TIMOB AND statusCategory != Done ORDER BY cf[10019] ASC","maxResults":100,"fields":["*all"]}`)
		if status != http.StatusOK {
			b.Fatalf("%s", body)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	s := labSite(b, Cloud, titanium)
	for b.Loop() {
		s.Reset()
	}
}

// TestRealFieldsSurvive holds the dump against the export: every field that
// the export has must come back as it was, and none may appear but the ones
// that the site provides.
func TestRealFieldsSurvive(t *testing.T) {
	for _, file := range []string{titanium, duraspace, apache, "cloud/devlake/issues-with-links.jsonl", "cloud/jirametrics/SP-1.json", "encoding/CB-5751.broken-utf8.json"} {
		t.Run(file, func(t *testing.T) {
			deployment := DataCenter
			if strings.HasPrefix(file, "cloud/jirametrics") {
				deployment = Cloud
			}
			s := labSite(t, deployment, file)
			provided := []string{s.ranks[0].id, s.fieldNamed("Priority Score").id, s.fieldNamed("Stack Rank").id}
			got := issuesByKey(t, s.Dump())
			for _, raw := range s.seed.Issues {
				var source plainIssue
				if err := json.Unmarshal(raw, &source); err != nil {
					t.Fatal(err)
				}
				have := got[source.Key]
				for _, id := range provided {
					if _, ok := source.Fields[id]; !ok {
						delete(have.Fields, id)
					}
				}
				if diff := cmp.Diff(source.Fields, have.Fields, cmp.FilterPath(isSelf, cmp.Ignore())); diff != "" {
					t.Fatalf("%s (-export +site):\n%s", source.Key, diff)
				}
			}
			if len(got) != len(s.seed.Issues) {
				t.Errorf("%d issues of %d", len(got), len(s.seed.Issues))
			}
		})
	}
}

type plainIssue struct {
	Key    string
	Fields map[string]any
}

func issuesByKey(t *testing.T, dump json.RawMessage) map[string]plainIssue {
	t.Helper()
	var d struct{ Issues []plainIssue }
	if err := json.Unmarshal(dump, &d); err != nil {
		t.Fatal(err)
	}
	out := map[string]plainIssue{}
	for _, i := range d.Issues {
		out[i.Key] = i
	}
	return out
}

// isSelf says whether a path leads to a link, which follows the called host.
func isSelf(p cmp.Path) bool {
	at, ok := p.Last().(cmp.MapIndex)
	return ok && at.Key().String() == "self"
}

func TestFieldsKeyedByNameGetIDs(t *testing.T) {
	s := labSite(t, Cloud, "cloud/bitovi/bitovi-training.json")
	_, body := ask(t, s, "POST", "/rest/api/3/search/jql", `{"jql":"due is not EMPTY AND \"Story points\" > 0 ORDER BY Rank","fields":["duedate","issuetype","summary"],"maxResults":1}`)
	for _, want := range []string{`"duedate":"20`, `"issuetype":{`, `"summary":"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

func TestRealRanksKeepTheirOrder(t *testing.T) {
	s := labSite(t, Cloud, duraspace)
	if len(s.ranks) != 2 {
		t.Fatalf("%d rank fields, want 2", len(s.ranks))
	}
	for _, r := range s.ranks {
		got := pages(t, s, map[string]any{"jql": "id > 0 ORDER BY cf[" + strings.TrimPrefix(r.id, customPrefix) + "] ASC"})
		var values []string
		for _, id := range got {
			values = append(values, s.lookup(id).facts.ranks[r.place])
		}
		if !slices.IsSorted(values) || len(got) != len(s.seed.Issues) {
			t.Errorf("%s: %d issues, sorted %t", r.id, len(got), slices.IsSorted(values))
		}
	}
}
