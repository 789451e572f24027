package jira

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"stackrank/connectors/rawjson"
	"stackrank/internal/work"
)

// statuses maps Jira's status category keys to ours. The categories are fixed
// by Jira; the status names under them are not, so names are never matched.
var statuses = map[string]work.Status{
	"new":           work.Open,
	"indeterminate": work.Active,
	"done":          work.Done,
	"undefined":     work.Unknown, // Jira's "No Category"
}

// categoryOf reads the category of a status.
func categoryOf(raw json.RawMessage) (work.Status, error) {
	p := partOf(raw)
	key := p.part("statusCategory").text("key")
	if empty(raw) || p.isOdd() {
		return work.Unknown, errNoCategory
	}
	status, ok := statuses[key]
	if !ok {
		return work.Unknown, fmt.Errorf("jira status category %q: not one Jira documents", key)
	}
	return status, nil
}

var errNoCategory = errors.New("no status category")

// view turns issues into items and collects what is odd about them.
type view struct {
	source string
	site   *site
	want   *wanted
	zone   *time.Location
	types  map[string]string // of the site's fields, by id
	light  map[string]bool   // names of the fields that the light listing has
	homes  map[string]home   // of the issues gathered
	named  map[string]string // id by key, as the search lists them
	notes  notes

	// Of the issue at hand.
	at      home
	release time.Time // see earliest
}

func (c *Connector) newView(s *site, w *wanted) *view {
	v := &view{
		source: c.wiring.Source, site: s, want: w, zone: c.wiring.Zone, homes: c.homes,
		types: make(map[string]string, len(s.fields)), light: map[string]bool{},
		notes: notes{source: c.wiring.Source, found: slices.Clone(w.problem), odd: map[string]*oddity{}},
	}
	for _, f := range s.fields {
		v.types[f.ID] = f.Schema.Type
	}
	for _, id := range s.lightFields() {
		v.light[v.fieldName(id)] = true
	}
	return v
}

func (v *view) ref(id string) work.Ref   { return work.Ref{Source: v.source, ID: id} }
func (v *view) browse(key string) string { return v.site.address + "/browse/" + key }

// ranked is an item with what orders it.
type ranked struct {
	item work.Item
	rank string // of the rank field that counts; "" where there is none
	kept bool   // it was not read anew: of the item there is only the ref and the key
}

// converted is an issue with what was made of it.
type converted struct {
	known
	item *work.Item // nil: it was not read anew
	home home
}

// convert makes an item of an issue and keeps apart what has to be told of it. It
// may run for several issues at a time.
func (v *view) convert(iss rawIssue) converted {
	one := *v
	one.notes = notes{source: v.source, odd: map[string]*oddity{}}
	it := one.item(iss)
	k := converted{one.known(iss, &it), &it, one.at}
	if !v.site.cloud {
		k.Mark = one.mark(iss, &k)
	}
	return k
}

// unlabelled says why an issue is not written that came without its labels.
const unlabelled = "Jira does not tell its labels, so it may be one to be left alone."

// gather tells what has to be told of the issues, which come in the order of the
// listing, and gives the open ones. What one issue means may depend on others.
func (v *view) gather(all []converted) []ranked {
	out := make([]ranked, 0, len(all))
	ids := map[string]string{} // id by key
	maps.Copy(ids, v.named)
	for _, k := range all {
		ids[k.Key] = k.ID
	}
	labelled := labelledProjects(all)
	for _, k := range all {
		v.notes.merge(k.known)
		r := ranked{item: work.Item{Ref: v.ref(k.ID), Key: k.Key}, rank: k.Rank, kept: k.item == nil}
		if k.item != nil {
			r.item, v.homes[k.ID] = *k.item, k.home
		}
		if k.Bare && labelled[projectOf(k.Key)] {
			r.item.Refused = unlabelled
			v.notes.about(r.item.Ref, "damaged", fmt.Sprintf("%s: it came without its labels and is not written.", k.Key))
		}
		if k.Done {
			v.notes.done++
			continue
		}
		if id := ids[k.Epic]; k.Epic != "" && id != "" {
			r.item.Parent = v.ref(id)
		}
		out = append(out, r)
	}
	return out
}

