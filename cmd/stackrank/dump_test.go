package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// ourPrefix begins the labels that are ours.
const ourPrefix = "stackrank-"

// thing is what a tracker holds of one item.
type thing struct {
	lane    string                     // the order holds within it
	done    bool                       // or archived, or no work at all
	subtask bool                       // takes no part in the order
	score   string                     // "" for none
	place   string                     // "" for none
	labels  []string                   // by name, sorted
	order   map[string]json.RawMessage // what a move may change
	foreign map[string]json.RawMessage // what nothing may change
	stamp   map[string]json.RawMessage // what every write changes
}

// holding is what both trackers hold, and the order in which they hold it.
type holding struct {
	things map[work.Ref]thing
	order  []work.Ref
}

// holding reads both trackers by the sandbox's own routes.
func (r *rig) holding(t *testing.T) holding {
	t.Helper()
	h := holding{things: map[work.Ref]thing{}}
	r.addIssues(t, &h)
	r.addCards(t, &h)
	return h
}

// addIssues reads the dump of Jira.
func (r *rig) addIssues(t *testing.T, h *holding) {
	t.Helper()
	var dump struct {
		Issues []map[string]json.RawMessage
	}
	get(t, r.jiraURL+"/_sandbox/dump", &dump)
	f := r.jiraFields(t)
	for _, issue := range dump.Issues {
		var id string
		var fields map[string]json.RawMessage
		parse(t, issue["id"], &id)
		parse(t, issue["fields"], &fields)
		ref := work.Ref{Source: "jira", ID: id}
		if _, twice := h.things[ref]; twice {
			t.Fatalf("%s stands twice in the dump", ref)
		}
		delete(issue, "fields")
		maps.Copy(fields, issue)
		h.things[ref] = f.thing(t, fields)
		h.order = append(h.order, ref)
	}
}

// jiraFields are the ids of the fields that a sync touches.
type jiraFields struct {
	score, place string
	ranks        []string
}

