package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// perPage is how many issues Jira Cloud gives with their fields in one request.
const perPage = 100

// perRank is how many issues Jira ranks in one request.
const perRank = 50

// parts gives how many parts of at most a size n things make.
func parts(n, size int) int { return (n + size - 1) / size }

// TestPullTakesFewRequests counts what a report of so many issues asks Jira
// Cloud for. Done issues of the same projects cost nothing. The real backlogs
// are counted in TestLabBacklogs.
func TestPullTakesFewRequests(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 250} {
		t.Run(fmt.Sprintf("%d issues", n), func(t *testing.T) {
			wantFewReads(t, madeUp(t, jirasim.Cloud, n, 3), n)
		})
	}
}

// perList is how many issues Jira Cloud names in one request.
const perList = 5000

// wantFewReads reports and wants n issues by a request for each page, one for each
// page of names and seven more. What the report says of its requests must be what Jira counted.
func wantFewReads(t *testing.T, r *rig, n int) {
	t.Helper()
	before, _ := r.stats(t)
	d := r.report(t)
	after, _ := r.stats(t)
	got, most := after.since(before), parts(n, perPage)+max(1, parts(n, perList))+7
	if got.Total > most || got.Writes != 0 {
		t.Errorf("%d requests, %d of them writes, for %d issues; want at most %d and none: %v", got.Total, got.Writes, n, most, got.Requests)
	}
	for _, s := range d.Sources {
		if s.Name == "jira" && (s.Items != n || s.Requests != got.Total) {
			t.Errorf("the report says %d issues by %d requests, want %d by %d", s.Items, s.Requests, n, got.Total)
		}
	}
	t.Logf("%d issues: %d requests of at most %d", n, got.Total, most)
}

// TestWritesTakeFewRequests counts what syncs under changing policies, and those
// that find everything in place, ask of both trackers.
func TestWritesTakeFewRequests(t *testing.T) {
	const policy = "model: cd3u\n"
	values := []string{"", "      value: {demand: 1}\n", "      value: {demand: 0.1, priority: 0.9}\n"}
	for _, deployment := range deployments {
		t.Run(string(deployment), func(t *testing.T) {
			r := madeUp(t, deployment, 250, 120)
			var seen needs
			for i, value := range values {
				if i > 0 {
					r.configure(t, policy+values[i-1], policy+value)
				}
				d, before := r.report(t), r.holding(t)
				n := planned(d)
				if n.issues == 0 || n.cards == 0 || d.Plan.Counts.Moved == 0 {
					t.Fatalf("policy %d plans %+v, want edits and moves", i, d.Plan.Counts)
				}
				seen.labels, seen.moves = seen.labels+n.labels, seen.moves+n.moves
				wantFewWrites(t, r, d, before, func() { r.round(t, exitDone, "sync", "--force") })
				checkPromise(t, d, before, r.holding(t))
				wantNoWrites(t, r)
			}
			if seen.labels == 0 || seen.moves == 0 {
				t.Errorf("labels and moves of cards in all policies: %+v, want some", seen)
			}
		})
	}
}

// wantFewWrites wants a sync to write by the fewest requests that the plan of a
// report needs: on Jira one for each item with edits and one for each 50 items
// that are moved next to each other; on Trello one for the fields of a card, one
// for each label and one for its position. Nothing else may be written, apart
// from labels that a board lacks.
func wantFewWrites(t *testing.T, r *rig, d report.Document, before holding, sync func()) {
	t.Helper()
	jira0, trello0 := r.stats(t)
	sync()
	jira, trello := r.stats(t)
	jira, trello = jira.since(jira0), trello.since(trello0)
	plan := planned(d)

	edits, ranks := jira.Requests["PUT /rest/api/2/issue/{issueIdOrKey}"], jira.Requests["PUT /rest/agile/1.0/issue/rank"]
	if edits != plan.issues {
		t.Errorf("%d edits of issues, want one for each of %d", edits, plan.issues)
	}
	if most := rankCalls(d, before); ranks > most {
		t.Errorf("%d rank calls, want at most %d", ranks, most)
	}
	if jira.Writes != edits+ranks {
		t.Errorf("%d writes to Jira, want %d edits and %d rank calls alone: %v", jira.Writes, edits, ranks, jira.Requests)
	}

	fields, moves := trello.Requests["PUT /1/cards/{idCard}/customFields"], trello.Requests["PUT /1/cards/{id}"]
	labels := trello.Requests["POST /1/cards/{id}/idLabels"] + trello.Requests["DELETE /1/cards/{id}/idLabels/{idLabel}"]
	made := trello.Requests["POST /1/labels"]
	if fields != plan.cards || labels != plan.labels || moves > plan.moves {
		t.Errorf("on Trello %d requests for fields, %d for labels, %d for positions; want %d, %d and at most %d",
			fields, labels, moves, plan.cards, plan.labels, plan.moves)
	}
	if most := len(plan.names) * len(r.trello.Boards()); made > most {
		t.Errorf("%d labels made, want at most %d", made, most)
	}
	if trello.Writes != fields+labels+moves+made {
		t.Errorf("%d writes to Trello, want those of cards alone: %v", trello.Writes, trello.Requests)
	}
	t.Logf("jira: %d edits, %d rank calls for %d moved; trello: %d fields, %d labels, %d of %d moved, %d labels made",
		edits, ranks, d.Plan.Counts.Moved-plan.moves, fields, labels, moves, plan.moves, made)
}

