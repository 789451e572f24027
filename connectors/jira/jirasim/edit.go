package jirasim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// issueEdit is what a client sends to change an issue.
type issueEdit struct {
	Fields     map[string]json.RawMessage              `json:"fields"`
	Update     map[string][]map[string]json.RawMessage `json:"update"`
	Properties []struct {
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	} `json:"properties"`
}

// change is an edit under way: a version that nobody has seen, the values that
// its fields had, and the faults by field. Any fault loses all of it.
type change struct {
	c      *call
	issue  *issue
	was    map[string]json.RawMessage // of the fields that were touched
	items  []historyItem              // what the changelog says beside them
	faults map[string]string
}

// historyItem is one line of a changelog entry. A nil end is null.
type historyItem struct {
	Field      string  `json:"field"`
	FieldType  string  `json:"fieldtype"`
	FieldID    string  `json:"fieldId"`
	From       *string `json:"from"`
	FromString *string `json:"fromString"`
	To         *string `json:"to"`
	ToString   *string `json:"toString"`
}

// notOnScreen is Jira's text for a field that is unknown, fixed or not on the
// edit screen.
func notOnScreen(id string) string {
	return fmt.Sprintf("Field '%s' cannot be set. It is not on the appropriate screen, or unknown.", id)
}

// editIssue answers PUT issue: everything that was sent, or nothing.
func (c *call) editIssue() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	var in issueEdit
	if a := c.read(&in); a != nil {
		return *a
	}
	if in.Fields == nil && in.Update == nil && in.Properties == nil {
		return refuse(http.StatusBadRequest, "one of 'fields' or 'update' required")
	}
	if a := c.mayEdit(i); a != nil {
		return *a
	}
	ch := c.change(i)
	ch.apply(in)
	if len(ch.faults) > 0 {
		return refuseFields(http.StatusBadRequest, ch.faults)
	}
	ch.commit()
	if c.s.cloud() && c.r.URL.Query().Get("returnIssue") == "true" {
		return c.showIssue(ch.issue)
	}
	return done()
}

// target finds the issue in the path.
func (c *call) target() (*issue, *answer) {
	i := c.s.lookup(c.r.PathValue("issueIdOrKey"))
	if !c.sees(i) {
		a := notFound()
		return nil, &a
	}
	return i, nil
}

// mayEdit checks the caller's rights and the promised conflicts.
func (c *call) mayEdit(i *issue) *answer {
	s, project := c.s, i.facts.project.also
	if !s.allowed(project, Edit) {
		a := refuse(http.StatusForbidden, "You do not have permission to edit issues in this project.")
		return &a
	}
	quiet := c.r.URL.Query().Get("notifyUsers") == "false"
	if quiet && !s.allowed("", Administer) && !s.allowed(project, AdministerProjects) {
		a := refuse(http.StatusForbidden, "To discard the user notification either admin or project admin permissions are required.")
		return &a
	}
	if s.switches.Conflicts > 0 {
		s.switches.Conflicts--
		a := refuse(http.StatusConflict, "The issue could not be updated due to a conflicting update.")
		return &a
	}
	return nil
}

// change begins an edit of an issue.
func (c *call) change(i *issue) *change {
	return &change{c: c, issue: i.clone(), was: map[string]json.RawMessage{}, faults: map[string]string{}}
}

// apply does everything that a client sent, noting faults.
func (ch *change) apply(in issueEdit) {
	for _, id := range slices.Sorted(maps.Keys(in.Fields)) {
		if _, twice := in.Update[id]; twice {
			ch.faults[id] = fmt.Sprintf("Field '%s' cannot appear in both 'fields' and 'update'.", id)
			continue
		}
		ch.assign(id, in.Fields[id])
	}
	for _, id := range slices.Sorted(maps.Keys(in.Update)) {
		for _, operation := range in.Update[id] {
			for _, verb := range slices.Sorted(maps.Keys(operation)) {
				ch.operate(id, verb, operation[verb])
			}
		}
	}
	for _, p := range in.Properties {
		if fault := badProperty(p.Key, p.Value); fault != "" {
			ch.faults[p.Key] = fault
			continue
		}
		ch.issue.props[p.Key] = p.Value
	}
}

// assign replaces a field's value.
func (ch *change) assign(id string, raw json.RawMessage) {
	if id == "status" {
		return // only transitions change it; Jira ignores it here
	}
	if id == "parent" && string(raw) == "{}" {
		return // what clients send that know of no parent
	}
	f := ch.settable(id)
	if f == nil {
		return
	}
	value, fault := ch.normal(f, raw)
	if fault != "" {
		ch.faults[id] = fault
		return
	}
	ch.set(f, value, raw)
}

