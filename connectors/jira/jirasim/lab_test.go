package jirasim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// noon is the clock of all tests that need none of their own.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// labSite builds a site from real data, or skips the test.
func labSite(t testing.TB, deployment Deployment, files ...string) *Site {
	t.Helper()
	lab := os.Getenv("STACKRANK_LAB")
	if lab == "" {
		t.Skip("STACKRANK_LAB names no folder with real data")
	}
	seed := Seed{Deployment: deployment}
	for _, name := range files {
		f, err := os.Open(filepath.Join(lab, "data", "jira", name))
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

// ask sends a request as the acting user and gives status and body.
func ask(t testing.TB, s *Site, method, target, body string) (int, []byte) {
	t.Helper()
	w := send(t, s, method, target, body)
	return w.Code, w.Body.Bytes()
}

func send(t testing.TB, s *Site, method, target, body string) *httptest.ResponseRecorder {
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
