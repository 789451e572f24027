package jira

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

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
	var s struct {
		Category struct {
			Key string `json:"key"`
		} `json:"statusCategory"`
	}
	if empty(raw) || json.Unmarshal(raw, &s) != nil {
		return work.Unknown, fmt.Errorf("no status category")
	}
	status, ok := statuses[s.Category.Key]
	if !ok {
		return work.Unknown, fmt.Errorf("jira status category %q: not one Jira documents", s.Category.Key)
	}
	return status, nil
}

// view turns issues into items and collects what is odd about them.
type view struct {
	source string
	site   *site
	want   *wanted
	zone   *time.Location
	homes  map[string]home
	named  map[string]string // id by key, as the search lists them
	notes  notes
}

func (c *Connector) newView(s *site, w *wanted) *view {
	return &view{
		source: c.wiring.Source, site: s, want: w, zone: c.wiring.Zone, homes: c.homes,
		notes: notes{source: c.wiring.Source, found: slices.Clone(w.problem), odd: map[string]*oddity{}},
	}
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
}

// items converts the open issues and counts the others.
func (v *view) items(issues []rawIssue) ([]converted, []ranked) {
	all := make([]converted, len(issues))
	for i, iss := range issues {
		all[i] = v.convert(iss)
		if !v.site.cloud {
			all[i].Mark = v.mark(iss)
		}
	}
	return all, v.gather(all)
}

// convert makes an item of an issue and keeps apart what has to be told of it.
func (v *view) convert(iss rawIssue) converted {
	one := *v
	one.notes = notes{source: v.source, odd: map[string]*oddity{}}
	it := one.item(iss)
	return converted{one.known(iss, it), &it}
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
			r.item = *k.item
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
	v.homes[string(iss.ID)] = v.home(iss)
	it.Title = v.title(iss)
	it.Status = v.status(iss)
	it.Labels = v.labels(iss)
	it.Created = v.moment(iss, "created")
	it.Due = v.due(iss)
	it.Sprint = v.inSprint(iss)
	v.links(iss, &it)
	v.kind(iss, &it)
	v.parent(iss, &it)
	v.attributes(iss, &it)
	v.texts(iss, &it)
	v.signals(iss, &it)
	v.outputs(iss, &it)
	return it
}

// decode reads a field and reports whether it has a value that was understood;
// one that was not is noted.
func (v *view) decode(iss rawIssue, id string, into any) bool {
	raw := iss.Fields[id]
	if empty(raw) {
		return false
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
	var p struct {
		ID  flexID `json:"id"`
		Key string `json:"key"`
	}
	v.decode(iss, "project", &p)
	if p.Key == "" {
		p.Key = projectOf(iss.Key)
	}
	return home{projectID: string(p.ID), projectKey: p.Key}
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
	s, err := categoryOf(iss.Fields["status"])
	if err != nil {
		v.notes.about(v.ref(string(iss.ID)), "no-status", fmt.Sprintf("%s counts as open: %v.", iss.Key, err))
	}
	return s
}

func (v *view) labels(iss rawIssue) []string {
	var names []*string
	v.decode(iss, "labels", &names)
	var labels []string
	for _, n := range names {
		if n == nil {
			v.bad(iss, "labels")
			continue
		}
		labels = append(labels, *n)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// moment reads a time; the zero time where there is none.
func (v *view) moment(iss rawIssue, id string) time.Time {
	if empty(iss.Fields[id]) {
		return time.Time{}
	}
	t, err := parseTime(iss.Fields[id])
	if err != nil {
		v.bad(iss, id)
	}
	return t
}

// due gives the end of the due date, or else of the earliest release that the
// issue is planned for and that is neither out nor archived.
func (v *view) due(iss rawIssue) time.Time {
	var day string
	if v.decode(iss, "duedate", &day) && day != "" {
		t, err := endOfDay(day, v.zone)
		if err == nil {
			return t
		}
		v.bad(iss, "duedate")
	}
	var earliest time.Time
	for _, r := range v.versions(iss) {
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
	v.decode(iss, "fixVersions", &out)
	n := len(out)
	out = slices.DeleteFunc(out, func(r version) bool { return r.Name == "" || r.Released == nil || r.Archived == nil })
	if len(out) < n {
		v.bad(iss, "fixVersions")
	}
	return out
}

// kind reads the type. Cloud tells the place in the hierarchy; on Data Center
// an epic is what has the name of an epic, a field of epics alone.
func (v *view) kind(iss rawIssue, it *work.Item) {
	var t struct {
		Name    string `json:"name"`
		Subtask *bool  `json:"subtask"`
		Level   *int   `json:"hierarchyLevel"`
	}
	if v.decode(iss, "issuetype", &t) && (t.Name == "" || t.Subtask == nil || t.Level == nil && v.site.cloud) {
		v.bad(iss, "issuetype")
	}
	it.Type, it.Subtask = t.Name, t.Subtask != nil && *t.Subtask
	if t.Level != nil {
		it.Epic = *t.Level > 0
		it.Subtask = it.Subtask || *t.Level < 0
		return
	}
	// Data Center names its own type "Epic" in every language it is installed in.
	it.Epic = t.Name == "Epic" && !it.Subtask
	for _, f := range v.want.titles {
		it.Epic = it.Epic || !empty(iss.Fields[f.ID])
	}
}

// parent reads the parent, or the epic where only that is known.
func (v *view) parent(iss rawIssue, it *work.Item) {
	for _, id := range []string{"parent", "epic"} {
		var p linked
		if !v.decode(iss, id, &p) {
			continue
		}
		if p.ID == "" {
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