// needs is what the plan of a report needs of the trackers.
type needs struct {
	issues int             // with edits
	cards  int             // with fields to set
	labels int             // to add to or remove from cards
	moves  int             // of cards
	names  map[string]bool // of labels to add to cards
}

func planned(d report.Document) needs {
	n := needs{names: map[string]bool{}}
	for _, c := range d.Plan.Changes {
		if c.Ref.Source == "jira" {
			n.issues++
			continue
		}
		sets := 0
		for _, e := range c.Edits {
			switch e.Op {
			case work.Set:
				sets = 1
			case work.Add:
				n.names[e.Label()] = true
				n.labels++
			case work.Remove:
				n.labels++
			}
		}
		n.cards += sets
	}
	for ref := range moved(d) {
		if ref.Source == "trello" {
			n.moves++
		}
	}
	return n
}

// rankCalls gives how many calls move what the plan moves on Jira: the moved
// issues that stand next to each other in the order wanted are one run.
func rankCalls(d report.Document, before holding) int {
	of, moves := lines(d), moved(d)
	order := slices.DeleteFunc(refsOf(of), func(ref work.Ref) bool { return ref.Source != "jira" || before.things[ref].subtask })
	slices.SortFunc(order, func(a, b work.Ref) int { return of[a].Place - of[b].Place })
	calls, run := 0, 0
	for _, ref := range order {
		if moves[ref] {
			run++
			continue
		}
		calls, run = calls+parts(run, perRank), 0
	}
	return calls + parts(run, perRank)
}

// wantNoWrites syncs and wants nothing to be written.
func wantNoWrites(t *testing.T, r *rig) {
	t.Helper()
	before := r.dumps(t)
	jira0, trello0 := r.stats(t)
	r.round(t, exitDone, "sync")
	jira, trello := r.stats(t)
	if j, k := jira.since(jira0), trello.since(trello0); j.Writes != 0 || k.Writes != 0 {
		t.Errorf("an unchanged sync wrote to Jira %v and to Trello %v", j.Requests, k.Requests)
	}
	wantSame(t, "after an unchanged sync", before, r.dumps(t))
}

// madeUp starts a sandbox with so many open issues in several projects and so
// many open cards on one board.
func madeUp(t *testing.T, deployment jirasim.Deployment, issues, cards int) *rig {
	t.Helper()
	return madeUpWith(t, simOptions{deployment: string(deployment)}, issues, cards)
}

// madeUpWith is madeUp with a sandbox of its own kind.
func madeUpWith(t *testing.T, o simOptions, issues, cards int) *rig {
	t.Helper()
	jira, trello := madeFiles(t, issues, cards)
	o.jiraData, o.trelloData = []string{jira}, []string{trello}
	r := newRig(t, o)
	r.configure(t, "jql: "+openWork(r.jira.Projects()), "jql: created > 2000-01-01 AND statusCategory != Done")
	return r
}

