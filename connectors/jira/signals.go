package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"stackrank/connectors/rawjson"
	"stackrank/internal/work"
)

// errNoNumber says that a value cannot be read as a number.
var errNoNumber = errors.New("no number")

// signals reads what the ranking counts. A signal that the wiring maps to a
// field comes from there and not from where Jira keeps it by itself.
func (v *view) signals(iss rawIssue, it *work.Item) {
	for _, own := range ownSignals {
		if _, mapped := v.want.signals[own.signal]; !mapped {
			v.signal(iss, it, own.signal, own.field)
		}
	}
	for signal, n := range v.want.signals {
		if f, ok := n.in(v.at.projectID); ok {
			v.signal(iss, it, signal, f.ID)
		}
	}
	if _, mapped := v.want.signals[work.Breached]; !mapped {
		v.breached(iss, it)
	}
	if _, mapped := v.want.signals[work.Effort]; !mapped {
		v.effort(iss, it)
	}
	v.comments(iss, it)
}

// ownSignals are those that Jira keeps by itself, with their fields.
var ownSignals = []struct {
	signal work.Signal
	field  string
}{{work.Priority, "priority"}, {work.Votes, "votes"}, {work.Watchers, "watches"}, {work.Comments, heavy}}

// signal reads one field as a number; priority as its place among the site's.
func (v *view) signal(iss rawIssue, it *work.Item, signal work.Signal, id string) {
	if id == "priority" {
		if x, ok := v.priority(iss); ok {
			it.Signals[signal] = x
		}
		return
	}
	if x, ok := v.number(iss, id); ok {
		it.Signals[signal] = x
	}
}

// number reads a field of the issue as a number. A value of another JSON type
// than the field holds is not understood, whatever it looks like.
func (v *view) number(iss rawIssue, id string) (float64, bool) {
	raw := iss.Fields.get(id)
	x, ok, err := number(raw)
	if err != nil || !empty(raw) && !fits(v.types[id], raw) {
		v.bad(iss, id)
		return 0, false
	}
	return x, ok
}

// begins gives the sign that a value of a schema's type begins with; a type that
// is not here may hold anything.
var begins = map[string]string{
	"number": `-0123456789"`, "string": `"`, "option": "{[", "array": "[",
	"votes": "{", "watches": "{", "comments-page": "{", "timetracking": "{",
}

func fits(kind string, raw json.RawMessage) bool {
	signs, known := begins[kind]
	raw = bytes.TrimSpace(raw)
	return !known || len(raw) > 0 && strings.IndexByte(signs, raw[0]) >= 0
}

func (v *view) priority(iss rawIssue) (float64, bool) {
	p := partOf(iss.Fields.get("priority"))
	id, name := string(p.id("id")), p.text("name")
	if p.isOdd() {
		v.bad(iss, "priority")
		return 0, false
	}
	if x, ok := v.site.priorities[id]; ok && !unset[plain(name)] {
		return x, true
	}
	if name == "" && id == "" || unset[plain(name)] {
		return 0, false
	}
	x, ok := v.site.priorities[name]
	if !ok {
		v.notes.level(name, iss.Key)
	}
	return x, ok
}

// effort takes the first field of story points that has a value. Zero is a value.
func (v *view) effort(iss rawIssue, it *work.Item) {
	for i := range v.want.points {
		f := &v.want.points[i]
		if p := f.project(); p != "" && p != v.at.projectID {
			continue
		}
		if x, ok := v.number(iss, f.ID); ok {
			it.Signals[work.Effort] = x
			return
		}
	}
}

// number reads a value as one number: a number itself, a text or a select entry
// that is one, or one of the objects in which Jira counts something. It reports
// whether there is a value at all.
func number(raw json.RawMessage) (x float64, ok bool, err error) {
	if empty(raw) {
		return 0, false, nil
	}
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '"':
		if s, ok := rawjson.Text(raw); ok {
			return parseNumber(s)
		}
	case '[':
		return numberIn(raw)
	case '{':
		return counted(raw)
	default:
		if x, ok := rawjson.Number(raw); ok {
			return finite(x)
		}
	}
	return 0, false, errNoNumber
}

