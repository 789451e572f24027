package jirasim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// cloudPageBody is a page as a client reads it.
type cloudPageBody struct {
	Issues        []struct{ ID, Key string }
	NextPageToken string
	IsLast        bool
	Total         *int
}

// pages reads a search to its end and gives all ids.
func pages(t tester, s *Site, body map[string]any) []string {
	t.Helper()
	var out []string
	for range 1000 {
		raw, _ := json.Marshal(body)
		status, got := ask(t, s, "POST", "/rest/api/3/search/jql", string(raw))
		var p cloudPageBody
		if err := json.Unmarshal(got, &p); err != nil || status != 200 {
			t.Fatalf("status %d: %s, %v", status, got, err)
		}
		if p.Total != nil {
			t.Fatalf("a page has a total: %s", got)
		}
		for _, i := range p.Issues {
			out = append(out, i.ID)
		}
		if p.IsLast != (p.NextPageToken == "") {
			t.Fatalf("isLast %t with token %q", p.IsLast, p.NextPageToken)
		}
		if p.IsLast {
			return out
		}
		body["nextPageToken"] = p.NextPageToken
	}
	t.Fatalf("no end of pages")
	return nil
}

func TestPagesGiveEveryIssueOnceWhateverTheirSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 130).Draw(t, "issues")
		s := crowd(t, n)
		s.Switch(func(w *Switches) { w.PageCap = rapid.IntRange(0, 40).Draw(t, "cap") })
		body := map[string]any{"jql": "id > 0 ORDER BY id ASC", "maxResults": rapid.IntRange(1, 200).Draw(t, "size")}
		if rapid.Bool().Draw(t, "fields") {
			body["fields"] = []string{"summary"}
		}
		var want []string
		for at := range n {
			want = append(want, fmt.Sprint(1000+at))
		}
		if diff := cmp.Diff(want, pages(t, s, body)); diff != "" {
			t.Fatalf("ids (-want +got):\n%s", diff)
		}
	})
}

func TestPagesOfDataCenterAreCutAt1000(t *testing.T) {
	s := crowd(t, 1100)
	seed := s.seed
	seed.Deployment = DataCenter
	s = New(seed, s.now)
	for start, want := range map[int]int{0: 1000, 1000: 100, 2000: 0} {
		_, body := ask(t, s, "POST", "/rest/api/2/search", fmt.Sprintf(`{"jql":"ORDER BY id","startAt":%d,"maxResults":5000,"fields":["id"]}`, start))
		var p struct {
			StartAt, MaxResults, Total int
			Issues                     []struct{ ID, Key string }
		}
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Issues) != want || p.Total != 1100 || p.MaxResults != 1000 || p.StartAt != start {
			t.Errorf("from %d: %d issues, total %d, maxResults %d", start, len(p.Issues), p.Total, p.MaxResults)
		}
	}
}

func TestCloudGivesOnlyIDsUnlessAsked(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	_, body := ask(t, s, "POST", "/rest/api/3/search/jql", `{"jql":"key = PAY-1"}`)
	if want := `{"isLast":true,"issues":[{"id":"1001"}]}`; string(body) != want {
		t.Errorf("got %s, want %s", body, want)
	}
}

func TestATokenGoesOnWithItsOwnSearchOnly(t *testing.T) {
	now := noon
	s := New(small(Cloud), func() time.Time { return now })
	_, body := ask(t, s, "POST", "/rest/api/3/search/jql", `{"jql":"project = PAY","maxResults":1}`)
	var p cloudPageBody
	if err := json.Unmarshal(body, &p); err != nil || p.NextPageToken == "" {
		t.Fatalf("%s, %v", body, err)
	}
	next := func(jql string) int {
		status, _ := ask(t, s, "POST", "/rest/api/3/search/jql", fmt.Sprintf(`{"jql":%q,"maxResults":1,"nextPageToken":%q}`, jql, p.NextPageToken))
		return status
	}
	if got := []int{next("project = OPS"), next("project = PAY"), next("project = PAY")}; !slices.Equal(got, []int{400, 200, 200}) {
		t.Errorf("statuses %v", got)
	}
	now = now.Add(8 * 24 * time.Hour)
	if got := next("project = PAY"); got != 400 {
		t.Errorf("after eight days: status %d", got)
	}
}

