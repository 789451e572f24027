package jira

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// labFile gives a file of the real data.
func labFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(connectortest.Lab(t, "data", "jira", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// labSite gives a site filled with one real data set.
func labSite(t *testing.T, d jirasim.Deployment, file string) jirasim.Seed {
	t.Helper()
	seed := seedOf(d)
	seed.Projects, seed.Boards, seed.Priorities = nil, nil, nil
	if err := seed.Read(bytes.NewReader(labFile(t, file))); err != nil {
		t.Fatal(err)
	}
	return seed
}

func labPull(t *testing.T, seed jirasim.Seed, jql string) (rig, work.Snapshot) {
	t.Helper()
	r := start(t, seed, func(_ *Wiring, o *Options, _ *rest.Options) { o.JQL = jql })
	return r, r.pull(t)
}

func TestLabEveryOpenIssueIsPulled(t *testing.T) {
	tests := []struct{ file, jql string }{
		{"titanium/timob.jsonl", "project = TIMOB"},
		{"duraspace/duracloud-hydra.jsonl", "created >= 2000-01-01"},
		{"apache/apache-due-votes-changelog.jsonl", "created >= 2000-01-01"},
	}
	for _, tt := range tests {
		t.Run(filepath.Base(tt.file), func(t *testing.T) {
			deployments(t, func(t *testing.T, d jirasim.Deployment) {
				seed := labSite(t, d, tt.file)
				want := map[string]bool{}
				for _, raw := range seed.Issues {
					iss, err := readIssue(raw, false)
					if err != nil {
						t.Fatal(err)
					}
					if s, err := categoryOf(iss.Fields.get("status")); err != nil || s != work.Done {
						want[string(iss.ID)] = true
					}
				}
				r, s := labPull(t, seed, tt.jql)
				for _, it := range s.Items {
					if !want[it.Ref.ID] {
						t.Errorf("%s is done, unknown or twice in the pull", it.Key)
					}
					delete(want, it.Ref.ID)
				}
				if len(want) > 0 {
					t.Errorf("%d open issues are missing", len(want))
				}
				if d == jirasim.Cloud {
					if got, most := r.site.Stats().Total, (len(seed.Issues)+99)/100+8; got > most {
						t.Errorf("%d requests for %d issues, want at most %d", got, len(seed.Issues), most)
					}
				}
				again := r.pull(t)
				if diff := gocmp.Diff(s, again, gocmp.Comparer(func(a, b work.Value) bool { return a == b })); diff != "" {
					t.Errorf("the second pull differs (-first +second):\n%s", diff)
				}
			})
		})
	}
}

func TestLabDependencies(t *testing.T) {
	_, s := labPull(t, labSite(t, jirasim.DataCenter, "duraspace/duracloud-hydra.jsonl"), "created >= 2000-01-01")
	kinds := map[work.LinkKind]int{}
	estimated, due := 0, 0
	for _, it := range s.Items {
		for _, l := range it.Links {
			kinds[l.Kind]++
		}
		if _, ok := it.Signals[work.Effort]; ok {
			estimated++
		}
		if !it.Due.IsZero() {
			due++
		}
	}
	if kinds[work.Blocks] == 0 || kinds[work.BlockedBy] == 0 {
		t.Errorf("links %v, want both directions of Dependency", kinds)
	}
	if due < 36 {
		t.Errorf("%d open issues with a due date, want the 36 that have one and those with a release to come", due)
	}
	t.Logf("%d items, links %v, %d estimated, %d due", len(s.Items), kinds, estimated, due)
}

func TestLabRanksOrderAsJiraComparesThem(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(labFile(t, "lexorank/overbaard-92.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const middle = "0|i000ct:4" // the row that all others are compared with
	for _, row := range rows[1:] {
		java, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		if got := cmp.Compare(row[1], middle); got != cmp.Compare(java, 0) {
			t.Errorf("%s against %s is %d, Java says %d", row[1], middle, got, java)
		}
	}
}

func TestLabWriteAndReadBack(t *testing.T) {
	deployments(t, func(t *testing.T, d jirasim.Deployment) {
		r, s := labPull(t, labSite(t, d, "duraspace/duracloud-hydra.jsonl"), "created >= 2000-01-01")
		for i, it := range s.Items[:20] {
			c := scored(it, 100-float64(i)/3)
			c.Edits = append(c.Edits, work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text("stackrank-" + strconv.Itoa(i))})
			if err := r.Apply(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		again := r.pull(t)
		for i, it := range again.Items[:20] {
			if it.Ref != s.Items[i].Ref || it.Outputs[work.SlotScore] != work.Number(100-float64(i)/3) || !it.HasLabel("stackrank-"+strconv.Itoa(i)) {
				t.Errorf("%s holds %v and %v, want what was written", it.Key, it.Outputs, it.Labels)
			}
		}
		movable := slices.DeleteFunc(slices.Clone(again.Items), func(it work.Item) bool { return it.Subtask })
		run := work.Run{Items: refs(movable[10:20]), Before: movable[0].Ref}
		if _, err := r.Reorder(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		after := refs(slices.DeleteFunc(r.pull(t).Items, func(it work.Item) bool { return it.Subtask }))
		if want := slices.Concat(run.Items, []work.Ref{run.Before}); !slices.Equal(after[:11], want) {
			t.Errorf("order begins %v, want %v", after[:11], want)
		}
	})
}

func TestLabServiceLevel(t *testing.T) {
	var doc struct {
		Value json.RawMessage `json:"customfield_value"`
	}
	if err := json.Unmarshal(labFile(t, "jsm/sla-field-ongoing.json"), &doc); err != nil {
		t.Fatal(err)
	}
	it := testView(t).item(parse(t, `{"customfield_10030":`+string(doc.Value)+`}`))
	if got, ok := it.Signals[work.Breached]; !ok || got != 0 {
		t.Errorf("breached = %v, %v, want 0 for one that runs unbroken", got, ok)
	}
}

func TestLabPartialRank(t *testing.T) {
	var doc struct {
		Body struct {
			Entries []entry `json:"entries"`
		} `json:"body"`
	}
	if err := json.Unmarshal(labFile(t, "errors/207-rank-partial-failure.json"), &doc); err != nil {
		t.Fatal(err)
	}
	o := &ordering{Connector: testConnector(t), failed: map[string]error{}}
	busy := o.sortOut(doc.Body.Entries)
	if len(o.failed) != 0 || len(busy) != 1 || !errors.Is(busy["10002"], work.ErrUnavailable) {
		t.Errorf("busy %v, failed %v; want 10002 busy alone", busy, o.failed)
	}
}
