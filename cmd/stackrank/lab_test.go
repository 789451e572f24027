package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// labBacklog is real data and what is to be found in it.
type labBacklog struct {
	name     string
	jira     string // pattern of files
	issues   labIssues
	trello   string
	cards    labCards
	findings map[string]int // by code
}

// labIssues counts issues. Open are those whose status is not in the category
// done; that is the number which a report must show.
type labIssues struct {
	all, open  int
	unresolved int // without a resolution: what other tools take for open
}

// labCards counts cards, each under the first heading that fits. Work is what
// remains, and what a report must show.
type labCards struct{ all, archived, separators, done, work int }

var (
	// bizarre has separators between its cards.
	bizarre = labCards{all: 361, archived: 2, separators: 59, done: 10, work: 290}
	// gis is from the time before cards could be done or separators.
	gis = labCards{all: 72, archived: 1, work: 71}
	// noPoints: the sets have no field that is known to hold story points.
	noPoints = map[string]int{"no-story-points": 1}
)

const (
	bizarreFile = "data/trello/board-bizarre-lineage.json"
	gisFile     = "data/trello/board-gis-2012.json"
)

// labBacklogs are all sets of the lab that hold whole issues with a status.
// Open and unresolved differ where people closed an issue without a resolution
// (titanium: 36), or gave one to an issue that was never closed (duraspace: 2,
// devlake: 1).
var labBacklogs = []labBacklog{
	{
		"titanium", "data/jira/titanium/timob.jsonl", labIssues{all: 3983, open: 1671, unresolved: 1707}, bizarreFile, bizarre,
		map[string]int{"no-story-points": 1, "skipped-separators": 1, "no-title": 36},
	},
	{"apache", "data/jira/apache/*.jsonl", labIssues{all: 501, open: 5, unresolved: 5}, gisFile, gis, noPoints},
	{"duraspace", "data/jira/duraspace/*.jsonl", labIssues{all: 1036, open: 239, unresolved: 237}, gisFile, gis, map[string]int{}},
	{"devlake", "data/jira/cloud/devlake/*.jsonl", labIssues{all: 23, open: 23, unresolved: 22}, gisFile, gis, map[string]int{"no-story-points": 1}},
	{"jirametrics", "data/jira/cloud/jirametrics/SP-*.json", labIssues{all: 6, open: 3, unresolved: 3}, gisFile, gis, noPoints},
	{"qt", "data/jira/server/qt/*.json", labIssues{all: 2, open: 1, unresolved: 1}, gisFile, gis, noPoints},
	{"appcelerator", "data/jira/server/appcelerator-*.json", labIssues{all: 1, open: 1, unresolved: 1}, gisFile, gis, noPoints},
}

// TestLabBacklogs takes real backlogs through the whole job, with Jira as Cloud
// and as Data Center; under the race detector only the small ones.
func TestLabBacklogs(t *testing.T) {
	folder := connectortest.Lab(t)
	for _, b := range labBacklogs {
		if watched && b.issues.all > 1000 {
			continue
		}
		for _, deployment := range deployments {
			t.Run(b.name+" on "+string(deployment), func(t *testing.T) {
				files, err := filepath.Glob(filepath.Join(folder, b.jira))
				if err != nil || len(files) == 0 {
					t.Fatalf("%s: %v, %v", b.jira, files, err)
				}
				board := filepath.Join(folder, b.trello)
				r := newRig(t, simOptions{deployment: string(deployment), jiraData: files, trelloData: []string{board}})
				if deployment == jirasim.Cloud {
					wantFewReads(t, r, b.issues.open)
				}
				open := readLabIssues(t, files, b.issues)
				cards := readLabCards(t, board, b.cards)
				d := wantWholeJob(t, r, slices.Concat(open, refsOf(cards)))
				if diff := cmp.Diff(map[string]int{"jira": b.issues.open, "trello": b.cards.work}, ofSource(d)); diff != "" {
					t.Errorf("items in the report (-want +got):\n%s", diff)
				}
				checkFindings(t, d, b, cards)
				wentOn := r.alike(t, func(file string) string {
					out, _ := runCommand(t, []string{"report", "--format", "json", "--config", file, "--log-level", "error"})
					return out
				})
				if !wentOn && b.name == "titanium" && deployment == jirasim.DataCenter { // on Cloud what was just written is read again
					t.Error("nothing was kept to go on from")
				}
			})
		}
	}
}

// TestBuiltinBacklogWholeJob takes the backlog of demo and sandbox, which has mirrors,
// through the same job.
func TestBuiltinBacklogWholeJob(t *testing.T) {
	for _, deployment := range deployments {
		t.Run(string(deployment), func(t *testing.T) {
			r := newRig(t, simOptions{deployment: string(deployment)})
			d := wantWholeJob(t, r, r.holding(t).open())
			if n := len(lines(d)) - len(d.Items); n == 0 {
				t.Error("no card and issue share a line")
			}
		})
	}
}

