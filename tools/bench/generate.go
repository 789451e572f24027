package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// pointsField holds the story points of the generated issues; the simulated
// site knows it by that name.
const pointsField = "customfield_10023"

// stamp is how Jira writes a time.
const stamp = "2006-01-02T15:04:05.000-0700"

// obj is a JSON object; its keys are written in order.
type obj = map[string]any

// Words of which summaries and texts are made.
var (
	verbs  = []string{"Show", "Export", "Retry", "Cache", "Validate", "Rename", "Document", "Speed up", "Remove", "Migrate"}
	things = []string{"refunds", "the invoice list", "login by passkey", "webhook calls", "the price table", "search results", "split payments", "audit entries", "the nightly import", "address checks"}
	places = []string{"on the overview page", "for resellers", "in the mobile app", "when the bank is down", "after a timeout", "for closed accounts", "with more than one currency", "in the admin console"}
	tags   = []string{"backend", "frontend", "customer", "security", "techdebt", "quickwin", "regression"}
)

// Lists of which an issue takes one; some stand more than once, being usual.
var (
	priorities = []named{{"3", "Medium"}, {"3", "Medium"}, {"3", "Medium"}, {"2", "High"}, {"2", "High"}, {"4", "Low"}, {"4", "Low"}, {"1", "Highest"}, {"5", "Lowest"}}
	types      = []named{{"10001", "Story"}, {"10001", "Story"}, {"10002", "Task"}, {"10003", "Bug"}, {"10003", "Bug"}}
	points     = []float64{1, 1, 2, 2, 3, 3, 3, 5, 5, 8, 13}
)

type named struct{ id, name string }

// generator makes the issues of one backlog. The same seed, size and day give
// the same bytes.
type generator struct {
	rng   *rand.Rand
	day   time.Time
	n     int
	links map[int][]obj // by issue, both ends of each link
}

// generate writes n open issues of the project BENCH as JSON Lines, each as its
// GET returns it, with dates around the day.
func generate(w io.Writer, n int, seed uint64, day time.Time) error {
	g := generator{rng: rand.New(rand.NewPCG(seed, 0)), day: day, n: n, links: map[int][]obj{}}
	for range n / 10 {
		g.link(g.rng.IntN(n), g.rng.IntN(n))
	}
	buffered := bufio.NewWriter(w)
	lines := json.NewEncoder(buffered)
	for i := range n {
		if err := lines.Encode(g.issue(i)); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func idOf(i int) string  { return fmt.Sprint(20001 + i) }
func keyOf(i int) string { return fmt.Sprintf("BENCH-%d", i+1) }

// link has one issue block another. Links go one way only, so none is a cycle.
func (g *generator) link(from, to int) {
	if from == to {
		return
	}
	from, to = min(from, to), max(from, to)
	id := fmt.Sprint(90001 + len(g.links))
	kind := obj{"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
	end := func(i int) obj { return obj{"id": idOf(i), "key": keyOf(i)} }
	g.links[from] = append(g.links[from], obj{"id": id + "0", "type": kind, "outwardIssue": end(to)})
	g.links[to] = append(g.links[to], obj{"id": id + "0", "type": kind, "inwardIssue": end(from)})
}

func (g *generator) issue(i int) obj {
	created := g.day.Add(-time.Duration(g.rng.IntN(700*24)) * time.Hour)
	priority, kind := pick(g.rng, priorities), pick(g.rng, types)
	fields := obj{
		"summary":     fmt.Sprintf("%s %s %s", pick(g.rng, verbs), pick(g.rng, things), pick(g.rng, places)),
		"description": g.text(),
		"project":     obj{"id": "10000", "key": "BENCH", "name": "Benchmark"},
		"issuetype":   obj{"id": kind.id, "name": kind.name, "subtask": false, "hierarchyLevel": 0},
		"priority":    obj{"id": priority.id, "name": priority.name},
		"status":      g.status(),
		"labels":      g.labels(),
		"created":     created.Format(stamp),
		"updated":     created.Add(time.Hour).Format(stamp),
		"duedate":     g.due(),
		"votes":       obj{"votes": max(0, g.rng.IntN(12)-6), "hasVoted": false},
		"watches":     obj{"watchCount": g.rng.IntN(4), "isWatching": false},
		"issuelinks":  append([]obj{}, g.links[i]...),
		"subtasks":    []obj{}, "fixVersions": []obj{}, "components": []obj{},
		"resolution": nil, "assignee": nil,
		"comment":   g.comments(created),
		pointsField: g.points(),
	}
	return obj{"id": idOf(i), "key": keyOf(i), "fields": fields}
}

// status is open for most, in progress for some, and never done, so that a
// query for open work finds every issue.
func (g *generator) status() obj {
	if g.rng.IntN(8) == 0 {
		return obj{"id": "3", "name": "In Progress", "statusCategory": obj{"id": 4, "key": "indeterminate", "name": "In Progress"}}
	}
	return obj{"id": "1", "name": "To Do", "statusCategory": obj{"id": 2, "key": "new", "name": "To Do"}}
}

func (g *generator) labels() []string {
	out := []string{}
	for _, t := range tags {
		if g.rng.IntN(6) == 0 {
			out = append(out, t)
		}
	}
	return out
}

// due is set for every fourth issue.
func (g *generator) due() any {
	if g.rng.IntN(4) != 0 {
		return nil
	}
	return g.day.AddDate(0, 0, g.rng.IntN(120)-10).Format(time.DateOnly)
}

// points are missing from every third issue.
func (g *generator) points() any {
	if g.rng.IntN(3) == 0 {
		return nil
	}
	return pick(g.rng, points)
}

func (g *generator) text() string {
	var out strings.Builder
	for range 2 + g.rng.IntN(8) {
		fmt.Fprintf(&out, "%s %s %s. ", pick(g.rng, verbs), pick(g.rng, things), pick(g.rng, places))
	}
	return out.String()
}

// comments are up to three, none on most issues.
func (g *generator) comments(created time.Time) obj {
	list := []obj{}
	for c := range max(0, g.rng.IntN(7)-3) {
		at := created.Add(time.Duration(c+1) * 24 * time.Hour).Format(stamp)
		author := obj{"accountId": "5b10a2844c20165700ede21f", "key": "ann", "name": "ann", "displayName": "Ann", "active": true}
		list = append(list, obj{
			"id": fmt.Sprint(50000 + g.rng.IntN(1<<30)), "author": author, "updateAuthor": author,
			"body": g.text(), "created": at, "updated": at,
		})
	}
	return obj{"comments": list, "total": len(list), "maxResults": len(list), "startAt": 0}
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }
