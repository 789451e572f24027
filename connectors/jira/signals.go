package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"

	"stackrank/internal/work"
)

// errNoNumber says that a value cannot be read as a number.
var errNoNumber = errors.New("no number")

// signals reads what the ranking counts. A signal that the wiring maps to a
// field comes from there and not from where Jira keeps it by itself.
func (v *view) signals(iss rawIssue, it *work.Item) {
	own := map[work.Signal]string{work.Priority: "priority", work.Votes: "votes", work.Watchers: "watches", work.Comments: "comment"}
	for signal, id := range own {
		if _, mapped := v.want.signals[signal]; !mapped {
			v.signal(iss, it, signal, id)
		}
	}
	for signal, n := range v.want.signals {
		if f, ok := n.in(v.homes[string(iss.ID)].projectID); ok {
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
	raw := iss.Fields[id]
	f, _ := v.site.fields.byID(id)
	x, ok, err := number(raw)
	if err != nil || !empty(raw) && !fits(f.Schema.Type, raw) {
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
	var p option
	if !v.decode(iss, "priority", &p) || p.Name == "" && p.ID == "" || unset[plain(p.Name)] {
		return 0, false
	}
	if x, ok := v.site.priorities[string(p.ID)]; ok {
		return x, true
	}
	x, ok := v.site.priorities[p.Name]
	if !ok {
		v.notes.level(p.Name, iss.Key)
	}
	return x, ok
}

// effort takes the first field of story points that has a value. Zero is a value.
func (v *view) effort(iss rawIssue, it *work.Item) {
	project := v.homes[string(iss.ID)].projectID
	for _, f := range v.want.points {
		if p := f.project(); p != "" && p != project {
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
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return parseNumber(s)
		}
	case '[':
		return numberIn(raw)
	case '{':
		return counted(raw)
	default:
		if json.Unmarshal(raw, &x) == nil {
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
	var o struct {
		Votes    *float64 `json:"votes"`
		Watches  *float64 `json:"watchCount"`
		Total    *float64 `json:"total"` // comments, worklogs
		Estimate *float64 `json:"originalEstimateSeconds"`
		Value    *string  `json:"value"`
		Name     *string  `json:"name"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return 0, false, errNoNumber
	}
	for _, x := range []*float64{o.Votes, o.Watches, o.Total, o.Estimate} {
		if x != nil {
			return finite(*x)
		}
	}
	for _, s := range []*string{o.Value, o.Name} {
		if s != nil {
			return parseNumber(*s)
		}
	}
	return 0, false, errNoNumber
}

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
		f, ok := n.in(v.homes[string(iss.ID)].projectID)
		if !ok || empty(iss.Fields[f.ID]) {
			continue
		}
		x, isNumber, err := number(iss.Fields[f.ID])
		var s string
		switch {
		case !fits(f.Schema.Type, iss.Fields[f.ID]):
			v.bad(iss, f.ID)
		case err == nil && isNumber:
			it.Outputs[slot] = work.Number(x)
		case json.Unmarshal(iss.Fields[f.ID], &s) == nil:
			if s != "" {
				it.Outputs[slot] = work.Text(s)
			}
		default:
			v.bad(iss, f.ID)
		}
	}
}

// attributes keeps what readiness and expressions may ask for, nothing personal.
func (v *view) attributes(iss rawIssue, it *work.Item) {
	set := func(name, text string) {
		if text != "" {
			it.Attrs[name] = work.Attr{Text: text}
		}
	}
	set("type", it.Type)
	set("project", v.homes[string(iss.ID)].projectKey)
	for _, id := range []string{"status", "security"} {
		var one struct {
			Name string `json:"name"`
		}
		v.decode(iss, id, &one)
		set(id, one.Name)
	}
	var names []string
	var parts []option
	v.decode(iss, "components", &parts)
	for _, p := range parts {
		if p.Name == "" {
			v.bad(iss, "components")
			continue
		}
		names = append(names, p.Name)
	}
	set("components", strings.Join(names, ", "))
	names = nil
	for _, r := range v.versions(iss) {
		names = append(names, r.Name)
	}
	set("fixVersions", strings.Join(names, ", "))
}