// labelledProjects gives the projects whose issues have the field labels, if only
// an empty one. Where a project hides the field, no issue has it.
func labelledProjects(all []converted) map[string]bool {
	out := map[string]bool{}
	for _, k := range all {
		if !k.Bare {
			out[projectOf(k.Key)] = true
		}
	}
	return out
}

// item converts one issue.
func (v *view) item(iss rawIssue) work.Item {
	it := work.Item{
		Ref: v.ref(string(iss.ID)), Key: iss.Key, URL: v.browse(iss.Key),
		Signals: work.Signals{}, Attrs: map[string]work.Attr{}, Outputs: map[work.Slot]work.Value{},
	}
	for _, flaw := range iss.flaws {
		v.notes.about(it.Ref, "damaged", fmt.Sprintf("%s: it %s.", iss.Key, flaw))
	}
	v.at = v.home(iss)
	it.Title = v.title(iss)
	it.Status = v.status(iss)
	it.Labels = v.labels(iss)
	it.Created = v.moment(iss, "created")
	planned := v.versions(iss)
	v.release = v.earliest(iss, planned)
	it.Due = cmp.Or(v.due(iss), v.release)
	it.Sprint = v.inSprint(iss)
	v.links(iss, &it)
	v.kind(iss, &it)
	v.parent(iss, &it)
	v.attributes(iss, &it, planned)
	v.texts(iss, &it)
	v.signals(iss, &it)
	v.outputs(iss, &it)
	return it
}

// decode reads a field and reports whether it has a value that was understood;
// one that was not is noted.
func (v *view) decode(iss rawIssue, id string, into any) bool {
	raw := iss.Fields.get(id)
	if empty(raw) {
		return false
	}
	if text, plain := into.(*string); plain {
		if *text, plain = rawjson.Text(raw); plain {
			return true
		}
	}
	if json.Unmarshal(raw, into) != nil {
		v.bad(iss, id)
		return false
	}
	return true
}

func (v *view) bad(iss rawIssue, id string) { v.notes.bad(v.fieldName(id), iss.Key) }

func (v *view) fieldName(id string) string {
	if f, ok := v.site.fields.byID(id); ok && f.Name != "" && f.Name != id {
		return fmt.Sprintf("%s (%s)", f.Name, id)
	}
	return id
}

func (v *view) home(iss rawIssue) home {
	p := partOf(iss.Fields.get("project"))
	h := home{string(p.id("id")), p.text("key")}
	if p.isOdd() {
		v.bad(iss, "project")
	}
	if h.projectKey == "" {
		h.projectKey = projectOf(iss.Key)
	}
	return h
}

func (v *view) title(iss rawIssue) string {
	var s string
	v.decode(iss, "summary", &s)
	switch {
	case strings.TrimSpace(s) == "":
		v.notes.about(v.ref(string(iss.ID)), "no-title", iss.Key+" has no summary.")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		v.notes.about(v.ref(string(iss.ID)), "odd-title", iss.Key+" has control characters or broken ones in its summary.")
	}
	return s
}

func (v *view) status(iss rawIssue) work.Status {
	s, err := categoryOf(iss.Fields.get("status"))
	if err != nil {
		v.notes.about(v.ref(string(iss.ID)), "no-status", fmt.Sprintf("%s counts as open: %v.", iss.Key, err))
	}
	return s
}

