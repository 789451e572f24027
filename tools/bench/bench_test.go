package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// generated gives the bytes of n issues.
func generated(t *testing.T, n int, seed uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := generate(&b, n, seed, day); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameSeedGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(generated(t, 50, 7), generated(t, 50, 7)) {
		t.Error("two backlogs of one seed differ")
	}
	if bytes.Equal(generated(t, 50, 7), generated(t, 50, 8)) {
		t.Error("two seeds give one backlog")
	}
}

// made is what the test looks at of an issue.
type made struct {
	ID, Key string
	Fields  struct {
		Summary  string
		Created  string
		Duedate  string
		Priority struct{ ID, Name string }
		Status   struct {
			StatusCategory struct{ Key string }
		}
		Points     *float64 `json:"customfield_10023"`
		Issuelinks []struct {
			InwardIssue, OutwardIssue struct{ ID string }
		}
		Comment struct {
			Total    int
			Comments []struct{ Created string }
		}
	}
}

func TestEveryIssueIsOpenAndWhole(t *testing.T) {
	const n = 300
	seen := map[string]bool{}
	var due, estimated, commented int
	for line := range bytes.Lines(generated(t, n, 1)) {
		var i made
		if err := json.Unmarshal(line, &i); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("BENCH-%d", len(seen)+1); i.Key != want || seen[i.ID] {
			t.Errorf("issue %s %s, want key %s and an id of its own", i.ID, i.Key, want)
		}
		seen[i.ID] = true
		f := i.Fields
		if f.Summary == "" || f.Priority.ID == "" || f.Status.StatusCategory.Key == "done" || f.Status.StatusCategory.Key == "" {
			t.Errorf("%s lacks something or is done: %s", i.Key, line)
		}
		if at, err := time.Parse(stamp, f.Created); err != nil || at.After(day) {
			t.Errorf("%s was created %q (%v), want a time before the day", i.Key, f.Created, err)
		}
		if f.Comment.Total != len(f.Comment.Comments) {
			t.Errorf("%s has %d comments and says %d", i.Key, len(f.Comment.Comments), f.Comment.Total)
		}
		due += min(1, len(f.Duedate))
		estimated += one(f.Points != nil)
		commented += min(1, f.Comment.Total)
	}
	if len(seen) != n {
		t.Errorf("%d issues, want %d", len(seen), n)
	}
	for what, some := range map[string]int{"due": due, "estimated": estimated, "commented": commented} {
		if some < n/10 || some > n*9/10 {
			t.Errorf("%d of %d issues are %s, want some and not all", some, n, what)
		}
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func TestLinksHaveTwoEnds(t *testing.T) {
	outward, inward := map[string]bool{}, map[string]bool{}
	for line := range bytes.Lines(generated(t, 200, 1)) {
		var i made
		if err := json.Unmarshal(line, &i); err != nil {
			t.Fatal(err)
		}
		for _, l := range i.Fields.Issuelinks {
			if l.OutwardIssue.ID != "" {
				outward[i.ID+" "+l.OutwardIssue.ID] = true
			} else {
				inward[l.InwardIssue.ID+" "+i.ID] = true
			}
		}
	}
	if diff := cmp.Diff(outward, inward); diff != "" || len(outward) == 0 {
		t.Errorf("%d links; ends that do not fit (-outward +inward):\n%s", len(outward), diff)
	}
}

func TestTableSetsLatenciesSideBySide(t *testing.T) {
	rows := []row{
		{Kind: cloud, Items: 1000, Measured: 1000, Name: "ours", figures: figures{18, 0, 200 * time.Millisecond, time.Second, 32_400_000, 0}},
		{Kind: cloud, Items: 1000, Measured: 1000, Name: "script", Note: "reads", figures: figures{10, 0, 20 * time.Millisecond, time.Second, 14_000_000, 14_000_000}},
		{Kind: cloud, Items: 1000, Measured: 1000, Latency: 20 * time.Millisecond, Name: "ours", figures: figures{19, 0, 12345 * time.Millisecond, time.Second, 33_600_000, 0}},
		{Kind: dataCenter, Items: 10000, Measured: 1000, Name: "slow", Note: "reads", figures: figures{1013, 0, time.Minute, time.Second, 5e7, 0}.scaled(10000, 1000)},
	}
	want := `### 1,000 items, Jira Cloud

| what | requests | writes | wall, 0 ms | wall, 20 ms | peak memory | |
|---|--:|--:|--:|--:|--:|---|
| ours | 18–19 | 0 | 0.20 s | 12.3 s | 34 MB |  |
| script | 10 | 0 | 0.02 s |  | ≤ 14 MB | reads |

### 10,000 items, Jira Data Center

| what | requests | writes | wall, 0 ms | peak memory | |
|---|--:|--:|--:|--:|---|
| slow | 10,130 | 0 | 600 s | 50 MB | reads; 1,000 of 10,000 measured, the rest extrapolated |

`
	var b strings.Builder
	if err := writeTables(&b, rows); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("writeTables() (-want +got):\n%s", diff)
	}
}

func TestLargeBacklogsOfSerialContendersAreExtrapolated(t *testing.T) {
	small := row{Kind: cloud, Items: 100, Measured: 100, Contender: "slow", Name: "slow, pull", figures: figures{103, 100, time.Second, time.Second, 7, 0}}
	b := &bencher{options: options{sample: 100}, rows: []row{small}}
	// What is known is not measured again, so no site is needed.
	if err := b.one(t.Context(), contender{name: "slow", serial: true}, row{Kind: cloud, Items: 250, Contender: "slow"}); err != nil {
		t.Fatal(err)
	}
	want := small
	want.Items, want.figures = 250, figures{257, 250, 2500 * time.Millisecond, 2500 * time.Millisecond, 7, 0}
	if diff := cmp.Diff([]row{small, want}, b.rows, cmp.AllowUnexported(row{}, figures{})); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestKeptRowsComeBackAsTheyWere(t *testing.T) {
	o := options{kept: filepath.Join(t.TempDir(), "rows.json")}
	b := &bencher{options: o, rows: []row{{Kind: cloud, Items: 5, Measured: 5, Latency: time.Second, Name: "x", figures: figures{1, 2, 3, time.Second, 4, 0}}}}
	if err := b.keep(); err != nil {
		t.Fatal(err)
	}
	again := &bencher{options: o}
	if err := again.recall(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.rows, again.rows, cmp.AllowUnexported(row{}, figures{})); diff != "" {
		t.Errorf("recall() (-kept +read):\n%s", diff)
	}
}

func TestUnknownSizesAndContendersAreRefused(t *testing.T) {
	for _, args := range [][]string{{"-items", "many"}, {"-items", "0"}, {"-latency", "20"}, {"-jira", "moon"}, {"-peers", "nobody"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("parse(%q) gives no error", args)
		}
	}
}

func TestOwnPeakIsOfTheRightSize(t *testing.T) {
	if peak := ownPeak(); peak < 1e6 || peak > 1e9 {
		t.Errorf("ownPeak() = %d bytes, want some megabytes", peak)
	}
}