// jiraFields finds them in the site's catalogue of fields.
func (r *rig) jiraFields(t *testing.T) jiraFields {
	t.Helper()
	var all []struct {
		ID, Name string
		Schema   struct{ Custom string }
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.jiraURL+"/rest/api/2/field", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(r.jira.Credentials())
	fetch(t, req, &all)
	var f jiraFields
	for _, d := range all {
		switch {
		case d.Name == "Priority Score":
			f.score = d.ID
		case d.Name == "Stack Rank":
			f.place = d.ID
		case d.Schema.Custom == jirasim.RankType:
			f.ranks = append(f.ranks, d.ID)
		}
	}
	if f.score == "" || f.place == "" || len(f.ranks) == 0 {
		t.Fatalf("the site has fields %+v, want a score, a place and a rank", f)
	}
	return f
}

// thing sorts the fields of an issue.
func (f jiraFields) thing(t *testing.T, fields map[string]json.RawMessage) thing {
	t.Helper()
	var kind struct{ Subtask bool }
	var status struct{ StatusCategory struct{ Key string } }
	it := thing{foreign: fields, score: figure(fields[f.score]), place: figure(fields[f.place])}
	parse(t, fields["issuetype"], &kind)
	parse(t, fields["status"], &status)
	var labels []string
	parse(t, fields["labels"], &labels)
	it.labels = append(it.labels, slices.Sorted(slices.Values(labels))...) // nil for none
	it.subtask, it.done = kind.Subtask, status.StatusCategory.Key == "done"
	it.order, it.stamp = take(fields, f.ranks...), take(fields, "updated")
	take(fields, f.score, f.place, "labels")
	return it
}

// addCards reads the dump of Trello.
func (r *rig) addCards(t *testing.T, h *holding) {
	t.Helper()
	var dump struct {
		Cards []map[string]json.RawMessage
		Lists []struct {
			ID     string
			Closed bool
		}
		CustomFields []struct{ ID, Name string }
	}
	get(t, r.trelloURL+"/_sandbox/dump", &dump)
	names := map[string]string{}
	for _, f := range dump.CustomFields {
		names[f.ID] = f.Name
	}
	archived := map[string]bool{}
	for _, l := range dump.Lists {
		archived[l.ID] = l.Closed
	}
	for _, card := range dump.Cards {
		var id string
		parse(t, card["id"], &id)
		ref := work.Ref{Source: "trello", ID: id}
		if _, twice := h.things[ref]; twice {
			t.Fatalf("%s stands twice in the dump", ref)
		}
		it := cardThing(t, card, names)
		it.done = it.done || archived[it.lane]
		h.things[ref] = it
		h.order = append(h.order, ref)
	}
}

// cardThing sorts what Trello tells of a card. Labels and values of others stay
// among what is foreign.
func cardThing(t *testing.T, card map[string]json.RawMessage, names map[string]string) thing {
	t.Helper()
	it := thing{foreign: card}
	parse(t, card["idList"], &it.lane)
	it.done = cardIsNoWork(t, card)
	var labels, values []map[string]json.RawMessage
	parse(t, card["labels"], &labels)
	parse(t, card["customFieldItems"], &values)
	labels = slices.DeleteFunc(labels, func(l map[string]json.RawMessage) bool {
		var name string
		parse(t, l["name"], &name)
		it.labels = append(it.labels, name)
		return strings.HasPrefix(name, ourPrefix)
	})
	slices.Sort(it.labels)
	values = slices.DeleteFunc(values, func(v map[string]json.RawMessage) bool {
		var field string
		var value struct{ Number json.RawMessage }
		parse(t, v["idCustomField"], &field)
		parse(t, v["value"], &value)
		figure := figure(bytes.Trim(value.Number, `"`))
		switch names[field] {
		case "Score":
			it.score = figure
		case "Rank":
			it.place = figure
		default:
			return false
		}
		return true
	})
	it.order, it.stamp = take(card, "pos"), take(card, "dateLastActivity")
	take(card, "idLabels") // says what labels says
	card["labels"], card["customFieldItems"] = sortedJSON(t, labels), sortedJSON(t, values)
	return it
}

// cardIsNoWork reports whether a card is archived, done, or no work by its kind:
// a template, a separator, or a line that people drew as one.
func cardIsNoWork(t *testing.T, card map[string]json.RawMessage) bool {
	t.Helper()
	var closed, complete, template bool
	var role *string
	var name string
	parse(t, card["name"], &name)
	parse(t, card["closed"], &closed)
	parse(t, card["dueComplete"], &complete)
	parse(t, card["isTemplate"], &template)
	parse(t, card["cardRole"], &role)
	line := name != "" && strings.Trim(name, "-_=") == ""
	return closed || complete || template || role != nil || line
}

// take removes keys from a map and gives them with their values.
func take(from map[string]json.RawMessage, keys ...string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, k := range keys {
		if v, ok := from[k]; ok {
			out[k] = v
			delete(from, k)
		}
	}
	return out
}

// sortedJSON prints a list whose order means nothing.
func sortedJSON(t *testing.T, list []map[string]json.RawMessage) json.RawMessage {
	t.Helper()
	var texts []string
	for _, m := range list {
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	slices.Sort(texts)
	return json.RawMessage("[" + strings.Join(texts, ",") + "]")
}

// parse reads JSON; nothing stays nothing.
func parse(t *testing.T, raw json.RawMessage, into any) {
	t.Helper()
	if len(raw) == 0 {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}

// figure gives the shortest form of a number, "" for null and nothing.
func figure(raw json.RawMessage) string {
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// open gives the refs of all open work, sorted.
func (h holding) open() []work.Ref {
	open := map[work.Ref]thing{}
	for ref, it := range h.things {
		if !it.done {
			open[ref] = it
		}
	}
	return refsOf(open)
}

// dumps gives what both trackers hold as they tell it, times of writing too.
func (r *rig) dumps(t *testing.T) [2][]byte {
	t.Helper()
	var out [2][]byte
	for i, base := range []string{r.jiraURL, r.trelloURL} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/_sandbox/dump", nil)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = answer(t, req)
	}
	return out
}

// wantSame wants two dumps to be the same byte for byte.
func wantSame(t *testing.T, what string, before, after [2][]byte) {
	t.Helper()
	for i, name := range []string{"Jira", "Trello"} {
		if bytes.Equal(before[i], after[i]) {
			continue
		}
		at := 0
		for at < min(len(before[i]), len(after[i])) && before[i][at] == after[i][at] {
			at++
		}
		from := max(0, at-200)
		t.Errorf("%s %s holds something else\nbefore: %.400s\nafter:  %.400s", what, name, before[i][from:], after[i][from:])
	}
}

// outcomeOf is what a sync decides about an item.
type outcomeOf struct {
	score, place string
	labels       []string
}

func (it thing) outcome() outcomeOf { return outcomeOf{it.score, it.place, it.labels} }

// same wants every value to be the same, byte for byte.
func same(t *testing.T, what string, before, after map[string]json.RawMessage) {
	t.Helper()
	if len(before) != len(after) {
		t.Errorf("%s: %d values before, %d after", what, len(before), len(after))
	}
	for k, v := range before {
		if !bytes.Equal(v, after[k]) {
			t.Errorf("%s: %s was %.200s, is %.200s", what, k, v, after[k])
		}
	}
}

// checkPromise holds the trackers to what a report has promised: scores, places
// and labels as reported, each lane in the order of the places, and everything
// else as it was.
func checkPromise(t *testing.T, d report.Document, before, after holding) {
	t.Helper()
	if diff := cmp.Diff(refsOf(before.things), refsOf(after.things)); diff != "" {
		t.Fatalf("the trackers hold other items (-before +after):\n%s", diff)
	}
	of, moves := lines(d), moved(d)
	for ref, was := range before.things {
		is, want := after.things[ref], was.outcome()
		if line, ranked := of[ref]; ranked {
			want = promised(line, was)
		} else {
			same(t, ref.String()+", which is not ranked", was.stamp, is.stamp)
		}
		if diff := cmp.Diff(want, is.outcome(), cmp.AllowUnexported(outcomeOf{})); diff != "" {
			t.Errorf("%s (-promised +held):\n%s", ref, diff)
		}
		same(t, ref.String(), was.foreign, is.foreign)
		if !moves[ref] {
			same(t, ref.String()+", which is not moved", was.order, is.order)
		}
	}
	checkLanes(t, of, after)
}

// minDelta is how far a score must be from the one that is held to be written:
// the default of write.min_delta.
const minDelta = 1.0

// promised gives what a sync decides about an item of a report.
func promised(line report.Item, was thing) outcomeOf {
	out := outcomeOf{strconv.FormatFloat(line.Score, 'f', -1, 64), strconv.Itoa(line.Place), nil}
	if old, err := strconv.ParseFloat(was.score, 64); err == nil && math.Abs(old-line.Score) < minDelta {
		out.score = was.score
	}
	for _, l := range was.labels {
		if !strings.HasPrefix(l, ourPrefix) {
			out.labels = append(out.labels, l)
		}
	}
	if line.Tier != "" {
		out.labels = append(out.labels, ourPrefix+line.Tier)
	}
	slices.Sort(out.labels)
	return out
}

// checkLanes holds each lane to the order of the places. Sub-tasks take no part.
func checkLanes(t *testing.T, of map[work.Ref]report.Item, after holding) {
	t.Helper()
	last := map[string]report.Item{}
	for _, ref := range after.order {
		line, ranked := of[ref]
		it := after.things[ref]
		if !ranked || it.subtask {
			continue
		}
		if prev := last[it.lane]; line.Place < prev.Place {
			t.Errorf("%s at place %d stands behind %s at place %d", line.Key, line.Place, prev.Key, prev.Place)
		}
		last[it.lane] = line
	}
}