// madeFiles gives the data of madeUp in files for a sandbox.
func madeFiles(t *testing.T, issues, cards int) (jira, trello string) {
	t.Helper()
	dir := t.TempDir()
	jira, trello = filepath.Join(dir, "issues.json"), filepath.Join(dir, "board.json")
	writeJSON(t, jira, map[string]any{"issues": madeIssues(issues)})
	writeJSON(t, trello, madeBoard(cards))
	return jira, trello
}

func writeJSON(t *testing.T, file string, v any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// madeProjects is how many projects the issues are spread over: what a pull asks
// for each project would show in the count.
const madeProjects = 12

// madeIssues gives n open issues and some that are done. They have everything
// that could cost a request of its own: comments that the search cuts, links,
// labels and sprints.
func madeIssues(n int) []any {
	priorities := []string{"Highest", "High", "Medium", "Low", "Lowest"}
	status := map[bool]any{
		false: map[string]any{"id": "1", "name": "To Do", "statusCategory": map[string]any{"id": 2, "key": "new", "name": "To Do"}},
		true:  map[string]any{"id": "3", "name": "Done", "statusCategory": map[string]any{"id": 3, "key": "done", "name": "Done"}},
	}
	key := func(i int) string { return fmt.Sprintf("GEN%c-%d", 'A'+i%madeProjects, i+1) }
	var out []any
	for i := range n + 2*madeProjects {
		level := i * 7 % len(priorities)
		fields := map[string]any{
			"summary": fmt.Sprintf("Made-up issue %d", i), "status": status[i >= n],
			"project":   map[string]any{"id": fmt.Sprint(10000 + i%madeProjects), "key": key(i)[:4], "name": key(i)[:4]},
			"issuetype": map[string]any{"id": "1", "name": "Story", "subtask": false},
			"priority":  map[string]any{"id": fmt.Sprint(level + 1), "name": priorities[level]},
			"votes":     map[string]any{"votes": i * 7919 % 13}, "watches": map[string]any{"watchCount": i * 31 % 5},
			"labels":  []string{"kept", fmt.Sprintf("area-%d", i%7)},
			"created": "2026-09-01T10:00:00.000+0000", "updated": "2026-09-02T10:00:00.000+0000",
			"comment":           map[string]any{"comments": []any{}, "total": 4, "maxResults": 0, "startAt": 0},
			"issuelinks":        madeLinks(i, n, key),
			"customfield_10020": []any{map[string]any{"id": 1 + i%3, "name": fmt.Sprintf("Sprint %d", 1+i%3), "state": "future", "boardId": 1}},
		}
		out = append(out, map[string]any{"id": fmt.Sprint(20000 + i), "key": key(i), "fields": fields})
	}
	return out
}

// madeLinks lets every third issue block the one after it.
func madeLinks(i, n int, key func(int) string) []any {
	if i%3 != 0 || i+1 >= n {
		return []any{}
	}
	return []any{map[string]any{
		"id": fmt.Sprint(30000 + i), "type": map[string]any{"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
		"outwardIssue": map[string]any{"id": fmt.Sprint(20000 + i + 1), "key": key(i + 1)},
	}}
}

// madeBoard gives a board with n open cards in three lists.
func madeBoard(n int) any {
	created := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC).Unix() // ids tell it
	id := func(kind byte, i int) string { return fmt.Sprintf("%08x%c%015x", created, kind, i) }
	var lists, cards []any
	for i := range 3 {
		lists = append(lists, map[string]any{"id": id('a', i), "idBoard": id('b', 0), "name": fmt.Sprintf("List %d", i), "pos": 1000 * (i + 1), "closed": false})
	}
	kept := map[string]any{"id": id('c', 0), "idBoard": id('b', 0), "name": "kept", "color": "red"}
	for i := range n {
		card := map[string]any{
			"id": id('d', i), "idBoard": id('b', 0), "idList": id('a', i%3), "name": fmt.Sprintf("Made-up card %d", i),
			"pos": 16384 * (i + 1), "closed": false, "badges": map[string]any{"votes": i * 7919 % 23},
		}
		if i%2 == 0 {
			card["idLabels"], card["labels"] = []any{kept["id"]}, []any{maps.Clone(kept)}
		}
		cards = append(cards, card)
	}
	return map[string]any{"id": id('b', 0), "name": "Made up", "shortLink": "MadeUp01", "prefs": map[string]any{"voting": "members"}, "lists": lists, "cards": cards, "labels": []any{kept}}
}