func TestSearchesLagAndReconciledIssuesDoNot(t *testing.T) {
	now := noon
	s := New(small(Cloud), func() time.Time { return now })
	s.Switch(func(w *Switches) { w.SearchLag = time.Minute })
	ask(t, s, "PUT", "/rest/api/2/issue/PAY-1", `{"update":{"labels":[{"add":"new"}]}}`)
	rank(t, s, []string{"PAY-4"}, "rankBeforeIssue", "PAY-1")
	ask(t, s, "DELETE", "/rest/api/2/issue/OPS-1", "")
	created, _ := ask(t, s, "POST", "/rest/api/2/issue", `{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Story"},"summary":"made"}}`)
	if created != 201 {
		t.Fatalf("create: status %d", created)
	}
	look := func() string {
		return strings.Join([]string{found(t, s, "labels = new"), found(t, s, "project = PAY ORDER BY Rank"), found(t, s, "project = OPS")}, "; ")
	}
	if got, want := look(), "; PAY-1 PAY-2 PAY-3 PAY-4; OPS-1"; got != want {
		t.Errorf("at once: %s, want %s", got, want)
	}
	_, body := ask(t, s, "POST", "/rest/api/3/search/jql", `{"jql":"labels = new","fields":["key"],"reconcileIssues":[1001]}`)
	if got := keysIn(t, body); got != "PAY-1" {
		t.Errorf("reconciled: %q", got)
	}
	_, body = ask(t, s, "POST", "/rest/api/3/issue/bulkfetch", `{"issueIdsOrKeys":["PAY-1"],"fields":["labels"]}`)
	if !strings.Contains(string(body), `"labels":["new"]`) {
		t.Errorf("bulk fetch: %s", body)
	}
	now = now.Add(time.Minute)
	if got, want := look(), "PAY-1; PAY-4 PAY-1 PAY-2 PAY-3; OPS-2"; got != want {
		t.Errorf("a minute later: %s, want %s", got, want)
	}
}

func TestOddPagesOfASwitchedSite(t *testing.T) {
	s := smallSite(t, Cloud, func(w *Switches) { w.Vanish = map[string]int{"PAY-2": 1} })
	if first, again := found(t, s, "key = PAY-2"), found(t, s, "key = PAY-2"); first != "" || again != "PAY-2" {
		t.Errorf("a vanishing issue: %q, then %q", first, again)
	}
	s.Switch(func(w *Switches) { w.RepeatToken = 1 })
	_, body := ask(t, s, "POST", "/rest/api/3/search/jql", `{"jql":"project = PAY","maxResults":1}`)
	var p, q cloudPageBody
	_ = json.Unmarshal(body, &p)
	_, body = ask(t, s, "POST", "/rest/api/3/search/jql", fmt.Sprintf(`{"jql":"project = PAY","maxResults":1,"nextPageToken":%q}`, p.NextPageToken))
	_ = json.Unmarshal(body, &q)
	if p.NextPageToken == "" || q.NextPageToken != p.NextPageToken {
		t.Errorf("tokens %q and %q, want the same", p.NextPageToken, q.NextPageToken)
	}
}

func TestBulkFetchSortsByIDAndSkipsWhatIsMissing(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	if key, ok := s.MoveIssue("PAY-2", "OPS"); !ok || key != "OPS-2" {
		t.Fatalf("moved to %q, %t", key, ok)
	}
	_, body := ask(t, s, "POST", "/rest/api/3/issue/bulkfetch", `{"issueIdsOrKeys":["PAY-4","NOPE-1","1001","PAY-2"],"fields":["summary"]}`)
	if got := keysIn(t, body); got != "PAY-1 OPS-2 PAY-4" || !strings.Contains(string(body), `"issueErrors":[]`) {
		t.Errorf("got %q in %s", got, body)
	}
	if status, body := ask(t, s, "GET", "/rest/api/2/issue/PAY-2?fields=summary", ""); status != 200 || !strings.Contains(string(body), `"key":"OPS-2"`) {
		t.Errorf("by the old key: status %d, %s", status, body)
	}
}
