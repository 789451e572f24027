package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// order gives the keys in rank order as a search for everything gives them.
func order(t tester, s *Site, field string) []string {
	t.Helper()
	return strings.Fields(found(t, s, "id > 0 ORDER BY "+field))
}

// ranks gives the rank values in the order of the keys.
func ranksOf(t tester, s *Site, keys []string, field string) []string {
	t.Helper()
	var out []string
	for _, key := range keys {
		_, body := ask(t, s, "GET", "/rest/api/2/issue/"+key+"?fields="+field, "")
		var i struct{ Fields map[string]string }
		if err := json.Unmarshal(body, &i); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		out = append(out, i.Fields[field])
	}
	return out
}

// rank sends one call and gives its status and body.
func rank(t tester, s *Site, issues []string, side, anchor string) (int, string) {
	t.Helper()
	body, _ := json.Marshal(map[string]any{"issues": issues, side: anchor})
	status, got := ask(t, s, "PUT", "/rest/agile/1.0/issue/rank", string(body))
	return status, string(got)
}

// crowd is a site with n issues of one project.
func crowd(t tester, n int) *Site {
	t.Helper()
	seed := Seed{}
	for i := range n {
		seed.Issues = append(seed.Issues, fmt.Appendf(nil, `{"id":"%d","key":"PAY-%d","fields":{"summary":"s"}}`, 1000+i, i+1))
	}
	return New(seed, func() time.Time { return noon })
}

func TestRankPutsIssuesInListOrderNextToTheAnchor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := crowd(t, 12)
		want := order(t, s, "Rank")
		for range rapid.IntRange(1, 25).Draw(t, "calls") {
			issues := rapid.SliceOfNDistinct(rapid.SampledFrom(want), 1, 6, rapid.ID[string]).Draw(t, "issues")
			anchor := rapid.SampledFrom(want).Draw(t, "anchor")
			side := rapid.SampledFrom([]string{"rankBeforeIssue", "rankAfterIssue"}).Draw(t, "side")
			if status, body := rank(t, s, issues, side, anchor); status != http.StatusNoContent {
				t.Fatalf("status %d: %s", status, body)
			}
			want = moved(want, issues, anchor, side == "rankBeforeIssue")
		}
		got := order(t, s, "Rank")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("order (-want +got):\n%s", diff)
		}
		values := ranksOf(t, s, got, "customfield_10019")
		if !slices.IsSorted(values) || len(slices.Compact(slices.Clone(values))) != len(values) {
			t.Fatalf("values do not rise: %v", values)
		}
	})
}

// moved is what a rank call must do, told by taking issues out of the list
// and putting them back in.
func moved(keys, issues []string, anchor string, before bool) []string {
	issues = slices.DeleteFunc(slices.Clone(issues), func(k string) bool { return k == anchor })
	rest := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return slices.Contains(issues, k) })
	at := slices.Index(rest, anchor)
	if !before {
		at++
	}
	return slices.Insert(rest, at, issues...)
}