func (v *view) labels(iss rawIssue) []string {
	var labels []string
	for raw := range v.elements(iss, "labels") {
		name, ok := rawjson.Text(raw)
		if !ok {
			v.bad(iss, "labels")
			continue
		}
		labels = append(labels, name)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// elements gives the entries of a list.
func (v *view) elements(iss rawIssue, id string) iter.Seq[[]byte] {
	raw := iss.Fields.get(id)
	if !empty(raw) && rawjson.Kind(raw) != '[' {
		v.bad(iss, id)
	}
	return rawjson.Elements(raw)
}

// moment reads a time; the zero time where there is none.
func (v *view) moment(iss rawIssue, id string) time.Time {
	raw := iss.Fields.get(id)
	if empty(raw) {
		return time.Time{}
	}
	t, err := parseTime(raw)
	if err != nil {
		v.bad(iss, id)
	}
	return t
}

// due gives the end of the due date.
func (v *view) due(iss rawIssue) time.Time {
	var day string
	if !v.decode(iss, "duedate", &day) || day == "" {
		return time.Time{}
	}
	t, err := endOfDay(day, v.zone)
	if err != nil {
		v.bad(iss, "duedate")
	}
	return t
}

// earliest gives the end of the earliest release that the issue is planned for
// and that is neither out nor archived.
func (v *view) earliest(iss rawIssue, planned []version) time.Time {
	var earliest time.Time
	for _, r := range planned {
		if *r.Released || *r.Archived || r.Date == "" {
			continue
		}
		t, err := endOfDay(r.Date, v.zone)
		if err != nil {
			v.bad(iss, "fixVersions")
			continue
		}
		if earliest.IsZero() || t.Before(earliest) {
			earliest = t
		}
	}
	return earliest
}

type version struct {
	Name     string `json:"name"`
	Released *bool  `json:"released"`
	Archived *bool  `json:"archived"`
	Date     string `json:"releaseDate"`
}

// versions gives the releases of which Jira says whether they are to come.
func (v *view) versions(iss rawIssue) []version {
	var out []version
	for raw := range v.elements(iss, "fixVersions") {
		var r version
		if json.Unmarshal(raw, &r) != nil || r.Name == "" || r.Released == nil || r.Archived == nil {
			v.bad(iss, "fixVersions")
			continue
		}
		out = append(out, r)
	}
	return out
}

// kind reads the type. Cloud tells the place in the hierarchy; on Data Center
// an epic is what has the name of an epic, a field of epics alone.
func (v *view) kind(iss rawIssue, it *work.Item) {
	raw := iss.Fields.get("issuetype")
	t := partOf(raw)
	name := t.text("name")
	subtask, told := t.truth("subtask")
	level, placed := t.whole("hierarchyLevel")
	if t.isOdd() || !empty(raw) && (name == "" || !told || !placed && v.site.cloud) {
		v.bad(iss, "issuetype")
	}
	it.Type, it.Subtask = name, subtask
	if placed {
		it.Epic = level > 0
		it.Subtask = it.Subtask || level < 0
		return
	}
	// Data Center names its own type "Epic" in every language it is installed in.
	it.Epic = name == "Epic" && !it.Subtask
	for _, f := range v.want.titles {
		it.Epic = it.Epic || !empty(iss.Fields.get(f.ID))
	}
}

// parent reads the parent, or the epic where only that is known.
func (v *view) parent(iss rawIssue, it *work.Item) {
	for _, id := range []string{"parent", "epic"} {
		raw := iss.Fields.get(id)
		if empty(raw) {
			continue
		}
		in := partOf(raw)
		p := linkedIn(in)
		if in.isOdd() || p.ID == "" {
			v.bad(iss, id)
			continue
		}
		it.Parent = v.ref(string(p.ID))
		if p.Key != "" && !it.Subtask { // what has a sub-task is no epic
			it.Attrs["epic"] = work.Attr{Text: p.Key}
		}
		return
	}
	for _, f := range v.want.epics {
		var key string
		if v.decode(iss, f.ID, &key) && key != "" {
			it.Attrs["epic"] = work.Attr{Text: key}
			return
		}
	}
}