// numberIn reads a list as the number that it holds alone.
func numberIn(raw json.RawMessage) (float64, bool, error) {
	var list []json.RawMessage
	switch {
	case json.Unmarshal(raw, &list) != nil:
		return 0, false, errNoNumber
	case len(list) == 0:
		return 0, false, nil
	case len(list) == 1 && list[0][0] != '[': // not [[[…]]], however deep
		return number(list[0])
	}
	return 0, false, errNoNumber
}

func finite(x float64) (float64, bool, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false, errNoNumber
	}
	return x + 0, true, nil // + 0 turns -0 into 0
}

func parseNumber(s string) (float64, bool, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, false, nil
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.ContainsAny(s, "xXpP_") {
		return 0, false, errNoNumber
	}
	return finite(x)
}

// counted reads the objects that stand for a number.
func counted(raw json.RawMessage) (float64, bool, error) {
	best, found := len(countedBy), json.RawMessage(nil)
	for name, value := range rawjson.Members(raw) {
		i := slices.Index(countedBy, string(name))
		if i < 0 || empty(value) {
			continue
		}
		ok := rawjson.Kind(value) == '"'
		if i < countedByText {
			_, ok = rawjson.Number(value)
		}
		if !ok {
			return 0, false, errNoNumber
		}
		if i < best {
			best, found = i, json.RawMessage(value)
		}
	}
	if found == nil {
		return 0, false, errNoNumber
	}
	return number(found)
}

// countedBy are the names of what counts in an object: votes, watchers, comments
// or worklogs, work; from countedByText on of what may be a number as a text.
// The first that is there counts.
var countedBy = []string{"votes", "watchCount", "total", "originalEstimateSeconds", "value", "name"}

const countedByText = 4

// breached reads the service levels: 1 when a running one is broken, 0 when
// those that run are not. One that is over can no longer be kept or broken.
func (v *view) breached(iss rawIssue, it *work.Item) {
	for _, f := range v.want.sla {
		var s struct {
			Ongoing *struct {
				Breached *bool `json:"breached"`
			} `json:"ongoingCycle"`
		}
		if !v.decode(iss, f.ID, &s) || s.Ongoing == nil {
			continue
		}
		if s.Ongoing.Breached == nil {
			v.bad(iss, f.ID)
			continue
		}
		was := it.Signals[work.Breached]
		it.Signals[work.Breached] = was
		if *s.Ongoing.Breached {
			it.Signals[work.Breached] = 1
		}
	}
}

// outputs reads the fields that we maintain.
func (v *view) outputs(iss rawIssue, it *work.Item) {
	for slot, n := range v.want.targets {
		f, ok := n.in(v.at.projectID)
		raw := iss.Fields.get(f.ID)
		if !ok || empty(raw) {
			continue
		}
		x, isNumber, err := number(raw)
		var s string
		switch {
		case !fits(f.Schema.Type, raw):
			v.bad(iss, f.ID)
		case err == nil && isNumber:
			it.Outputs[slot] = work.Number(x)
		case json.Unmarshal(raw, &s) == nil:
			if s != "" {
				it.Outputs[slot] = work.Text(s)
			}
		default:
			v.bad(iss, f.ID)
		}
	}
}

// attributes keeps what readiness and expressions may ask for, nothing personal.
func (v *view) attributes(iss rawIssue, it *work.Item, planned []version) {
	set := func(name, text string) {
		if text != "" {
			it.Attrs[name] = work.Attr{Text: text}
		}
	}
	set("type", it.Type)
	set("project", v.at.projectKey)
	for _, id := range []string{"status", "security"} {
		one := partOf(iss.Fields.get(id))
		set(id, one.text("name"))
		if one.isOdd() {
			v.bad(iss, id)
		}
	}
	var names []string
	for raw := range v.elements(iss, "components") {
		var p option
		if json.Unmarshal(raw, &p) != nil || p.Name == "" {
			v.bad(iss, "components")
			continue
		}
		names = append(names, p.Name)
	}
	set("components", strings.Join(names, ", "))
	names = nil
	for _, r := range planned {
		names = append(names, r.Name)
	}
	set("fixVersions", strings.Join(names, ", "))
}