func TestManyMovesIntoOneGapKeepTheOrder(t *testing.T) {
	s := crowd(t, 3)
	for n := range 3000 {
		if status, body := rank(t, s, []string{fmt.Sprintf("PAY-%d", 2+n%2)}, "rankAfterIssue", "PAY-1"); status != http.StatusNoContent {
			t.Fatalf("status %d: %s", status, body)
		}
	}
	got := order(t, s, "Rank")
	if want := []string{"PAY-1", "PAY-3", "PAY-2"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	for _, v := range ranksOf(t, s, got, "customfield_10019") {
		if len(v) > rankLimit || !rankValue.MatchString(v) {
			t.Errorf("rank %q", v)
		}
	}
}

func TestAnIssueRankedNextToItselfStays(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	before := order(t, s, "Rank")
	if status, body := rank(t, s, []string{"PAY-2"}, "rankBeforeIssue", "PAY-2"); status != http.StatusNoContent {
		t.Fatalf("status %d: %s", status, body)
	}
	if diff := cmp.Diff(before, order(t, s, "Rank")); diff != "" {
		t.Error(diff)
	}
}

func TestABusyIssueGetsAnEntryAndTheOthersMove(t *testing.T) {
	s := smallSite(t, Cloud, func(w *Switches) { w.RankBusy = map[string]int{"PAY-3": 1} })
	status, body := rank(t, s, []string{"1005", "PAY-3"}, "rankBeforeIssue", "PAY-1")
	want := `{"entries":[{"issueId":1005,"issueKey":"PAY-4","status":200},{"issueId":1003,"issueKey":"PAY-3","status":503,"errors":["JIRA Agile cannot execute the rank operation at this time. Please try again later."]}]}`
	if status != http.StatusMultiStatus || body != want {
		t.Errorf("status %d: %s", status, body)
	}
	if got := order(t, s, "Rank"); !slices.Equal(got, strings.Fields("PAY-4 PAY-1 PAY-2 PAY-3 OPS-1")) {
		t.Errorf("order %v", got)
	}
	if status, _ := rank(t, s, []string{"PAY-3"}, "rankBeforeIssue", "PAY-1"); status != http.StatusNoContent {
		t.Errorf("the second try answers %d", status)
	}
}

func TestTheTwoRankFieldsAreApart(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	status, body := ask(t, s, "PUT", "/rest/agile/1.0/issue/rank", `{"issues":["PAY-1"],"rankBeforeIssue":"PAY-4","rankCustomFieldId":10262}`)
	if status != http.StatusNoContent {
		t.Fatalf("status %d: %s", status, body)
	}
	if got := order(t, s, "cf[10262]"); got[0] != "PAY-1" {
		t.Errorf("old rank %v", got)
	}
	if got := order(t, s, "cf[10019]"); !slices.Equal(got, strings.Fields("PAY-1 PAY-2 PAY-3 OPS-1 PAY-4")) {
		t.Errorf("rank %v", got)
	}
}

func TestSplitRanksMisleadButTheOrderHolds(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	before := order(t, s, "Rank")
	s.SplitRanks()
	got := order(t, s, "Rank")
	if diff := cmp.Diff(before, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	values := ranksOf(t, s, got, "customfield_10019")
	if slices.IsSorted(values) || values[0][0] == values[len(values)-1][0] {
		t.Errorf("values %v: want two buckets that compare the wrong way", values)
	}
	if status, body := rank(t, s, []string{"PAY-4"}, "rankBeforeIssue", "PAY-1"); status != http.StatusNoContent {
		t.Fatalf("status %d: %s", status, body)
	}
	if got := order(t, s, "Rank"); !slices.Equal(got, moved(before, []string{"PAY-4"}, "PAY-1", true)) {
		t.Errorf("after a move %v", got)
	}
}

func TestRankingIsToldInTheChangelogAndLeavesUpdatedAlone(t *testing.T) {
	s := smallSite(t, Cloud, nil)
	rank(t, s, []string{"PAY-4"}, "rankBeforeIssue", "PAY-1")
	_, body := ask(t, s, "GET", "/rest/api/2/issue/PAY-4?fields=updated&expand=changelog", "")
	for _, want := range []string{`"updated":"2026-05-20T10:00:00.000-0500"`, `"fieldId":"customfield_10019"`, `"toString":"Ranked higher"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

func TestValuesBetweenTwoRanksRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`0\|[0-9a-z]{6}:([0-9a-z]{0,4}[1-9a-z])?`)
		low, high := value.Draw(t, "low"), value.Draw(t, "high")
		if low == high {
			return // nothing lies between equals
		}
		low, high = min(low, high), max(low, high)
		n := rapid.IntRange(1, 60).Draw(t, "n")
		got := append([]string{low}, between(low, high, n)...)
		got = append(got, high)
		for at := 1; at < len(got); at++ {
			if got[at-1] >= got[at] || !rankValue.MatchString(got[at]) {
				t.Fatalf("%q is followed by %q", got[at-1], got[at])
			}
		}
	})
}