// settable gives the field if the issue has it and a client may set it.
func (ch *change) settable(id string) *field {
	f := ch.c.s.fields[id]
	switches := ch.c.s.switches
	if f == nil || f.fixed || !ch.c.belongs(ch.issue, id) || !ch.c.s.cloud() && (f.offScreen || switches.OffScreen[id]) {
		ch.faults[id] = notOnScreen(id)
		return nil
	}
	return f
}

// operate does one verb of "update".
func (ch *change) operate(id, verb string, raw json.RawMessage) {
	if ch.attach(id, verb, raw) {
		return
	}
	if verb == "set" {
		ch.assign(id, raw)
		return
	}
	f := ch.settable(id)
	if f == nil {
		return
	}
	if f.schema.Type != "array" || f.schema.Custom == SprintType || verb != "add" && verb != "remove" {
		ch.faults[id] = fmt.Sprintf("Field '%s' does not support operation '%s' Supported operation(s) are: '%s'", id, verb, f.verbs())
		return
	}
	element, fault := ch.element(f, raw)
	if fault != "" {
		ch.faults[id] = fault
		return
	}
	ch.set(f, withElement(ch.issue.fields[id], element, verb == "add"), nil)
}

// attach adds a comment or a link by "update" and says whether it did.
func (ch *change) attach(id, verb string, raw json.RawMessage) bool {
	if verb != "add" || id != "comment" && id != "issuelinks" {
		return false
	}
	fault := ""
	if id == "comment" {
		_, fault = ch.addComment(raw)
	} else {
		fault = ch.c.linkFrom(ch.issue, raw)
	}
	if fault != "" {
		ch.faults[id] = fault
	}
	return true
}

// verbs lists the operations that a field takes.
func (f *field) verbs() string {
	if f.schema.Type == "array" && f.schema.Custom != SprintType {
		return "add, set, remove"
	}
	return "set"
}

// set puts a value into the issue. Sent is what the client sent, kept where
// it is a document.
func (ch *change) set(f *field, value, sent json.RawMessage) {
	if _, touched := ch.was[f.id]; !touched {
		ch.was[f.id] = ch.issue.fields[f.id]
	}
	ch.issue.set(f.id, value)
	if isDocument(sent) && ch.c.s.rich(f.id) {
		ch.issue.adf[f.id] = sent
	}
}

// lines gives a changelog line for each field that differs in the end.
func (ch *change) lines() []historyItem {
	out := slices.Clone(ch.items)
	for _, id := range slices.Sorted(maps.Keys(ch.was)) {
		old, value := ch.was[id], ch.issue.fields[id]
		if string(old) == string(value) || isNull(old) && isNull(value) {
			continue
		}
		item := historyItem{Field: id, FieldType: "jira", FieldID: id}
		if f := ch.c.s.fields[id]; f.custom {
			item.Field, item.FieldType = f.name, "custom"
		}
		item.From, item.FromString = ends(old)
		item.To, item.ToString = ends(value)
		out = append(out, item)
	}
	return out
}

// ends gives a value's id and text as a changelog shows them.
func ends(raw json.RawMessage) (id, text *string) {
	list := entitiesOf(raw)
	if len(list) == 0 {
		return nil, nil
	}
	names := ""
	for n, e := range list {
		if n > 0 {
			names += " "
		}
		names += first(e.also, e.name)
	}
	if raw[0] == '{' {
		return &list[0].id, &names
	}
	return nil, &names
}

// commit makes the edit the present version: "updated" moves, and there is
// one changelog entry for all of it.
func (ch *change) commit() {
	s := ch.c.s
	ch.issue.set("updated", quote(s.now().In(s.zone).Format(stamp)))
	ch.record()
	s.put(ch.issue)
}

// record adds the changelog entry, if there is anything to tell.
func (ch *change) record() {
	items := ch.lines()
	if len(items) == 0 {
		return
	}
	s := ch.c.s
	h := history{id: s.fresh(), created: s.now()}
	for _, item := range items {
		h.fields = append(h.fields, item.FieldID)
	}
	h.raw = encode(map[string]any{
		"id": fmt.Sprint(h.id), "author": s.actor().raw, "created": s.now().In(s.zone).Format(stamp), "items": items,
	})
	ch.issue.history = append(slices.Clip(ch.issue.history), h)
}

// badProperty gives what is wrong with an issue property. The limits are
// Jira's: keys of 255 characters, values of 32,768.
func badProperty(key string, value json.RawMessage) string {
	switch {
	case key == "" || len(key) > 255:
		return "The property key must be between 1 and 255 characters long."
	case len(value) == 0 || !json.Valid(value):
		return "The property value must be valid, non-empty JSON."
	case len(value) > 32768:
		return "The property value must not be longer than 32768 characters."
	}
	return ""
}