// wantWholeJob reports, syncs, and wants the trackers to hold what the report
// promised of every item, by few requests, with nothing left to write.
func wantWholeJob(t *testing.T, r *rig, open []work.Ref) report.Document {
	t.Helper()
	raw, before := r.dumps(t), r.holding(t)
	d := r.report(t)
	slices.SortFunc(open, work.Ref.Compare)
	if diff := cmp.Diff(open, refsOf(lines(d))); diff != "" {
		t.Errorf("items in the report (-open +reported):\n%s", diff)
	}
	for i, it := range d.Items {
		if it.Place != i+1 {
			t.Fatalf("line %d has place %d", i+1, it.Place)
		}
	}
	wantSame(t, "after the report", raw, r.dumps(t))
	wantFewWrites(t, r, d, before, func() { r.round(t, exitDone, "sync", "--force") })
	r.round(t, exitDone, "report", "--exit-code")
	checkPromise(t, d, before, r.holding(t))
	if diff := cmp.Diff(scores(d), scores(r.report(t))); diff != "" {
		t.Errorf("the sync changed the ranking (-before +after):\n%s", diff)
	}
	wantNoWrites(t, r)
	return d
}

// scores gives the order and the score of every line.
func scores(d report.Document) []string {
	var out []string
	for _, it := range d.Items {
		out = append(out, fmt.Sprintf("%d %s %v", it.Place, it.Ref, it.Score))
	}
	return out
}

// readLabIssues gives the open issues of the files by the files alone, and wants
// their numbers.
func readLabIssues(t *testing.T, files []string, want labIssues) []work.Ref {
	t.Helper()
	var got labIssues
	var open []work.Ref
	for _, doc := range labDocuments(t, files) {
		var issue struct {
			ID     string
			Fields struct {
				Resolution *struct{}
				Status     struct{ StatusCategory struct{ Key string } }
			}
		}
		parse(t, doc, &issue)
		got.all++
		if issue.Fields.Resolution == nil {
			got.unresolved++
		}
		if issue.Fields.Status.StatusCategory.Key != "done" {
			got.open++
			open = append(open, work.Ref{Source: "jira", ID: issue.ID})
		}
	}
	if got != want {
		t.Errorf("the files hold issues %+v, want %+v", got, want)
	}
	return open
}

// labDocuments gives the JSON texts of the files: one, or one a line.
func labDocuments(t *testing.T, files []string) []json.RawMessage {
	t.Helper()
	var out []json.RawMessage
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		docs := [][]byte{data}
		if filepath.Ext(f) == ".jsonl" {
			docs = bytes.Split(bytes.TrimSpace(data), []byte("\n"))
		}
		for _, doc := range docs {
			out = append(out, doc)
		}
	}
	return out
}

// readLabCards gives the names of the cards that are work by the file alone, and
// wants the numbers of the board.
func readLabCards(t *testing.T, file string, want labCards) map[work.Ref]string {
	t.Helper()
	var board struct {
		Cards []struct {
			ID, Name            string
			Closed, DueComplete bool
			CardRole            *string
		}
	}
	parse(t, labDocuments(t, []string{file})[0], &board)
	got := labCards{all: len(board.Cards)}
	out := map[work.Ref]string{}
	for _, c := range board.Cards {
		switch {
		case c.Closed:
			got.archived++
		case c.CardRole != nil:
			got.separators++
		case c.DueComplete:
			got.done++
		default:
			got.work++
			out[work.Ref{Source: "trello", ID: c.ID}] = c.Name
		}
	}
	if got != want {
		t.Errorf("the board holds cards %+v, want %+v", got, want)
	}
	return out
}

// checkFindings wants the oddities of a set to be told, and no others.
func checkFindings(t *testing.T, d report.Document, b labBacklog, cards map[work.Ref]string) {
	t.Helper()
	got := map[string]int{}
	untitled := map[work.Ref]bool{}
	for _, f := range d.Findings {
		got[f.Code]++
		switch f.Code {
		case "no-title":
			untitled[f.Ref] = true
		case "skipped-separators":
			if n := fmt.Sprint(b.cards.separators); !strings.HasSuffix(f.Message, ": "+n) {
				t.Errorf("finding %q, want %s separators", f.Message, n)
			}
		}
	}
	if diff := cmp.Diff(b.findings, got); diff != "" {
		t.Errorf("findings by code (-want +got):\n%s", diff)
	}
	want := map[work.Ref]bool{}
	for ref, name := range cards {
		if !strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) }) {
			want[ref] = true
		}
	}
	if diff := cmp.Diff(refsOf(want), refsOf(untitled)); diff != "" {
		t.Errorf("cards without a readable title (-want +got):\n%s", diff)
	}
}
